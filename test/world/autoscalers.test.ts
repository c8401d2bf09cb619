import {
  autoscalersOf,
  hpasOf,
  partOf,
  podsOf,
  rolloutOf,
  scalersOf,
  workloadNamed,
  workloadScaled,
} from '../../world/autoscalers';
import { verticalScalersOf } from '../../world/vertical-scalers';
import { all, namesOf, object, workload, workloadOf, worldOf } from './support';

const hpa = (spec: string, name = 'web', target = 'apiVersion: apps/v1, kind: Deployment, name: web') =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', name, `spec: { scaleTargetRef: { ${target} }, ${spec} }`);
const keda = (spec: string, target = 'name: web') =>
  object('keda.sh/v1alpha1', 'ScaledObject', 'keda', `spec: { scaleTargetRef: { ${target} }, ${spec} }`);
const read = (...manifests: string[]) =>
  autoscalersOf(worldOf(all(...manifests))).map(({ target: { apiVersion, kind, name }, ...bounds }) => [
    ...Object.values(bounds).filter((value) => typeof value === 'number'),
    `${apiVersion} ${kind} ${name}`,
  ]);

describe('autoscalers', () => {
  test('of Kubernetes keep one pod at least, unless they say another number', () => {
    expect(read(hpa('maxReplicas: 5'))).toEqual([[1, 5, 'apps/v1 Deployment web']]);
    expect(read(hpa('minReplicas: 2, maxReplicas: 5'))).toEqual([[2, 5, 'apps/v1 Deployment web']]);
    expect(read(hpa(''))).toEqual([[1, 1, 'apps/v1 Deployment web']]);
  });
  test('of KEDA scale a Deployment between none and a hundred, unless they say otherwise', () => {
    expect(read(keda(''))).toEqual([[0, 100, 'apps/v1 Deployment web']]);
    expect(read(keda('minReplicaCount: 2, maxReplicaCount: 6', 'kind: StatefulSet, name: db'))).toEqual([
      [2, 6, 'apps/v1 StatefulSet db'],
    ]);
  });
  test('have a target, are of these two APIs, and no version is made up for a target', () => {
    expect(
      read(
        hpa('maxReplicas: 5', 'none', 'kind: Deployment'),
        object('example.com/v1', 'ScaledObject', 'other', 'spec: { scaleTargetRef: { name: web } }'),
        object('example.com/v1', 'HorizontalPodAutoscaler', 'third', 'spec: { scaleTargetRef: { name: web } }'),
        hpa('maxReplicas: 5', 'bare', 'name: web'),
      ),
    ).toEqual([[1, 5, ' Deployment web']]);
  });
  test('those of Kubernetes alone are asked for metrics', () =>
    expect(namesOf(hpasOf(worldOf(all(keda(''), hpa('maxReplicas: 5')))))).toEqual(['web']));
});

describe('the workload that is scaled', () => {
  const world = worldOf(
    all(
      workload(),
      workload({ name: 'db', kind: 'StatefulSet' }),
      hpa('maxReplicas: 5'),
      keda('', 'kind: StatefulSet, name: db'),
    ),
  );

  test('is found by kind, namespace and name', () => {
    expect(workloadNamed(world, 'Deployment', 'shop', 'web')).toBe(workloadOf(world, 'web'));
    expect(workloadNamed(world, 'StatefulSet', 'shop', 'web')).toBeUndefined();
    expect(workloadNamed(world, 'Deployment', 'blog', 'web')).toBeUndefined();
    expect(autoscalersOf(world).map((scaler) => workloadScaled(world, scaler)?.resource.name)).toEqual(['web', 'db']);
  });
  test('knows its scalers', () => {
    expect(namesOf(scalersOf(world, workloadOf(world, 'web')))).toEqual(['web']);
    expect(namesOf(scalersOf(world, workloadOf(world, 'db')))).toEqual(['keda']);
  });
});

describe('how many pods there are at least and at most', () => {
  const bounds = (replicas: string, ...scalers: string[]) => {
    const world = worldOf(all(workload({ spec: replicas }), ...scalers));
    const pods = podsOf(world, workloadOf(world, 'web'));
    return pods && [...Object.values(pods).filter((value) => typeof value === 'number'), pods.scaler?.name];
  };

  test('without an autoscaler: the replicas', () => expect(bounds('replicas: 3')).toEqual([3, 3, undefined]));
  test('with one: its bounds', () =>
    expect(bounds('replicas: 3', hpa('minReplicas: 2, maxReplicas: 5'))).toEqual([2, 5, 'web']));
  test('with two: the widest bounds', () =>
    expect(bounds('', hpa('minReplicas: 2, maxReplicas: 5'), hpa('minReplicas: 4, maxReplicas: 9', 'two'))).toEqual([
      2,
      9,
      'web',
    ]));
  test('none where somebody wrote 0 and an HPA, which leaves that alone', () =>
    expect(bounds('replicas: 0', hpa('minReplicas: 2, maxReplicas: 5'))).toEqual([0, 0, undefined]));
  test('KEDA scales from nothing', () =>
    expect(bounds('replicas: 0', keda('maxReplicaCount: 5'))).toEqual([0, 5, 'keda']));
  test('nodes decide for a DaemonSet', () => {
    const world = worldOf(workload({ kind: 'DaemonSet' }));
    expect(podsOf(world, workloadOf(world, 'web'))).toBeUndefined();
  });
});

