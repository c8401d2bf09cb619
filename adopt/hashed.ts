import { hash } from 'node:crypto';
import { hashedContent, suffixOf } from '../model/content-hash';
import type { KubernetesObject } from '../model/kubernetes';
import type { BuiltObject } from './source';

/** The name with the hash of the content at its end, as Kustomize's generators give it. */
export function hashedName(name: string, object: KubernetesObject): string {
  return `${name}-${suffixOf(hash('sha256', hashedContent(object)))}`;
}

/** Whether an object's name is its content's hash, so that code can compute it. */
export function isHashed({ object }: Pick<BuiltObject, 'object'>): boolean {
  const { kind, metadata } = object;
  if (kind !== 'ConfigMap' && kind !== 'Secret') return false;
  return hashedName(unhashed(metadata.name), object) === metadata.name;
}

export function unhashed(name: string): string {
  return name.includes('-') ? name.slice(0, name.lastIndexOf('-')) : name;
}

/** An object with this name. */
export function withName(object: KubernetesObject, name: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, name } };
}
