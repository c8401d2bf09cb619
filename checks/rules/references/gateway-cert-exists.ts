import { list, record, string } from '../../../manifests/resource';
import { nearObject } from '../../../world/near';
import { gatewaysOf, listenersOf } from '../../../world/routes';
import { certificatesAreIssued, secretIsCreated } from '../../../world/secrets';
import { check } from '../../check';
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
  description: "the certificate Secrets of a Gateway's listeners exist, or a controller creates them",
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
    for (const gateway of gatewaysOf(world)) {
      if (certificatesAreIssued(gateway)) continue;
      for (const listener of listenersOf(gateway)) {
        for (const [i, entry] of list(gateway.at([...listener.path, 'tls', 'certificateRefs'])).entries()) {
          const ref = record(entry);
          const name = string(ref?.['name']);
          if (!name || (string(ref?.['kind']) ?? 'Secret') !== 'Secret' || (string(ref?.['group']) ?? '') !== '')
            continue;
          const namespace = string(ref?.['namespace']) ?? world.namespaceOf(gateway);
          if (secretIsCreated(world, namespace, name)) continue;
          const found = world.find('Secret', namespace, name);
          if (found.is === 'present') continue;
          const at = {
            resource: gateway,
            path: [...listener.path, 'tls', 'certificateRefs', i, 'name'],
            value: name,
          };
          if (found.is === 'unknown')
            yield unknownReference(world, { ...at, kind: 'Secret', namespace, name }, found.settledBy);
          else
            yield {
              ...at,
              message: `namespace ${namespace} has no Secret ${name} and nothing creates it, so listener ${listener.name} is not programmed and its port does not respond${nearObject(world, 'Secret', namespace, name)}`,
            };
        }
      }
    }
  },
});
