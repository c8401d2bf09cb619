import type { k8s } from 'cdk8s-plus-28';

/** What every controller needs of its workload. */
export interface ControlledPods {
  readonly metadata: k8s.ObjectMeta & { readonly name: string };
  readonly selector: k8s.LabelSelector;
  readonly template: k8s.PodTemplateSpec;
  /** Resolves to undefined while an autoscaler owns the number. */
  readonly replicas: number;
}
