import type { Json, Path, Resource } from '../../../manifests/resource';
import { mappings, record, string, strings } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { integrationsOf, waysOfAlert } from '../../../simulate/alerting/alerts';
import { matchersIn } from '../../../simulate/alerting/label-matching';
import { queryOf } from '../../../upstream/prometheus/query';
import { resultLabels } from '../../../upstream/prometheus/result-labels';
import { isFileTold, isTold } from '../../../world/alert-loaders';
import type { StatedAlert } from '../../../world/alerting-rules';
import { alertingRulesOf } from '../../../world/alerting-rules';
import { configuredAlertmanagers, operatorObjects } from '../../../world/alertmanager';
import type { NotificationConfiguration } from '../../../world/notification-configuration';
import { notificationConfigurations } from '../../../world/notification-configuration';
import { selectionsOfObject } from '../../../world/operator-selection';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (webhooks: string) => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules: [{ alert: WebIsDown, expr: 'up{job="web"} == 0', labels: { severity: page } }]
---
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: shop }
spec: { alertmanagerConfiguration: { name: main } }
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: { name: main, namespace: shop }
spec:
  route: { receiver: people }
  receivers: [{ name: people${webhooks} }]
`;

export default check({
  id: 'alert-routed',
  group: 'monitoring',
  description:
    'every alert comes to a receiver that tells somebody: Prometheus knows an Alertmanager, and no route ends in nothing',
  severity: 'advice',
  needs: ['external'],
  source: 'https://prometheus.io/docs/alerting/latest/configuration/',
  fix: 'give the receiver a configuration of how it tells people, or route the alert to another one; name the Alertmanager in the configuration of Prometheus',
  example: {
    broken: manifests(''),
    fails: ['AlertmanagerConfig/shop/main spec.receivers[0]'],
    fixed: manifests(", webhookConfigs: [{ url: 'http://pager.example.com' }]"),
  },
  *judge(world) {
    yield* unheard(world);
    const configurations = notificationConfigurations(world);
    const alerts = alertingRulesOf(world).filter((alert) => !isSilent(alert));
    const reached = new Set(alerts.filter((alert) => configurations.some((each) => reaches(each, alert))));
    for (const configuration of configurations) {
      const lost = new Map<string, StatedAlert[]>();
      for (const alert of alerts) {
        if (reached.has(alert) || !isDecided(world, configuration, alert)) continue;
        // One that is not there is another check's.
        for (const { receiver, path } of waysOf(configuration, alert))
          if (configuration.receivers.has(receiver) && !isMeant(configuration.content, path))
            addTo(lost, receiver, alert);
      }
      for (const [receiver, those] of lost) yield findingOf(world, configuration, receiver, those);
    }
  },
});

function labelsOf({ name, rule }: StatedAlert) {
  return { ...strings(rule['labels']), alertname: name };
}

function waysOf(configuration: NotificationConfiguration, alert: StatedAlert) {
  return waysOfAlert(configuration, labelsOf(alert), string(alert.rule['expr']) ?? '');
}

function reaches(configuration: NotificationConfiguration, alert: StatedAlert): boolean {
  return waysOf(configuration, alert).some(
    ({ receiver }) => integrationsOf(configuration.content, receiver).length > 0,
  );
}

/** Alerts that are no news: that all is well, that others are kept back, and those that say that nobody is told. */
function isSilent({ name, rule }: StatedAlert): boolean {
  return /watchdog|dead.?man|inhibitor/i.test(name) || /^none$/i.test(strings(rule['labels'])['severity'] ?? '');
}

/** A route below the first one that asks for the name of the alert was written for it. */
function isMeant(content: Json, path: Path): boolean {
  let json: Json | undefined = content;
  for (const key of path) {
    json = record((json as Record<string, unknown> | undefined)?.[key]) ?? (json?.[key] as Json | undefined);
    if (json && !Array.isArray(json) && matchersIn(json).some(({ name }) => name === 'alertname')) return true;
  }
  return false;
}

/** Whether no label that series or a Prometheus may add decides the way. */
function isDecided(world: World, { content }: NotificationConfiguration, alert: StatedAlert): boolean {
  const own = labelsOf(alert);
  const given = resultLabels(queryOf(string(alert.rule['expr']) ?? ''));
  const external = externalLabels(world);
  return [...labelsAsked(record(content['route']) ?? {})].every(
    (label) => Object.hasOwn(own, label) || (given !== undefined && !given.has(label) && !external.has(label)),
  );
}

function* labelsAsked(route: Json): Iterable<string> {
  for (const { name } of matchersIn(route)) yield name;
  for (const inner of mappings(route['routes'])) yield* labelsAsked(inner);
}

function externalLabels(world: World): ReadonlySet<string> {
  const objects = ['Prometheus', 'ThanosRuler'].flatMap((kind) => operatorObjects(world, kind));
  return new Set([
    ...['prometheus', 'prometheus_replica', 'thanos_ruler_replica'],
    ...objects.flatMap((by) => [
      ...Object.keys(strings(by.at(['spec', 'externalLabels']))),
      ...Object.keys(strings(by.at(['spec', 'labels']))),
    ]),
    ...configuredPrometheuses(world).flatMap(({ configuration }) =>
      Object.keys(strings(record(record(configuration.content)?.['global'])?.['external_labels'])),
    ),
  ]);
}

function findingOf(
  world: World,
  { by, receivers, stated, namespaces, isWhole }: NotificationConfiguration,
  receiver: string,
  alerts: readonly StatedAlert[],
): Finding {
  const place = receivers.get(receiver) ?? stated;
  const isFile = typeof place.resource.at(place.path) === 'string';
  const isDefault = place.resource === by && !isFile;
  // The operator adds a matcher to what is selected, so that teams do not hear of each other's alerts.
  const aside =
    namespaces.length === 0
      ? ''
      : `; the AlertmanagerConfigs that it selects are for alerts with the label namespace ${namespaces.join(' or ')} alone (spec.alertmanagerConfigMatcherStrategy)`;
  const why = isDefault
    ? `it has no configuration of its own (a Secret with alertmanager.yaml), and the operator's tells nobody${aside}`
    : `receiver ${receiver} has no integrations`;
  const open = isWhole ? {} : { verdict: 'unknown' as const, settledBy: 'external' as const };
  return {
    ...place,
    ...open,
    ...(isFile ? { value: receiver } : isDefault ? {} : { value: place.resource.at(place.path) }),
    message: `${someAlerts(alerts)} to ${receiver} of ${world.idOf(by)}, and ${why}: nobody is told${isWhole ? '' : ', unless the configuration in its Secret tells somebody: judge or --declare that'}`,
  };
}

