import { healthChecks } from '../../../constructs/delivery/argo-health';
import type { Delivered } from '../../../constructs/delivery/delivery';

const checked = (kinds: readonly string[], conditioned: readonly string[] = []) =>
  healthChecks([
    {
      objects: kinds.map((kind) => ({
        apiVersion: kind.includes('/') ? kind.replace(/\/[^/]+$/, '/v1') : 'v1',
        kind: kind.split('/').at(-1)!,
        name: 'x',
      })),
      facts: { others: [], deadline: 300, conditioned },
    } as unknown as Delivered,
  ]);

test('custom kinds that Argo CD knows nothing of get a check', () => {
  expect(Object.keys(checked(['example.com/Database', 'example.com/Database', 'a.example.com/B']))).toEqual([
    'resource.customizations.health.a.example.com_B',
    'resource.customizations.health.example.com_Database',
  ]);
});

test.each([
  'ConfigMap',
  'apps/Deployment',
  'networking.k8s.io/Ingress',
  'rbac.authorization.k8s.io/Role',
  'external-secrets.io/ExternalSecret',
  'bitnami.com/SealedSecret',
  'gateway.networking.k8s.io/HTTPRoute',
  'cert-manager.io/Certificate',
  // By a group of any name.
  's3.aws.upbound.io/Bucket',
  'storage.cnrm.cloud.google.com/StorageBucket',
])('%s needs none', (kind) => expect(checked([kind])).toEqual({}));

test.each([
  'secrets-store.csi.x-k8s.io/SecretProviderClass',
  'snapshot.storage.k8s.io/VolumeGroup',
  'cert-manager.io/Unheard',
])('%s, which is in a group that looks known, gets one', (kind) =>
  expect(Object.keys(checked([kind]))).toHaveLength(1),
);

test('an object without conditions waits only where its kind is known to have them', () => {
  const [unknown] = Object.values(checked(['example.com/Note']));
  const [known] = Object.values(checked(['example.com/Database'], ['example.com/Database']));
  expect(unknown).toContain('conditions == nil then\n  return { status = "Healthy"');
  expect(known).toContain('conditions == nil then\n  return { status = "Progressing"');
});
