import { namesObject, referencesOf } from '../../../manifests/references';
import type { Path, Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { Stage } from '../../../world/argo';
import { applicationsOf, isBefore, stageOf, stageText } from '../../../world/argo';
import { podsOf } from '../../../world/autoscalers';
import { creatorOf } from '../../../world/creates';
import { knownIn } from '../../../world/known';
import { claimOf, classOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (wave: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop, annotations: { argocd.argoproj.io/sync-wave: '${wave}' } }
data: { THEME: dark }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { argocd.argoproj.io/sync-wave: '1' } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', envFrom: [{ configMapRef: { name: web } }] }] }
`;

/** Kinds whose health Argo CD waits for before the next wave: they are healthy when their pods run. */
const AWAITED: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
  'Job',
  'Rollout',
]);

interface Need {
  readonly path: Path;
  readonly value: string;
  /** The object that is needed, or the one that creates it. */
  readonly resource: Resource;
  readonly consequence: string;
}

export default check({
  id: 'apply-order-valid',
  group: 'gitops',
  description: 'a resource that Argo CD waits for needs no resource of a later sync wave or phase',
  severity: 'will-break',
  // Namespaces and CustomResourceDefinitions are left out: Argo CD applies them before the resources that need them.
  needs: [],
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/',
  fix: 'give the resource that is needed the same sync wave (argocd.argoproj.io/sync-wave) and phase, or an earlier one',
  example: {
    broken: manifests('2'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].envFrom[0].configMapRef.name'],
    fixed: manifests('1'),
  },
  *judge(world) {
    if (!world.resources.some(({ annotations }) => ORDERED.some((name) => name in annotations))) return;
    for (const finding of judgeAll(world)) {
      // Sync waves order the resources of one Application.
      if (applicationsOf(world).length <= 1) yield finding;
      else
        yield {
          ...finding,
          verdict: 'unknown',
          message: `${finding.message}; whether one Application applies both is not known`,
        };
    }
  },
});

const ORDERED = ['argocd.argoproj.io/sync-wave', 'argocd.argoproj.io/hook', 'helm.sh/hook'];

function* judgeAll(world: World): Iterable<Finding> {
  yield* judgeWorkloads(world);
  yield* judgeClaims(world);
}

function* judgeWorkloads(world: World): Iterable<Finding> {
  for (const workload of world.workloads) {
    const { resource } = workload;
    const stage = AWAITED.has(resource.kind) && isAwaited(world, workload) ? stageOf(resource) : undefined;
    if (!stage) continue;
    for (const { path, value, resource: needed, consequence } of needsOf(world, workload)) {
      const later = stageOf(needed);
      if (later && isBefore(stage, later))
        yield {
          resource,
          path,
          value,
          message: `it is applied in ${stageText(stage)} and needs ${world.idOf(needed)}, which is applied in ${stageText(later)}: ${consequence}, Argo CD waits for them and never reaches ${stageText(later)}`,
        };
    }
  }
}

function isAwaited(world: World, workload: WorkloadManifest): boolean {
  const { resource } = workload;
  if (resource.kind === 'Job') return resource.at(['spec', 'suspend']) !== true;
  return podsOf(world, workload)?.max !== 0;
}

/** The objects without which the pods do not start. */
function* needsOf(world: World, workload: WorkloadManifest): Iterable<Need> {
  const { namespace, podSpec, podSpecPath } = workload;
  for (const reference of referencesOf(workload)) {
    if (reference.optional || !namesObject(reference)) continue;
    const { kind, name, path } = reference;
    const resource =
      (kind === 'Secret' ? creatorOf(world, kind, namespace, name) : undefined) ?? judged(world, kind, namespace, name);
    if (resource) yield { path, value: name, resource, consequence: 'its pods do not start' };
  }
  for (const [field, kind, at] of [
    ['serviceAccountName', 'ServiceAccount', namespace],
    ['priorityClassName', 'PriorityClass', ''],
  ] as const) {
    const name = string(podSpec[field]);
    const resource = name ? judged(world, kind, at, name) : undefined;
    if (name && resource && name !== 'default')
      yield { path: [...podSpecPath, field], value: name, resource, consequence: 'its pods are rejected' };
  }
}

function judged(world: World, kind: string, namespace: string, name: string): Resource | undefined {
  const found = world.find(kind, namespace, name);
  return found.is === 'present' ? found.resource : undefined;
}

/** Argo CD waits until a claim is bound; with WaitForFirstConsumer it is bound when the first pod that uses it is scheduled. */
function* judgeClaims(world: World): Iterable<Finding> {
  const users = new Map<Resource, Stage[]>();
  for (const workload of world.workloads) {
    const stage = workload.resource.kind === 'PodTemplate' ? undefined : stageOf(workload.resource);
    if (!stage) continue;
    for (const { kind, name } of referencesOf(workload)) {
      const claim =
        kind === 'PersistentVolumeClaim'
          ? knownIn(world, kind, workload.namespace).find((known) => known.name === name)
          : undefined;
      if (!claim) continue;
      const stages = users.get(claim);
      if (stages) stages.push(stage);
      else users.set(claim, [stage]);
    }
  }
  for (const resource of world.of('PersistentVolumeClaim')) {
    const stage = stageOf(resource);
    const stages = users.get(resource) ?? [];
    if (!stage || stages.length === 0 || !stages.every((user) => isBefore(stage, user))) continue;
    const claim = claimOf(resource, world.namespaceOf(resource), []);
    const storageClass = classOf(world, claim);
    if (storageClass?.at(['volumeBindingMode']) !== 'WaitForFirstConsumer') continue;
    const first = stages.reduce((a, b) => (isBefore(b, a) ? b : a));
    yield {
      resource,
      path: ['metadata', 'annotations'],
      value: resource.annotations,
      message: `it is applied in ${stageText(stage)}, and its StorageClass ${storageClass.name} binds it when a pod uses it (WaitForFirstConsumer), which is applied in ${stageText(first)}: Argo CD waits until the claim is bound and never reaches ${stageText(first)}`,
      fix: 'give the claim the sync wave of the workload that uses it',
    };
  }
}
