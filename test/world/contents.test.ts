import { keysOf } from '../../world/contents';
import { all, namespace, worldOf } from '../checks/judging';

const secret = '{ apiVersion: v1, kind: Secret, metadata: { name: auth, namespace: shop }, stringData: { user: web } }';
const external = (target: string) =>
  `{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: auth, namespace: shop }, spec: { target: { ${target} }, data: [{ secretKey: password }] } }`;
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
