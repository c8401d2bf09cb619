import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { creatorOf } from '../../../world/creates';
import { GATEWAY_API, listenerHoldersOf, listenersOf } from '../../../world/listeners';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { noCoreKind } from '../../core-kinds';
import { missing } from '../../missing';

const manifests = (authority: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: backend-ca, namespace: shop }
data: { ca.crt: '-----BEGIN CERTIFICATE-----' }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 443 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: web, namespace: shop }
spec:
  targetRefs: [{ group: '', kind: Service, name: web }]
  validation: { hostname: web.example.com, caCertificateRefs: [{ group: '', kind: ConfigMap, name: ${authority} }] }
`;

export default check({
  id: 'tls-authority-exists',
  group: 'references',
  description:
    'the CA certificates of BackendTLSPolicies and Gateways exist, and each Service has one BackendTLSPolicy',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/',
  fix: 'name an existing ConfigMap with the key ca.crt, an existing Service, and one policy for each of its ports',
  example: {
    broken: manifests('backend-authority'),
    fails: ['BackendTLSPolicy/shop/web spec.validation.caCertificateRefs[0].name'],
    fixed: manifests('backend-ca'),
  },
  *judge(world) {
    const policies = world.of('BackendTLSPolicy').filter(({ group }) => group === GATEWAY_API);
    for (const policy of policies) {
      yield* authorities(
        world,
        policy,
        ['spec', 'validation'],
        'the policy is not accepted and connections to the Service fail',
      );
      yield* targets(world, policy);
    }
    yield* twice(world, policies);
    for (const holder of listenerHoldersOf(world))
      for (const path of validationsOf(holder))
        yield* authorities(world, holder, path, 'no client certificate is accepted');
  },
});

/** Where a Gateway or ListenerSet says how certificates of clients are validated. */
function validationsOf(holder: Resource): Path[] {
  return [
    ...listenersOf(holder).map(({ path }) => [...path, 'tls', 'frontendValidation']),
    ['spec', 'tls', 'frontend', 'default', 'validation'],
    ...list(holder.at(['spec', 'tls', 'frontend', 'perPort'])).map((_, i) => [
      'spec',
      'tls',
      'frontend',
      'perPort',
      i,
      'tls',
      'validation',
    ]),
  ];
}

function* authorities(world: World, resource: Resource, at: Path, consequence: string): Iterable<Finding> {
  for (const [i, entry] of list(resource.at([...at, 'caCertificateRefs'])).entries()) {
    const ref = record(entry);
    const name = string(ref?.['name']);
    if (!name || (string(ref?.['group']) ?? '') !== '') continue;
    const path = [...at, 'caCertificateRefs', i];
    const kind = string(ref?.['kind']) ?? 'ConfigMap';
    const wrong = noCoreKind(kind, ['ConfigMap', 'Secret']);
    if (wrong) yield { resource, path: [...path, 'kind'], value: kind, message: `${wrong}, so ${consequence}` };
    if (kind !== 'ConfigMap') continue;
    const namespace = string(ref?.['namespace']) || world.namespaceOf(resource);
    const absent = missing(world, { resource, path: [...path, 'name'], kind, namespace, name }, consequence);
    if (absent) {
      yield absent;
      continue;
    }
    const found = world.find(kind, namespace, name);
    // Who injects a bundle of certificates fills in the ConfigMap.
    const isFilled =
      found.is !== 'present' ||
      Object.keys({ ...found.resource.labels, ...found.resource.annotations }).some((key) => /inject/.test(key));
    if (
      isFilled ||
      creatorOf(world, kind, namespace, name) ||
      'ca.crt' in { ...record(found.resource.at(['data'])), ...record(found.resource.at(['binaryData'])) }
    )
      continue;
    yield {
      resource,
      path: [...path, 'name'],
      value: name,
      message: `ConfigMap ${name} has no key ca.crt, so ${consequence}`,
    };
  }
}

function* targets(world: World, policy: Resource): Iterable<Finding> {
  for (const [i, entry] of list(policy.at(['spec', 'targetRefs'])).entries()) {
    const ref = record(entry);
    const name = string(ref?.['name']);
    if (!name || ref?.['kind'] !== 'Service' || (string(ref['group']) ?? '') !== '') continue;
    const path = ['spec', 'targetRefs', i, 'name'];
    const absent = missing(
      world,
      { resource: policy, path, kind: 'Service', namespace: world.namespaceOf(policy), name },
      'the policy applies to nothing and connections are made without it',
    );
    if (absent) yield absent;
  }
}

/** Of two policies for one port of a Service the older one counts. */
function* twice(world: World, policies: readonly Resource[]): Iterable<Finding> {
  const first = new Map<string, Resource>();
  for (const policy of policies)
    for (const [i, entry] of list(policy.at(['spec', 'targetRefs'])).entries()) {
      const ref = record(entry);
      const key = [world.namespaceOf(policy), ref?.['kind'], ref?.['name'], ref?.['sectionName'] ?? ''].join('/');
      const other = first.get(key);
      if (!other) first.set(key, policy);
      else if (other !== policy)
        yield {
          resource: policy,
          path: ['spec', 'targetRefs', i],
          value: entry,
          message: `${world.idOf(other)} has the same target: only the older of the two is accepted, and if both are new, the first by name`,
        };
    }
}
