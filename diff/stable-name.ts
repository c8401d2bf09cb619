import type { Resource } from '../manifests/resource';
import type { KubernetesObject } from '../model/kubernetes';
import { baseName } from '../model/kubernetes';

/** The name without the hash of a content at its end. */
export function stableName(resource: Resource): string {
  const { kind, name, annotations, apiVersion } = resource;
  const object: KubernetesObject = { apiVersion, kind, metadata: { name, annotations } };
  return baseName(object);
}

/** `Deployment/shop/web`; without the hash of a content. */
export function stableId(resource: Resource, namespace: string): string {
  return [resource.kind, namespace, stableName(resource)].filter(Boolean).join('/');
}
