import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { Controller } from '../../../constructs/core/controller';
import type { Placement } from '../../../model/placement';
import { checkPlacement, onPool } from '../../../model/placement-check';
import { podOf, refusal, rendered, workloadIn } from '../../support/render';

const podSpec = (placement: Placement, replicas = 1) =>
  podOf(
    rendered((chart) =>
      workloadIn(chart, 'shop', { controller: Controller.deployment({ replicas }), pod: { placement } }),
    ),
  ).spec;
const self = { matchLabels: { 'app.kubernetes.io/name': 'shop' } };

test('a placement with everything renders everything', () => {
  const all: Required<Placement> = {
    requires: { disk: 'ssd', arch: ['arm64', 'amd64'] },
    matches: [
      { key: 'pool', operator: 'NotIn', values: ['batch', 'spot'] },
      { key: 'gpu', operator: 'Exists' },
      { key: 'retired', operator: 'DoesNotExist' },
      { key: 'generation', operator: 'Gt', value: 3 },
      { key: 'generation', operator: 'Lt', value: 9 },
    ],
    prefers: [
      { label: ['pool', 'general'], weight: 50 },
      { matches: [{ key: 'generation', operator: 'Gt', value: 5 }], weight: 10 },
    ],
    tolerates: [
      { key: 'spot', value: 'true', effect: 'NoSchedule' },
      { key: 'maintenance', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', seconds: 30 },
      { key: 'plain', operator: 'Equal' },
      { operator: 'Exists' },
    ],
    apart: { over: 'zone', strength: 'required' },
    spread: [
      { over: 'node', strength: 'preferred', maxSkew: 2 },
      { over: 'zone', strength: 'required', minDomains: 3 },
    ],
  };
  const spec = podSpec(all, 2);
  expect(spec.nodeSelector).toEqual({ disk: 'ssd' });
  expect(spec.affinity?.nodeAffinity).toEqual({
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: 'arch', operator: 'In', values: ['arm64', 'amd64'] },
            { key: 'pool', operator: 'NotIn', values: ['batch', 'spot'] },
            { key: 'gpu', operator: 'Exists' },
            { key: 'retired', operator: 'DoesNotExist' },
            { key: 'generation', operator: 'Gt', values: ['3'] },
            { key: 'generation', operator: 'Lt', values: ['9'] },
          ],
        },
      ],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 50, preference: { matchExpressions: [{ key: 'pool', operator: 'In', values: ['general'] }] } },
      { weight: 10, preference: { matchExpressions: [{ key: 'generation', operator: 'Gt', values: ['5'] }] } },
    ],
  });
  expect(spec.tolerations).toEqual([
    { key: 'spot', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    { key: 'maintenance', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
    { key: 'plain', operator: 'Equal' },
    { operator: 'Exists' },
  ]);
  expect(spec.affinity?.podAntiAffinity).toEqual({
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'topology.kubernetes.io/zone', labelSelector: self },
    ],
  });
  expect(
    spec.topologySpreadConstraints?.map((each) => [each.topologyKey, each.maxSkew, each.whenUnsatisfiable]),
  ).toEqual([
    ['kubernetes.io/hostname', 2, 'ScheduleAnyway'],
    ['topology.kubernetes.io/zone', 1, 'DoNotSchedule'],
  ]);
  for (const { labelSelector } of spec.topologySpreadConstraints ?? []) expect(labelSelector).toEqual(self);
});

test('a spread that a feature adds a second time is refused, because the API server takes one', () => {
  const spread = [{ over: 'zone', strength: 'required' }] as const;
  const spreadBy = (strength: 'preferred' | 'required') => () =>
    rendered((chart) =>
      workloadIn(chart, 'shop', { pod: { placement: { spread } } }).spreadOver('topology.kubernetes.io/zone', strength),
    );
  expect(refusal(spreadBy('required')).found).toContain('is spread twice over topology.kubernetes.io/zone');
  expect(spreadBy('preferred')).not.toThrow();
});

test('labels of which one value will do are all of one term, so that a node must have them together', () => {
  const terms = podSpec({ requires: { a: ['1', '2'], b: ['3', '4'] } }).affinity?.nodeAffinity
    ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  expect(terms?.map(({ matchExpressions }) => matchExpressions.map(({ key }) => key))).toEqual([['a', 'b']]);
});

test('replicas keep apart from each other over nodes where they can', () => {
  expect(podSpec({}, 2).affinity).toEqual({
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: self } },
      ],
    },
  });
});

test('a single pod has nobody to keep apart from', () => {
  expect(podSpec({ apart: { over: 'node', strength: 'required' } })).not.toHaveProperty('affinity');
});

test('a pod that an autoscaler may multiply counts as replicated', () => {
  const one = (max: number) => podOf(rendered((chart) => workloadIn(chart, 'shop').scaledBetween(1, max))).spec;
  expect(one(2)).toHaveProperty('affinity.podAntiAffinity');
  expect(one(1)).not.toHaveProperty('affinity');
});

describe('on a pool', () => {
  test('pods are held to its labels and accept its taints', () => {
    const spec = podSpec(onPool(cloud, 'spot'));
    expect(spec.nodeSelector).toEqual({ 'node.example.com/pool': 'spot' });
    expect(spec.tolerations).toEqual([
      { key: 'node.example.com/spot', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    ]);
  });

  test('a pool without taints needs no tolerations', () => {
    expect(podSpec(onPool(cloud, 'general'))).not.toHaveProperty('tolerations');
  });

  test('a pool that the cluster does not have does not compile', () => {
    // @ts-expect-error: kind has no pool of this name
    expect(() => onPool(kind, 'spot')).toThrow();
  });

  test.each([
    [kind, onPool(kind, 'batch')],
    [kind, onPool(kind, 'control')],
    [cloud, onPool(cloud, 'spot')],
  ])('a node can be found for it', (cluster, placement) => {
    expect(() => checkPlacement('test', placement, cluster)).not.toThrow();
  });

  test('its labels without its taints lead nowhere, and that is refused', () => {
    const { requires = {} } = onPool(kind, 'batch');
    expect(refusal(() => checkPlacement('test', { requires }, kind)).fixes[0]).toContain('onPool');
  });
});
