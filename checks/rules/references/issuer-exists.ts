import type { Path, Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (kind: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: { name: public }
spec: { selfSigned: {} }
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: shop, namespace: shop }
spec: { secretName: shop-tls, dnsNames: [shop.example.com], issuerRef: { name: public, kind: ${kind} } }
`;

export default check({
  id: 'issuer-exists',
  group: 'references',
  description: 'the issuer of a Certificate exists: an Issuer in its namespace, or a ClusterIssuer',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://cert-manager.io/docs/usage/certificate/',
  fix: 'name an Issuer of the namespace, or a ClusterIssuer with kind: ClusterIssuer',
  example: {
    broken: manifests('Issuer'),
    fails: ['Certificate/shop/shop spec.issuerRef.name'],
    fixed: manifests('ClusterIssuer'),
  },
  *judge(world) {
    for (const { resource, path, kind, name } of issuersNamed(world)) {
      const own = world.namespaceOf(resource);
      const finding = missing(
        world,
        { resource, path, kind, namespace: kind === 'Issuer' ? own : '', name },
        'the certificate is never issued and its Secret is never created',
      );
      if (!finding) continue;
      const other = kind === 'Issuer' ? 'ClusterIssuer' : 'Issuer';
      const confused =
        finding.verdict !== 'unknown' && world.find(other, kind === 'Issuer' ? '' : own, name).is === 'present';
      if (!confused) yield finding;
      else
        yield {
          ...finding,
          message: `${finding.message.replace(/; did you mean.*$/, '')}; ${other === 'Issuer' ? 'an' : 'a'} ${other} of that name exists`,
        };
    }
  },
});

function* issuersNamed(
  world: World,
): Iterable<{ readonly resource: Resource; readonly path: Path; readonly kind: string; readonly name: string }> {
  for (const resource of [...world.of('Certificate'), ...world.of('CertificateRequest')]) {
    const ref = record(resource.at(['spec', 'issuerRef']));
    const name = string(ref?.['name']);
    // Issuers of other groups belong to other controllers.
    if (
      resource.group !== 'cert-manager.io' ||
      !name ||
      (string(ref?.['group']) || 'cert-manager.io') !== 'cert-manager.io'
    )
      continue;
    yield { resource, path: ['spec', 'issuerRef', 'name'], kind: string(ref?.['kind']) || 'Issuer', name };
  }
  for (const resource of [...world.of('Ingress'), ...world.of('Gateway')]) {
    if (resource.annotations['cert-manager.io/issuer-group']) continue;
    for (const [annotation, kind] of [
      ['cert-manager.io/cluster-issuer', 'ClusterIssuer'],
      ['cert-manager.io/issuer', resource.annotations['cert-manager.io/issuer-kind'] ?? 'Issuer'],
    ] as const) {
      const name = resource.annotations[annotation];
      if (name) yield { resource, path: ['metadata', 'annotations', annotation], kind, name };
    }
  }
}
