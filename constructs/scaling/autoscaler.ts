import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import { checkWhole } from '../../model/quantity';
import type { Workload } from '../core/workload';

export interface AutoscalerProps {
  readonly workload: Workload;
  /** Fewest pods. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** Mean CPU use over the pods that it steers for, in percent of their requests. */
  readonly cpuPercent: number;
}

/**
 * A HorizontalPodAutoscaler on CPU. It scales up at once, by half of the pods or two, whichever is more, and down by one
 * pod a minute after five quiet minutes. From then on it owns the number of pods: the workload's `replicas` stays unset.
 */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const { workload, min, max, cpuPercent } = props;
    const place = `autoscaler of ${workload.name}`;
    for (const [name, value] of Object.entries({ min, max, cpuPercent })) checkWhole(`${place}, ${name}`, value, 1);
    const { kind } = workload.controller;
    if (kind === 'Job' || kind === 'CronJob')
      throw new StrataError(place, `a ${kind} runs to its end and can not be scaled`, [
        'scale a Deployment or a StatefulSet',
      ]);
    if (min > max) throw new StrataError(place, `min (${min}) is above max (${max})`, ['lower min', 'raise max']);
    workload.scaledBetween(min, max);
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: { name: workload.name, namespace: workload.namespace.name, labels: workload.labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind, name: workload.name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
          },
        ],
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            selectPolicy: 'Max',
            policies: [
              { type: 'Percent', value: 50, periodSeconds: 30 },
              { type: 'Pods', value: 2, periodSeconds: 30 },
            ],
          },
          scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
        },
      },
    });
  }
}
