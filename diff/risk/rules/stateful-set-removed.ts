import type { Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { OPERATED_KINDS, operatedClaimName } from '../../../world/operated';
import { operatedBy } from '../../../world/operated-pods';
import type { Claim } from '../../../world/storage';
import { claimOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Gone } from '../kinds';
import { goneOf, namespacesGone } from '../kinds';
import { byNumber } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { mountsWithStores } from '../stores';
import { claimNames, claimRetention, claimTemplatesOf, fateOfVolume, ordinalsOf } from '../volumes';

const CLASS = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ebs.csi.aws.com
`;
const set = (replicas: number) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  replicas: ${replicas}
  serviceName: db
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: 'example.com/db:1.4.0', volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
---${CLASS}`;

export default riskRule({
  id: 'stateful-set-removed',
  class: 'data-loss',
  description:
    'a StatefulSet with claim templates that is removed or renamed, or an object of which an operator made one',
  reason:
    'Its claims stay, unless persistentVolumeClaimRetentionPolicy.whenDeleted is Delete, or their namespace goes. Claims that stay are nobody’s: only a StatefulSet of the same name and template takes them up again.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention',
  advice: 'make a backup first, or keep the name, or set whenDeleted: Retain and apply that before',
  example: { before: set(2), after: CLASS, finds: ['StatefulSet/shop/db'], harmless: set(3) },
  *find(diff) {
    for (const gone of [...setsGone(diff), ...operatedGone(diff)]) yield* ofSet(diff, gone);
  },
});

/** A StatefulSet that goes, or one that an operator made of an object that goes. */
interface SetGone extends Gone {
  readonly set: Resource;
  readonly templates: readonly Claim[];
}

function setsGone(diff: WorldChange): SetGone[] {
  return goneOf(diff, 'StatefulSet').map((gone) => ({
    ...gone,
    set: gone.before,
    templates: claimTemplatesOf(diff.before, gone.before),
  }));
}

/** The garbage collector takes the StatefulSets with their owner. */
function operatedGone(diff: WorldChange): SetGone[] {
  return goneOf(diff, ...OPERATED_KINDS).flatMap((gone) => {
    const { before, namespace } = gone;
    const name = operatedClaimName(before);
    if (name === undefined) return [];
    const templates = [claimOf(before, namespace, ['spec', 'storage', 'volumeClaimTemplate'], name)];
    return operatedBy(diff.before, before)
      .filter(({ resource }) => resource.kind === 'StatefulSet')
      .map(({ resource }) => ({ ...gone, set: resource, templates }));
  });
}

function* ofSet(diff: WorldChange, gone: SetGone): Iterable<FoundRisk> {
  const { change, before, namespace, renamed, set, templates } = gone;
  if (templates.length === 0) return;
  const { from, to } = ordinalsOf(set);
  const ordinals = Array.from({ length: to - from }, (_, i) => from + i);
  const claims = claimNames(templates, set, ordinals) || 'its claims';
  const known = ordinals.length === 0 ? templates.length + 1 : ordinals.length * templates.length;
  const next = renamed ? undefined : successorOf(diff, gone);
  const instead = renamed
    ? `; ${renamed.name} begins with empty volumes`
    : next
      ? `; ${next.id} comes in its place and ${next.keeps ? 'begins with empty volumes' : 'has no volume: what it writes is lost with the pod'}`
      : '';
  if (namespacesGone(diff).has(namespace)) {
    const { class: risk, text } = fateOfVolume(diff.before, templates[0]!);
    yield {
      change,
      class: risk,
      message: `${claims} ${byNumber(known, 'goes', 'go')} with namespace ${namespace}: ${text}${instead}`,
      advice: 'make a backup first, or keep the Namespace',
    };
    return;
  }
  if (claimRetention(before, 'whenDeleted') === 'Delete') {
    const { class: risk, text } = fateOfVolume(diff.before, templates[0]!);
    yield {
      change,
      class: risk,
      message: `${claims} ${byNumber(known, 'is', 'are')} deleted with it (whenDeleted: Delete): ${text}${instead}`,
    };
    return;
  }
  yield {
    change,
    class: next && !next.keeps ? 'data-loss' : 'disruption',
    message: `${claims} ${byNumber(known, 'stays', 'stay')} with all data, and nothing uses ${byNumber(known, 'it', 'them')}${instead}`,
    advice:
      next && !next.keeps
        ? `give ${next.id} a volume, and copy the data to it`
        : `remove the claims by hand once nobody needs them: a StatefulSet called ${set.name} takes them up again`,
  };
}

/** What is new in the namespace and runs the same program, under another kind or name, and whether it has a volume that stays. */
function successorOf(
  diff: WorldChange,
  { set, namespace }: SetGone,
): { readonly id: string; readonly keeps: boolean } | undefined {
  const gone = [...diff.before.workloads, ...diff.before.operated].find(({ resource }) => resource === set);
  const program = gone && programOf(gone);
  if (!program) return undefined;
  const known = new Set(
    [...diff.before.workloads, ...diff.before.operated].map((each) => diff.before.idOf(each.resource)),
  );
  const next = [...diff.after.workloads, ...diff.after.operated].find(
    (each) =>
      each.namespace === namespace &&
      !known.has(diff.after.idOf(each.resource)) &&
      each.running.some(({ json }) => nameOfImage(json['image']) === program),
  );
  return next && { id: diff.after.idOf(next.resource), keeps: keepsData(diff.after, next, program) };
}

function programOf({ running, resource }: WorkloadManifest): string | undefined {
  const claims = mappings(resource.at(['spec', 'volumeClaimTemplates'])).map(
    (each) => record(each['metadata'])?.['name'],
  );
  const main =
    running.find(({ json }) => mappings(json['volumeMounts']).some(({ name }) => claims.includes(name))) ?? running[0];
  return nameOfImage(main?.json['image']);
}

/** `prometheus` of `quay.io/prometheus/prometheus:v3.5.0`. */
function nameOfImage(image: unknown): string | undefined {
  return /([^/:@]+)(?::[^/]*)?(?:@.*)?$/.exec(string(image) ?? '')?.[1];
}

function keepsData(world: World, workload: WorkloadManifest, program: string): boolean {
  const owner = OPERATED_KINDS.flatMap((kind) => world.of(kind)).find((each) =>
    operatedBy(world, each).includes(workload),
  );
  if (owner) return operatedClaimName(owner) !== undefined;
  return workload.running
    .filter(({ json }) => nameOfImage(json['image']) === program)
    .some((container) =>
      mountsWithStores(workload, container).some(({ store, readOnly }) => store !== undefined && !readOnly),
    );
}
