import { Construct } from 'constructs';
import { ScaledObject, type ScaledObjectSpecTriggers } from '../../imports/keda.sh';
import type { Workload } from '../core/workload';
import type { Hours } from './hours';
import { marksOf, scheduleOf } from './hours';
import { behaviorOf } from './scaled-behavior';
import type { ScalingRules } from './scaling-rules';

export interface TriggerScalerProps {
  readonly workload: Workload;
  readonly min: number;
  readonly max: number;
  /** What it looks at beside the clock. */
  readonly measures: readonly ScaledObjectSpecTriggers[];
  /** Hours that neither cross nor touch. */
  readonly hours: readonly Hours[];
  /** Whether there is no pod while no hours are on. */
  readonly toZero: boolean;
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/**
 * A ScaledObject, of which KEDA makes the autoscaler: a trigger for each measure, and a cron trigger for each of the hours. What asks for most
 * pods holds. It takes over the autoscaler that scaled the workload before, which its webhook would else refuse to have beside it.
 */
export class TriggerScaler extends Construct {
  constructor(scope: Construct, id: string, props: TriggerScalerProps) {
    super(scope, id);
    const { workload, min, max, measures, hours, toZero } = props;
    const { kind, apiVersion } = workload.controller;
    const { name, namespace, labels } = workload;
    new ScaledObject(this, 'scaled-object', {
      metadata: {
        name,
        namespace: namespace.name,
        labels,
        annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' },
      },
      spec: {
        scaleTargetRef: { apiVersion, kind, name },
        ...(toZero ? { idleReplicaCount: 0 } : {}),
        minReplicaCount: min,
        maxReplicaCount: max,
        advanced: { horizontalPodAutoscalerConfig: { name, behavior: behaviorOf(props) } },
        triggers: [
          ...measures,
          ...hours.map((each) => {
            const { start, end } = marksOf(each);
            return {
              type: 'cron',
              metadata: {
                timezone: each.zone,
                start: scheduleOf(start),
                end: scheduleOf(end),
                desiredReplicas: String(each.min),
              },
            };
          }),
        ],
      },
    });
  }
}
