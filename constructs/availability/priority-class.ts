import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkWhole } from '../../model/quantity';

export interface PriorityClassProps {
  readonly name: string;
  /** 1 to 1,000,000,000; pods with more are placed first, and may push out pods with less. */
  readonly value: number;
}

/** How important pods are when room is short. */
export class PriorityClass extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: PriorityClassProps) {
    super(scope, id);
    // Above are the system's own.
    checkWhole(`priority class ${props.name}`, props.value, 1, 1_000_000_000);
    this.name = props.name;
    new k8s.KubePriorityClass(this, 'priority-class', {
      metadata: { name: props.name },
      value: props.value,
      globalDefault: false,
    });
  }
}
