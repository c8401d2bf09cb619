import type { Resource } from '../manifests/resource';
import { list, record, text } from '../manifests/resource';
import { memo } from '../model/memo';
import type { World } from './world';

/** cert-manager reads these from Ingresses and Gateways, and makes the Secrets that they name. */
const ISSUER_ANNOTATIONS = [
  'cert-manager.io/issuer',
  'cert-manager.io/cluster-issuer',
  'cert-manager.io/issuer-kind',
  'kubernetes.io/tls-acme',
];

/** Whether cert-manager makes the TLS Secrets that an Ingress or Gateway names. */
export function certificatesAreMade(resource: Resource): boolean {
  return ISSUER_ANNOTATIONS.some((name) => name in resource.annotations);
}

/** Whether a controller makes this Secret from another object: a Certificate, an ExternalSecret, a SealedSecret. */
export function secretIsMade(world: World, namespace: string, name: string): boolean {
  return madeSecrets(world).has(`${namespace}/${name}`);
}

const madeSecrets = memo((world: World): ReadonlySet<string> => new Set(all(world)));

function* all(world: World): Iterable<string> {
  const of = (kind: string) => [...world.of(kind), ...world.elsewhere.filter((resource) => resource.kind === kind)];
  for (const certificate of of('Certificate'))
    yield `${world.namespaceOf(certificate)}/${text(certificate.at(['spec', 'secretName']))}`;
  for (const kind of ['ExternalSecret', 'ClusterExternalSecret', 'PushSecret']) {
    for (const secret of of(kind))
      yield `${world.namespaceOf(secret)}/${text(secret.at(['spec', 'target', 'name'])) ?? secret.name}`;
  }
  for (const secret of of('SealedSecret')) {
    yield `${world.namespaceOf(secret)}/${secret.name}`;
    yield `${text(secret.at(['spec', 'template', 'metadata', 'namespace'])) ?? world.namespaceOf(secret)}/${text(secret.at(['spec', 'template', 'metadata', 'name'])) ?? secret.name}`;
  }
  for (const provider of of('SecretProviderClass')) {
    for (const secret of list(provider.at(['spec', 'secretObjects'])))
      yield `${world.namespaceOf(provider)}/${text(record(secret)?.['secretName'])}`;
  }
}
