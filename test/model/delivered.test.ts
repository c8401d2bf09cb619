import { deliveryFacts } from '../../model/delivered';
import type { KubernetesObject } from '../../model/kubernetes';
import { anObject } from '../render/support';

const deployment = (name: string, spec: object = {}) => anObject('Deployment', name, { apiVersion: 'apps/v1', spec });
const scaler = (kind: string, name: string, apiVersion = 'apps/v1', namespace = 'ns') =>
  anObject('HorizontalPodAutoscaler', 'scaler', {
    apiVersion: 'autoscaling/v2',
    namespace,
    spec: { scaleTargetRef: { apiVersion, kind, name } },
  });
const annotated = (object: object, annotations: Readonly<Record<string, string>>) =>
  ({ metadata: { name: 'x', annotations }, ...object }) as KubernetesObject;
const INJECTED = { 'cert-manager.io/inject-ca-from': 'ns/cert' };

test('what a Rollout writes is of its own namespace, and of its own two backends', () => {
  const strategy = {
    canary: {
      stableService: 'web',
      canaryService: 'web-next',
      trafficRouting: { traefik: { weightedTraefikServiceName: 'web' } },
    },
  };
  const weighted = { services: [{ name: 'other' }, { name: 'web' }, { name: 'web-next' }] };
  const of = (kind: string, apiVersion: string, namespace: string, spec: object = {}) =>
    anObject(kind, 'web', { apiVersion, namespace, spec });
  const { others } = deliveryFacts([
    of('Rollout', 'argoproj.io/v1alpha1', 'ns', { strategy }),
    of('Service', 'v1', 'ns'),
    of('Service', 'v1', 'elsewhere'),
    of('TraefikService', 'traefik.io/v1alpha1', 'ns', { weighted }),
    of('TraefikService', 'traefik.io/v1alpha1', 'elsewhere', { weighted }),
  ]);
  expect(others.map(({ kind, namespace, jsonPointers }) => [kind, namespace, jsonPointers])).toEqual([
    ['Service', 'ns', ['/spec/selector/rollouts-pod-template-hash']],
    ['TraefikService', 'ns', ['/spec/weighted/services/1/weight', '/spec/weighted/services/2/weight']],
  ]);
});

