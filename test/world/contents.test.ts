import { keysOf } from '../../world/contents';
import { all, namespace, worldOf } from '../checks/judging';

const secret = '{ apiVersion: v1, kind: Secret, metadata: { name: auth, namespace: shop }, stringData: { user: web } }';
const external = (target: string, more = '') =>
  `{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: auth, namespace: shop }, spec: { target: { ${target} }, data: [{ secretKey: password }]${more} } }`;
const keys = (...manifests: readonly string[]) =>
  keysOf(worldOf(all(namespace, ...manifests)), 'Secret', 'shop', 'auth');

test('an ExternalSecret that merges into a Secret adds its keys to those that are there', () => {
  expect(keys(secret, external('creationPolicy: Merge'))).toEqual(new Set(['user', 'password']));
});

test('one that owns the Secret writes all of its keys', () => {
  expect(keys(secret, external('creationPolicy: Owner'))).toEqual(new Set(['password']));
});

test('one that leaves the creation to others adds nothing', () => {
  expect(keys(secret, external('creationPolicy: None'))).toEqual(new Set(['user']));
});

describe('the keys of a Secret are', () => {
  const none = '{ apiVersion: v1, kind: Secret, metadata: { name: auth, namespace: shop } }';
  test('those of all its fields; without any somebody else fills it', () => {
    const some = none.replace('} }', '}, data: { a: YQ== }, binaryData: { c: YQ== }, stringData: { b: b } }');
    expect(keys(some)).toEqual(new Set(['a', 'b', 'c']));
    expect(keys(none)).toBe('unknown');
    expect(keys()).toBeUndefined();
  });
  test('those that Kubernetes gives to a token', () =>
    expect(keys(none.replace('} }', '}, type: kubernetes.io/service-account-token }'))).toEqual(
      new Set(['token', 'ca.crt', 'namespace']),
    ));
  test('those that a SealedSecret encrypts, and those of its template', () =>
    expect(
      keys(
        '{ apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: { name: auth, namespace: shop }, spec: { encryptedData: { a: x }, template: { data: { b: y } } } }',
      ),
    ).toEqual(new Set(['a', 'b'])));
  test('not known where a Certificate writes it, or an ExternalSecret takes all of something', () => {
    const certificate =
      '{ apiVersion: cert-manager.io/v1, kind: Certificate, metadata: { name: c, namespace: shop }, spec: { secretName: auth } }';
    expect(keys(certificate)).toBe('unknown');
    expect(keys(external('creationPolicy: Owner', ', dataFrom: [{}]'))).toBe('unknown');
    expect(keys(external('template: { templateFrom: [{}] }'))).toBe('unknown');
    expect(keys(secret, external('creationPolicy: Merge', ', dataFrom: [{}]'))).toBe('unknown');
  });
  test('those of a template, in place of what was fetched unless it is to be merged', () => {
    expect(keys(external('template: { data: { url: x } }'))).toEqual(new Set(['url']));
    expect(keys(external('template: { mergePolicy: Merge, data: { url: x } }'))).toEqual(new Set(['url', 'password']));
  });
});

test('the keys of a ConfigMap are not those of stringData, which it does not have', () => {
  const config = (fields: string) =>
    keysOf(
      worldOf(
        all(namespace, `{ apiVersion: v1, kind: ConfigMap, metadata: { name: cfg, namespace: shop }, ${fields} }`),
      ),
      'ConfigMap',
      'shop',
      'cfg',
    );
  expect(config('data: { a: b }, stringData: { c: d }')).toEqual(new Set(['a']));
  expect(config('binaryData: { a: YQ== }')).toEqual(new Set(['a']));
});
