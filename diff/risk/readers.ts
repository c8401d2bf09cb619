import type { Reference } from '../../manifests/references';
import { referencesOf } from '../../manifests/references';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';

/** A workload whose pods refer to an object, and how. */
export interface ConfigReader {
  readonly workload: WorkloadManifest;
  readonly reference: Reference;
}

/** The workloads whose pods refer to a ConfigMap, a Secret or a claim. */
export function readersOf(
  world: World,
  kind: Reference['kind'],
  namespace: string,
  name: string,
): readonly ConfigReader[] {
  return byObject(world).get(`${kind}/${namespace}/${name}`) ?? [];
}

const byObject = memo((world: World): ReadonlyMap<string, readonly ConfigReader[]> => {
  const map = new Map<string, ConfigReader[]>();
  for (const workload of world.workloads)
    for (const reference of referencesOf(workload))
      addTo(map, `${reference.kind}/${workload.namespace}/${reference.name}`, { workload, reference });
  return map;
});
