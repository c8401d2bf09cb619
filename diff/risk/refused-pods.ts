import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { Refusal } from '../../simulate/admission/pod-security';
import { refusalOf } from '../../simulate/admission/pod-security';
import type { StandardLevel } from '../../upstream/pod-security/admission';
import { namespacePolicy } from '../../upstream/pod-security/admission';
import type { World } from '../../world/world';
import type { WorldChange } from './risk';
import type { WorkloadChange } from './workloads';
import { changedWorkloads, templateFields } from './workloads';

/** Why the API server admits none of a workload's next pods. */
export interface PodRefusal extends Refusal {
  readonly enforced: StandardLevel;
}

/** By what its namespace enforces; undefined where the pods are admitted, or where nobody knows what is enforced. */
export function podRefusal(world: World, workload: WorkloadManifest): PodRefusal | undefined {
  const { enforce } = namespacePolicy(world.namespaceLabels(workload.namespace) ?? {});
  const refusal = enforce && refusalOf(world, workload, enforce);
  return refusal && { ...refusal, enforced: enforce };
}

/** The workloads whose template changes and whose new pods are certainly refused: what runs stays, and nothing is rolled out. */
export const refusedRollouts = memo((diff: WorldChange): ReadonlyMap<WorkloadChange, PodRefusal> => {
  const refused = new Map<WorkloadChange, PodRefusal>();
  for (const workload of changedWorkloads(diff)) {
    if (templateFields(workload).length === 0) continue;
    const refusal = podRefusal(diff.after, workload.after);
    if (refusal?.verdict === 'fail') refused.set(workload, refusal);
  }
  return refused;
});