describe('what a Rollout that somebody wrote by hand writes', () => {
  const PLUGIN = 'argoproj-labs/gatewayAPI';
  const rollout = (canary: object, more: object = {}) =>
    anObject('Rollout', 'web', {
      apiVersion: 'argoproj.io/v1alpha1',
      namespace: 'ns',
      spec: { strategy: { canary }, ...more },
    });
  const two = { stableService: 'web', canaryService: 'web-next' };
  const of = (apiVersion: string, kind: string, name: string, spec: object, namespace = 'ns') =>
    anObject(kind, name, { apiVersion, namespace, spec });
  const route = (name: string, namespace = 'ns', kind = 'HTTPRoute') =>
    of(
      'gateway.networking.k8s.io/v1',
      kind,
      name,
      { rules: [{ backendRefs: [{ name: 'web' }, { name: 'web-next' }, { name: 'other' }] }] },
      namespace,
    );
  const destination = (host: string, subset?: string) => ({ destination: { host, ...(subset ? { subset } : {}) } });
  const virtual = (name: string, spec: object, namespace = 'ns') =>
    of('networking.istio.io/v1', 'VirtualService', name, spec, namespace);
  const BOTH = [destination('web'), destination('web-next.ns.svc.cluster.local'), destination('other')];
  const WEIGHTS = ['/spec/rules/0/backendRefs/0/weight', '/spec/rules/0/backendRefs/1/weight'];
  const told = (...objects: Parameters<typeof deliveryFacts>[0]) =>
    deliveryFacts(objects).others.map(({ kind, namespace, name, jsonPointers }) => [
      `${kind}/${namespace}/${name}`,
      jsonPointers,
    ]);

  test('routes of the Gateway API, one and several, of another namespace, too', () => {
    const plugin = { httpRoute: 'a', httpRoutes: [{ name: 'b' }, { name: 'c' }], grpcRoutes: [{ name: 'd' }] };
    const all = [route('a'), route('b'), route('c'), route('d', 'ns', 'GRPCRoute'), route('e')];
    expect(told(rollout({ ...two, trafficRouting: { plugins: { [PLUGIN]: plugin } } }), ...all)).toEqual([
      ['GRPCRoute/ns/d', WEIGHTS],
      ['HTTPRoute/ns/a', WEIGHTS],
      ['HTTPRoute/ns/b', WEIGHTS],
      ['HTTPRoute/ns/c', WEIGHTS],
    ]);
    const elsewhere = { httpRoute: 'a', namespace: 'gate' };
    expect(
      told(rollout({ ...two, trafficRouting: { plugins: { [PLUGIN]: elsewhere } } }), route('a'), route('a', 'gate')),
    ).toEqual([['HTTPRoute/gate/a', WEIGHTS]]);
  });

  test('routes that come for a while take the places of others', () => {
    const trafficRouting = { plugins: { [PLUGIN]: { httpRoute: 'a' } }, managedRoutes: [{ name: 'by-header' }] };
    expect(told(rollout({ ...two, trafficRouting }), route('a'))).toEqual([['HTTPRoute/ns/a', ['/spec/rules']]]);
  });

  test('VirtualServices: those that are named, the routes that are named, and of several the one without a name', () => {
    const spec = { http: [{ name: 'one', route: BOTH }, { name: 'two', route: BOTH }, { route: BOTH }] };
    const at = (i: number) => [`/spec/http/${i}/route/0/weight`, `/spec/http/${i}/route/1/weight`];
    const istio = (of: object) => rollout({ ...two, trafficRouting: { istio: of } });
    expect(
      told(
        istio({ virtualServices: [{ name: 'a', routes: ['two'] }, { name: 'b.gate' }] }),
        virtual('a', spec),
        virtual('b', spec, 'gate'),
        virtual('c', spec),
      ),
    ).toEqual([
      ['VirtualService/gate/b', at(2)],
      ['VirtualService/ns/a', at(1)],
    ]);
    const tls = { tls: [{ route: BOTH }], tcp: [{ route: BOTH }] };
    expect(told(istio({ virtualService: { name: 'a' } }), virtual('a', tls))).toEqual([
      [
        'VirtualService/ns/a',
        ['tls', 'tcp'].flatMap((rules) => [0, 1].map((i) => `/spec/${rules}/0/route/${i}/weight`)),
      ],
    ]);
  });

  test('subsets of one host, and the hash in their labels', () => {
    const istio = {
      virtualService: { name: 'web' },
      destinationRule: { name: 'web', canarySubsetName: 'next', stableSubsetName: 'now' },
    };
    const http = [{ route: [destination('web', 'now'), destination('web', 'next'), destination('web', 'old')] }];
    const subsets = [{ name: 'now', labels: { app: 'web' } }, { name: 'old' }, { name: 'next' }];
    expect(
      told(
        rollout({ trafficRouting: { istio } }),
        virtual('web', { http }),
        of('networking.istio.io/v1', 'DestinationRule', 'web', { host: 'web', subsets }),
      ),
    ).toEqual([
      ['DestinationRule/ns/web', ['/spec/subsets/0/labels/rollouts-pod-template-hash', '/spec/subsets/2/labels']],
      ['VirtualService/ns/web', ['/spec/http/0/route/0/weight', '/spec/http/0/route/1/weight']],
    ]);
  });

  test('the selectors and weights of ping and pong', () => {
    const pingPong = { pingService: 'ping', pongService: 'pong' };
    const backendRefs = [{ name: 'ping' }, { name: 'pong' }];
    const trafficRouting = { plugins: { [PLUGIN]: { httpRoute: 'a' } } };
    const service = (name: string) => of('v1', 'Service', name, {});
    const objects = [
      rollout({ pingPong, trafficRouting }),
      of('gateway.networking.k8s.io/v1', 'HTTPRoute', 'a', { rules: [{ backendRefs }] }),
      ...['ping', 'pong', 'other'].map(service),
    ];
    expect(told(...objects)).toEqual([
      ['Service/ns/ping', ['/spec/selector/rollouts-pod-template-hash']],
      ['Service/ns/pong', ['/spec/selector/rollouts-pod-template-hash']],
      ['HTTPRoute/ns/a', WEIGHTS],
    ]);
    expect(deliveryFacts(objects).others.every(({ isStated }) => isStated)).toBe(true);
  });

  test('the replicas of the Deployment whose pods it has taken over', () => {
    const workloadRef = (scaleDown?: string) => ({
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old', scaleDown },
    });
    expect(told(rollout({}, workloadRef('progressively')), deployment('old'))).toEqual([
      ['Deployment/ns/old', ['/spec/replicas']],
    ]);
    for (const never of ['never', undefined])
      expect(told(rollout({}, workloadRef(never)), deployment('old'))).toEqual([]);
  });

  test('a route that two Rollouts share is one object', () => {
    const trafficRouting = { plugins: { [PLUGIN]: { httpRoute: 'a' } } };
    const other = rollout({ stableService: 'other', canaryService: 'none', trafficRouting });
    expect(told(rollout({ ...two, trafficRouting }), other, route('a'))).toEqual([
      ['HTTPRoute/ns/a', [...WEIGHTS, '/spec/rules/0/backendRefs/2/weight']],
    ]);
  });
});

