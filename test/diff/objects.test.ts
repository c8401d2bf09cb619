import { stepsText } from '../../diff/field-change';
import { fleetOf } from '../../diff/fleet';
import { objectChanges } from '../../diff/objects';
import { inNamespaces } from '../../diff/pairs';
import { targetChange } from '../../diff/target-change';
import { worldOf } from '../checks/judging';
import { allOf, workloadOf } from './risks';

/** `renamed Deployment/shop/api, before Deployment/shop/web: spec.replicas`, for each object that changes. */
function told(before: string, after: string): string[] {
  return objectChanges(worldOf(before), worldOf(after)).map(({ does, id, was, fields }) => {
    const paths = fields.map(({ path }) => stepsText(path)).join(', ');
    return `${does} ${id}${was === undefined ? '' : `, before ${was}`}${paths && `: ${paths}`}`;
  });
}

const service = (name: string, namespace = 'shop') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${namespace} }, spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: admin, port: 81 }] } }`;

describe('an object that is called otherwise', () => {
  test('is found by its content, whether its labels follow its name or not', () => {
    const web = workloadOf({});
    expect(told(web, web.replaceAll('web', 'api'))).toEqual([
      expect.stringMatching(/^renamed Deployment\/shop\/api, before Deployment\/shop\/web/),
    ]);
    expect(told(web, web.replace('name: web', 'name: api'))).toEqual([
      'renamed Deployment/shop/api, before Deployment/shop/web',
    ]);
  });
});

describe('a namespace that is called otherwise', () => {
  const config = (namespace: string, name = 'config') =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: ${namespace} }, data: {} }`;
  const namespace = (name: string) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`;
  const account = (place: string) =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: ${place} } }`;
  const all = (place: string) => allOf(namespace(place), config(place), account(place), service('web', place));
  test('takes all of its objects along, also those that say next to nothing', () => {
    expect(told(all('shop'), all('store'))).toEqual([
      'renamed ConfigMap/store/config, before ConfigMap/shop/config',
      'renamed Namespace/store, before Namespace/shop',
      'renamed Service/store/web, before Service/shop/web',
      'renamed ServiceAccount/store/web, before ServiceAccount/shop/web',
    ]);
  });
  test('has not moved where something stays in it, where the other one was there, or where too little is alike', () => {
    const moves = (before: string, after: string) =>
      told(before, after).filter((each) => each.startsWith('renamed ConfigMap'));
    expect(moves(all('shop'), allOf(all('store'), config('shop', 'other')))).toHaveLength(1);
    expect(moves(allOf(all('shop'), config('shop', 'kept')), allOf(all('store'), config('shop', 'kept')))).toEqual([]);
    expect(moves(allOf(all('shop'), config('store', 'kept')), allOf(all('store'), config('store', 'kept')))).toEqual(
      [],
    );
    expect(moves(allOf(config('shop'), account('shop')), allOf(config('store'), account('store')))).toEqual([]);
  });
});

