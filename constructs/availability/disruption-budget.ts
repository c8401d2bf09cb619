import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import { checkWhole } from '../../model/quantity';
import type { Workload } from '../core/workload';

export interface DisruptionBudgetProps {
  readonly workload: Workload;
  /** How many pods a drain may take at once: a number, or a share of all (`'25%'`, rounded up). */
  readonly maxUnavailable?: number | `${number}%`;
  /** How many pods must stay: a number, or a share of all (`'50%'`, rounded up). Give one of the two. */
  readonly minAvailable?: number | `${number}%`;
}

/**
 * A PodDisruptionBudget: how much of a workload drains may take away at once. Pods that are not ready may always be
 * evicted, so that a broken rollout never blocks a drain.
 */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, props: DisruptionBudgetProps) {
    super(scope, id);
    const { workload, minAvailable, maxUnavailable } = props;
    const place = `disruption budget of ${workload.name}`;
    if ((minAvailable === undefined) === (maxUnavailable === undefined)) {
      throw new StrataError(place, 'needs minAvailable or maxUnavailable, and not both', [
        'give maxUnavailable: it stays right when the number of pods changes',
        'give minAvailable',
      ]);
    }
    if (workload.controller.kind === 'DaemonSet')
      throw new StrataError(place, 'a DaemonSet has no number of pods that the budget could be counted from', [
        'leave it out: a drain that passes over DaemonSets leaves its pods where they are',
      ]);
    const amount = (maxUnavailable ?? minAvailable)!;
    if (typeof amount === 'number') checkWhole(place, amount, 0);
    else if (!/^(\d{1,2}|100)%$/.test(amount))
      throw new StrataError(place, `${amount} is no whole percentage up to 100%`, [
        "use one such as '25%'",
        'use a number of pods',
      ]);
    // Checked when the number of pods is known: an autoscaler may come after this budget.
    this.node.addValidation({
      validate: () => {
        const pods = workload.replicaFloor;
        const evictable =
          maxUnavailable === undefined ? pods - share(minAvailable!, pods) : share(maxUnavailable, pods);
        if (evictable > 0) return [];
        const given =
          maxUnavailable === undefined ? `minAvailable ${minAvailable}` : `maxUnavailable ${maxUnavailable}`;
        throw new StrataError(
          place,
          `${given} of ${pods} pods never allows an eviction, so no node that runs one can be drained`,
          [
            maxUnavailable === undefined ? `lower minAvailable below ${pods}` : 'raise maxUnavailable to 1 or more',
            "run more pods (replicas, or the autoscaler's min)",
          ],
        );
      },
    });
    const value = k8s.IntOrString;
    const toKube = (amount: number | string) =>
      typeof amount === 'number' ? value.fromNumber(amount) : value.fromString(amount);
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata: { name: workload.name, namespace: workload.namespace.name, labels: workload.labels },
      spec: {
        ...(minAvailable === undefined
          ? { maxUnavailable: toKube(maxUnavailable!) }
          : { minAvailable: toKube(minAvailable) }),
        selector: { matchLabels: workload.selector },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}

/** Kubernetes rounds both up. */
function share(amount: number | string, pods: number): number {
  return typeof amount === 'number' ? amount : Math.ceil((Number.parseFloat(amount) / 100) * pods);
}
