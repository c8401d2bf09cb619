import {
  allowedDisruptions,
  boundOf,
  budgetsOf,
  budgetsOfWorkload,
  needsScale,
  podsSelected,
  withoutScale,
} from '../../world/budgets';
import { all, namesOf, object, the, workload, workloadOf, worldOf } from './support';

const budget = (spec: string, name = 'pdb', selector = 'matchLabels: { app: web }') =>
  object('policy/v1', 'PodDisruptionBudget', name, `spec: { selector: { ${selector} }${spec && `, ${spec}`} }`);
const bare = (spec: string) => the(worldOf(budget(spec)), 'pdb');

describe('budgets', () => {
  const world = worldOf(
    all(
      workload(),
      workload({ name: 'api' }),
      budget('maxUnavailable: 1'),
      budget('maxUnavailable: 1', 'all', ''),
      object('example.com/v1', 'PodDisruptionBudget', 'other', 'spec: { selector: {} }'),
    ),
  );
  test('guard the workloads that they select', () =>
    expect(budgetsOf(world).map(({ resource, workloads }) => [resource.name, namesOf(workloads)])).toEqual([
      ['pdb', ['web']],
      ['all', ['web', 'api']],
    ]));
  test('are found by workload', () => {
    expect(namesOf(budgetsOfWorkload(world, workloadOf(world, 'web')))).toEqual(['pdb', 'all']);
    expect(namesOf(budgetsOfWorkload(world, workloadOf(world, 'api')))).toEqual(['all']);
  });
});

test.each<[string, number, number | undefined]>([
  ['', 5, 0],
  ['maxUnavailable: 2', 5, 2],
  ['maxUnavailable: 7', 5, 5],
  ['maxUnavailable: 30%', 4, 2],
  ['minAvailable: 2', 5, 3],
  ['minAvailable: 7', 5, 0],
  ['minAvailable: 30%', 4, 2],
  ["minAvailable: 'x'", 4, undefined],
  ['minAvailable: null, maxUnavailable: 1', 4, 1],
  ['minAvailable: 1, maxUnavailable: 1', 4, 1],
])('{ %s } of %i pods lets %s go', (spec, pods, expected) =>
  expect(allowedDisruptions(bare(spec), pods)).toBe(expected),
);

test('the field that says how much is read, maxUnavailable first', () => {
  expect(boundOf(bare('minAvailable: 1, maxUnavailable: 0'))).toEqual({ field: 'maxUnavailable', value: 0 });
  expect(boundOf(bare('minAvailable: 50%'))).toEqual({ field: 'minAvailable', value: '50%' });
  expect(boundOf(bare(''))).toEqual({ field: undefined, value: undefined });
});

test('all but a plain number in minAvailable asks for the scale of the owners', () => {
  expect(
    ['maxUnavailable: 1', 'maxUnavailable: 10%', 'minAvailable: 50%'].map((spec) => needsScale(bare(spec))),
  ).toEqual([true, true, true]);
  expect(['minAvailable: 1', ''].map((spec) => needsScale(bare(spec)))).toEqual([false, false]);
});

describe('workloads without a scale', () => {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];
  const unscaled = (spec: string) =>
    withoutScale(
      budgetsOf(
        worldOf(
          all(...kinds.map((kind) => workload({ kind, name: kind.toLowerCase(), labels: 'app: web' })), budget(spec)),
        ),
      )[0]!,
    );
  test('are DaemonSets and Jobs', () => expect(namesOf(unscaled('maxUnavailable: 1'))).toEqual(['daemonset', 'job']));
  test('are CronJobs, whose pods belong to their Jobs', () => {
    const cron = object('batch/v1', 'CronJob', 'nightly').replace(
      / }$/,
      ", spec: { schedule: '0 1 * * *', jobTemplate: { spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: a }] } } } } } }",
    );
    expect(namesOf(withoutScale(budgetsOf(worldOf(all(cron, budget('maxUnavailable: 1'))))[0]!))).toEqual(['nightly']);
  });
  test('matter only where the scale is asked for', () => expect(namesOf(unscaled('minAvailable: 1'))).toEqual([]));
});

describe('how many pods a budget guards', () => {
  const pod = object('v1', 'Pod', 'alone')
    .replace('name: alone', 'labels: { app: web }, name: alone')
    .replace(/ }$/, ', spec: { containers: [] } }');
  const guarded = (spec: string, ...manifests: string[]) => {
    const world = worldOf(all(...manifests, budget(spec)));
    const pods = podsSelected(world, budgetsOf(world)[0]!);
    return pods && [...Object.values(pods).filter((value) => typeof value === 'number'), namesOf(pods.scalers)];
  };
  const hpa = object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'scaler',
    'spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: 5 }',
  );

  test('is those of all its workloads', () =>
    expect(
      guarded(
        'maxUnavailable: 1',
        workload({ spec: 'replicas: 3' }),
        workload({ name: 'api', labels: 'app: web', spec: 'replicas: 2' }),
      ),
    ).toEqual([5, 5, []]));
  test('depends on the autoscalers', () =>
    expect(guarded('maxUnavailable: 1', workload({ spec: 'replicas: 3' }), hpa)).toEqual([2, 5, ['scaler']]));
  test('counts a pod of its own only where no scale is asked for', () => {
    expect(guarded('maxUnavailable: 1', pod)).toEqual([0, 0, []]);
    expect(guarded('minAvailable: 1', pod)).toEqual([1, 1, []]);
  });
  test.each(['DaemonSet', 'Job'])('is not known of a %s', (kind) =>
    expect(guarded('minAvailable: 1', workload({ kind }))).toBeUndefined(),
  );
});
