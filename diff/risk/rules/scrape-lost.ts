import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string, strings } from '../../../manifests/resource';
import { nearest } from '../../../model/near';
import { monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../../world/monitors';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { perhaps } from '../perhaps';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { mayHoldOthers } from '../unseen';

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
  description: 'metrics that nobody reads any more, or an alert that is removed',
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
      if (change.before?.group === 'monitoring.coreos.com') yield* ofMonitor(diff, change);
    for (const change of changesOf(diff, 'PrometheusRule'))
      if (change.before?.group === 'monitoring.coreos.com') yield* ofRules(change);
  },
});

function* ofMonitor(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || (!after && isKept(before))) return;
  const lost = lostBy(diff, before, after);
  if (lost === undefined) return;
  const field = ['selector', 'namespaceSelector', 'endpoints', 'podMetricsEndpoints', 'targets', 'staticConfigs']
    .map((name) => fieldAt(change, ['spec', name]))
    .find(Boolean);
  const missed = after ? selectorMissed(diff, after) : '';
  yield { change, field: after ? field : undefined, message: `the metrics of ${lost} are read no more${missed}` };
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

/** Whose metrics a monitor reads no more; undefined where it reads them still, or another one does. */
function lostBy(diff: WorldChange, before: Resource, after: Resource | undefined): string | undefined {
  if (before.kind !== 'ServiceMonitor' && before.kind !== 'PodMonitor')
    return after ? undefined : `${before.kind} ${before.name}`;
  const [was, is] = [
    readBy(diff.before, before),
    new Set(monitorsOf(diff.after, before.kind).flatMap((each) => readBy(diff.after, each))),
  ];
  const lost = was.filter((each) => !is.has(each));
  if (lost.length > 0) return lost.slice(0, 3).join(', ') + (lost.length > 3 ? ` and ${lost.length - 3} more` : '');
  // Where nothing that it selects is here, what it says has to do.
  const namespace = diff.before.namespaceOf(before);
  if (was.length > 0 || !mayHoldOthers(diff.before, namespace)) return undefined;
  if (!after) return `what it selects, which is not among the manifests,`;
  const ports = (resource: Resource) => endpointsOf(resource).map(portOf);
  const gone = ports(before).filter((port) => !ports(after).includes(port));
  if (gone.length > 0) return `port ${gone.join(', ')} of what it selects, which is not among the manifests,`;
  const same = ['selector', 'namespaceSelector'].every(
    (field) => JSON.stringify(before.at(['spec', field])) === JSON.stringify(after.at(['spec', field])),
  );
  return same ? undefined : 'what it selected, which is not among the manifests,';
}

/** `Service/shop/web port http` */
function readBy(world: World, monitor: Resource): string[] {
  const all =
    monitor.kind === 'ServiceMonitor' ? servicesOfMonitor(world, monitor) : workloadsOfMonitor(world, monitor);
  return all.flatMap(({ resource }) =>
    endpointsOf(monitor).map((endpoint) => `${world.idOf(resource)} port ${portOf(endpoint)}`),
  );
}

function endpointsOf(monitor: Resource): readonly Json[] {
  return mappings(monitor.at(['spec', monitor.kind === 'ServiceMonitor' ? 'endpoints' : 'podMetricsEndpoints']));
}

function portOf({ port, targetPort, portNumber, path }: Json): string {
  return `${String(port ?? targetPort ?? portNumber ?? '')}${path === undefined || path === '/metrics' ? '' : String(path)}`;
}

function* ofRules(change: ObjectChange): Iterable<FoundRisk> {
  if (!change.after && isKept(change.before!)) return;
  const now = new Set(alertsOf(change.after));
  const gone = [...new Set(alertsOf(change.before))].filter((alert) => !now.has(alert));
  if (gone.length === 0) return;
  const more = gone.length > 3 ? ` and ${gone.length - 3} more` : '';
  yield {
    change,
    field: change.after ? fieldAt(change, ['spec', 'groups']) : undefined,
    message: `nobody is told any more by ${gone.slice(0, 3).join(', ')}${more}`,
  };
}

function alertsOf(rules: Resource | undefined): string[] {
  return list(rules?.at(['spec', 'groups'])).flatMap((group) =>
    mappings(record(group)?.['rules']).flatMap((rule) => string(rule['alert']) ?? []),
  );
}
