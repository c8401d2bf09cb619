import { kind } from '../../../clusters/kind';
import { Controller } from '../../../constructs/core/controller';
import { Autoscaler, type AutoscalerProps } from '../../../constructs/scaling/autoscaler';
import { VerticalAutoscaler, type VerticalAutoscalerProps } from '../../../constructs/scaling/vertical-autoscaler';
import { checkRoom } from '../../../model/room-check';
import { CONTAINER, refusal, rendered, workloadIn } from '../../support/render';

type Props = Partial<VerticalAutoscalerProps>;
const sized = (
  props: Props = {},
  controller = Controller.deployment({ replicas: 2 }),
  scaled?: Partial<AutoscalerProps>,
) =>
  rendered((chart) => {
    const sidecar = { ...CONTAINER, name: 'proxy' };
    const workload = workloadIn(chart, 'shop', { controller, pod: { sidecars: [sidecar] } });
    new VerticalAutoscaler(workload, 'vertical-autoscaler', { workload, ...props });
    if (scaled) new Autoscaler(workload, 'autoscaler', { workload, ...scaled });
  }).get('VerticalPodAutoscaler');

test('by default it recommends, and changes nothing', () => {
  const { metadata, spec } = sized();
  expect(metadata).toMatchObject({ name: 'shop', namespace: 'shop' });
  expect(spec).toEqual({
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    updatePolicy: { updateMode: 'Off', minReplicas: 2 },
    resourcePolicy: {
      containerPolicies: [
        { containerName: 'shop', controlledResources: ['cpu', 'memory'], controlledValues: 'RequestsAndLimits' },
        { containerName: '*', mode: 'Off' },
      ],
    },
  });
});

test('it has what its props say', () => {
  const { spec } = sized({
    mode: 'in-place',
    only: ['memory'],
    between: { memory: ['64Mi', '1Gi'] },
    limits: 'keep',
    minReplicas: 1,
    by: { version: '1.6' },
    kubernetes: '1.33',
  });
  expect(spec.updatePolicy).toEqual({ updateMode: 'InPlaceOrRecreate', minReplicas: 1 });
  expect(spec.resourcePolicy.containerPolicies[0]).toEqual({
    containerName: 'shop',
    controlledResources: ['memory'],
    controlledValues: 'RequestsOnly',
    minAllowed: { memory: '64Mi' },
    maxAllowed: { memory: '1Gi' },
  });
});

test.each<[string, Props, string, string]>([
  ['bounds crossed', { between: { cpu: ['2', '500m'] } }, 'the least of cpu (2) is above the most (500m)', ''],
  ['bounds of one', { between: { cpu: ['2'] as never } }, 'not the least and the most', ''],
  ['bounds without a unit', { between: { memory: ['1', '2'] as never } }, 'its memory has one that is not a size', ''],
  ['bounds of something else', { between: { disk: ['1Gi', '2Gi'] } as never }, 'disk is not one of cpu, memory', ''],
  [
    'bounds of what it does not set',
    { only: ['cpu'], between: { memory: ['1Mi', '2Mi'] } },
    'which it does not set',
    'add memory to only',
  ],
  ['nothing to set', { only: [] }, 'not a list of cpu, memory or both', ''],
  ['one twice', { only: ['cpu', 'cpu'] }, 'not a list of cpu, memory or both', ''],
  [
    'an old VPA',
    { mode: 'in-place', by: { version: '1.5' } },
    'Vertical Pod Autoscaler 1.5 does not',
    "use mode: 'recreate'",
  ],
  ['an old Kubernetes', { mode: 'in-place', kubernetes: '1.32' }, 'Kubernetes 1.32 does not', "use mode: 'recreate'"],
  [
    'pods that it would never take',
    { mode: 'recreate', minReplicas: 3 },
    'shop has 2: it would never act',
    'run 3 pods',
  ],
])('refused: %s', (_, props, problem, fix) => {
  const error = refusal(() => sized(props));
  expect(error.message).toContain(problem);
  expect(error.fixes.join('\n')).toContain(fix);
});

test.each<[Props]>([
  [{ mode: 'recreate', by: { version: '1.5' }, kubernetes: '1.28' }],
  [{ mode: 'initial', minReplicas: 3 }],
  [{ minReplicas: 3 }],
  [{ mode: 'recreate', minReplicas: 2 }],
])('nothing is wrong with %j', (props) => {
  expect(() => sized(props)).not.toThrow();
});

test('the only pod is taken where that is said, and not otherwise', () => {
  const alone = Controller.statefulSet();
  expect(refusal(() => sized({ mode: 'recreate' }, alone)).fixes).toContain(
    'set minReplicas to 1, and nobody answers while its only pod is replaced',
  );
  expect(sized({ mode: 'recreate', minReplicas: 1 }, alone).spec.targetRef.kind).toBe('StatefulSet');
  expect(() => sized({ mode: 'recreate' }, Controller.daemonSet())).not.toThrow();
});

test('beside an autoscaler it has the least number of pods, and not the signal', () => {
  const memory: Props = { mode: 'recreate', only: ['memory'] };
  expect(() => sized(memory, Controller.deployment(), { min: 2 })).not.toThrow();
  expect(refusal(() => sized(memory, Controller.deployment(), { min: 1 })).message).toContain('shop has 1');
  const error = refusal(() => sized({ mode: 'initial' }, Controller.deployment(), {}));
  expect(error.message).toContain('sets the requested cpu, and the autoscaler of shop adds pods by percent of it');
  expect(error.fixes[0]).toBe("set only: ['memory']");
  expect(() => sized({ mode: 'off' }, Controller.deployment(), {})).not.toThrow();
  const byAmount = { cpuPercent: 'none', metrics: [{ use: 'cpu', perPod: '200m' }] } as const;
  expect(() => sized({ mode: 'initial' }, Controller.deployment(), byAmount)).not.toThrow();
});

test('a pod as large as it may become has to fit a node', () => {
  const room = {
    checkRoom: (place: string, asked: Parameters<typeof checkRoom>[1]) => checkRoom(place, asked, {}, kind),
  };
  expect(() => sized({ ...room, between: { cpu: ['10m', '1'] } })).not.toThrow();
  const error = refusal(() => sized({ ...room, between: { cpu: ['10m', '999'] } }));
  expect(error.message).toContain('its pod fits no node');
  expect(error.place).toBe('vertical autoscaler of shop');
});
