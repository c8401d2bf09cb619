import { referencesOf } from '../../../manifests/references';
import { list, number, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { certainStall } from '../../../simulate/rollout/rollouts';
import { hostPortsOf } from '../../../simulate/scheduling/host-ports';
import { mayGrow } from '../../../simulate/scheduling/unplaceable';
import { podsOf, rolloutOf } from '../../../world/autoscalers';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { waits } from '../../pods-wait';

const manifests = (strategy: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { accessModes: [ReadWriteOncePod], resources: { requests: { storage: 5Gi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  strategy: ${strategy}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: uploads, mountPath: /uploads }] }]
      volumes: [{ name: uploads, persistentVolumeClaim: { claimName: uploads } }]
`;

export default check({
  id: 'rollout-can-progress',
  group: 'lifecycle',
  description: 'a rollout can replace an old pod with a new one',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/',
  fix: 'set strategy.type: Recreate, or maxUnavailable: 1 with maxSurge: 0',
  example: {
    broken: manifests('{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }'),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0].persistentVolumeClaim.claimName'],
    fixed: manifests('{ type: Recreate }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { kind } = workload.resource;
      const found = [...judgeWritten(world, workload)];
      yield* found;
      // What is wrong as it is written is said once.
      if (found.length === 0 && (kind === 'Deployment' || kind === 'DaemonSet')) yield* judgeSimulated(world, workload);
    }
  },
});

/** What the manifests alone tell. */
function* judgeWritten(world: World, workload: WorkloadManifest): Iterable<Finding> {
  const { kind } = workload.resource;
  if (kind === 'Deployment' || kind === 'DaemonSet')
    yield* judgeNumbers(workload, kind === 'Deployment' ? 'strategy' : 'updateStrategy');
  if (kind === 'DaemonSet') yield* judgeHostPorts(workload);
  if (kind === 'Deployment') {
    yield* judgeDeadline(workload);
    yield* judgeClaims(world, workload);
  }
}

/** A rollout that stalls on the nodes that there are, wherever the scheduler places the pods. */
function* judgeSimulated(world: World, workload: WorkloadManifest): Iterable<Finding> {
  const stall = certainStall(world, workload);
  if (!stall) return;
  const { resource } = workload;
  const { numbers, reason } = stall.end;
  const isDeployment = resource.kind === 'Deployment';
  // quota-fits says so of the quota, with every autoscaler at its maximum.
  if (isDeployment && numbers.missing > 0) return;
  const strategy = ['spec', isDeployment ? 'strategy' : 'updateStrategy'];
  const paths = [[...strategy, 'rollingUpdate', 'maxSurge'], [...strategy, 'rollingUpdate'], strategy, ['spec']];
  const path = paths.find((each) => resource.at(each) !== undefined)!;
  const value = path.length > 1 ? resource.at(path) : undefined;
  const pods = numbers.old.ready === 1 ? 'the old pod stays' : `the ${numbers.old.ready} old pods stay`;
  const message = `a rollout starts a new pod before it stops an old one, and ${numbers.new.pending > 0 ? 'no node takes it' : 'the quota refuses it'} (${reason})`;
  const unknown = numbers.new.pending > 0 && mayGrow(world) ? 'whether a node is added is not known' : undefined;
  yield { resource, path, value, ...waits(message, `${pods}, and the rollout does not progress`, unknown) };
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0' || value === '0%';
}

/** maxSurge and maxUnavailable that are both 0. */
function* judgeNumbers({ resource }: WorkloadManifest, field: string): Iterable<Finding> {
  if ((string(resource.at(['spec', field, 'type'])) ?? 'RollingUpdate') !== 'RollingUpdate') return;
  const rolling = record(resource.at(['spec', field, 'rollingUpdate']));
  // By default only the maxSurge of a DaemonSet is 0; neither maxUnavailable is.
  const surge = rolling?.['maxSurge'] ?? (field === 'strategy' ? '25%' : 0);
  const unavailable = rolling?.['maxUnavailable'];
  if (!isZero(surge) || !isZero(unavailable)) return;
  yield {
    resource,
    path: ['spec', field, 'rollingUpdate'],
    value: rolling,
    message:
      'maxSurge and maxUnavailable are both 0, so a rollout may neither add nor remove a pod: the API server rejects it',
    fix: 'set maxSurge or maxUnavailable to 1',
  };
}

/** A DaemonSet that starts the new pod of a node beside the old one, and both need the same port of the node. */
function* judgeHostPorts({ resource, podSpec, containers }: WorkloadManifest): Iterable<Finding> {
  if ((string(resource.at(['spec', 'updateStrategy', 'type'])) ?? 'RollingUpdate') !== 'RollingUpdate') return;
  const path = ['spec', 'updateStrategy', 'rollingUpdate', 'maxSurge'];
  const surge = resource.at(path);
  if (surge === undefined || surge === null || isZero(surge)) return;
  const jsonOf = (role: string) => containers.flatMap((container) => (container.role === role ? [container.json] : []));
  const [port] = hostPortsOf(podSpec, jsonOf('container'), jsonOf('sidecar'));
  if (!port) return;
  yield {
    resource,
    path,
    value: surge,
    message: `the old pod of a node has its port ${port.port} until the new pod is ready, and the new pod needs it to be scheduled: the new pod stays Pending, and the rollout does not progress`,
    fix: 'set maxSurge: 0 and maxUnavailable: 1, or do without the port of the node',
  };
}

function* judgeDeadline({ resource }: WorkloadManifest): Iterable<Finding> {
  const deadline = number(resource.at(['spec', 'progressDeadlineSeconds'])) ?? 600;
  const ready = number(resource.at(['spec', 'minReadySeconds'])) ?? 0;
  if (ready === 0 || deadline > ready) return;
  yield {
    resource,
    path: ['spec', 'minReadySeconds'],
    value: ready,
    message: `a pod is available after ${ready} seconds and the rollout fails after ${deadline}: the API server rejects it`,
    fix: 'set progressDeadlineSeconds above minReadySeconds',
  };
}

/** A claim of one pod or one node, and a rollout that starts the new pod before it stops the old one. */
function* judgeClaims(world: World, workload: WorkloadManifest): Iterable<Finding> {
  const { resource, namespace, podSpec } = workload;
  const pods = podsOf(world, workload);
  const rollout = pods && pods.max > 0 ? rolloutOf(workload, Math.max(1, pods.min)) : undefined;
  if (!pods || !rollout) return;
  const startsFirst = rollout.unavailable === 0;
  for (const { kind, name, path } of referencesOf(workload)) {
    if (kind !== 'PersistentVolumeClaim') continue;
    const claim = knownIn(world, 'PersistentVolumeClaim', namespace).find((known) => known.name === name);
    const modes = list(claim?.at(['spec', 'accessModes']));
    if (modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany')) continue;
    if (modes.includes('ReadWriteOncePod')) {
      if (startsFirst)
        yield {
          resource,
          path,
          value: name,
          message: `only one pod can use claim ${name} (ReadWriteOncePod), and a rollout starts the new pod before it stops the old one: the new pod stays Pending`,
        };
      continue;
    }
    if (!startsFirst || pods.min > 1) continue; // rwo-sharing reports several pods on one claim
    const apart = list(
      record(record(podSpec['affinity'])?.['podAntiAffinity'])?.['requiredDuringSchedulingIgnoredDuringExecution'],
    ).some(
      (term) =>
        record(term)?.['topologyKey'] === 'kubernetes.io/hostname' &&
        JSON.stringify(record(record(term)?.['labelSelector'])?.['matchLabels']) ===
          JSON.stringify(resource.at(['spec', 'selector', 'matchLabels'])),
    );
    if (world.facts.known('nodes')?.length === 1 && !apart) continue;
    yield {
      resource,
      path,
      value: name,
      verdict: 'unknown',
      message: `only one node can mount claim ${name} (ReadWriteOnce), and a rollout starts the new pod before it stops the old one: on another node the new pod waits for the volume and never starts (Multi-Attach error); whether the scheduler places it on the same node is not known`,
    };
  }
}
