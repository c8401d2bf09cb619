import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { StrataError } from '../model/errors';

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
    if (!Number.isInteger(props.value) || props.value < 1 || props.value > 1_000_000_000) {
      throw new StrataError(`priority class ${props.name}`, `${props.value} is not a whole number from 1 to 1,000,000,000; above are the system's own`, ['use a value in this range']);
    }
    this.name = props.name;
    new k8s.KubePriorityClass(this, 'priority-class', { metadata: { name: props.name }, value: props.value, globalDefault: false });
  }
}
