import { environmentOf, expansionsIn, setByService } from '../../world/environment';
import { all, configMap, namespace, service, workload, workloadOf, worldOf } from './support';

describe('the variables of a container', () => {
  const environment = (container: string, ...manifests: string[]) => {
    const world = worldOf(all(namespace, workload({ container }), ...manifests));
    const web = workloadOf(world, 'web');
    const { own, imported, open } = environmentOf(world, web, web.containers[0]!);
    return { own, imported: [...imported], open };
  };
  const secret = '{ apiVersion: v1, kind: Secret, metadata: { name: keys, namespace: shop }, stringData: { KEY: a } }';
  test('are its own in order, and the keys of what it imports with their prefix', () =>
    expect(
      environment(
        'env: [{ name: B }, { name: A }], envFrom: [{ prefix: APP_, configMapRef: { name: cfg } }, { secretRef: { name: keys } }]',
        configMap('cfg', 'X: 1, Z: 2'),
        secret,
      ),
    ).toEqual({ own: ['B', 'A'], imported: ['APP_X', 'APP_Z', 'KEY'], open: [] }));
  test('cannot be listed where what it imports is not known, or has keys that are not', () => {
    const empty = '{ apiVersion: v1, kind: Secret, metadata: { name: keys, namespace: shop } }';
    expect(
      environment('envFrom: [{ configMapRef: { name: gone } }, { secretRef: { name: keys } }, text]', empty),
    ).toEqual({ own: [], imported: [], open: ['ConfigMap gone', 'Secret keys'] });
  });
});

test.each([
  ['$(A) and $(B_1)', ['A', 'B_1']],
  ['$$(A) and $A', []],
  ['$$$(A)', ['A']],
  ['$(A', []],
])('%s expands %j', (value, names) => expect(expansionsIn(value)).toEqual(names));

describe('a variable that the kubelet sets because of a Service', () => {
  const set = (
    name: string,
    { pod = '', complete = true, spec = 'selector: { app: r }, ports: [{ port: 80 }]' } = {},
  ) => {
    const world = worldOf(all(...(complete ? [namespace] : []), service(spec, 'redis-main'), workload({ pod })));
    return setByService(world, workloadOf(world, 'web'), name);
  };
  test.each([
    'REDIS_MAIN_SERVICE_HOST',
    'REDIS_MAIN_SERVICE_PORT',
    'REDIS_MAIN_SERVICE_PORT_HTTP',
    'REDIS_MAIN_PORT',
    'REDIS_MAIN_PORT_80_TCP_ADDR',
    'KUBERNETES_SERVICE_HOST',
    'KUBERNETES_PORT_443_TCP',
  ])('%s is one', (name) => expect(set(name)).toBe('yes'));
  test.each(['REDIS_MAIN_HOST', 'redis_main_SERVICE_HOST', 'SERVICE_HOST', 'REDIS_MAIN_PORTS', 'OTHER_SERVICE_HOST'])(
    '%s is none',
    (name) => expect(set(name)).toBe('no'),
  );
  test('is not set for a pod that wants none, but those of the API server are', () => {
    const pod = 'enableServiceLinks: false';
    expect(set('REDIS_MAIN_SERVICE_HOST', { pod })).toBe('no');
    expect(set('KUBERNETES_SERVICE_HOST', { pod })).toBe('yes');
  });
  test('is not set for a Service without an address of its own', () => {
    expect(set('REDIS_MAIN_SERVICE_HOST', { spec: 'selector: { app: r }, clusterIP: None' })).toBe('no');
    expect(set('REDIS_MAIN_SERVICE_HOST', { spec: 'type: ExternalName, externalName: a.example.com' })).toBe('no');
    expect(set('REDIS_MAIN_SERVICE_HOST', { spec: 'ports: [{ port: 80 }]' })).toBe('yes');
  });
  test('may be set by a Service that is not here', () => {
    expect(set('OTHER_SERVICE_HOST', { complete: false })).toBe('unknown');
    expect(set('OTHER_SERVICE_PORT', { complete: false })).toBe('unknown');
    // So many variables are called like that.
    expect(set('OTHER_PORT', { complete: false })).toBe('no');
  });
});
