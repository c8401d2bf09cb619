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
