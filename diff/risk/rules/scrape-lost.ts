import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { nearest } from '../../../model/near';
import { monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../../world/monitors';
import type { ServiceView } from '../../../world/services';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { perhaps } from '../perhaps';
import { byNumber, firstNames } from '../plural';
import { scrapingLost, severityLowered } from '../programs/scraping';
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
  description:
    'metrics that nobody reads any more, or an alert that is removed: by monitors and rules of the operator, or in the files of a Prometheus',
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
    yield* ofTargets(diff);
    for (const change of changesOf(diff, 'PrometheusRule'))
      if (change.before?.group === 'monitoring.coreos.com') {
        yield* ofRules(change);
        if (change.after) yield* lessUrgent(change);
      }
    yield* scrapingLost(diff);
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
      for (const each of targetsOf(diff.before, monitor)) {
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

/** Whose metrics a monitor reads no more; undefined where it reads them still, or another one does. */
function lostBy(diff: WorldChange, before: Resource, after: Resource | undefined): string | undefined {
  if (before.kind !== 'ServiceMonitor' && before.kind !== 'PodMonitor')
    return after ? undefined : `${before.kind} ${before.name}`;
  const [was, is] = [
    readBy(diff.before, before),
    new Set(monitorsOf(diff.after, before.kind).flatMap((each) => readBy(diff.after, each))),
  ];
  const lost = was.filter((each) => !is.has(each));
  if (lost.length > 0) return firstNames(lost);
  // Where nothing that it selects is here, what it says has to do.
  const namespace = diff.before.namespaceOf(before);
  if (targetsOf(diff.before, before).length > 0 || !mayHoldOthers(diff.before, namespace)) return undefined;
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
  return targetsOf(world, monitor).flatMap((target) =>
    portsReadOf(monitor, target).map((port) => readText(world.idOf(target.resource), port)),
  );
}

type Target = ServiceView | WorkloadManifest;

function targetsOf(world: World, monitor: Resource): readonly Target[] {
  return monitor.kind === 'ServiceMonitor' ? servicesOfMonitor(world, monitor) : workloadsOfMonitor(world, monitor);
}

/** The ports of what it finds that a monitor reads. Those that it names have to be there by that name; of others nobody knows. */
function portsReadOf(monitor: Resource, target: Target): string[] {
  const names = new Set(target.ports.map(({ name }) => name));
  // What an operator makes has ports that nobody declares here.
  if (target.ports.length === 0) return endpointsOf(monitor).map(portOf);
  return endpointsOf(monitor)
    .filter(({ port }) => string(port) === undefined || names.has(string(port)))
    .map(portOf);
}

function readText(id: string, port: string): string {
  return `${id} port ${port}`;
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
  yield {
    change,
    field: change.after ? fieldAt(change, ['spec', 'groups']) : undefined,
    message: `nobody is told any more by ${firstNames(gone)}`,
  };
}

/** Alerts that ask for less than they did, of the same name. */
function* lessUrgent(change: ObjectChange): Iterable<FoundRisk> {
  const severities = (rules: Resource | undefined) =>
    new Map(
      list(rules?.at(['spec', 'groups'])).flatMap((group) =>
        mappings(record(group)?.['rules']).flatMap((rule) => {
          const [name, severity] = [string(rule['alert']), string(record(rule['labels'])?.['severity'])];
          return name === undefined ? [] : [[name, severity] as const];
        }),
      ),
    );
  const now = severities(change.after);
  for (const [name, was] of severities(change.before)) {
    const is = now.get(name);
    const found = now.has(name) ? severityLowered(name, was, is) : undefined;
    if (found) yield { change, field: fieldAt(change, ['spec', 'groups']), ...found };
  }
}

function alertsOf(rules: Resource | undefined): string[] {
  return list(rules?.at(['spec', 'groups'])).flatMap((group) =>
    mappings(record(group)?.['rules']).flatMap((rule) => string(rule['alert']) ?? []),
  );
}