describe('the replicas that an autoscaler sets', () => {
  test('are those of its workload alone', () => {
    const { others } = deliveryFacts([deployment('web'), deployment('api'), scaler('Deployment', 'web')]);
    expect(others).toEqual([
      { group: 'apps', kind: 'Deployment', namespace: 'ns', name: 'web', jsonPointers: ['/spec/replicas'] },
    ]);
  });

  test.each([
    ['StatefulSet', 'apps/v1'],
    ['Rollout', 'argoproj.io/v1alpha1'],
  ])('of a %s too', (kind, apiVersion) => {
    const { others } = deliveryFacts([anObject(kind, 'web', { apiVersion }), scaler(kind, 'web', apiVersion)]);
    expect(others.map(({ group, kind: of }) => `${group}/${of}`)).toEqual([`${apiVersion.split('/')[0]}/${kind}`]);
  });

  test('also where KEDA makes the autoscaler', () => {
    const scaled = anObject('ScaledObject', 'web', {
      apiVersion: 'keda.sh/v1alpha1',
      spec: { scaleTargetRef: { name: 'web' } },
    });
    expect(deliveryFacts([deployment('web'), scaled]).others).toHaveLength(1);
  });

  test.each([
    ['in another namespace', scaler('Deployment', 'web', 'apps/v1', 'other')],
    ['of another kind', scaler('StatefulSet', 'web')],
    ['of another group', scaler('Deployment', 'web', 'apps.kruise.io/v1')],
  ])('not those of one %s', (_, other) => expect(deliveryFacts([deployment('web'), other]).others).toEqual([]));
});

describe('the CA bundles that cert-manager writes', () => {
  test.each<[object, string[]]>([
    [
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', webhooks: [{}, {}] },
      ['/webhooks/0/clientConfig/caBundle', '/webhooks/1/clientConfig/caBundle'],
    ],
    [
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', webhooks: [{}] },
      ['/webhooks/0/clientConfig/caBundle'],
    ],
    [{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', spec: {} }, ['/spec/caBundle']],
    [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        spec: { conversion: { strategy: 'Webhook' } },
      },
      ['/spec/conversion/webhook/clientConfig/caBundle'],
    ],
  ])('%j', (object, jsonPointers) => {
    expect(deliveryFacts([annotated(object, INJECTED)]).others).toMatchObject([{ name: 'x', jsonPointers }]);
    expect(deliveryFacts([annotated(object, {})]).others).toEqual([]);
  });

  test.each(['inject-ca-from-secret', 'inject-apiserver-ca'])('by %s as well', (name) => {
    const object = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', spec: {} };
    expect(deliveryFacts([annotated(object, { [`cert-manager.io/${name}`]: 'true' })]).others).toHaveLength(1);
  });

  test('not of a definition that converts nothing, and not of other kinds', () => {
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: {} };
    const config = { apiVersion: 'v1', kind: 'ConfigMap' };
    expect(deliveryFacts([definition, config].map((object) => annotated(object, INJECTED))).others).toEqual([]);
  });
});

test('the deadline is that of the slowest workload', () => {
  expect(deliveryFacts([]).deadline).toBe(300);
  expect(deliveryFacts([deployment('web')]).deadline).toBe(600);
  expect(deliveryFacts([deployment('web', { progressDeadlineSeconds: 1200 })]).deadline).toBe(1200);
  expect(deliveryFacts([deployment('web', { progressDeadlineSeconds: 60 })]).deadline).toBe(300);
  const job = anObject('Job', 'move', { apiVersion: 'batch/v1', spec: { activeDeadlineSeconds: 3600 } });
  expect(deliveryFacts([deployment('web'), job]).deadline).toBe(3600);
});

test('the deadline of a Rollout has its pauses and measurements in it, and not what somebody takes', () => {
  const of = (strategy: object, more: object = {}) =>
    anObject('Rollout', 'web', { apiVersion: 'argoproj.io/v1alpha1', spec: { strategy, ...more } });
  const template = (name: string, metrics: readonly object[]) =>
    anObject('AnalysisTemplate', name, { apiVersion: 'argoproj.io/v1alpha1', spec: { metrics } });
  const errors = template('errors', [
    { interval: '2m', count: 6, initialDelay: '120s' },
    { interval: '1m', count: '2' },
  ]);
  const analysis = { templates: [{ templateName: 'errors' }] };
  const deadline = (...objects: Parameters<typeof deliveryFacts>[0]) => deliveryFacts(objects).deadline;
  expect(deadline(of({}))).toBe(600);
  expect(
    deadline(of({ canary: { steps: [{ pause: { duration: '1h30m' } }, { pause: {} }, { pause: { duration: 30 } }] } })),
  ).toBe(600 + 5430);
  expect(
    deadline(of({ canary: { steps: [{ setWeight: 5 }, { analysis }] } }, { progressDeadlineSeconds: 300 }), errors),
  ).toBe(300 + 720);
  expect(deadline(of({ blueGreen: { autoPromotionSeconds: 60, postPromotionAnalysis: analysis } }), errors)).toBe(
    600 + 60 + 720,
  );
});

test('a kind that is brought with conditions in its status is known to have them', () => {
  const definition = (kind: string, status: object) =>
    anObject('CustomResourceDefinition', kind, {
      apiVersion: 'apiextensions.k8s.io/v1',
      spec: {
        group: 'example.com',
        names: { kind },
        versions: [{ schema: { openAPIV3Schema: { properties: { status } } } }],
      },
    });
  const conditions = { properties: { conditions: { type: 'array' } } };
  const objects = [definition('Database', conditions), definition('Note', { properties: {} })];
  expect(deliveryFacts(objects).conditioned).toEqual(['example.com/Database']);
});
