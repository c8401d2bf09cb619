import type { App } from 'cdk8s';
import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import { checkLabel } from '../../model/names';

export interface ComponentProps {
  /** Comes after all others, so that nothing waits for it. @default false */
  readonly last?: boolean;
  /** Labels of every object in it. @default - `managed-by` alone */
  readonly labels?: Readonly<Record<string, string>>;
  /** Its objects are rendered as they are written: without labels of the platform, sync waves or a namespace of their own. @default false */
  readonly plain?: boolean;
}

/** A building block of a platform: what is in it becomes one file. */
export class Component extends Chart {
  /** `instanceof` is taken over by Chart, to which every chart is an instance of its subclasses. */
  static isComponent(node: IConstruct): node is Component {
    return Chart.isChart(node) && 'last' in node;
  }

  /** Comes after all others, so that nothing waits for it. */
  readonly last: boolean;
  /** Its objects are rendered as they are written. */
  readonly plain: boolean;

  constructor(
    app: App,
    readonly name: string,
    props: ComponentProps = {},
  ) {
    // It becomes the name of a file.
    checkLabel(`component ${name}`, name);
    super(app, name, {
      disableResourceNameHashes: true,
      ...(props.plain ? {} : { labels: { 'app.kubernetes.io/managed-by': 'strata', ...props.labels } }),
    });
    this.last = props.last ?? false;
    this.plain = props.plain ?? false;
    // Children are fields of an object by their ids. V8 remembers up to 1,536 fields that objects begin with; thousands of
    // components that each begin with a name of its own use that up, and every object made from then on is slow.
    new Construct(this, 'objects');
  }
}
