import type { Resource } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import type { World } from '../../world/world';

/** What made an object, as `kubectl get -o yaml` prints it. */
function controllerOf(resource: Resource): { readonly kind: string; readonly name: string } | undefined {
  for (const entry of list(resource.at(['metadata', 'ownerReferences']))) {
    const owner = record(entry);
    const [kind, name] = [string(owner?.['kind']), string(owner?.['name'])];
    // A static pod belongs to its node.
    if (owner?.['controller'] === true && kind !== undefined && name !== undefined && kind !== 'Node')
      return { kind, name };
  }
  return undefined;
}

/**
 * One of each workload, where a live dump holds a Deployment, its ReplicaSets and its Pods: what has its owner beside it is
 * left out, and of several with one owner that is not there the first is kept.
 */
export function onePerWorkload(world: World, workloads: readonly WorkloadManifest[]): readonly WorkloadManifest[] {
  const kept = new Set<string>();
  return workloads.filter(({ resource, namespace }) => {
    const owner = controllerOf(resource);
    if (!owner) return true;
    const found = world.find(owner.kind, namespace, owner.name);
    if (found.is === 'present' && found.resource !== resource) return false;
    const key = workloadName(world, resource);
    if (kept.has(key)) return false;
    kept.add(key);
    return true;
  });
}

/** `Deployment/shop/web`, also for a pod or ReplicaSet of it alone. */
export function workloadName(world: World, resource: Resource): string {
  const owner = controllerOf(resource);
  const namespace = world.namespaceOf(resource);
  if (!owner) return world.idOf(resource);
  const hash = resource.kind === 'Pod' && owner.kind === 'ReplicaSet' ? podHash(resource) : undefined;
  if (hash !== undefined && owner.name.endsWith(`-${hash}`))
    return `Deployment/${namespace}/${owner.name.slice(0, -hash.length - 1)}`;
  return `${owner.kind}/${namespace}/${owner.name}`;
}

function podHash({ labels }: Resource): string | undefined {
  return labels['pod-template-hash'];
}
