import { load } from 'js-yaml';
import type { Json } from '../../../manifests/resource';
import { inReplacingVersion } from '../../../upstream/kubernetes/conversions';

const yaml = (text: string) => load(text) as Json;
const specOf = (text: string) => inReplacingVersion(yaml(text))?.['spec'];

test('a version that nothing replaces stays, and so does a kind of somebody else', () => {
  expect(inReplacingVersion(yaml('{ apiVersion: apps/v1, kind: Deployment }'))).toBeUndefined();
  expect(inReplacingVersion(yaml('{ apiVersion: networking.k8s.io/v1beta1, kind: Zone }'))).toBeUndefined();
});

test('a version with the same fields has another name alone', () => {
  expect(
    inReplacingVersion(yaml('{ apiVersion: batch/v1beta1, kind: CronJob, spec: { schedule: "0 1 * * *" } }')),
  ).toEqual({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { schedule: '0 1 * * *' } });
});

describe('an autoscaler', () => {
  const scaler = (version: string, spec: string, annotations = '{}') =>
    `{ apiVersion: autoscaling/${version}, kind: HorizontalPodAutoscaler, metadata: { annotations: ${annotations} }, spec: { maxReplicas: 3${spec} } }`;

  test('of v1 has its one metric in a field, and the others in annotations', () => {
    expect(specOf(scaler('v1', ', targetCPUUtilizationPercentage: 60'))).toEqual({
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    });
    const noted = scaler(
      'v1',
      ', targetCPUUtilizationPercentage: 60',
      `{ team: a, autoscaling.alpha.kubernetes.io/metrics: '[{"type":"Pods","pods":{"metricName":"requests","targetAverageValue":"5"}}]', autoscaling.alpha.kubernetes.io/behavior: '{"ScaleDown":{"StabilizationWindowSeconds":60,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":60}]},"ScaleUp":null}' }`,
    );
    expect(inReplacingVersion(yaml(noted))).toEqual({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { annotations: { team: 'a' } },
      spec: {
        maxReplicas: 3,
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '5' } } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
        behavior: {
          scaleDown: {
            stabilizationWindowSeconds: 60,
            selectPolicy: 'Max',
            policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
          },
        },
      },
    });
    expect(specOf(scaler('v1', '', "{ autoscaling.alpha.kubernetes.io/metrics: 'no JSON' }"))).toEqual({
      maxReplicas: 3,
    });
  });

  test.each([
    [
      '{ type: Resource, resource: { name: memory, targetAverageValue: 1Gi } }',
      '{ type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 1Gi } } }',
    ],
    [
      '{ type: ContainerResource, containerResource: { name: cpu, container: web, targetAverageUtilization: 50 } }',
      '{ type: ContainerResource, containerResource: { name: cpu, container: web, target: { type: Utilization, averageUtilization: 50 } } }',
    ],
    [
      '{ type: External, external: { metricName: queue, metricSelector: { matchLabels: { a: b } }, targetValue: 5 } }',
      '{ type: External, external: { metric: { name: queue, selector: { matchLabels: { a: b } } }, target: { type: Value, value: 5 } } }',
    ],
    [
      '{ type: External, external: { metricName: queue, targetAverageValue: 5 } }',
      '{ type: External, external: { metric: { name: queue }, target: { type: AverageValue, averageValue: 5 } } }',
    ],
    [
      '{ type: Object, object: { metricName: requests, target: { kind: Service, name: web }, targetValue: 5 } }',
      '{ type: Object, object: { metric: { name: requests }, describedObject: { kind: Service, name: web }, target: { type: Value, value: 5 } } }',
    ],
  ])('of v2beta1 says of a metric %s', (old, now) => {
    expect(specOf(scaler('v2beta1', `, metrics: [${old}]`))).toEqual({ maxReplicas: 3, metrics: [yaml(now)] });
  });
});

