import type { App } from 'cdk8s';
import { ApiObject } from 'cdk8s';
import { Dependable } from 'constructs';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';

/**
 * Where each object of an App was made: the call stacks of the objects' constructors, by object name. Every construct passes
 * `Dependable.implement` while it is constructed, which is the one place to look over its shoulder without a cost for
 * ordinary renders.
 */
export function originsOf(make: () => App): Map<string, string> {
  const stacks = new Map<unknown, Error>();
  const { implement } = Dependable;
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 50;
    Dependable.implement = (instance, trait) => {
      stacks.set(instance, new Error('made here'));
      implement(instance, trait);
    };
    const objects = make()
      .node.findAll()
      .filter((node): node is ApiObject => ApiObject.isApiObject(node));
    return new Map(
      objects.map((object) => [objectName(object.toJson() as KubernetesObject), stacks.get(object)?.stack ?? '']),
    );
  } finally {
    Dependable.implement = implement;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
