import { Controller } from '../../../constructs/core/controller';
import type { AutoscalerProps } from '../../../constructs/scaling/autoscaler';
import { Autoscaler } from '../../../constructs/scaling/autoscaler';
import type { KubernetesVersion } from '../../../model/kubernetes-version';
import type { Resources } from '../../../model/quantity';
import { CONTAINER, refusal, rendered, workloadIn } from '../../support/render';

type Props = Required<
  Omit<AutoscalerProps, 'workload' | 'adapter' | 'metrics' | 'kubernetes' | 'keda' | 'hours' | 'idle'>
>;
const autoscaled = (props: Partial<Props> = {}, controller = Controller.deployment({ replicas: 3 })) =>
  rendered(
    (chart) => new Autoscaler(chart, 'autoscaler', { workload: workloadIn(chart, 'shop', { controller }), ...props }),
  );

test('an autoscaler steers the pods of its workload between its bounds, by their CPU use', () => {
  const { metadata, spec } = autoscaled().get('HorizontalPodAutoscaler');
  expect(metadata).toMatchObject({ name: 'shop', namespace: 'shop' });
  expect(spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    minReplicas: 2,
    maxReplicas: 6,
  });
  expect(spec.metrics.map(({ resource }) => resource)).toEqual([
    { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
  ]);
});

test("the workload's own number stays unset, so that nothing resets what the autoscaler chose", () => {
  expect(autoscaled().get('Deployment').spec).not.toHaveProperty('replicas');
});

test('it scales up at once and down slowly', () => {
  const { scaleUp, scaleDown } = autoscaled().get('HorizontalPodAutoscaler').spec.behavior;
  expect(scaleUp).toEqual({
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 50, periodSeconds: 30 },
      { type: 'Pods', value: 2, periodSeconds: 30 },
    ],
  });
  expect(scaleDown).toEqual({
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
  });
});

test('an autoscaler with all props has what they say', () => {
  const all: Props = {
    min: 3,
    max: 9,
    cpuPercent: 50,
    scaleUp: { window: '1m', policies: [{ pods: 4, every: '15s' }], select: 'Min' },
    scaleDown: { window: '0s', policies: [{ percent: 100, every: '15s' }], select: 'Disabled' },
  };
  const { spec } = autoscaled(all).get('HorizontalPodAutoscaler');
  expect([spec.minReplicas, spec.maxReplicas, spec.metrics[0]?.resource.target.averageUtilization]).toEqual([3, 9, 50]);
  expect(spec.behavior).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 60,
      selectPolicy: 'Min',
      policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }],
    },
    scaleDown: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Disabled',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    },
  });
});

test('rules that say no select take the policy that allows most, as Kubernetes does', () => {
  const scaleDown = { window: '60s', policies: [{ pods: 1, every: '1m' }] } as const;
  expect(autoscaled({ scaleDown }).get('HorizontalPodAutoscaler').spec.behavior.scaleDown.selectPolicy).toBe('Max');
});

const UP = { window: '0s', policies: [{ pods: 1, every: '1m' }] } as const;
const policies = [{ pods: 1, every: '1m' }];
test.each<[string, unknown, string]>([
  ['a window of over an hour', { window: '61m', policies }, 'its window is not a span from 0 to 3600 seconds'],
  ['a window without a unit', { window: 60, policies }, 'its window is not a span of time'],
  ['no policy', { window: '60s', policies: [] }, 'without a policy'],
  ['no pod at all', { window: '60s', policies: [{ pods: 0, every: '1m' }] }, 'not a whole number of 1 or more'],
  ['half a percent', { window: '60s', policies: [{ percent: 0.5, every: '1m' }] }, 'not a whole number of 1 or more'],
  [
    'a span of over half an hour',
    { window: '60s', policies: [{ pods: 1, every: '31m' }] },
    'not a span from 1 to 1800',
  ],
  ['a span of no time', { window: '60s', policies: [{ pods: 1, every: '0s' }] }, 'not a span of time'],
  ['pods and percent', { window: '60s', policies: [{ pods: 1, percent: 1, every: '1m' }] }, 'not { pods, every } or'],
  ['neither of the two', { window: '60s', policies: [{ every: '1m' }] }, 'not { pods, every } or'],
  ['a select that there is not', { window: '60s', policies, select: 'max' }, 'not one of Max, Min, Disabled'],
  ['a word of Kubernetes', { window: '60s', policies, selectPolicy: 'Max' }, 'selectPolicy is not one of'],
  ['nothing', null, 'not a span of time'],
])('rules with %s are refused, up and down', (_, rules, problem) => {
  for (const direction of ['scaleUp', 'scaleDown'] as const) {
    const error = refusal(() => autoscaled({ [direction]: rules } as Partial<Props>));
    expect(error.place).toBe(`autoscaler of shop.${direction}`);
    expect(error.found).toContain(problem);
  }
});