test('an Ingress names its Service in a struct of its own', () => {
  for (const version of ['extensions/v1beta1', 'networking.k8s.io/v1beta1'])
    expect(
      specOf(
        `{ apiVersion: ${version}, kind: Ingress, spec: { backend: { serviceName: other, servicePort: http }, rules: [{ host: a.example.com, http: { paths: [{ path: /, backend: { serviceName: web, servicePort: 80 } }, { backend: { resource: { kind: Bucket, name: files } }, pathType: Exact }] } }] } }`,
      ),
    ).toEqual({
      defaultBackend: { service: { name: 'other', port: { name: 'http' } } },
      rules: [
        {
          host: 'a.example.com',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'ImplementationSpecific',
                backend: { service: { name: 'web', port: { number: 80 } } },
              },
              { pathType: 'Exact', backend: { resource: { kind: 'Bucket', name: 'files' } } },
            ],
          },
        },
      ],
    });
});

test('an empty selector of a budget chose no pods, and one that chose all of them is empty', () => {
  const budget = (selector: string) =>
    specOf(
      `{ apiVersion: policy/v1beta1, kind: PodDisruptionBudget, spec: { minAvailable: 1, selector: ${selector} } }`,
    );
  const label = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';
  expect(budget('{}')).toEqual({
    minAvailable: 1,
    selector: { matchExpressions: [{ key: label, operator: 'Exists' }] },
  });
  expect(budget(`{ matchExpressions: [{ key: ${label}, operator: DoesNotExist }] }`)).toEqual({
    minAvailable: 1,
    selector: {},
  });
  expect(budget('{ matchLabels: { a: b } }')).toEqual({ minAvailable: 1, selector: { matchLabels: { a: 'b' } } });
});

test('the place of an endpoint stands in fields', () => {
  const slice = (endpoint: string) =>
    inReplacingVersion(
      yaml(`{ apiVersion: discovery.k8s.io/v1beta1, kind: EndpointSlice, endpoints: [${endpoint}] }`),
    )?.['endpoints'];
  expect(
    slice(
      '{ addresses: [10.0.0.1], nodeName: n1, topology: { topology.kubernetes.io/zone: a, kubernetes.io/hostname: n1 } }',
    ),
  ).toEqual([{ addresses: ['10.0.0.1'], nodeName: 'n1', zone: 'a' }]);
  expect(slice('{ addresses: [10.0.0.1], topology: { kubernetes.io/hostname: n1 } }')).toEqual([
    { addresses: ['10.0.0.1'], deprecatedTopology: { 'kubernetes.io/hostname': 'n1' } },
  ]);
});

test('the shares of a level have another name, and 0 meant nothing', () => {
  const level = (version: string, limited: string, annotations = '{}') =>
    specOf(
      `{ apiVersion: flowcontrol.apiserver.k8s.io/${version}, kind: PriorityLevelConfiguration, metadata: { annotations: ${annotations} }, spec: { type: Limited, limited: { ${limited} } } }`,
    );
  expect(level('v1beta2', 'assuredConcurrencyShares: 5')).toEqual({
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5 },
  });
  expect(level('v1beta3', 'nominalConcurrencyShares: 0')).toEqual({ type: 'Limited', limited: {} });
  expect(
    level(
      'v1beta3',
      'nominalConcurrencyShares: 0',
      '{ flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares: "" }',
    ),
  ).toEqual({ type: 'Limited', limited: { nominalConcurrencyShares: 0 } });
});

test('a webhook that fails was passed over', () => {
  expect(
    inReplacingVersion(
      yaml(
        '{ apiVersion: admissionregistration.k8s.io/v1beta1, kind: ValidatingWebhookConfiguration, webhooks: [{ name: a.example.com, timeoutSeconds: 5 }] }',
      ),
    ),
  ).toMatchObject({
    apiVersion: 'admissionregistration.k8s.io/v1',
    webhooks: [{ failurePolicy: 'Ignore', matchPolicy: 'Exact', sideEffects: 'Unknown', timeoutSeconds: 5 }],
  });
});

test('what a definition said of all versions stands in each of them', () => {
  expect(
    specOf(
      '{ apiVersion: apiextensions.k8s.io/v1beta1, kind: CustomResourceDefinition, spec: { group: example.com, version: v1, names: { kind: Zone }, validation: { openAPIV3Schema: { type: object } }, subresources: { status: {} }, additionalPrinterColumns: [{ name: Age, type: date, JSONPath: .metadata.creationTimestamp }] } }',
    ),
  ).toEqual({
    group: 'example.com',
    scope: 'Namespaced',
    preserveUnknownFields: true,
    names: { kind: 'Zone' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object' } },
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
      },
    ],
  });
});
