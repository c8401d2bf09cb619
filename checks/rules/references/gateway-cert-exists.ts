import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { gatewayOfSet, holderOf, listenerHoldersOf, listenersOf } from '../../../world/listeners';
import { nearObject } from '../../../world/near';
import { certificatesAreIssued, secretIsCreated } from '../../../world/secrets';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { noCoreKind } from '../../core-kinds';
import { unknownReference } from '../../missing';

const manifests = (secret: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: gateways }
---
apiVersion: v1
kind: Secret
metadata: { name: wildcard-tls, namespace: gateways }
type: kubernetes.io/tls
data: { tls.crt: '', tls.key: '' }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec:
  gatewayClassName: traefik
  listeners: [{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: ${secret} }] } }]
`;

export default check({
  id: 'gateway-cert-exists',
  group: 'references',
  description: "the certificate Secrets of a Gateway's or ListenerSet's listeners exist, or a controller creates them",
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/guides/tls/',
  fix: 'name an existing TLS Secret, or add the Certificate or annotation that creates it',
  example: {
    broken: manifests('wildcard'),
    fails: ['Gateway/gateways/public spec.listeners[0].tls.certificateRefs[0].name'],
    fixed: manifests('wildcard-tls'),
  },
  *judge(world) {
    for (const holder of listenerHoldersOf(world)) {
      // What issues certificates for a Gateway may do so for the ListenerSets that it takes.
      const parent = gatewayOfSet(world, holder);
      const gateway = parent && holderOf(world, parent);
      if (certificatesAreIssued(holder) || (gateway && certificatesAreIssued(gateway))) continue;
      for (const listener of listenersOf(holder)) {
        const consequence = `listener ${listener.name} is not programmed and its port does not respond`;
        for (const i of list(holder.at([...listener.path, 'tls', 'certificateRefs'])).keys())
          yield* judgeRef(world, holder, [...listener.path, 'tls', 'certificateRefs', i], consequence);
      }
      yield* judgeRef(
        world,
        holder,
        ['spec', 'tls', 'backend', 'clientCertificateRef'],
        'backends that ask for a client certificate refuse the connections',
      );
    }
  },
});

function* judgeRef(world: World, resource: Resource, at: Path, consequence: string): Iterable<Finding> {
  const ref = record(resource.at(at));
  const name = string(ref?.['name']);
  if (!name || (string(ref?.['group']) ?? '') !== '') return;
  const kind = string(ref?.['kind']) ?? 'Secret';
  const wrong = noCoreKind(kind, ['Secret']);
  if (wrong) yield { resource, path: [...at, 'kind'], value: kind, message: `${wrong}, so ${consequence}` };
  if (kind !== 'Secret') return;
  const namespace = string(ref?.['namespace']) ?? world.namespaceOf(resource);
  if (secretIsCreated(world, namespace, name)) return;
  const found = world.find('Secret', namespace, name);
  const place = { resource, path: [...at, 'name'], value: name };
  if (found.is === 'present') {
    const keys = { ...record(found.resource.at(['data'])), ...record(found.resource.at(['stringData'])) };
    // One without any key stands for a Secret that is elsewhere, or that something fills in.
    const isEmpty = Object.keys(keys).length === 0;
    // Of the type kubernetes.io/tls the API server itself demands both keys.
    const lacking = ['tls.crt', 'tls.key'].filter((key) => !(key in keys));
    if ((string(found.resource.at(['type'])) ?? 'Opaque') === 'Opaque' && lacking.length > 0 && !isEmpty)
      yield {
        ...place,
        message: `Secret ${name} of type Opaque has no ${lacking.join(' and no ')}, so ${consequence}`,
        fix: 'give the Secret the type kubernetes.io/tls and its keys tls.crt and tls.key',
      };
  } else if (found.is === 'unknown')
    yield unknownReference(world, { ...place, kind: 'Secret', namespace, name }, found.settledBy);
  else
    yield {
      ...place,
      message: `namespace ${namespace} has no Secret ${name} and nothing creates it, so ${consequence}${nearObject(world, 'Secret', namespace, name)}`,
    };
}
