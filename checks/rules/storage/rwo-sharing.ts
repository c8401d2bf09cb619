import { referencesOf } from '../../../manifests/references';
import type { Path, Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { selects } from '../../../manifests/selector';
import type { WorkloadManifest } from '../../../manifests/workload';
import { podsOf } from '../../../world/autoscalers';
import { knownIn } from '../../../world/known';
import { isMadeHere } from '../../../world/owners';
import type { Claim } from '../../../world/storage';
import { claimOf, classOf, isForOneNode } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (replicas: number) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads, namespace: shop }
spec: { storageClassName: gp3, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  strategy: { type: Recreate }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }]
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: uploads, mountPath: /uploads }] }]
      volumes: [{ name: uploads, persistentVolumeClaim: { claimName: uploads } }]
`;
const DISK = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: gp3 }
provisioner: ebs.csi.aws.com
`;

interface Use {
  readonly workload: WorkloadManifest;
  readonly path: Path;
}

export default check({
  id: 'rwo-sharing',
  group: 'storage',
  description: 'a ReadWriteOnce claim is used on one node only, and a ReadWriteOncePod claim by one pod only',
  severity: 'will-break',
  needs: ['nodes', 'cluster'],
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/',
  fix: 'give each pod its own claim (volumeClaimTemplates of a StatefulSet), run one pod, or use ReadWriteMany with a StorageClass that supports it',
  example: {
    facts: DISK,
    broken: manifests(2),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0].persistentVolumeClaim.claimName'],
    fixed: manifests(1),
  },
  *judge(world) {
    for (const { resource, uses } of usesByClaim(world)) {
      const claim = claimOf(resource, world.namespaceOf(resource), []);
      if (
        claim.modes.length === 0 ||
        claim.modes.some((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod')
      )
        continue;
      const finding = judgeClaim(world, claim, uses);
      if (finding) yield finding;
    }
  },
});

function usesByClaim(world: World): Iterable<{ readonly resource: Resource; readonly uses: Use[] }> {
  const known = new Map<Resource, { resource: Resource; uses: Use[] }>();
  const byName = new Map<string, Map<string, Resource>>();
  for (const workload of world.workloads) {
    if (workload.resource.kind === 'PodTemplate' || isMadeHere(world, workload.resource)) continue;
    for (const { kind, name, path } of referencesOf(workload)) {
      if (kind !== 'PersistentVolumeClaim') continue;
      let claims = byName.get(workload.namespace);
      if (!claims)
        byName.set(
          workload.namespace,
          (claims = new Map(knownIn(world, kind, workload.namespace).map((claim) => [claim.name, claim]))),
        );
      const resource = claims.get(name);
      if (!resource) continue;
      const there = known.get(resource);
      if (!there) known.set(resource, { resource, uses: [{ workload, path }] });
      // A pod may mount a claim in two volumes.
      else if (!there.uses.some((use) => world.isSame(use.workload.resource, workload.resource)))
        there.uses.push({ workload, path });
    }
  }
  return known.values();
}

function judgeClaim(world: World, claim: Claim, uses: readonly Use[]): Finding | undefined {
  const several = uses.find(({ workload }) => isLasting(workload) && leastPods(world, workload) > 1);
  const { name } = claim;
  const one = uses[0]!;
  if (claim.modes.every((mode) => mode === 'ReadWriteOncePod')) {
    if (several)
      return {
        ...placeOf(several, name),
        message: `only one pod can use claim ${name} (ReadWriteOncePod), and ${several.workload.resource.kind} ${several.workload.resource.name} has ${leastPods(world, several.workload)}: all but one stay Pending`,
      };
    const lasting = uses.filter(({ workload }) => isLasting(workload) && leastPods(world, workload) > 0);
    if (lasting.length > 1)
      return {
        ...placeOf(lasting[1]!, name),
        message: `only one pod can use claim ${name} (ReadWriteOncePod), and pods of ${workloadNames(lasting)} use it: all but one stay Pending`,
      };
    return undefined;
  }
  if (world.facts.known('nodes')?.length === 1) return undefined;
  if (several && keptApart(several.workload) && isForOneNode(classOf(world, claim))) {
    return {
      ...placeOf(several, name),
      message: `claim ${name} is a disk that can be attached to one node at a time (ReadWriteOnce), and the ${leastPods(world, several.workload)} pods of ${several.workload.resource.kind} ${several.workload.resource.name} must run on different nodes: all but one wait for the volume and never start (Multi-Attach error)`,
    };
  }
  const sameNode =
    'whether the scheduler places them on the same node is not known, and if the volume is a disk, those on another node wait for it and never start (Multi-Attach error)';
  const spread = uses.find(
    ({ workload }) =>
      (workload.resource.kind === 'DaemonSet' || mostPods(world, workload) > 1) && !keptTogether(workload),
  );
  if (spread)
    return {
      ...placeOf(spread, name),
      verdict: 'unknown',
      message: `only one node can mount claim ${name} (ReadWriteOnce), and several pods of ${spread.workload.resource.kind} ${spread.workload.resource.name} use it; ${sameNode}`,
    };
  if (uses.length > 1 && !uses.every(({ workload }) => pinned(workload)))
    return {
      ...placeOf(one, name),
      verdict: 'unknown',
      message: `only one node can mount claim ${name} (ReadWriteOnce), and pods of ${workloadNames(uses)} use it; ${sameNode}`,
    };
  return undefined;
}

function placeOf({ workload, path }: Use, name: string) {
  return { resource: workload.resource, path, value: name };
}

function workloadNames(uses: readonly Use[]): string {
  return uses.map(({ workload: { resource } }) => `${resource.kind} ${resource.name}`).join(' and ');
}

function leastPods(world: World, workload: WorkloadManifest): number {
  return podsOf(world, workload)?.min ?? 0;
}

function mostPods(world: World, workload: WorkloadManifest): number {
  return podsOf(world, workload)?.max ?? 0;
}

/** Whether its pods keep running; pods of Jobs end and release the volume. */
function isLasting({ resource: { kind } }: WorkloadManifest): boolean {
  return kind !== 'Job' && kind !== 'CronJob' && kind !== 'DaemonSet';
}

/** Whether anti-affinity keeps its pods on different nodes. */
function keptApart({ podSpec, podLabels }: WorkloadManifest): boolean {
  return terms(podSpec, 'podAntiAffinity').some(
    (term) => term?.['topologyKey'] === 'kubernetes.io/hostname' && selects(term['labelSelector'], podLabels),
  );
}

/** Whether all its pods run on the same node. */
function keptTogether(workload: WorkloadManifest): boolean {
  return (
    pinned(workload) ||
    terms(workload.podSpec, 'podAffinity').some(
      (term) =>
        term?.['topologyKey'] === 'kubernetes.io/hostname' && selects(term['labelSelector'], workload.podLabels),
    )
  );
}

function pinned({ podSpec }: WorkloadManifest): boolean {
  return (
    typeof podSpec['nodeName'] === 'string' || record(podSpec['nodeSelector'])?.['kubernetes.io/hostname'] !== undefined
  );
}

function terms(podSpec: WorkloadManifest['podSpec'], field: string) {
  return list(record(record(podSpec['affinity'])?.[field])?.['requiredDuringSchedulingIgnoredDuringExecution']).map(
    record,
  );
}
