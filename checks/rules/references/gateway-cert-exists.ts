import { list, record, text } from '../../../manifests/resource';
import { nearObject } from '../../../world/near';
import { gatewaysOf, listenersOf } from '../../../world/routes';
import { certificatesAreMade, secretIsMade } from '../../../world/secrets';
import { check } from '../../check';

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
  description: "the certificates of a Gateway's listeners exist, or something makes them",
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://gateway-api.sigs.k8s.io/guides/tls/',
  fix: 'name a TLS Secret that exists, or add the Certificate or annotation that makes it',
  example: {
    broken: manifests('wildcard'),
    fails: ['Gateway/gateways/public spec.listeners[0].tls.certificateRefs[0].name'],
    fixed: manifests('wildcard-tls'),
  },
  *judge(world) {
    for (const gateway of gatewaysOf(world)) {
      if (certificatesAreMade(gateway)) continue;
      for (const listener of listenersOf(gateway)) {
        for (const [i, entry] of list(gateway.at([...listener.path, 'tls', 'certificateRefs'])).entries()) {
          const ref = record(entry);
          const name = text(ref?.['name']);
          if (!name || (text(ref?.['kind']) ?? 'Secret') !== 'Secret' || (text(ref?.['group']) ?? '') !== '') continue;
          const namespace = text(ref?.['namespace']) ?? world.namespaceOf(gateway);
          if (secretIsMade(world, namespace, name)) continue;
          const found = world.find('Secret', namespace, name);
          if (found.is === 'present') continue;
          const absent = found.is === 'absent';
          yield {
            resource: gateway,
            path: [...listener.path, 'tls', 'certificateRefs', i, 'name'],
            value: name,
            verdict: absent ? 'fail' : 'unknown',
            message: absent
              ? `namespace ${namespace} has no Secret ${name} and nothing makes it, so listener ${listener.name} is not programmed and its port does not answer${nearObject(world, 'Secret', namespace, name)}`
              : `whether namespace ${namespace} has a Secret ${name} is not known; ${found.settledBy}`,
          };
        }
      }
    }
  },
});
