import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { World } from './world';

/**
 * Whether a controller made an object out of another one that is judged, as `kubectl get all -o yaml` prints them both: the ReplicaSet
 * of a Deployment, a Pod of the ReplicaSet. It is no object of its own: it needs nothing beyond its owner, and is mended there.
 */
export function isMadeHere(world: World, resource: Resource): boolean {
  return list(resource.at(['metadata', 'ownerReferences'])).some((entry) => {
    const owner = record(entry);
    const [kind, name] = [string(owner?.['kind']), string(owner?.['name'])];
    if (owner?.['controller'] !== true || kind === undefined || name === undefined) return false;
    const found = [world.namespaceOf(resource), '']
      .map((namespace) => world.find(kind, namespace, name))
      .find(({ is }) => is === 'present');
    return found?.is === 'present' && found.resource !== resource && !world.isExternal(found.resource);
  });
}
