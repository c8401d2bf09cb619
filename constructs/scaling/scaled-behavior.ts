import {
  type ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehavior,
  ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleDownTolerance,
  ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleUpTolerance,
} from '../../imports/keda.sh';
import { rulesToKube, type ScalingRules, toleranceToKube } from './scaling-rules';

/** How fast the autoscaler moves that KEDA makes of a ScaledObject. */
export function behaviorOf({
  scaleUp,
  scaleDown,
}: Readonly<
  Record<'scaleUp' | 'scaleDown', ScalingRules>
>): ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehavior {
  return {
    scaleUp: withTolerance(scaleUp, ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleUpTolerance),
    scaleDown: withTolerance(
      scaleDown,
      ScaledObjectSpecAdvancedHorizontalPodAutoscalerConfigBehaviorScaleDownTolerance,
    ),
  };
}

function withTolerance<Tolerance>(
  rules: ScalingRules,
  { fromString }: { fromString(amount: string): Tolerance },
): ReturnType<typeof rulesToKube> & { readonly tolerance?: Tolerance } {
  const tolerance = toleranceToKube(rules);
  return { ...rulesToKube(rules), ...(tolerance === undefined ? {} : { tolerance: fromString(tolerance) }) };
}
