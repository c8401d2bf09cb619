import { all, findings, messages, namespace, verdicts } from '../../judging';

const id = 'ingress-auth-secret';
const prefix = 'nginx.ingress.kubernetes.io/';
const ingress = (annotations: Readonly<Record<string, string>>, spec = 'ingressClassName: nginx, ') =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: wiki, namespace: shop, annotations: ${JSON.stringify(
    Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [name.includes('/') ? name : prefix + name, value]),
    ),
  )} }, spec: { ${spec}defaultBackend: { service: { name: wiki, port: { number: 80 } } } } }`;
const basic = (secret: string, more = {}) => ({ 'auth-type': 'basic', 'auth-secret': secret, ...more });
const secret = (data: string, name = 'users') =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}, namespace: shop }, ${data} }`;
const judged = (manifest: string, ...others: readonly string[]) => verdicts(id, all(namespace, manifest, ...others));
const fails = [`fail metadata.annotations["${prefix}auth-secret"]`];

test('users are in a Secret of the namespace, which may be named too', () => {
  expect(judged(ingress(basic('users')))).toEqual(fails);
  expect(judged(ingress({ 'auth-type': 'digest', 'auth-secret': 'users' }))).toEqual(fails);
  expect(findings(id, all(namespace, ingress(basic('shop/users'))))[0]).toContain('"shop/users"');
  expect(judged(ingress(basic('users')), secret('stringData: { auth: x }'))).toEqual([]);
  expect(judged(ingress(basic('shop/users')), secret('data: { auth: eA== }'))).toEqual([]);
});
test('under the key auth, unless each key is a user', () => {
  const byName = secret('stringData: { ada: x, bob: y }');
  expect(judged(ingress(basic('users')), byName)).toEqual(fails);
  expect(messages(id, all(namespace, ingress(basic('users')), byName))).toEqual([
    'Secret users has no key auth (it has: ada, bob), so ingress-nginx answers every request with 503',
  ]);
  expect(judged(ingress(basic('users', { 'auth-secret-type': 'auth-map' })), byName)).toEqual([]);
  expect(judged(ingress(basic('users')), secret('type: Opaque'))).toEqual([]);
});
test('and an Ingress that asks for a password names them, and the way to ask', () => {
  const type = [`fail metadata.annotations["${prefix}auth-type"]`];
  expect(judged(ingress({ 'auth-type': 'basic' }))).toEqual(type);
  expect(judged(ingress({ 'auth-type': 'Basic', 'auth-secret': 'users' }), secret('stringData: { auth: x }'))).toEqual(
    type,
  );
  expect(judged(ingress({ 'auth-type': 'basic' }, 'ingressClassName: traefik, '))).toEqual([]);
  expect(messages(id, ingress({ 'auth-type': 'basic' }))[0]).toContain('names no Secret with the users');
});
test('which other controllers, and an Ingress without a type, do not ask for', () => {
  const traefik =
    '{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: nginx }, spec: { controller: traefik.io/ingress-controller } }';
  expect(judged(ingress(basic('users')), traefik)).toEqual([]);
  expect(judged(ingress(basic('users'), 'ingressClassName: traefik, '))).toEqual([]);
  expect(judged(ingress({ 'auth-secret': 'users' }))).toEqual([]);
  expect(judged(ingress(basic('other/users')))).toEqual([]);
  expect(judged(ingress(basic('users', { 'kubernetes.io/ingress.class': 'nginx-internal' }), ''))).toEqual(fails);
});
test('elsewhere, perhaps', () =>
  expect(verdicts(id, ingress(basic('users')))).toEqual([`unknown metadata.annotations["${prefix}auth-secret"]`]));
