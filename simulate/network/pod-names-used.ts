import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { servicesOfWorkload } from '../../world/services';
import type { World } from '../../world/world';
import { configTextsOf } from './configured-flows';

/**
 * Whether the serviceName of a StatefulSet names no Service and nothing needs one: an ordinary Service selects its pods, and no
 * configuration names a pod (`redis-0.redis`, `$(POD_NAME).redis`).
 */
export function isUnusedName(world: World, workload: WorkloadManifest, serviceName: string): boolean {
  const services = servicesOfWorkload(world, workload);
  // A headless one is there to give them names.
  if (services.length === 0 || services.some(({ headless }) => headless)) return false;
  const inName = new RegExp(`[\\w)}]\\.${serviceName.replaceAll('.', '\\.')}(?![\\w-])`);
  return !textsOf(world).some((text) => inName.test(text));
}

const textsOf = memo((world: World): readonly string[] =>
  world.workloads.flatMap((workload) =>
    configTextsOf(world, workload).flatMap(({ settings }) => settings.map(({ value }) => value)),
  ),
);