describe('a rollout', () => {
  const rollout = (replicas: number, strategy = '', kind = 'Deployment') => {
    const world = worldOf(workload({ kind, spec: strategy }));
    return rolloutOf(workloadOf(world, 'web'), replicas);
  };
  const rolling = (fields: string) => `strategy: { rollingUpdate: { ${fields} } }`;

  test.each<[string, number, string, object | undefined]>([
    ['a quarter more and a quarter less, where nothing is said', 4, '', { surge: 1, unavailable: 1 }],
    ['what is too many is rounded up, what lacks is rounded down', 6, '', { surge: 2, unavailable: 1 }],
    ['of one pod none may lack', 1, '', { surge: 1, unavailable: 0 }],
    ['as it says', 10, rolling('maxSurge: 3, maxUnavailable: 20%'), { surge: 3, unavailable: 2 }],
    [
      'two percentages that come to nothing still take one away',
      2,
      rolling('maxSurge: 0%, maxUnavailable: 25%'),
      { surge: 0, unavailable: 1 },
    ],
    [
      'a number for one and nothing for the other is kept',
      2,
      rolling('maxSurge: 0, maxUnavailable: 2'),
      { surge: 0, unavailable: 2 },
    ],
    [
      'what is neither a number nor a percentage is one more, and none less',
      4,
      rolling("maxSurge: 'a', maxUnavailable: 'b'"),
      { surge: 1, unavailable: 0 },
    ],
    ['none for Recreate', 4, 'strategy: { type: Recreate }', undefined],
  ])('%s', (_, replicas, strategy, expected) => {
    // Where no pod may go first, there must be room for one.
    const needed = expected && 'unavailable' in expected && expected.unavailable === 0 ? 1 : 0;
    expect(rollout(replicas, strategy)).toEqual(expected && { ...expected, needed });
  });
  test('a Rollout of Argo has 25 % more and less by pods, and otherwise both versions at a time', () => {
    expect(rollout(4, 'strategy: { canary: {} }', 'Rollout')).toEqual({ surge: 1, unavailable: 1, needed: 0 });
    const beside = { surge: 4, unavailable: 0, needed: 4 };
    expect(rollout(4, 'strategy: { blueGreen: {} }', 'Rollout')).toEqual(beside);
    expect(rollout(4, 'strategy: { canary: { trafficRouting: {} } }', 'Rollout')).toEqual(beside);
    expect(rollout(4, 'workloadRef: { name: web }', 'Rollout')).toBeUndefined();
  });

  test('is one of Deployments', () => expect(rollout(4, '', 'StatefulSet')).toBeUndefined());

  test('a share is a number, or a percentage that is rounded', () => {
    expect([
      partOf(3, 10, 'up'),
      partOf('25%', 10, 'up'),
      partOf('25%', 10, 'down'),
      partOf('50%', 10, 'down'),
    ]).toEqual([3, 3, 2, 5]);
    expect([partOf('3', 10, 'up'), partOf('25.5%', 10, 'up'), partOf(undefined, 10, 'up')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('a VerticalPodAutoscaler changes the requests of its target, unless it is off', () => {
  const vpa = (name: string, target: string, mode?: string) =>
    object(
      'autoscaling.k8s.io/v1',
      'VerticalPodAutoscaler',
      name,
      `spec: { targetRef: { ${target} }${mode ? `, updatePolicy: { updateMode: '${mode}' }` : ''} }`,
    );
  const world = worldOf(
    all(
      workload(),
      vpa('own', 'kind: Deployment, name: web'),
      vpa('auto', 'kind: Deployment, name: web', 'Auto'),
      vpa('off', 'kind: Deployment, name: web', 'Off'),
      vpa('other', 'kind: Deployment, name: api'),
      vpa('kind', 'kind: StatefulSet, name: web'),
    ),
  );
  expect(namesOf(verticalScalersOf(world, workloadOf(world, 'web')).map(({ resource }) => resource))).toEqual([
    'own',
    'auto',
  ]);
});
