import type { JsonPatch as Operation } from 'cdk8s';
import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { KubernetesObject } from '../../model/kubernetes';

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
    super(scope, id, { apiVersion: given.apiVersion, kind: given.kind, metadata: { ...given.metadata } });
  }

  override addJsonPatch(...operations: Operation[]): void {
    this.operations.push(...operations);
  }

  /** Stock cdk8s drops what is null or empty, and gives the Chart's namespace to objects that stand in none. */
  override toJson(): KubernetesObject {
    const { namespace: _, ...metadata } = this.metadata.toJson() as KubernetesObject['metadata'];
    const object = { ...this.given, metadata: { ...this.given.metadata, ...metadata } };
    return this.operations.length > 0 ? JsonPatch.apply(object, ...this.operations) : object;
  }
}
