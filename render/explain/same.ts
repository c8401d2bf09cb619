import type { Component, KubernetesObject } from '../../model/kubernetes';
import { baseName, callableNames } from '../../model/kubernetes';

/** What one object is called in every render of a target, also when the hash in its name moves. */
export function stableKey(object: KubernetesObject): string {
  const group = object.apiVersion.replace(/\/?[^/]+$/, '');
  return [group, object.kind, object.metadata.namespace ?? '', baseName(object)].join(' ');
}

/** Whether two values say the same to the API server: a field without a value is as good as none. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

/** An object with every name that a user may call it by. */
export interface NamedObject {
  readonly object: KubernetesObject;
  readonly component: Component;
  /** The shortest one that no other object has comes first. */
  readonly names: readonly [string, ...string[]];
}

export function namedObjects(components: readonly Component[]): NamedObject[] {
  const all = components.flatMap((component) =>
    component.objects.map((object) => ({ object, component, names: callableNames(object) })),
  );
  const counts = new Map<string, number>();
  for (const { names } of all) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const isShared = (name: string) => Number(counts.get(name)! > 1);
  return all.map((named) => {
    const [first, ...others] = [...named.names].sort((a, b) => isShared(a) - isShared(b));
    return { ...named, names: [first!, ...others] };
  });
}
