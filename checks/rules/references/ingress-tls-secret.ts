import { list, record, string } from '../../../manifests/resource';
import { nearObject } from '../../../world/near';
import { ingressesOf } from '../../../world/routes';
import { certificatesAreIssued, secretIsCreated } from '../../../world/secrets';
import { check } from '../../check';
import { unknownReference } from '../../missing';

const manifests = (secret: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  tls: [{ hosts: [shop.example.com], secretName: ${secret} }]
  rules: [{ host: shop.example.com }]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: shop, namespace: shop }
spec: { secretName: shop-tls, dnsNames: [shop.example.com], issuerRef: { name: public, kind: ClusterIssuer } }
`;

export default check({
  id: 'ingress-tls-secret',
  group: 'references',
  description: 'the TLS Secrets of an Ingress exist in its namespace, or a controller creates them',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  fix: "name a TLS Secret of the Ingress's own namespace, or add the Certificate or annotation that creates it",
  example: {
    broken: manifests('shop-cert'),
    fails: ['Ingress/shop/web spec.tls[0].secretName'],
    fixed: manifests('shop-tls'),
  },
  *judge(world) {
    for (const ingress of ingressesOf(world)) {
      if (certificatesAreIssued(ingress)) continue;
      const namespace = world.namespaceOf(ingress);
      for (const [i, entry] of list(ingress.at(['spec', 'tls'])).entries()) {
        const name = string(record(entry)?.['secretName']);
        // Without a name the controller's default certificate is used. Some controllers accept `namespace/name`.
        if (!name || name.includes('/') || secretIsCreated(world, namespace, name)) continue;
        const found = world.find('Secret', namespace, name);
        const at = { resource: ingress, path: ['spec', 'tls', i, 'secretName'], value: name };
        if (found.is === 'present') {
          const type = string(found.resource.at(['type'])) ?? 'Opaque';
          const keys = new Set([
            ...Object.keys(record(found.resource.at(['data'])) ?? {}),
            ...Object.keys(record(found.resource.at(['stringData'])) ?? {}),
          ]);
          const missing = ['tls.crt', 'tls.key'].filter((key) => !keys.has(key));
          // An empty Secret is filled later by a controller.
          if (keys.size > 0 && missing.length > 0) {
            yield {
              ...at,
              message: `Secret ${name} (type ${type}) has no ${missing.join(' and no ')}, so the controller serves another certificate and clients reject it`,
            };
          }
        } else if (found.is === 'unknown')
          yield unknownReference(world, { ...at, kind: 'Secret', namespace, name }, found.settledBy);
        else
          yield {
            ...at,
            message: `namespace ${namespace} has no Secret ${name} and nothing creates it, so the controller serves its default certificate and clients reject it${nearObject(world, 'Secret', namespace, name)}`,
          };
      }
    }
  },
});
