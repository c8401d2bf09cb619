import { Controller } from '../../../constructs/core/controller';
import type { AutoscalerProps } from '../../../constructs/scaling/autoscaler';
import { Autoscaler } from '../../../constructs/scaling/autoscaler';
import { refusal, rendered, workloadIn } from '../../support/render';

type Numbers = Required<Omit<AutoscalerProps, 'workload'>>;
const NUMBERS: Numbers = { min: 2, max: 6, cpuPercent: 70 };
const autoscaled = (numbers: Partial<Numbers> = {}, controller = Controller.deployment({ replicas: 3 })) =>
  rendered(
    (chart) =>
      new Autoscaler(chart, 'autoscaler', {
        workload: workloadIn(chart, 'shop', { controller }),
        ...NUMBERS,
        ...numbers,
      }),
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
  expect(scaleUp).toMatchObject({ stabilizationWindowSeconds: 0, selectPolicy: 'Max' });
  expect(scaleUp.policies).toEqual([
    { type: 'Percent', value: 50, periodSeconds: 30 },
    { type: 'Pods', value: 2, periodSeconds: 30 },
  ]);
  expect(scaleDown).toEqual({
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
  });
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

test.each<[keyof Numbers, number]>([
  ['min', 0],
  ['min', 1.5],
  ['max', -1],
  ['max', Number.NaN],
  ['cpuPercent', 0],
])('%s must not be %d', (name, value) => {
  expect(refusal(() => autoscaled({ min: 1, [name]: value })).message).toContain(
    `autoscaler of shop, ${name}: is ${value}, and not a whole number of 1 or more`,
  );
});

test('what it scales is there: a Deployment, or a StatefulSet by its own kind', () => {
  const objects = autoscaled({}, Controller.statefulSet());
  expect(objects.get('HorizontalPodAutoscaler').spec.scaleTargetRef.kind).toBe(objects.pods[0]?.owner.kind);
});

test.each([
  ['Job', Controller.job()],
  ['CronJob', Controller.cronJob({ schedule: '@daily' })],
])('a %s can not be scaled', (kind, controller) => {
  expect(refusal(() => autoscaled({}, controller)).message).toContain(
    `a ${kind} runs to its end and can not be scaled`,
  );
});
