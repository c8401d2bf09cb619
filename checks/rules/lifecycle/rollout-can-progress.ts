import { referencesOf } from '../../../manifests/references';
import { list, number, record, text } from '../../../manifests/resource';
import type { Workload } from '../../../manifests/workload';
import { podsOf, rolloutOf } from '../../../world/autoscalers';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
import { check } from '../../check';

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
  description: 'a rollout can put a new pod in place of an old one',
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
      if (kind === 'Deployment' || kind === 'DaemonSet')
        yield* judgeNumbers(workload, kind === 'Deployment' ? 'strategy' : 'updateStrategy');
      if (kind === 'Deployment') {
        yield* judgeDeadline(workload);
        yield* judgeClaims(world, workload);
      }
    }
  },
});

/** Neither a pod more nor a pod less. */
function* judgeNumbers({ resource }: Workload, field: string): Iterable<Judgement> {
  if ((text(resource.at(['spec', field, 'type'])) ?? 'RollingUpdate') !== 'RollingUpdate') return;
  const rolling = record(resource.at(['spec', field, 'rollingUpdate']));
  const nothing = (value: unknown) => value === 0 || value === '0' || value === '0%';
  // What is not written is not 0: 25% at Deployments; a DaemonSet takes one away and adds none.
  const [surge, unavailable] = [
    rolling?.['maxSurge'] ?? (field === 'strategy' ? '25%' : 0),
    rolling?.['maxUnavailable'] ?? (field === 'strategy' ? '25%' : 1),
  ];
  if (!nothing(surge) || !nothing(unavailable)) return;
  yield {
    resource,
    path: ['spec', field, 'rollingUpdate'],
    value: rolling,
    message: 'a rollout may neither add a pod nor take one away: the API server refuses it',
    fix: 'set maxSurge or maxUnavailable to 1',
  };
}

function* judgeDeadline({ resource }: Workload): Iterable<Judgement> {
  const deadline = number(resource.at(['spec', 'progressDeadlineSeconds'])) ?? 600;
  const ready = number(resource.at(['spec', 'minReadySeconds'])) ?? 0;
  if (ready === 0 || deadline > ready) return;
  yield {
    resource,
    path: ['spec', 'minReadySeconds'],
    value: ready,
    message: `a pod counts after ${ready} seconds and the rollout is given up after ${deadline}: the API server refuses it`,
    fix: 'set progressDeadlineSeconds above minReadySeconds',
  };
}

/** A claim that one pod or one node holds, and a rollout that starts the new pod first. */
function* judgeClaims(world: World, workload: Workload): Iterable<Judgement> {
  const { resource, namespace, podSpec } = workload;
  const pods = podsOf(world, workload);
  const rollout = pods && pods.most > 0 ? rolloutOf(workload, Math.max(1, pods.least)) : undefined;
  if (!pods || !rollout) return;
  const first = rollout.unavailable === 0;
  for (const { kind, name, path } of referencesOf(workload)) {
    if (kind !== 'PersistentVolumeClaim') continue;
    const claim = knownIn(world, 'PersistentVolumeClaim', namespace).find((known) => known.name === name);
    const modes = list(claim?.at(['spec', 'accessModes']));
    if (modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany')) continue;
    if (modes.includes('ReadWriteOncePod')) {
      if (first)
        yield {
          resource,
          path,
          value: name,
          message: `claim ${name} is for one pod (ReadWriteOncePod), and a rollout starts the new pod before it stops the old one: the new one stays Pending for ever`,
        };
      continue;
    }
    if (!first || pods.least > 1) continue; // several pods on one claim are rwo-sharing's
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
      message: `claim ${name} is for one node (ReadWriteOnce), and a rollout starts the new pod before it stops the old one: on another node it waits for the volume for ever (Multi-Attach error); whether it comes to the same node is not known, the scheduler decides`,
    };
  }
}
