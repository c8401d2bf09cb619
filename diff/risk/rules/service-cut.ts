import { selects } from '../../../manifests/selector';
import { addTo } from '../../../model/multimap';
import { monitorsOf, servicesOfMonitor } from '../../../world/monitors';
import { sendingsTo } from '../../../world/senders';
import type { ServicePort, ServiceView } from '../../../world/services';
import { serviceOf, servicesOfWorkload } from '../../../world/services';
import type { World } from '../../../world/world';
import type { ChangeStep, FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { missedText } from '../missed';
import { changesAt, fieldAt } from '../paths';
import { byNumber, firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { callersOf } from '../service-callers';
import { changedWorkloads, workloadOf } from '../workloads';

const service = (ports: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', ports: [{ containerPort: 8080 }] }] } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [${ports}] }
`;

export default riskRule({
  id: 'service-cut',
  class: 'disruption',
  description: 'a Service, or a port of one, behind which there are no pods any more',
  reason:
    'Whoever connects to it gets no answer: the name does not resolve, the port is refused, or there is no endpoint.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  advice: 'keep the old port or name beside the new one until nobody uses it',
  example: {
    before: service('{ name: http, port: 80, targetPort: 8080 }, { name: old, port: 8000, targetPort: 8080 }'),
    after: service('{ name: http, port: 80, targetPort: 8080 }'),
    finds: ['Service/shop/web spec.ports[8000]'],
    harmless: service(
      '{ name: http, port: 80, targetPort: 8080 }, { name: old, port: 8000, targetPort: 8080 }, { name: new, port: 81, targetPort: 8080 }',
    ),
  },
  *find(diff) {
    for (const [was, causes] of candidatesOf(diff)) yield* compared(diff, was, causes);
  },
});

/** The Services whose endpoints a change may take away, with what changes. */
function candidatesOf(diff: WorldChange): ReadonlyMap<ServiceView, readonly ObjectChange[]> {
  const candidates = new Map<ServiceView, ObjectChange[]>();
  for (const change of changesOf(diff, 'Service')) {
    const { before } = change;
    const view =
      before?.group === '' ? serviceOf(diff.before, diff.before.namespaceOf(before), before.name) : undefined;
    if (view) addTo(candidates, view, change);
  }
  for (const { change, before } of changedWorkloads(diff)) {
    const pod = before.templatePath.map(String);
    const isTold = change.fields.some(
      ({ path }) => path.includes('labels') || path.includes('ports') || path.at(-1) === 'ports',
    );
    const isOther = change.fields.some(({ path }) => path.length <= pod.length + 3 && path.length >= pod.length);
    if (!isTold && !isOther) continue;
    for (const view of servicesOfWorkload(diff.before, before)) addTo(candidates, view, change);
  }
  for (const change of diff.changes) {
    if (change.does !== 'removed') continue;
    const workload = workloadOf(diff.before, change.before);
    if (workload) for (const view of servicesOfWorkload(diff.before, workload)) addTo(candidates, view, change);
  }
  return candidates;
}

function* compared(diff: WorldChange, was: ServiceView, causes: readonly ObjectChange[]): Iterable<FoundRisk> {
  const served = was.ports.filter((port) => was.backing === 'pods' && was.targets(port).length > 0);
  if (served.length === 0) return;
  const own = causes.find(({ before }) => before === was.resource);
  const is = serviceOf(diff.after, was.namespace, was.name);
  if (!is) {
    if (own) yield* removed(diff, was, own);
    return;
  }
  const change = own ?? causes[0]!;
  const lost = served.flatMap((port) => lostPort(diff.after, was, is, port) ?? []);
  if (lost.length > 0 && lost.every(({ why }) => why === lost[0]!.why)) {
    const isAll = lost.length === was.ports.length && lost[0]!.isOfPods;
    const which = isAll
      ? is.name
      : `${is.name} ${byNumber(lost.length, 'port', 'ports')} ${lost.map(({ port }) => port.number).join(', ')}`;
    yield {
      change,
      field: fieldOf(change, lost[0]!),
      message: `Service ${which}: ${lost[0]!.why}`,
      ...(isAll ? { advice: SAME_LABELS } : {}),
    };
  } else
    for (const one of lost)
      yield { change, field: fieldOf(change, one), message: `Service ${is.name} port ${one.port.number}: ${one.why}` };
  if (!own) return;
  for (const port of served) yield* retargeted(diff.after, was, is, port, own);
  for (const port of served) yield* renamedPort(diff.after, is, port, own);
  if (lost.length === 0) yield* meanwhile(diff, is, own);
}

function* removed({ after }: WorldChange, was: ServiceView, change: ObjectChange): Iterable<FoundRisk> {
  const callers = callersOf(after, was.namespace, was.name).map((caller) => after.idOf(caller));
  const stay = was.workloads.some(
    (workload) => after.find(workload.resource.kind, workload.namespace, workload.resource.name).is === 'present',
  );
  if (callers.length === 0 && !stay) return;
  const who = callers.length > 0 ? `${firstNames(callers)} and whoever else calls it` : 'whoever calls it by this name';
  yield { change, message: `${was.name}.${was.namespace} resolves no more: ${who} cannot reach its pods` };
}

const SAME_LABELS = 'select by labels that the pods have; until then whoever connects to it is refused';

interface LostPort {
  readonly port: ServicePort;
  readonly why: string;
  readonly isOfPods: boolean;
}

function lostPort(world: World, was: ServiceView, is: ServiceView, port: ServicePort): LostPort | undefined {
  const now = is.port(port.number, port.protocol);
  // Clients of a headless Service connect to the pods themselves.
  if (!now) return is.headless ? undefined : { port, why: 'it is served no more', isOfPods: false };
  if (is.backing !== 'pods' || is.targets(now).length > 0) return undefined;
  if (is.workloads.length === 0) {
    const missed = missedText(world, is.namespace, is.resource.at(['spec', 'selector']), was.workloads);
    return { port, why: `its selector selects no pod any more${missed}`, isOfPods: true };
  }
  return {
    port,
    why: `no container of its pods has the port ${String(now.target)}${was.workloads.length > 0 ? ' any more' : ''}`,
    isOfPods: false,
  };
}

function fieldOf(change: ObjectChange, { port, isOfPods }: LostPort): FieldChange | undefined {
  if (change.before?.kind !== 'Service')
    return change.fields.find(({ path }) => path.includes(isOfPods ? 'labels' : 'ports'));
  if (isOfPods) return fieldAt(change, ['spec', 'selector']);
  const entry: ChangeStep[] = ['spec', 'ports', { port: port.number, protocol: port.protocol }];
  return fieldAt(change, [...entry, 'targetPort']) ?? fieldAt(change, entry);
}

/** A port that leads to another one of the pods, at which none of them is known to listen. */
function* retargeted(
  world: World,
  was: ServiceView,
  is: ServiceView,
  port: ServicePort,
  change: ObjectChange,
): Iterable<FoundRisk> {
  const now = is.port(port.number, port.protocol);
  if (!now || is.backing !== 'pods' || is.headless) return;
  const old = new Set(was.targets(port).map(({ number }) => number));
  const entry: ChangeStep[] = ['spec', 'ports', { port: port.number, protocol: port.protocol }];
  const field = fieldAt(change, [...entry, 'targetPort']) ?? fieldAt(change, entry);
  for (const { workload, number, declared } of field ? is.targets(now) : []) {
    if (old.has(number)) continue;
    if (!declared && was.targets(port).some((target) => target.declared) && workload.ports.length > 0) {
      const has = [...new Set(workload.ports.map((each) => each.number))].join(', ');
      yield {
        change,
        field,
        message: `port ${now.number} leads to ${number} of ${world.idOf(workload.resource)}, which no container has among its ports (${has}): unless one listens there, connections are refused`,
      };
    }
  }
}

/** A port that others find by a name which it has no more. */
function* renamedPort(world: World, is: ServiceView, port: ServicePort, change: ObjectChange): Iterable<FoundRisk> {
  const { name } = port;
  if (name === undefined || is.ports.some((other) => other.name === name) || !is.port(port.number, port.protocol))
    return;
  const users = [
    ...new Set(
      sendingsTo(world, is.namespace, is.name).flatMap(({ from, via, port: wanted }) =>
        wanted === name ? (via.at(-1) ?? from) : [],
      ),
    ),
    ...monitorsOf(world, 'ServiceMonitor').filter(
      (monitor) =>
        [monitor.at(['spec', 'endpoints'])]
          .flat()
          .some((each) => (each as { port?: unknown } | undefined)?.port === name) &&
        servicesOfMonitor(world, monitor).includes(is),
    ),
  ];
  if (users.length === 0) return;
  const field = fieldAt(change, ['spec', 'ports', { port: port.number, protocol: port.protocol }]);
  yield {
    change,
    field,
    message: `port ${name} of Service ${is.name} has another name: ${users.map((user) => world.idOf(user)).join(', ')} ${byNumber(users.length, 'finds', 'find')} it no more`,
  };
}

/** A selector that only pods of the new revision have. */
function* meanwhile(diff: WorldChange, is: ServiceView, change: ObjectChange): Iterable<FoundRisk> {
  if (!changesAt(change, ['spec', 'selector']) || is.backing !== 'pods') return;
  const selector = { matchLabels: is.resource.at(['spec', 'selector']) };
  const rolling = new Map(changedWorkloads(diff).map(({ before, after }) => [after, before]));
  const running = is.workloads.map((workload) => rolling.get(workload) ?? workload);
  const isNow = (pods: (typeof running)[number]) =>
    selects(selector, pods.podLabels) &&
    !diff.changes.some(({ does, after }) => does === 'added' && after === pods.resource);
  if (running.length === 0 || running.some(isNow)) return;
  yield {
    change,
    field: fieldAt(change, ['spec', 'selector']),
    message: `Service ${is.name} selects only pods of the new revision: it has no endpoints until the first of them is ready`,
  };
}
