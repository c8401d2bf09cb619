import type { Resource } from '../../../manifests/resource';
import { record, strings } from '../../../manifests/resource';
import { nearest } from '../../../model/near';
import { monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../../world/monitors';
import type { ObjectChange } from '../../object-change';
import { changesOf, isKept } from '../kinds';
import { isFoundStill } from '../monitoring/found';
import { jobsLost } from '../monitoring/job-files';
import { lostByMonitor, portsReadOf, readBy, readText, targetsOfMonitor } from '../monitoring/monitor-targets';
import { seriesDropped } from '../monitoring/relabelings';
import { selectionsLost } from '../monitoring/selections-lost';
import { fieldAt } from '../paths';
import { perhaps } from '../perhaps';
import { byNumber, firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { deselected, isUnselected } from '../selections';

const monitor = (endpoints: string, labels = 'a: b') => `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { selector: { matchLabels: { app: web } }, endpoints: [${endpoints}] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: admin, port: 81 }] }
`;

export default riskRule({
  id: 'scrape-lost',
  class: 'disruption',
  description:
    'metrics that nobody reads any more, or only a part of them: by monitors of the operator and whoever selects them, or in the files of a Prometheus',
  reason:
    'Alerts about what is not measured do not fire, and nobody is told that they cannot. Dashboards and autoscalers by these metrics stand still.',
  source: 'https://prometheus-operator.dev/docs/developer/getting-started/#deploying-a-sample-application',
  advice: 'make sure that something else reads the metrics, or that no alert needs them: strata alerts',
  example: {
    before: monitor('{ port: http }, { port: admin }'),
    after: monitor('{ port: http }'),
    finds: ['ServiceMonitor/shop/web spec.endpoints'],
    harmless: monitor('{ port: admin }, { port: http }', 'a: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'))
      if (change.before?.group === 'monitoring.coreos.com') {
        yield* ofMonitor(diff, change);
        yield* seriesDropped(change);
      }
    yield* ofTargets(diff);
    yield* selectionsLost(diff, {
      isOfKind: (kind) => kind !== 'AlertmanagerConfig' && kind !== 'PrometheusRule',
      lostBy: ({ before, after }) => metricsLostBy(diff, before, after),
      unseen: 'nobody reads its metrics',
    });
    yield* jobsLost(diff);
  },
});

function* ofMonitor(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || (!after && isKept(before)) || (!after && isFoundStill(diff, before))) return;
  if (after && isUnread(diff, before, after)) return;
  const lost = lostByMonitor(diff, before, after);
  if (lost === undefined) return;
  const field = ['selector', 'namespaceSelector', 'endpoints', 'podMetricsEndpoints', 'targets', 'staticConfigs']
    .map((name) => fieldAt(change, ['spec', name]))
    .find(Boolean);
  const missed = after ? selectorMissed(diff, after) : '';
  yield { change, field: after ? field : undefined, message: `the metrics of ${lost} are read no more${missed}` };
}

/** Whether nobody reads an object afterwards: it was not selected before either, or is not any more, which is told of whatever makes it so. */
function isUnread(diff: WorldChange, before: Resource, after: Resource): boolean {
  return (
    (isUnselected(diff.before, before) && isUnselected(diff.after, after)) ||
    deselected(diff).some((each) => each.isCertain && each.before === before)
  );
}

function metricsLostBy(diff: WorldChange, before: Resource, after: Resource): string | undefined {
  const isOfTargets = before.kind === 'ServiceMonitor' || before.kind === 'PodMonitor';
  const lost = isOfTargets ? lostByMonitor(diff, before, undefined, after) : `${before.kind} ${before.name}`;
  return lost && `the metrics of ${lost} are read no more`;
}

/** Services and workloads that change, and that monitors which stay as they are find no more, or not by that port. */
function* ofTargets(diff: WorldChange): Iterable<FoundRisk> {
  for (const kind of ['ServiceMonitor', 'PodMonitor'] as const) {
    if (monitorsOf(diff.before, kind).length === 0) continue;
    const targets = new Map(
      diff.changes.flatMap((change) => {
        const { does, before } = change;
        const isTarget = kind === 'PodMonitor' || (before?.kind === 'Service' && before.group === '');
        return does === 'changed' && before && isTarget ? [[diff.before.idOf(before), change] as const] : [];
      }),
    );
    if (targets.size === 0) continue;
    const changed = new Set(changesOf(diff, kind).map(({ before }) => before));
    const now = new Set(monitorsOf(diff.after, kind).flatMap((each) => readBy(diff.after, each)));
    const lost = new Map<ObjectChange, { readonly monitors: Set<string>; readonly ports: Set<string> }>();
    for (const monitor of monitorsOf(diff.before, kind)) {
      // Of a monitor that changes itself the loss is told there.
      if (changed.has(monitor)) continue;
      for (const each of targetsOfMonitor(diff.before, monitor)) {
        const change = targets.get(diff.before.idOf(each.resource));
        if (!change) continue;
        for (const port of portsReadOf(monitor, each)) {
          if (now.has(readText(diff.after.idOf(change.after!), port))) continue;
          const own = lost.get(change) ?? { monitors: new Set(), ports: new Set() };
          lost.set(change, own);
          own.monitors.add(`${diff.before.idOf(monitor)}`);
          own.ports.add(port);
        }
      }
    }
    for (const [change, { monitors, ports }] of lost)
      yield {
        change,
        field: fieldAt(change, ['metadata', 'labels']) ?? change.fields.find(({ path }) => path.includes('labels')),
        message: `${firstNames([...monitors])} ${byNumber(monitors.size, 'finds', 'find')} its port ${[...ports].join(', ')} no more: its metrics are read no more`,
        advice: `keep the labels that the monitor selects by, and the name of the port: or change the monitor with it`,
      };
  }
}

/** What its selector was meant to be, where it selects nothing. */
function selectorMissed({ after: world }: WorldChange, monitor: Resource): string {
  const selector = record(monitor.at(['spec', 'selector']));
  const labels = strings(selector?.['matchLabels']);
  const isOfServices = monitor.kind === 'ServiceMonitor';
  if (Object.keys(labels).length === 0 || (!isOfServices && monitor.kind !== 'PodMonitor')) return '';
  if ((isOfServices ? servicesOfMonitor(world, monitor) : workloadsOfMonitor(world, monitor)).length > 0) return '';
  const namespace = world.namespaceOf(monitor);
  const others = isOfServices
    ? world
        .of('Service')
        .filter((service) => world.namespaceOf(service) === namespace)
        .map((service) => service.labels)
    : world.workloadsIn(namespace).map(({ podLabels }) => podLabels);
  const meant = Object.entries(labels).flatMap(([key, value]) => {
    const known = others.flatMap((own) => own[key] ?? []);
    const near = known.includes(value) ? undefined : nearest(value, known);
    return near === undefined ? [] : [`${key}=${near}`];
  });
  const asked = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return `, as its selector finds nothing (${asked.join(', ')})${perhaps(...meant)}`;
}
