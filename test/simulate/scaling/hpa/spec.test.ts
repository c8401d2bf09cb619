import { Resource } from '../../../../manifests/resource';
import { hpaRequest, hpaRequestsOf } from '../../../../simulate/scaling/hpa/pods';
import { metricText } from '../../../../simulate/scaling/hpa/round';
import { hpaSpecOf } from '../../../../simulate/scaling/hpa/spec';

const read = (spec: object, minor = 35, apiVersion = 'autoscaling/v2') =>
  hpaSpecOf(
    new Resource(
      { apiVersion, kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec },
      { file: '-', text: '' },
      0,
    ),
    minor,
  );

test('what nobody writes is what the API server fills in', () => {
  expect(read({ maxReplicas: 5 })).toEqual({
    min: 1,
    max: 5,
    metrics: [{ type: 'Resource', name: 'cpu', selector: 'nil', target: { type: 'Utilization', utilization: 80 } }],
  });
  expect(read({ maxReplicas: 5, behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } })?.behavior).toEqual({
    up: {
      window: 0,
      select: 'Max',
      policies: [
        { type: 'Pods', value: 4, period: 15 },
        { type: 'Percent', value: 100, period: 15 },
      ],
    },
    down: { window: 0, select: 'Max', policies: [{ type: 'Percent', value: 100, period: 15 }] },
  });
});

test('the window of the way down is a flag of the controller', () => {
  expect(read({ maxReplicas: 5, behavior: {} })?.behavior?.down.window).toBeUndefined();
});

test('a tolerance is the number that Go makes of it, and none before 1.35', () => {
  const tolerance = (value: string | number, minor = 35) =>
    read({ maxReplicas: 5, behavior: { scaleUp: { tolerance: value } } }, minor)?.behavior?.up.tolerance;
  // 300 thousandths, not three tenths, which would be 0.30000000000000004.
  expect(tolerance('0.3')).toBe(300 * 1e-3);
  expect(tolerance('70m')).toBe(70 * 1e-3);
  expect(tolerance('0.0005')).toBe(500 * 1e-6);
  expect(tolerance('1500n')).toBe(1500 * 1e-9);
  expect(tolerance(2)).toBe(2);
  expect(tolerance('0')).toBe(0);
  expect(tolerance('0.3', 34)).toBeUndefined();
});

test('older versions of the API are converted', () => {
  expect(read({ maxReplicas: 4, targetCPUUtilizationPercentage: 55 }, 35, 'autoscaling/v1')?.metrics).toEqual([
    expect.objectContaining({ type: 'Resource', name: 'cpu', target: { type: 'Utilization', utilization: 55 } }),
  ]);
});

test.each([
  ['no maximum', {}],
  ['a metric without a target', { maxReplicas: 3, metrics: [{ type: 'Resource', resource: { name: 'cpu' } }] }],
  ['a metric of no kind', { maxReplicas: 3, metrics: [{ type: 'toString', toString: { name: 'cpu', target: {} } }] }],
  ['a metric without a source', { maxReplicas: 3, metrics: [{ type: 'Pods' }] }],
  [
    'a metric without a name',
    { maxReplicas: 3, metrics: [{ type: 'Resource', resource: { target: { type: 'Utilization' } } }] },
  ],
  [
    'pods without an average',
    {
      maxReplicas: 3,
      metrics: [{ type: 'Pods', pods: { metric: { name: 'a' }, target: { type: 'Value', value: 1 } } }],
    },
  ],
])('%s is nothing that a controller gets to see', (_, spec) => {
  expect(read(spec)).toBeUndefined();
});

test('a metric is called by its selector, with labels in order', () => {
  const [metric] = read({
    maxReplicas: 3,
    metrics: [
      {
        type: 'External',
        external: {
          metric: {
            name: 'queue',
            selector: {
              matchLabels: { zone: 'b', app: 'a' },
              matchExpressions: [
                { key: 'tier', operator: 'In', values: ['x', 'y'] },
                { key: 'old', operator: 'Exists' },
              ],
            },
          },
          target: { type: 'AverageValue', averageValue: '1500u' },
        },
      },
    ],
  })!.metrics;
  expect(metricText(metric!)).toBe(
    'external metric queue(&LabelSelector{MatchLabels:map[string]string{app: a,zone: b,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:tier,Operator:In,Values:[x y],},LabelSelectorRequirement{Key:old,Operator:Exists,Values:[],},},})',
  );
  // Rounded up to thousandths.
  expect(metric!.target.average).toBe(2n);
});

test('a pod whose own resources request something else requests what its containers do while they start', () => {
  const asks = (name: string, cpu: string, more: object = {}) => ({ name, resources: { requests: { cpu } }, ...more });
  const requests = hpaRequestsOf({
    containers: [asks('web', '100m')],
    initContainers: [asks('helper', '50m', { restartPolicy: 'Always' }), asks('init', '3')],
    resources: { requests: { 'hugepages-2Mi': '4Mi' } },
    overhead: { cpu: '10m' },
  });
  const pod = { name: 'web-1', phase: 'Running', deleted: false, requests };
  // The init container runs beside the sidecar that came before it.
  expect(hpaRequest(pod, 'cpu', undefined, 34)).toBe(3060n);
  expect(hpaRequest(pod, 'cpu', undefined, 33)).toBe(150n);
  expect(hpaRequest(pod, 'cpu', undefined, 28)).toBe(100n);
  expect(hpaRequest(pod, 'cpu', 'helper', 35)).toBe(50n);
  expect(hpaRequest(pod, 'cpu', 'nosuch', 35)).toBe('container nosuch not found in Pod web-1');
  expect(hpaRequest(pod, 'cpu', 'nosuch', 34)).toBe(0n);
  expect(hpaRequest(pod, 'memory', undefined, 34)).toBe('missing pod-level request for memory in Pod web-1');
  expect(hpaRequest(pod, 'memory', undefined, 33)).toBe('missing request for memory in container web of Pod web-1');
});
