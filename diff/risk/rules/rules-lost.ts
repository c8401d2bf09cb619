import type { Resource } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import { operatorObjects } from '../../../world/alertmanager';
import { alertsSentNowhere } from '../monitoring/alertmanagers';
import { alertsLost, alertsToldLess } from '../monitoring/alerts';
import { recordsLost } from '../monitoring/records';
import { selectionsLost } from '../monitoring/selections-lost';
import { byNumber, firstNames } from '../plural';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { Deselected } from '../selections';
import { isUnselected } from '../selections';

const rules = (alerts: string, labels = 'a: b') => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { groups: [{ name: web, rules: [${alerts}] }] }
`;
const alert = (name: string, time: string) => `{ alert: ${name}, expr: up == 0, for: ${time} }`;

export default riskRule({
  id: 'rules-lost',
  class: 'disruption',
  description:
    'an alert that is removed, told much later, less urgent or sent to no Alertmanager, or a series that nothing records: by rules of the operator and whoever selects them, or in the files of a Prometheus',
  reason:
    'Nobody is told of what the alert was for, and nothing shows that: what does not fire looks like what is well. What asks for a series that nothing records finds nothing, and an alert on it does not fire either.',
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/',
  advice: 'make sure that somebody is told by other means: strata alerts',
  example: {
    before: rules(`${alert('Down', '5m')}, ${alert('Slow', '5m')}`),
    after: rules(alert('Down', '2h')),
    finds: ['PrometheusRule/shop/web spec.groups[web].rules'],
    harmless: rules(`${alert('Slow', '5m')}, ${alert('Down', '1m')}`, 'a: b'),
  },
  *find(diff) {
    yield* alertsLost(diff);
    yield* alertsToldLess(diff);
    yield* recordsLost(diff);
    yield* alertsSentNowhere(diff);
    yield* selectionsLost(diff, {
      isOfKind: (kind) => kind === 'PrometheusRule',
      lostBy: (lost) => lostWith(diff, lost),
      unseen: 'nobody evaluates its rules',
    });
  },
});

/** What a rule object says that nobody selects any more, and no other does. */
function lostWith({ after }: WorldChange, { before }: Deselected): string | undefined {
  const others = operatorObjects(after, 'PrometheusRule').filter((each) => !isUnselected(after, each));
  const [alerts, records] = (['alert', 'record'] as const).map((field) => {
    const now = new Set(others.flatMap((each) => namesIn(each, field)));
    return [...new Set(namesIn(before, field))].filter((name) => !now.has(name));
  });
  const texts = [
    ...(alerts!.length > 0 ? [`nobody is told any more by ${firstNames(alerts!)}`] : []),
    ...(records!.length > 0
      ? [`${firstNames(records!)} ${byNumber(records!.length, 'is', 'are')} recorded no more`]
      : []),
  ];
  return texts.length > 0 ? texts.join(', and ') : undefined;
}

function namesIn(object: Resource, field: 'alert' | 'record'): string[] {
  return list(object.at(['spec', 'groups'])).flatMap((group) =>
    mappings(record(group)?.['rules']).flatMap((rule) => string(rule[field]) ?? []),
  );
}
