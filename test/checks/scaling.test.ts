import fc from 'fast-check';
import { parseQuantity, quantityText } from '../../manifests/quantity';
import { partOf } from '../../world/autoscalers';
import { all, namespace, said, verdicts, workload } from './judging';

describe('quantities', () => {
  test.each<[unknown, bigint | undefined]>([
    ['100m', 100_000_000n],
    ['0.1', 100_000_000n],
    [1.5, 1_500_000_000n],
    ['1Ki', 1024_000_000_000n],
    ['1.5Gi', 1610612736_000_000_000n],
    ['1e3', 1000_000_000_000n],
    ['1E3', 1000_000_000_000n],
    ['1E', 10n ** 27n],
    ['5E-1', 500_000_000n],
    ['-2', -2_000_000_000n],
    ['.5', 500_000_000n],
    ['5.', 5_000_000_000n],
    ['1n', 1n],
    // Finer than Kubernetes keeps: away from zero.
    ['0.0000000001', 1n],
    ['1k', 1000_000_000_000n],
    ['1K', undefined],
    ['1 Gi', undefined],
    ['1Mb', undefined],
    ['', undefined],
    ['.', undefined],
    ['1e', undefined],
    [null, undefined],
    [true, undefined],
  ])('%p', (written, meant) => expect(parseQuantity(written)).toBe(meant));

  test('adding an exponent is the same as adding zeros', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 0, max: 12 }),
        (n, e) => parseQuantity(`${n}e${e}`) === parseQuantity(n)! * 10n ** BigInt(e),
      ),
    );
  });
  test('whole numbers and thousandths come back from their text', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        (milli) => parseQuantity(quantityText(milli * 1_000_000n, 'cpu')) === milli * 1_000_000n,
      ),
    );
  });
  test.each([
    ['1536Mi', '1.5Gi'],
    ['1Gi', '1Gi'],
    ['500', '500'],
    ['20Gi', '20Gi'],
    ['1000M', '954Mi'],
  ])('memory of %s is written %s', (written, shown) =>
    expect(quantityText(parseQuantity(written)!, 'memory')).toBe(shown),
  );
});

test('a percentage of pods is rounded as asked for, a number is itself', () => {
  expect([
    partOf('25%', 3, 'up'),
    partOf('25%', 3, 'down'),
    partOf(2, 3, 'up'),
    partOf('2', 3, 'up'),
    partOf(null, 3, 'up'),
  ]).toEqual([1, 0, 2, undefined, undefined]);
});

const hpa = (spec: string, name = 'web') =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${name}, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, ${spec} } }`;
const cpu =
  'metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]';
const ofContainer = (container: string) =>
  `metrics: [{ type: ContainerResource, containerResource: { container: ${container}, name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]`;

describe('what an autoscaler needs', () => {
  const two = "{ name: main, image: 'a:1', resources: { requests: { cpu: 1 } } }, { name: proxy, image: 'b:1' }";
  test('a limit stands for a request, and so does the default of a LimitRange', () => {
    expect(
      verdicts('hpa-requests-set', all(workload({ container: 'resources: { limits: { cpu: 1 } }' }), hpa(cpu))),
    ).toEqual([]);
    expect(verdicts('hpa-requests-set', all(workload(), hpa(cpu)))).toHaveLength(1);
    expect(
      verdicts(
        'hpa-requests-set',
        all(
          workload(),
          hpa(cpu),
          '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, defaultRequest: { cpu: 100m } }] } }',
        ),
      ),
    ).toEqual([]);
  });
  test('a metric of one container looks at that one only', () => {
    expect(verdicts('hpa-requests-set', all(workload({ containers: two }), hpa(ofContainer('main'))))).toEqual([]);
    expect(verdicts('hpa-requests-set', all(workload({ containers: two }), hpa(ofContainer('proxy'))))).toEqual([
      'fail spec.template.spec.containers[1]',
    ]);
    expect(verdicts('hpa-requests-set', all(workload({ containers: two }), hpa(ofContainer('mian'))))).toEqual([
      'fail spec.metrics[0].containerResource.container',
    ]);
  });
  test('sidecars count, init containers that end do not', () => {
    const init = (more: string) =>
      workload({
        pod: `initContainers: [{ name: i, image: 'i:1'${more} }]`,
        container: 'resources: { requests: { cpu: 1 } }',
      });
    expect(verdicts('hpa-requests-set', all(init(''), hpa(cpu)))).toEqual([]);
    expect(verdicts('hpa-requests-set', all(init(', restartPolicy: Always'), hpa(cpu)))).toEqual([
      'fail spec.template.spec.initContainers[0]',
    ]);
  });
  test('an average value needs no request, and without metrics CPU is looked at', () => {
    expect(
      verdicts(
        'hpa-requests-set',
        all(
          workload(),
          hpa(
            'metrics: [{ type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 1Gi } } }]',
          ),
        ),
      ),
    ).toEqual([]);
    expect(verdicts('hpa-requests-set', all(workload(), hpa('minReplicas: 1')))).toHaveLength(1);
  });
  test('amounts of the pod as a whole take the place of those of its containers', () => {
    expect(
      verdicts('hpa-requests-set', all(workload({ pod: 'resources: { requests: { cpu: 1 } }' }), hpa(cpu))),
    ).toEqual([]);
  });
  test('a DaemonSet cannot be scaled, and a Deployment is in apps', () => {
    expect(
      verdicts('hpa-target-exists', all(namespace, hpa(cpu).replace('kind: Deployment', 'kind: DaemonSet'))),
    ).toEqual(['fail spec.scaleTargetRef.kind']);
    expect(
      verdicts('hpa-target-exists', all(namespace, workload(), hpa(cpu).replace('apps/v1', 'extensions/v1beta1'))),
    ).toEqual(['fail spec.scaleTargetRef.apiVersion']);
    expect(verdicts('hpa-target-exists', hpa(cpu))).toEqual(['unknown spec.scaleTargetRef.name']);
  });
  test('two targets whose selectors find the same pods are as bad as one target', () => {
    const wide = workload({ name: 'wide', labels: 'tier: front' });
    const web = workload({ labels: 'tier: front' });
    expect(
      said(
        'hpa-target-unique',
        all(wide, web, hpa(cpu), hpa(cpu, 'wide').replace('Deployment, name: web', 'Deployment, name: wide')),
      )[0]!.message,
    ).toContain('AmbiguousSelector');
  });
  test('metrics that nobody is known to serve are unknown; a metrics-server among the manifests serves them', () => {
    const served =
      '{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1beta1.metrics.k8s.io }, spec: { group: metrics.k8s.io, version: v1beta1 } }';
    expect(verdicts('hpa-metric-served', hpa(cpu))).toEqual(['unknown spec.metrics[0].type']);
    expect(verdicts('hpa-metric-served', all(hpa(cpu), served))).toEqual([]);
    expect(verdicts('hpa-metric-served', hpa(cpu), { facts: served.replaceAll('metrics.k8s.io', 'apps') })).toEqual([
      'fail spec.metrics[0].type',
    ]);
  });
});
