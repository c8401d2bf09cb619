import type { KubernetesObject } from '../model/kubernetes';
import { objectName } from '../model/kubernetes';

/** How a patch names an object, so that it means no other one; undefined where it cannot. */
export function callableName(object: KubernetesObject, all: readonly KubernetesObject[]): string | undefined {
  const { kind, metadata } = object;
  const short = `${kind}/${metadata.name}`;
  const means = (name: string) =>
    all.filter((other) => [`${other.kind}/${other.metadata.name}`, objectName(other)].includes(name));
  return /^[A-Z]\w*$/.test(kind) ? [short, objectName(object)].find((name) => means(name).length === 1) : undefined;
}
