import type { Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import { workloadNamed } from '../../../world/autoscalers';
import { allowedDisruptions } from '../../../world/budgets';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { isAccessMap } from '../access-map';
import { WATCHED_BY_ARGOCD } from '../argocd-switches';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { isUnseen, mayHoldOthers, UNSEEN } from '../unseen';

const service = (selector: string, labels = 'a: b') => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { selector: { ${selector} }, ports: [{ port: 80 }] }
`;

export default riskRule({
  id: 'pods-unseen',
  class: 'disruption',
  description:
    'a Service, a budget, an autoscaler, a config or an account that changes or goes, whose pods are not among the manifests',
  reason:
    'Whether pods are cut off by it is decided by their labels and by what they refer to, and neither is known here. So the sentence says “may”; where a namespace is compared as a whole, with its Namespace and its workloads, the pods themselves decide.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
  advice: 'compare it together with the workloads of its namespace, or look for its pods: kubectl get pods --selector',
  example: {
    before: service('app: web'),
    after: service('app: web, tier: front'),
    finds: ['Service/shop/web spec.selector.tier'],
    harmless: service('app: web', 'a: c'),
    partial: true,
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Service')) yield* ofService(diff, change);
    for (const change of changesOf(diff, 'PodDisruptionBudget')) yield* ofBudget(diff, change);
    for (const change of changesOf(diff, 'HorizontalPodAutoscaler', 'ScaledObject')) yield* ofScaler(diff, change);
    for (const change of changesOf(diff, 'ConfigMap', 'Secret', 'ServiceAccount')) yield* ofReferred(diff, change);
    for (const change of changesOf(diff, 'PriorityClass', 'RuntimeClass', 'IngressClass', 'StorageClass'))
      if (change.does === 'removed' && !isKept(change.before!) && showsNothing(diff))
        yield {
          change,
          message: `whatever asks for it by its name may not start, or be served, any more; what that is, is not among the manifests`,
        };
  },
});

function* ofService(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (before?.group !== '') return;
  const hasPods = record(before.at(['spec', 'selector'])) !== undefined;
  if (hasPods && !isUnseen(diff, change, ({ object }) => ({ matchLabels: record(object['spec'])?.['selector'] })))
    return;
  const name = `${before.name}.${diff.before.namespaceOf(before)}`;
  if (!after) {
    if (!isKept(before))
      yield { change, message: `${name} resolves no more: whoever calls it by this name cannot reach it` };
    return;
  }
  const selector = fieldAt(change, ['spec', 'selector']);
  // What its name led to is told by service-narrowed.
  if (before.at(['spec', 'type']) === 'ExternalName') return;
  if (selector) yield { change, field: selector, message: `it may select no pod any more, or others; ${UNSEEN}` };
  const ports = new Map(mappings(after.at(['spec', 'ports'])).map((port) => [keyOf(port), port]));
  for (const port of mappings(before.at(['spec', 'ports']))) {
    const entry = ['spec', 'ports', { port: port['port'], protocol: string(port['protocol']) ?? 'TCP' }];
    const field = fieldAt(change, entry as string[]);
    const now = ports.get(keyOf(port));
    if (!now)
      yield {
        change,
        field,
        message: `port ${String(port['port'])} is served no more: whoever connects to it is refused`,
      };
    else if (targetOf(now) !== targetOf(port))
      yield {
        change,
        field,
        message: `port ${String(port['port'])} leads to ${targetOf(now)} in place of ${targetOf(port)}, where nobody may listen; ${UNSEEN}`,
      };
  }
}

function keyOf(port: Readonly<Record<string, unknown>>): string {
  return `${string(port['protocol']) ?? 'TCP'} ${String(port['port'])}`;
}

function targetOf(port: Readonly<Record<string, unknown>>): string {
  return String(port['targetPort'] ?? port['port']);
}

/** Up to so many pods a budget is tried on. */
const TRIED = 20;

function* ofBudget(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if ((change.after ?? before)!.group !== 'policy') return;
  if (!isUnseen(diff, change, (budget) => budget.at(['spec', 'selector']) ?? {})) return;
  if (!after) {
    if (!isKept(before!)) yield { change, message: `all of its pods may be evicted at once; ${UNSEEN}` };
    return;
  }
  const selector = before && fieldAt(change, ['spec', 'selector']);
  if (selector) yield { change, field: selector, message: `it may guard other pods than before; ${UNSEEN}` };
  const counts = Array.from({ length: TRIED }, (_, i) => i + 1);
  const allowed = (budget: Resource | undefined) =>
    counts.map((pods) => (budget ? (allowedDisruptions(budget, pods) ?? pods) : pods));
  const [was, is] = [allowed(before), allowed(after)];
  const field = ['minAvailable', 'maxUnavailable'].map((name) => fieldAt(change, ['spec', name])).find(Boolean);
  if (is.some((count, i) => count > was[i]!))
    yield { change, field, message: `more of its pods may be evicted at once than before; ${UNSEEN}` };
  // Of few pods a number keeps all of them: only what lets none of many go is sure to block.
  if (is.at(-1) === 0 && was.at(-1) !== 0)
    yield { change, field, message: `none of its pods may be evicted: their nodes cannot be drained; ${UNSEEN}` };
}

function* ofScaler(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || after || isKept(before)) return;
  const namespace = diff.before.namespaceOf(before);
  const target = record(before.at(['spec', 'scaleTargetRef']));
  const [kind, name] = [string(target?.['kind']) ?? 'Deployment', string(target?.['name']) ?? ''];
  if (!mayHoldOthers(diff.before, namespace) || workloadNamed(diff.before, kind, namespace, name)) return;
  yield {
    change,
    message: `nothing may add pods to ${kind} ${name} under load any more; it is not among the manifests`,
  };
}

/** What pods refer to by name, in a namespace of which no pods are here. */
function* ofReferred(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { does, before, after } = change;
  if (!before || (!after && isKept(before)) || before.labels['grafana_dashboard'] !== undefined) return;
  if (isAccessMap(diff, change)) return;
  const sides: readonly (readonly [World, Resource])[] = [
    [diff.before, before],
    ...(after ? [[diff.after, after] as const] : []),
  ];
  const isAlone = sides.every(([world, resource]) => {
    const namespace = world.namespaceOf(resource);
    return mayHoldOthers(world, namespace) && world.workloadsIn(namespace).length === 0;
  });
  if (!isAlone || (does === 'changed' && before.kind === 'ServiceAccount')) return;
  const pods = 'pods that are not among the manifests';
  if (!after || does === 'renamed') {
    yield { change, message: `${pods} may refer to it: the next ones do not start` };
    return;
  }
  for (const field of change.fields) {
    const [first, key] = field.path;
    if (first !== 'data' && first !== 'stringData' && first !== 'binaryData') continue;
    if (field.after === undefined && typeof key === 'string' && field.path.length === 2)
      yield {
        change,
        field,
        message: `${pods} may read ${key}, which is not there any more: the next ones may not start`,
      };
    // Argo CD watches its own.
    else if (before.name === after.name && !WATCHED_BY_ARGOCD.has(before.name))
      yield {
        change,
        field,
        class: 'restart',
        message: `${pods} may read it when they start, and keep the old value until they are restarted`,
        advice: 'look for who reads it, and restart those: kubectl rollout restart',
      };
  }
}

/** Whether neither side shows any pod, nor is said to be all that there is. */
function showsNothing({ before, after }: WorldChange): boolean {
  return [before, after].every((world) => world.workloads.length === 0 && world.declaredExternal === undefined);
}
