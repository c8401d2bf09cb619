import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string, strings } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import { isEmptySelector, selectsByMap } from '../../manifests/selector';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { knownIn } from '../../world/known';
import type { World } from '../../world/world';

/**
 * The selector by which a pod is spread where its spec does not say: that of the Services that select it, and of what controls it
 * (plugins/helper, DefaultSelector). Undefined: there is none.
 */
export function alikeSelector(services: readonly unknown[], controller: unknown, labels: Labels): Json | undefined {
  const maps = services.filter((map) => record(map) !== undefined && selectsByMap(map, labels));
  const owner = record(controller);
  const selector = {
    matchLabels: Object.assign({}, ...maps.map(strings)) as Labels,
    matchExpressions: [
      ...Object.entries(strings(owner?.['matchLabels'])).map(([key, value]) => ({
        key,
        operator: 'In',
        values: [value],
      })),
      ...list(owner?.['matchExpressions']),
    ],
  };
  return isEmptySelector(selector) ? undefined : selector;
}

/** The pods like those of a workload: by the Services of its namespace, and by what controls them. */
export const alikeOf = memo((world: World, workload: WorkloadManifest): Json | undefined => {
  const { resource, namespace, pod } = workload;
  const services = knownIn(world, 'Service', namespace).map((service) => service.at(['spec', 'selector']));
  const controller = resource.kind === 'Pod' ? ownerOf(world, resource) : resource;
  return alikeSelector(services, controller && selectorOf(controller), strings(record(pod['metadata'])?.['labels']));
});

function ownerOf(world: World, pod: Resource): Resource | undefined {
  const owner = mappings(pod.at(['metadata', 'ownerReferences'])).find((each) => each['controller'] === true);
  const found = owner && world.find(string(owner['kind']) ?? '', world.namespaceOf(pod), string(owner['name']) ?? '');
  return found?.is === 'present' ? found.resource : undefined;
}

/** Of the kinds that the scheduler asks for theirs. */
function selectorOf(resource: Resource): unknown {
  const { kind } = resource;
  const selector = resource.at(['spec', 'selector']);
  if (kind === 'ReplicationController') return { matchLabels: selector };
  if (kind === 'ReplicaSet' || kind === 'StatefulSet') return selector;
  if (kind !== 'Deployment') return undefined;
  // Its ReplicaSet selects the pods of one revision. Those that are to come have no hash yet; those that run have that of another one.
  const fresh = { key: 'pod-template-hash', operator: 'DoesNotExist' };
  return { ...record(selector), matchExpressions: [...list(record(selector)?.['matchExpressions']), fresh] };
}