describe('what is in one namespace or another', () => {
  const config = (namespace: string, text: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: '${namespace}' }, data: { host: ${text} } }`;

  test('may be called by a text that is no name', () => {
    const [before, after] = ['one', 'two'].map((text) => worldOf(config('*', text)));
    const changes = ['a', 'b'].map((target) => targetChange(target, before, after));
    expect(fleetOf(changes).changes).toMatchObject([{ objects: ['ConfigMap/*/config'], targets: ['a', 'b'] }]);
  });

  test('is told by the whole name, where another one begins alike', () => {
    const inOther = inNamespaces(
      new Map([
        ['shop', 'store'],
        ['shop-dev', 'test'],
      ]),
    );
    expect(['web.shop', 'web.shop-dev', 'workshop', 'shop-web'].map(inOther)).toEqual([
      'web.store',
      'web.test',
      'workshop',
      'store-web',
    ]);
  });

  test('of a custom kind is known by its definition, on whichever side that is', () => {
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: zones.example.com }, spec: { group: example.com, scope: Cluster, names: { kind: Zone, plural: zones }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }] } }';
    const zone = '{ apiVersion: example.com/v1, kind: Zone, metadata: { name: a }, spec: { size: 1 } }';
    expect(told(zone, allOf(definition, zone))).toEqual(['added CustomResourceDefinition/zones.example.com']);
    expect(told(allOf(definition, zone), zone)).toEqual(['removed CustomResourceDefinition/zones.example.com']);
  });
});

test('what kubectl notes of the last manifest in an annotation is not told', () => {
  const noted = (value: string, more = '') =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: web, namespace: shop, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"${value}"}}'${more} } } }`;
  const plain = '{ apiVersion: v1, kind: Secret, metadata: { name: web, namespace: shop } }';
  expect(told(noted('one'), noted('two'))).toEqual([]);
  expect(told(noted('one'), plain)).toEqual([]);
  expect(told(noted('one', ', team: a'), plain)).toEqual(['changed Secret/shop/web: metadata.annotations.team']);
  const custom = (text: string) => text.replace('v1, kind: Secret', 'example.com/v1, kind: Vault');
  expect(told(custom(noted('one')), custom(plain))).toEqual([]);
});

test('a checksum in an annotation follows what it is the checksum of, and says nothing itself', () => {
  const annotated = (annotation: string) => workloadOf({ meta: `annotations: { ${annotation} }` });
  const follows = (key: string) =>
    objectChanges(worldOf(annotated(`${key}: one`)), worldOf(annotated(`${key}: two`))).flatMap(({ fields }) =>
      fields.map((field) => field.follows),
    );
  expect(follows('checksum/config')).toEqual(['checksum/config']);
  expect(follows('example.com/config-checksum')).toEqual(['example.com/config-checksum']);
  expect(follows('example.com/checksums')).toEqual([undefined]);
});

test('an entry of a list that is replaced as a whole is told by its host or path where another one stays', () => {
  const ingress = (...paths: string[]) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ host: shop.example.com, http: { paths: [${paths.map((path) => `{ path: ${path}, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }`).join(', ')}] } }] } }`;
  expect(told(ingress('/'), ingress('/', '/admin'))).toEqual([
    'changed Ingress/shop/web: spec.rules[shop.example.com].http.paths[/admin]',
  ]);
  expect(told(ingress('/'), ingress('/shop'))).toEqual([
    'changed Ingress/shop/web: spec.rules[shop.example.com].http.paths',
  ]);
  expect(told(ingress('/'), ingress('/').replace('shop.example', 'www.example'))).toEqual([
    'changed Ingress/shop/web: spec.rules',
  ]);
});

test('the first label of an object is told like each later one', () => {
  const labelled = (labels: string) => service('web').replace('name: web,', `name: web, labels: { ${labels} },`);
  expect(told(service('web'), labelled('team: a'))).toEqual(['changed Service/shop/web: metadata.labels.team']);
  expect(told(labelled('team: a'), labelled('team: a, tier: b'))).toEqual([
    'changed Service/shop/web: metadata.labels.tier',
  ]);
  expect(told(service('web'), service('web').replace('name: web,', 'name: web, labels: {},'))).toEqual([]);
});

test('two versions of an autoscaler that mean the same differ in the version alone', () => {
  const scaler = (version: string, metrics: string) =>
    `{ apiVersion: autoscaling/${version}, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, ${metrics} } }`;
  const old = (percent: number) => scaler('v1', `targetCPUUtilizationPercentage: ${percent}`);
  const now = (percent: number) =>
    scaler(
      'v2',
      `metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: ${percent} } } }]`,
    );
  expect(told(old(70), now(70))).toEqual(['changed HorizontalPodAutoscaler/shop/web: apiVersion']);
  expect(told(now(70), old(70))).toEqual(['changed HorizontalPodAutoscaler/shop/web: apiVersion']);
  expect(told(old(70), now(60))).toEqual([expect.stringContaining('apiVersion, spec.metrics')]);
  expect(told(old(70), old(60))).toEqual([expect.stringContaining('spec.targetCPUUtilizationPercentage')]);
});