const MANY = 3;

/** `alerts A, B and 2 more come` */
function someAlerts(alerts: readonly StatedAlert[]): string {
  const names = [...new Set(alerts.map(({ name }) => name))];
  const more = names.length > MANY ? ` and ${names.length - MANY} more` : '';
  return `${names.length === 1 ? 'alert' : 'alerts'} ${names.slice(0, MANY).join(', ')}${more} ${names.length === 1 ? 'comes' : 'come'}`;
}

/** Prometheuses that load alerts and name no Alertmanager, although there is one. */
function* unheard(world: World): Iterable<Finding> {
  const alertmanagers = [
    ...new Set([...operatorObjects(world, 'Alertmanager'), ...configuredAlertmanagers(world).map(({ by }) => by)]),
  ];
  const [alertmanager] = alertmanagers;
  if (!alertmanager) return;
  const alerts = alertingRulesOf(world);
  const said = (loaded: readonly StatedAlert[], who: string) =>
    `${someAlerts(loaded).replace(/ comes?$/, '')} ${loaded.length === 1 ? 'is' : 'are'} loaded by ${who}, which names no Alertmanager (${world.idOf(alertmanager)} is one): nobody is told`;
  for (const by of operatorObjects(world, 'Prometheus')) {
    const alerting = record(by.at(['spec', 'alerting']));
    if (isTold(by)) continue;
    const loaded = alerts.filter(({ resource }) => selects(world, by, resource));
    if (loaded.length > 0)
      yield { resource: by, path: alerting ? ['spec', 'alerting'] : ['spec'], message: said(loaded, world.idOf(by)) };
  }
  for (const prometheus of configuredPrometheuses(world)) {
    const { workload, configuration, rules } = prometheus;
    const loaded = alerts.filter(({ resource, path }) =>
      rules.some((file) => file.resource === resource && file.path.join() === path.join()),
    );
    if (!isFileTold(prometheus) && loaded.length > 0)
      yield {
        ...{ resource: configuration.resource, path: configuration.path },
        message: said(loaded, world.idOf(workload.resource)),
      };
  }
}

function selects(world: World, by: Resource, rules: Resource): boolean {
  return selectionsOfObject(world, rules).some((selection) => selection.by === by && selection.is === 'yes');
}