test('an autoscaler that looks at nothing is refused, and at metrics that nothing serves', () => {
  expect(refusal(() => autoscaled({ cpuPercent: 'none' })).message).toContain('looks at nothing');
  expect(refusal(() => autoscaled({ metrics: [{ requestsPerPod: 5 }] } as Partial<Props>)).fixes).toEqual([
    'add the feature prometheus-adapter to the target',
    'remove them from its metrics, and scale by CPU or memory alone',
  ]);
});

const CPU = { cpu: '100m', memory: '100Mi' } as const;
/** What its autoscaler looks at, of a pod with these resources and a sidecar. */
const looking = (
  metrics: AutoscalerProps['metrics'],
  more: Partial<AutoscalerProps> = {},
  resources: Resources = CPU,
) =>
  rendered((chart) => {
    const sidecar = { ...CONTAINER, name: 'proxy', resources: { cpu: '50m', memory: '50Mi' } } as const;
    const workload = workloadIn(chart, 'shop', {
      controller: Controller.deployment(),
      container: { resources },
      pod: { sidecars: [sidecar] },
    });
    new Autoscaler(chart, 'autoscaler', { workload, cpuPercent: 'none', metrics: metrics!, ...more });
  }).get('HorizontalPodAutoscaler').spec;

test('it looks at CPU and memory in percent or as an amount, of the pods or of one container', () => {
  const { metrics } = looking(
    [
      { use: 'cpu', perPod: '200m' },
      { use: 'memory', percent: 80 },
      { use: 'cpu', percent: 60, container: 'shop' },
    ],
    {},
    { ...CPU, memoryLimit: '200Mi' },
  );
  expect(metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '200m' } } },
    { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } } },
    {
      type: 'ContainerResource',
      containerResource: { name: 'cpu', container: 'shop', target: { type: 'Utilization', averageUtilization: 60 } },
    },
  ]);
});

const equal = { ...CPU, cpuLimit: '100m' } as const;
const alone = { container: 'shop' } as const;
test.each<[string, AutoscalerProps['metrics'], Partial<AutoscalerProps>, Resources, string | undefined]>([
  ['95 % of CPU, limit = request', [{ use: 'cpu', percent: 95, ...alone }], {}, equal, 'aim at 90 % at most'],
  ['91 %, which is 1.099 times', [{ use: 'cpu', percent: 91, ...alone }], {}, equal, 'aim at 90 % at most'],
  ['90 %, which is 1.11 times', [{ use: 'cpu', percent: 90, ...alone }], {}, equal, undefined],
  ['of the pods, whose sidecar has no limit', [{ use: 'cpu', percent: 95 }], {}, equal, undefined],
  ['memory, whose limit is the request', [{ use: 'memory', percent: 91 }], {}, CPU, 'aim at 90 % at most'],
  [
    'memory of the pods: 250 of 150',
    [{ use: 'memory', percent: 151 }],
    {},
    { ...CPU, memoryLimit: '200Mi' },
    'aim at 150 % at most',
  ],
  [
    'memory of the pods: 250 of 150',
    [{ use: 'memory', percent: 150 }],
    {},
    { ...CPU, memoryLimit: '200Mi' },
    undefined,
  ],
  [
    'the amount of the limit',
    [{ use: 'cpu', perPod: '100m', ...alone }],
    {},
    equal,
    'aim at less than 91 % of the limit',
  ],
  ['less than it', [{ use: 'cpu', perPod: '90m', ...alone }], {}, equal, undefined],
  [
    'a tolerance of its own',
    [{ use: 'cpu', percent: 95, ...alone }],
    { scaleUp: { ...UP, tolerance: 2.5 } },
    equal,
    undefined,
  ],
  [
    'and one that is wider',
    [{ use: 'cpu', percent: 90, ...alone }],
    { scaleUp: { ...UP, tolerance: 12 } },
    equal,
    'aim at 89 % at most',
  ],
])('a target that is never exceeded is refused: %s', (_, metrics, more, resources, fix) => {
  if (fix === undefined) expect(looking(metrics, more, resources).metrics).toHaveLength(1);
  else expect(refusal(() => looking(metrics, more, resources)).fixes).toContain(fix);
});

