import type { KubernetesObject } from '../model/kubernetes';
import { callableNames } from '../model/kubernetes';
import { objectsCalled } from '../model/patched';

/**
 * How a patch names an object, so that it means no other one; undefined where it cannot. Without the hash of its content, if it has one:
 * that moves as soon as somebody changes a value.
 */
export function callableName(object: KubernetesObject, all: readonly KubernetesObject[]): string | undefined {
  if (!/^[A-Z]\w*$/.test(object.kind)) return undefined;
  return callableNames(object).find((name) => {
    const [meant, ...others] = objectsCalled(name, all);
    return meant === object && others.length === 0;
  });
}
