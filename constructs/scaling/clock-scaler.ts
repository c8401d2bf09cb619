import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { images } from '../../model/images';
import { Controller } from '../core/controller';
import { API_SERVER_PORTS } from '../core/flow';
import type { Schedule } from '../core/schedule';
import { Workload } from '../core/workload';
import type { Hours } from './hours';
import { marksOf, scheduleOf } from './hours';
import type { Stretch } from './hours-apart';

export interface ClockScalerProps {
  /** What the autoscaler scales. */
  readonly workload: Workload;
  /** The HorizontalPodAutoscaler, in the namespace of the workload. */
  readonly autoscaler: string;
  /** Hours that neither cross nor touch. */
  readonly hours: readonly Hours[];
  /** How long each of them lasts, and how long it is until the next, at least. */
  readonly stretches: readonly Stretch[];
  /** Fewest pods at all other times. */
  readonly min: number;
}

/** So many tries take about half an hour, and what fails for so long needs a person. */
const RETRIES = 10;

/**
 * CronJobs that set the fewest pods of an autoscaler when hours begin and when they end, and may do nothing else. Each sets a number, whatever
 * stood there before, so that to run twice is to run once. One that could not start in time is made good as long as what it says still holds: it may
 * begin in the first half of its stretch, and may take as long as the other half.
 */
export class ClockScaler extends Construct {
  constructor(scope: Construct, id: string, props: ClockScalerProps) {
    super(scope, id);
    const { workload, autoscaler, hours, stretches, min } = props;
    const { namespace, labels } = workload;
    const account = `${workload.name}-hours`;
    const metadata = { name: account, namespace: namespace.name, labels };
    const rbac = 'rbac.authorization.k8s.io';
    new k8s.KubeServiceAccount(this, 'account', { metadata });
    new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [
        {
          apiGroups: ['autoscaling'],
          resources: ['horizontalpodautoscalers'],
          resourceNames: [autoscaler],
          // kubectl reads what it patches.
          verbs: ['get', 'patch'],
        },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: namespace.name }],
    });
    for (const [i, each] of hours.entries()) {
      const { start, end } = marksOf(each);
      const { open, closed } = stretches[i]!;
      const name = `${account}-${i + 1}`;
      const at = (what: string, schedule: Schedule, minutes: number, pods: number) =>
        this.sets(`${name}-${what}`, { ...props, account, schedule, zone: each.zone, minutes, pods });
      at('start', scheduleOf(start), open, each.min);
      at('end', scheduleOf(end), closed, min);
    }
  }

  private sets(
    name: string,
    of: ClockScalerProps & {
      readonly account: string;
      readonly schedule: Schedule;
      readonly zone: string;
      readonly minutes: number;
      readonly pods: number;
    },
  ): void {
    const { workload, autoscaler, account, schedule, zone, minutes, pods } = of;
    const half = minutes * 30;
    // It runs where the pods that it adds do, which may be where taints keep others away.
    const { spread: _, apart: __, ...placement } = workload.pod.placement ?? {};
    const job = new Workload(this, name, {
      namespace: workload.namespace,
      controller: Controller.cronJob({
        ...{ schedule, timeZone: zone, startingDeadline: half, deadline: half, retries: RETRIES },
        successfulRunsKept: 1,
      }),
      pod: {
        serviceAccount: account,
        placement,
        container: {
          name: 'kubectl',
          image: images.kubectl,
          args: [
            ...['patch', 'horizontalpodautoscaler', autoscaler, '--type=merge'],
            `--patch=${JSON.stringify({ spec: { minReplicas: pods } })}`,
          ],
          resources: { cpu: '10m', memory: '64Mi', memoryLimit: '128Mi' },
        },
      },
    });
    job.outside.push({ to: 'addresses', ports: API_SERVER_PORTS });
  }
}
