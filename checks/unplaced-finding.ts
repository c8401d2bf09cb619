import type { Path } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { mayGrow } from '../simulate/scheduling/unplaceable';
import type { Unplaced, UnplacedCause } from '../simulate/scheduling/unplaced';
import { unplacedOf } from '../simulate/scheduling/unplaced';
import type { World } from '../world/world';
import type { Finding } from './check';

/** Where it is said how many pods there are, or that there are any. */
export function replicasPath({ resource, podSpecPath }: WorkloadManifest): Path {
  return resource.at(['spec', 'replicas']) === undefined ? podSpecPath : ['spec', 'replicas'];
}

/** What is said of workloads some of whose pods find no node for one cause; `at` is the field that is its cause. */
export function* unplacedFindings(
  world: World,
  cause: UnplacedCause,
  { at, why }: { readonly at: (unplaced: Unplaced) => Path; readonly why: string },
): Iterable<Finding> {
  for (const unplaced of unplacedOf(world)) {
    if (unplaced.cause !== cause) continue;
    const { workload, waiting, pods, verdict, alone, reason } = unplaced;
    const { resource } = workload;
    const path = at(unplaced);
    const who = pods === 1 ? 'its pod finds' : `${waiting} of its ${pods} pods ${waiting === 1 ? 'finds' : 'find'}`;
    const beside = alone ? '' : ' beside the other pods';
    const place = { resource, path, value: resource.at(path) };
    if (mayGrow(world))
      yield {
        ...place,
        verdict: 'unknown',
        settledBy: 'nodes',
        message: `${who} no node${beside}, ${why} (${reason}): whether nodes are added is not known`,
      };
    else if (verdict === 'depends')
      yield {
        ...place,
        verdict: 'unknown',
        settledBy: 'program',
        message: `where the scheduler so chooses, ${who} no node${beside}, ${why} (${reason}): it then stays pending`,
      };
    else
      yield {
        ...place,
        message: `${who} no node${beside}, ${why} (${reason}): ${waiting === 1 ? 'it stays' : 'they stay'} pending`,
      };
  }
}
