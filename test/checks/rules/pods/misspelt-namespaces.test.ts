import { all, findings, said, worldOf } from '../../judging';

const id = 'config-host-resolves';
const bakery = '{ apiVersion: v1, kind: Namespace, metadata: { name: bakery } }';
const cache = (more = '') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: cache, namespace: bakery }, spec: { ${more}selector: { app: cache }, ports: [{ port: 6379 }] } }`;
const caller = (container: string, kind = 'Deployment') =>
  `{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: shop, namespace: shop }, spec: { selector: { matchLabels: { app: shop } }, template: { metadata: { labels: { app: shop } }, spec: { ${container} } } } }`;
const env = (value: string, name = 'CACHE_URL') =>
  caller(`containers: [{ name: a, image: 'shop/a:1.0.0', env: [{ name: ${name}, value: '${value}' }] }]`);
const verdicts = (...manifests: string[]) => said(id, all(bakery, ...manifests)).map(({ verdict }) => verdict);
const message = (...manifests: string[]) => said(id, all(bakery, ...manifests))[0]?.message;

describe('a host in a misspelt namespace does not resolve', () => {
  test.each([
    'redis://cache.bakry:6379',
    'redis://user:pw@cache.bakry:6379/0',
    'http://cache.bakry.svc',
    'http://cache.bakry.svc.cluster.local:6379',
    'cache.bakrey:6379',
  ])('where the other one has the Service: %s', (host) => {
    expect(verdicts(cache(), env(host))).toEqual(['fail']);
    expect(message(cache(), env(host))).toContain('did you mean "cache.bakery"?');
    expect(verdicts(cache(), env(host.replace(/bakr\w+/, 'bakery')))).toEqual([]);
  });
  test('of one pod of a headless Service', () => {
    for (const host of ['http://cache-0.cache.bakry:6379', 'http://cache-0.cache.bakry.svc.cluster.local:6379']) {
      expect(verdicts(cache('clusterIP: None, '), env(host))).toEqual(['fail']);
      expect(message(cache('clusterIP: None, '), env(host))).toContain('did you mean "cache-0.cache.bakery"?');
    }
    expect(verdicts(cache(), env('http://cache-0.cache.bakry:6379'))).toEqual([]);
  });
  test('in the arguments of an init container, and in a ConfigMap', () => {
    const init = caller(
      "initContainers: [{ name: wait, image: 'shop/wait:1.0.0', args: ['--cache=redis://cache.bakry:6379'] }], containers: [{ name: a, image: 'shop/a:1.0.0' }]",
      'DaemonSet',
    );
    expect(findings(id, all(bakery, cache(), init))).toEqual([
      'fail DaemonSet/shop/shop spec.template.spec.initContainers[0].args[0] = "cache.bakry:6379"',
    ]);
    const config =
      '{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { CACHE_URL: "redis://cache.bakry" } }';
    const reads = caller("containers: [{ name: a, image: 'shop/a:1.0.0', envFrom: [{ configMapRef: { name: c } }] }]");
    expect(findings(id, all(bakery, cache(), config, reads))).toEqual([
      'fail ConfigMap/shop/c data.CACHE_URL = "cache.bakry"',
    ]);
  });
  test('a namespace is known by its declaration, or by what is declared to stand in it', () => {
    const meant = (declared: string) => said(id, env('http://store.bakry.svc:80'), { declared })[0]?.message;
    expect(meant(bakery)).toContain('did you mean namespace "bakery"?');
    expect(meant('{ apiVersion: v1, kind: ConfigMap, metadata: { name: other, namespace: bakery } }')).toContain(
      'did you mean namespace "bakery"?',
    );
    expect(meant('{ apiVersion: v1, kind: ConfigMap, metadata: { name: bakery, namespace: other } }')).not.toContain(
      'did you mean namespace',
    );
  });
  test('whatever the Service, in a name of the cluster', () => {
    expect(verdicts(env('http://store.bakry.svc:80'))).toEqual(['fail']);
    expect(message(env('http://store.bakry.svc:80'))).toContain('did you mean namespace "bakery"?');
  });
});

test('without the Service it is unknown: it may be a name of the internet', () => {
  expect(verdicts(env('http://store.bakry:80'))).toEqual(['unknown']);
  expect(message(env('http://store.bakry:80'))).toContain('did you mean namespace "bakery"?');
  expect(verdicts(env('store.bakry:80', 'NAME'))).toEqual(['unknown']);
});

test('other hosts are left alone', () => {
  for (const host of [
    'http://store.example',
    'http://cache.bakeries:80',
    'http://img.cloud',
    'http://a.b.bakry',
    'http://store.default.svc',
  ])
    expect(verdicts(cache(), env(host))).toEqual([]);
  const others = '{ apiVersion: v1, kind: Namespace, metadata: { name: defaults } }';
  expect(verdicts(others, env('http://store.default.svc'))).toEqual([]);
});

test('a namespace that is declared is no misspelling', () => {
  const bakry = '{ apiVersion: v1, kind: Namespace, metadata: { name: bakry } }';
  expect(worldOf(bakery, { declared: bakry }).hasNamespace('bakry')).toBe(true);
  const service = cache().replace('namespace: bakery', 'namespace: bakry');
  for (const host of ['http://cache.bakry', 'http://cache.bakry.svc'])
    expect(findings(id, all(bakery, cache(), env(host)), { declared: all(bakry, service) })).toEqual([]);
});
