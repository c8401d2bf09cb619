import type { Resource } from '../manifests/resource';
import { creatorOf } from './creates';
import type { World } from './world';

/** cert-manager reads these from Ingresses and Gateways, and makes the Secrets that they name. */
const ISSUER_ANNOTATIONS = [
  'cert-manager.io/issuer',
  'cert-manager.io/cluster-issuer',
  'cert-manager.io/issuer-kind',
  'kubernetes.io/tls-acme',
];

/** Whether cert-manager makes the TLS Secrets that an Ingress or Gateway names. */
export function certificatesAreIssued(resource: Resource): boolean {
  return ISSUER_ANNOTATIONS.some((name) => name in resource.annotations);
}

/** Whether a controller makes this Secret from another object: a Certificate, an ExternalSecret, a SealedSecret. */
export function secretIsCreated(world: World, namespace: string, name: string): boolean {
  return creatorOf(world, 'Secret', namespace, name) !== undefined;
}
