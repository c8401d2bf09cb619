import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import type { AppliedPatch } from '../../model/kubernetes';
import { identityOf } from '../../model/kubernetes';
import { isDefinition } from '../../model/namespaced';
import type { NamespaceRef } from '../core/namespace';
import type { ExternalOptions } from './external-workload';
import { ExternalWorkload } from './external-workload';
import type { GivenManifest } from './given';
import { GivenObject } from './given-object';
import { refuseMadeUp } from './made-up';
import type { Changes, Prepared } from './prepare';
import { prepared } from './prepare';
import { known, namesOf } from './without';

export interface InputProps extends Changes {
  /** Where objects go that name no namespace and need one. @default - the Chart's; without one, such objects are refused when they are rendered */
  readonly namespace?: NamespaceRef;
}

/** Reads an input: once, or several times where something may make it up anew each time. */
export type Read = (place: string) => readonly (readonly GivenManifest[])[];

/** Objects that somebody else wrote, as a part of the platform: rendered, patched, connected to and verified like its own. */
export abstract class Input extends Construct {
  readonly objects: readonly GivenObject[];
  /** The patches that the objects have been changed by. */
  readonly patches: readonly AppliedPatch[];
  private readonly namespace: NamespaceRef | undefined;
  private readonly workloads = new Map<string, ExternalWorkload>();

  protected constructor(scope: Construct, id: string, props: InputProps, read: Read) {
    super(scope, id);
    const place = this.node.path;
    const chart = Chart.of(this);
    this.namespace = props.namespace ?? (chart.namespace === undefined ? undefined : { name: chart.namespace });
    const definitions = this.node.root.node
      .findAll()
      .filter(GivenObject.isGiven)
      .map(({ given }) => given)
      .filter(isDefinition);
    const [{ given, patched }, ...again] = read(place).map((all) => {
      if (all.length > 0) return prepared(place, all, props, this.namespace?.name, definitions);
      throw new StrataError(place, 'has no Kubernetes objects', ['name what holds manifests', 'remove the input']);
    }) as [Prepared, ...Prepared[]];
    for (const other of again) refuseMadeUp(given, other.given);
    this.patches = patched;
    this.objects = given.map(
      ({ object, place: at }) => new GivenObject(this, identityOf(object).replaceAll('/', '.'), object, at),
    );
  }

  /**
   * Pods among the objects as an end of flows, by the object that makes them: `'StatefulSet/rabbitmq'`. Its ports are those of its
   * containers and of the Services in front of them.
   */
  workload(name: string, options: ExternalOptions = {}): ExternalWorkload {
    const made = this.workloads.get(name);
    if (made && Object.keys(options).length === 0) return made;
    if (made)
      throw new StrataError(`${this.node.path}, workload ${name}`, 'is described twice', [
        'describe it where it is named first, and keep what workload(…) returns',
      ]);
    const found = this.objects.filter(({ given }) => namesOf(given).includes(name));
    if (found.length !== 1)
      throw new StrataError(
        `${this.node.path}, workload`,
        found.length === 0 ? `there is no ${name} in this input` : `${found.length} objects are called ${name}`,
        [
          found.length === 0
            ? `name one of its objects: ${known(
                name,
                this.objects.map(({ given, place }) => ({ object: given, place })),
              )}`
            : 'name it with its namespace: Kind/namespace/name',
        ],
      );
    const { given: object, place } = found[0]!;
    const workload = new ExternalWorkload(this, `workload ${name.replaceAll('/', '.')}`, {
      object,
      place,
      others: this.objects.map(({ given }) => given),
      namespace: this.namespaceOf(object.metadata.namespace),
      ...options,
    });
    for (const each of namesOf(object)) this.workloads.set(each, workload);
    return workload;
  }

  private namespaceOf(name: string | undefined): NamespaceRef {
    if (name !== undefined && this.namespace?.name !== name) return { name };
    return this.namespace ?? { name: 'default' };
  }
}
