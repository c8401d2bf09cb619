import { namesObject, referencesOf } from '../../manifests/references';
import type { Path, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { claimOf } from '../../world/storage';
import type { World } from '../../world/world';

/** An object, or a key of one, that another object does not do without. */
export interface ObjectNeed {
  /** Who refers to it. */
  readonly resource: Resource;
  readonly kind: string;
  /** Empty for the cluster's own. */
  readonly namespace: string;
  readonly name: string;
  /** The key that is read; undefined: the object. */
  readonly key?: string | undefined;
  /** Where the reference stands. */
  readonly path: Path;
  /** What happens without it, as a clause. */
  readonly without: string;
}

/** Everything that the objects of a world need, by `kind/namespace/name`. */
export const needsOf = memo((world: World): ReadonlyMap<string, readonly ObjectNeed[]> => {
  const needs = new Map<string, ObjectNeed[]>();
  const add = (need: ObjectNeed) => addTo(needs, objectKey(need), need);
  for (const workload of world.workloads) for (const need of ofPods(workload)) add(need);
  for (const kind of OTHERS)
    for (const resource of world.of(kind)) for (const need of ofOther(world, resource)) add(need);
  return needs;
});

/** Every need of one object. */
export function needsOfResource(world: World, resource: Resource): readonly ObjectNeed[] {
  const workload = world.workloadsIn(world.namespaceOf(resource)).find((each) => each.resource === resource);
  return workload ? [...ofPods(workload)] : [...ofOther(world, resource)];
}

export function objectKey({ kind, namespace, name }: Pick<ObjectNeed, 'kind' | 'namespace' | 'name'>): string {
  return `${kind}/${namespace}/${name}`;
}

const NOT_STARTED = 'containers of its next pods do not start (CreateContainerConfigError)';
const NOT_MOUNTED = 'its next pods stay in ContainerCreating, as the volume cannot be mounted';
const PENDING = 'its next pods stay Pending';
const REFUSED = 'the API server admits none of its next pods';
const WITHOUT: Readonly<Record<string, string>> = {
  env: NOT_STARTED,
  envFrom: NOT_STARTED,
  volume: NOT_MOUNTED,
  subPath: NOT_MOUNTED,
  imagePullSecret: 'its next pods cannot pull images from a private registry',
};

function* ofPods(workload: WorkloadManifest): Iterable<ObjectNeed> {
  const { resource, namespace, podSpec, podSpecPath } = workload;
  if (resource.kind === 'PodTemplate') return;
  if (resource.kind === 'StatefulSet') yield* ofClaims(resource, namespace);
  for (const reference of referencesOf(workload)) {
    const { kind, name, key, use, optional, path, keyPath } = reference;
    if (optional && use !== 'imagePullSecret') continue;
    const without = kind === 'PersistentVolumeClaim' ? PENDING : WITHOUT[use]!;
    if (namesObject(reference)) yield { resource, kind, namespace, name, path, without };
    // A part of a volume that is not there is mounted as an empty directory.
    if (key !== undefined)
      yield {
        ...{ resource, kind, namespace, name, key, path: keyPath ?? path },
        without: use === 'subPath' ? 'an empty directory is mounted in place of the file' : without,
      };
  }
  const account = string(podSpec['serviceAccountName']) ?? string(podSpec['serviceAccount']);
  if (account && account !== 'default')
    yield {
      ...{ resource, kind: 'ServiceAccount', namespace, name: account },
      path: [...podSpecPath, 'serviceAccountName'],
      without: REFUSED,
    };
  for (const [field, kind] of [
    ['priorityClassName', 'PriorityClass'],
    ['runtimeClassName', 'RuntimeClass'],
  ] as const) {
    const name = string(podSpec[field]);
    if (name && !name.startsWith('system-'))
      yield { resource, kind, namespace: '', name, path: [...podSpecPath, field], without: REFUSED };
  }
}

/** The classes of the claims that stand in an object: its own, or those that a StatefulSet makes for its pods. */
function* ofClaims(resource: Resource, namespace: string): Iterable<ObjectNeed> {
  const paths: Path[] =
    resource.kind === 'PersistentVolumeClaim'
      ? [[]]
      : list(resource.at(['spec', 'volumeClaimTemplates'])).map((_, i) => ['spec', 'volumeClaimTemplates', i]);
  for (const path of paths) {
    const { className, classPath, spec } = claimOf(resource, namespace, path);
    // A claim that names its volume asks no class for one.
    if (!className || string(spec['volumeName'])) continue;
    yield {
      ...{ resource, kind: 'StorageClass', namespace: '', name: className, path: classPath },
      without: 'a claim that has no volume yet gets none, and the pods that need it stay Pending',
    };
  }
}

/** The kinds that need others and have no pods. */
const OTHERS = ['Ingress', 'Gateway', 'HorizontalPodAutoscaler', 'ScaledObject', 'PersistentVolumeClaim'];

function* ofOther(world: World, resource: Resource): Iterable<ObjectNeed> {
  const namespace = world.namespaceOf(resource);
  if (resource.kind === 'PersistentVolumeClaim') yield* ofClaims(resource, namespace);
  if (resource.kind === 'Ingress') {
    const className = string(resource.at(['spec', 'ingressClassName']));
    if (className)
      yield {
        ...{ resource, kind: 'IngressClass', namespace: '', name: className, path: ['spec', 'ingressClassName'] },
        without: 'no controller serves it',
      };
    for (const [i, entry] of mappings(resource.at(['spec', 'tls'])).entries()) {
      const name = string(entry['secretName']);
      const path = ['spec', 'tls', i, 'secretName'];
      if (name)
        yield {
          ...{ resource, kind: 'Secret', namespace, name, path },
          without: 'its hosts are served with the certificate of the controller, which no client trusts',
        };
    }
  }
  if (resource.kind === 'Gateway')
    for (const [i, listener] of mappings(resource.at(['spec', 'listeners'])).entries())
      for (const ref of mappings(record(listener['tls'])?.['certificateRefs'])) {
        const name = string(ref['name']);
        const own = string(ref['namespace']) ?? namespace;
        if (name && (ref['kind'] ?? 'Secret') === 'Secret')
          yield {
            ...{ resource, kind: 'Secret', namespace: own, name, path: ['spec', 'listeners', i, 'tls'] },
            without: `listener ${String(listener['name'])} has no certificate and takes no connection`,
          };
      }
  if (resource.kind === 'HorizontalPodAutoscaler' || resource.kind === 'ScaledObject') {
    const [written, name] = ['kind', 'name'].map((field) => string(resource.at(['spec', 'scaleTargetRef', field])));
    // KEDA takes a Deployment where no kind is given.
    const kind = written ?? (resource.kind === 'ScaledObject' ? 'Deployment' : undefined);
    if (kind && name)
      yield { resource, kind, namespace, name, path: ['spec', 'scaleTargetRef'], without: 'it scales nothing' };
  }
}
