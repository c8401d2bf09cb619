import type { Quantity } from '../../manifests/quantity';
import { quantityText } from '../../manifests/quantity';
import type { WorkloadManifest } from '../../manifests/workload';
import { amounts } from '../../world/pod-amounts';
import { inScope, podCountsFor } from '../../world/quotas';
import { hasPodResources, quotasOf, resourcesOf } from '../../world/requests';
import type { World } from '../../world/world';

/** How many pods of a workload the quotas of its namespace admit at once. */
export interface Admission {
  readonly pods: number;
  /** What admission says of one more, when so many are there. */
  readonly refusal: (there: number) => string;
}

/** Pods that are there beside those of the workload. */
export interface OtherPods {
  readonly workload: WorkloadManifest;
  readonly count: number;
}

/** What a quota leaves for pods of the workload, by the resource that leaves least. */
interface Room {
  readonly pods: number;
  readonly refusal: (there: number) => string;
}

/** What the quotas leave for the pods of a workload beside others (plugin/pkg/admission/resourcequota). */
export function admissionOf(world: World, workload: WorkloadManifest, others: readonly OtherPods[]): Admission {
  let least: Room = { pods: Number.POSITIVE_INFINITY, refusal: () => '' };
  for (const quota of quotasOf(world, workload.namespace)) {
    if (!inScope(world, quota, workload)) continue;
    const hard = amounts(quota.at(['spec', 'hard']));
    const unstated = unstatedFor(world, workload, [...hard.keys()]);
    if (unstated.length > 0)
      return { pods: 0, refusal: () => `failed quota: ${quota.name}: must specify ${unstated.join('; ')}` };
    const counted = others.filter((other) => inScope(world, quota, other.workload));
    for (const [name, limit] of hard) {
      const each = podCountsFor(world, workload, name) ?? 0n;
      if (each <= 0n) continue;
      const used = counted.reduce(
        (sum, other) => sum + (podCountsFor(world, other.workload, name) ?? 0n) * BigInt(other.count),
        0n,
      );
      const pods = limit > used ? Number((limit - used) / each) : 0;
      if (pods < least.pods) least = { pods, refusal: refusalBy(quota.name, name, { each, used, limit }) };
    }
  }
  return least;
}

function refusalBy(
  quota: string,
  name: string,
  { each, used, limit }: { readonly each: Quantity; readonly used: Quantity; readonly limit: Quantity },
): Room['refusal'] {
  const amount = (of: Quantity) => `${name}=${quantityText(of, name)}`;
  return (there) =>
    `exceeded quota: ${quota}, requested: ${amount(each)}, used: ${amount(used + each * BigInt(there))}, limited: ${amount(limit)}`;
}

/** Amounts of a quota (`names`) that it wants every container to state, with those that do not: `limits.cpu for: web`. */
export function unstatedFor(world: World, workload: WorkloadManifest, names: readonly string[]): string[] {
  if (hasPodResources(workload)) return [];
  return [...names].sort().flatMap((name) => {
    const form = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name);
    if (!form) return [];
    const which = form[1] === 'limits' ? 'limits' : 'requests';
    const without = workload.containers.filter(
      (container) => container.role !== 'ephemeral' && !resourcesOf(world, workload, container)[which].has(form[2]!),
    );
    return without.length > 0
      ? [
          `${name} for: ${without
            .map((container) => container.name)
            .sort()
            .join(',')}`,
        ]
      : [];
  });
}