test('cpuPercent is judged alike', () => {
  const of = (cpuPercent: number) => () =>
    rendered((chart) => {
      const workload = workloadIn(chart, 'shop', { container: { resources: equal } });
      new Autoscaler(chart, 'autoscaler', { workload, cpuPercent });
    });
  expect(of(90)).not.toThrow();
  expect(refusal(of(95)).found).toContain('cannot use more than 100 %');
});

test.each<[string, unknown, string]>([
  [
    'two targets for one use',
    [
      { use: 'cpu', percent: 60 },
      { use: 'cpu', perPod: '1' },
    ],
    'two targets for the use of cpu',
  ],
  ['a container that is not there', [{ use: 'cpu', percent: 60, container: 'web' }], 'do not have'],
  ['a use of disks', [{ use: 'disk', percent: 60 }], 'not one of cpu, memory'],
  ['two measures', [{ use: 'cpu', percent: 60, perPod: '1' }], 'give percent or perPod'],
  ['no measure', [{ use: 'cpu' }], 'give percent or perPod'],
  ['an amount of memory for CPU', [{ use: 'cpu', perPod: '1Gi' }], 'not CPU'],
  ['a share', [{ use: 'memory', percent: 0.8 }], 'not a whole number of 1 or more'],
  ['a field of another', [{ use: 'cpu', value: 3 }], 'value is not one of use, percent, perPod, container'],
])('a use that makes no sense is refused: %s', (_, metrics, problem) => {
  expect(refusal(() => looking(metrics as AutoscalerProps['metrics'])).found).toContain(problem);
});

test('a tolerance is written where the cluster keeps it', () => {
  const scaleUp = { ...UP, tolerance: 2.5 };
  const of = (kubernetes: KubernetesVersion) => looking([{ use: 'cpu', percent: 60 }], { scaleUp, kubernetes });
  expect(of('1.35').behavior.scaleUp).toMatchObject({ tolerance: '25m', stabilizationWindowSeconds: 0 });
  expect(of('1.35').behavior.scaleDown).not.toHaveProperty('tolerance');
  expect(refusal(() => of('1.34')).found).toContain('Kubernetes 1.34 drops a tolerance');
});

test('bounds that are equal hold the number of pods', () => {
  expect(autoscaled({ min: 3, max: 3 }).get('HorizontalPodAutoscaler').spec).toMatchObject({
    minReplicas: 3,
    maxReplicas: 3,
  });
});

test('a lower bound above the upper one is an error with two ways out', () => {
  const error = refusal(() => autoscaled({ min: 4, max: 3 }));
  expect(error.message).toContain('min (4) is above max (3)');
  expect(error.fixes).toEqual(['lower min', 'raise max']);
});

test.each<[keyof Props, number]>([
  ['min', 0],
  ['min', 1.5],
  ['max', -1],
  ['max', Number.NaN],
  ['cpuPercent', 0],
])('%s must not be %d', (name, value) => {
  const error = refusal(() => autoscaled({ min: 1, [name]: value }));
  expect(error.place).toBe(`autoscaler of shop.${name}`);
  expect(error.found).toContain('not a whole number of 1 or more');
});

test('what it scales is there: a Deployment, or a StatefulSet by its own kind', () => {
  const objects = autoscaled({}, Controller.statefulSet());
  expect(objects.get('HorizontalPodAutoscaler').spec.scaleTargetRef.kind).toBe(objects.pods[0]?.owner.kind);
});

test.each([
  ['Job', Controller.job()],
  ['CronJob', Controller.cronJob({ schedule: '@daily' })],
])('a %s cannot be scaled', (kind, controller) => {
  expect(refusal(() => autoscaled({}, controller)).message).toContain(`a ${kind} runs to its end and cannot be scaled`);
});

test('a DaemonSet cannot be scaled', () => {
  expect(refusal(() => autoscaled({}, Controller.daemonSet())).message).toContain('has a pod on each node');
});
