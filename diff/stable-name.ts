import type { Resource } from '../manifests/resource';
import type { KubernetesObject } from '../model/kubernetes';
import { baseName } from '../model/kubernetes';
import type { ObjectIdentity } from './object-change';

/** The name without the hash of a content at its end. */
export function stableName(resource: Resource): string {
  const { kind, name, annotations, apiVersion } = resource;
  const object: KubernetesObject = { apiVersion, kind, metadata: { name, annotations } };
  return baseName(object);
}

/** What a resource is called in the namespace that it stands in. */
export function stableIdentity(resource: Resource, namespace: string): ObjectIdentity {
  const [kind, name] = [resource.kind, stableName(resource)];
  return { kind, namespace, name, id: [kind, namespace, name].filter(Boolean).join('/') };
}
