import type { JsonPatch as Operation } from 'cdk8s';
import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { KubernetesObject } from '../../model/kubernetes';
import { refuseChangeOfSops } from './sops';

/** An object that somebody else wrote: it is rendered as it stands, and gets the Chart's labels. */
export class GivenObject extends ApiObject {
  /** `instanceof` is taken over by ApiObject. */
  static isGiven(node: IConstruct): node is GivenObject {
    return ApiObject.isApiObject(node) && 'given' in node;
  }

  private readonly operations: Operation[] = [];

  constructor(
    scope: Construct,
    id: string,
    readonly given: KubernetesObject,
    /** `vendor/operator.yaml:12`. */
    readonly place: string,
  ) {
    const { name, namespace, labels, annotations } = given.metadata;
    super(scope, id, {
      apiVersion: given.apiVersion,
      kind: given.kind,
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...labels },
        annotations: { ...annotations },
      },
    });
  }

  override addJsonPatch(...operations: Operation[]): void {
    this.operations.push(...operations);
  }

  /** Stock cdk8s drops what is null or empty, and gives the Chart's namespace to objects that stand in none. */
  override toJson(): KubernetesObject {
    const own = this.given.metadata as KubernetesObject['metadata'] & Readonly<Record<string, unknown>>;
    const { namespace: _, ...added } = this.metadata.toJson() as Readonly<Record<string, unknown>>;
    const metadata: Record<string, unknown> = { ...own, ...added };
    for (const field of ['labels', 'annotations'] as const)
      if (added[field] !== undefined) metadata[field] = { ...own[field], ...(added[field] as object) };
    if (Array.isArray(own['finalizers']) && Array.isArray(added['finalizers']))
      metadata['finalizers'] = [...own['finalizers'], ...added['finalizers']];
    const object = { ...this.given, metadata } as unknown as KubernetesObject;
    const rendered = this.operations.length > 0 ? JsonPatch.apply(object, ...this.operations) : object;
    refuseChangeOfSops(this.place, this.given, rendered);
    return rendered;
  }
}
