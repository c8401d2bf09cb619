import { readSources } from '../../../manifests/reading/read';
import { deploymentController } from '../../../simulate/rollout/deployment';
import { certainStall } from '../../../simulate/rollout/rollouts';
import type { RolloutPlan, RolloutPod, RolloutState } from '../../../simulate/rollout/state';
import type { SchedulerPod } from '../../../simulate/scheduling/pod';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, apart, node, quota, rolling, rollout, rollouts, short, workload } from './support';

const two = all(node('a'), node('b'));

describe('a Deployment that is updated pod by pod', () => {
  test('finishes where there is room for the surge, and tells the peak and the fewest ready pods', () => {
    const found = rollout(workload({ replicas: 4 }), all(node('a', { cpu: '4' }), node('b', { cpu: '4' })));
    expect(short(found)).toBe('finishes: 4 new');
    // 25 % of 4, up and down.
    expect(found).toMatchObject({ peak: 5, lowest: 3, reason: '' });
    expect(rollout(workload({ replicas: 3 }), two)).toMatchObject({ peak: 4, lowest: 3 });
  });

  test('percentages that come to nothing take one pod away', () => {
    const found = rollout(workload({ replicas: 2, cpu: '2', spec: rolling(0, '25%') }), two);
    expect(short(found)).toBe('finishes: 2 new');
    expect(found).toMatchObject({ peak: 2, lowest: 1, strategy: { surge: 0, unavailable: 1 } });
  });

  test('stalls where no node has room for the new pod, unless an old one may go', () => {
    const full = workload({ replicas: 2, cpu: '2', spec: rolling(1, 0) });
    const found = rollout(full, two);
    expect(short(found)).toBe('stalls: 2 old, 1 new pending');
    expect(found.reason).toBe('0/2 nodes are available: 2 Insufficient cpu.');
    expect(short(rollout(workload({ replicas: 2, cpu: '2', spec: rolling(1, 1) }), two))).toBe('finishes: 2 new');
    expect(short(rollout(workload({ replicas: 2, cpu: '2', spec: 'strategy: { type: Recreate }' }), two))).toBe(
      'finishes: 2 new',
    );
  });

  test('stalls where its pods keep each other away from every node, zone or port', () => {
    const surging = { replicas: 2, cpu: '100m', spec: rolling(1, 0) };
    expect(short(rollout(workload({ ...surging, pod: apart() }), two))).toBe('stalls: 2 old, 1 new pending');
    expect(short(rollout(workload({ ...surging, replicas: 1, pod: apart('zone') }), two))).toBe(
      'stalls: 1 old, 1 new pending',
    );
    const port = { ...surging, container: 'ports: [{ containerPort: 80, hostPort: 80 }]' };
    expect(short(rollout(workload(port), two))).toBe('stalls: 2 old, 1 new pending');
    expect(short(rollout(workload({ ...port, replicas: 1 }), two))).toBe('finishes: 1 new');
  });

  test('terms that mean the pods of one revision alone do not hold it back', () => {
    const own = apart('kubernetes.io/hostname', 'matchLabelKeys: [pod-template-hash]');
    expect(short(rollout(workload({ replicas: 2, cpu: '100m', spec: rolling(1, 0), pod: own }), two))).toBe(
      'finishes: 2 new',
    );
  });

  test('stalls where the quota refuses the new pod, in the words of admission', () => {
    const surging = workload({ replicas: 2, cpu: '100m', spec: rolling(1, 0) });
    const found = rollout(all(quota('pods: 2'), surging), two);
    expect(short(found)).toBe('stalls: 2 old, 1 missing');
    expect(found.reason).toBe('exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2');
    expect(short(rollout(all(quota('pods: 3'), surging), two))).toBe('finishes: 2 new');
    expect(rollout(all(quota("'requests.cpu': 250m"), surging), two).reason).toBe(
      'exceeded quota: q, requested: requests.cpu=100m, used: requests.cpu=200m, limited: requests.cpu=250m',
    );
    // It counts pods of another kind alone.
    expect(short(rollout(all(quota('pods: 2', 'scopes: [BestEffort]'), surging), two))).toBe('finishes: 2 new');
    expect(short(rollout(all(quota('pods: 2'), workload({ replicas: 2, spec: rolling(0, 1) })), two))).toBe(
      'finishes: 2 new',
    );
  });

  test('whose pods come first where a quota has no room for all is not certain', () => {
    const found = rollouts(
      all(quota('pods: 3'), workload({ name: 'api', replicas: 2 }), workload({ replicas: 2 })),
      two,
    );
    expect(found.map(({ verdict }) => verdict)).toEqual(['depends', 'depends']);
  });

  test('new pods that do not become ready leave those that may not be missed', () => {
    const facts = all(node('a', { cpu: '8' }));
    const found = rollout(workload({ replicas: 4, spec: rolling(1, 1) }), facts, true);
    expect(short(found)).toBe('stalls: 3 old, 2 new unready');
    expect(found).toMatchObject({ reason: '2 new pods are not ready', lowest: 3 });
    expect(short(rollout(workload({ replicas: 2, spec: 'strategy: { type: Recreate }' }), facts, true))).toBe(
      'stalls: 2 new unready',
    );
  });

  test('one that is paused waits', () => {
    expect(rollout(workload({ spec: 'paused: true' }), two)).toMatchObject({
      verdict: 'stalls',
      reason: 'it is paused: spec.paused',
    });
  });
});

describe('a Deployment whose pods use one claim', () => {
  const claim = (mode: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop, uid: u, annotations: { pv.kubernetes.io/bind-completed: 'yes' } }, spec: { accessModes: [${mode}], volumeName: v, storageClassName: '', resources: { requests: { storage: 1Gi } } }, status: { phase: Bound } }`;
  const volume = (mode: string) =>
    `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: v, uid: v }, spec: { accessModes: [${mode}], capacity: { storage: 1Gi }, storageClassName: '', csi: { driver: d, volumeHandle: v }, claimRef: { namespace: shop, name: data, uid: u } }, status: { phase: Bound } }`;
  const web = (spec: string) =>
    workload({ replicas: 1, spec, pod: 'volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }]' });
  const of = (mode: string, spec: string, nodes = two) => rollout(web(spec), all(nodes, claim(mode), volume(mode)));

  test('stalls where one pod alone may use it, and the new one is to come first', () => {
    const found = of('ReadWriteOncePod', rolling(1, 0));
    expect(short(found)).toBe('stalls: 1 old, 1 new pending');
    expect(found.reason).toContain('ReadWriteOncePod access mode already in-use by another pod');
    expect(of('ReadWriteOncePod', rolling(0, 1)).verdict).toBe('finishes');
  });

  test('depends on the node that is chosen where one node alone may have it', () => {
    expect(of('ReadWriteOnce', rolling(1, 0)).verdict).toBe('depends');
    expect(of('ReadWriteOnce', rolling(1, 0), node('a')).verdict).toBe('finishes');
    expect(of('ReadWriteMany', rolling(1, 0)).verdict).toBe('finishes');
  });
});

describe('what the scheduler chooses for the pods before', () => {
  test('matters where it leaves the room in pieces', () => {
    // Two pods of 1 CPU on nodes of 2: together they leave a node for a third one of 2, apart they do not.
    const manifests = all(
      workload({ name: 'api', replicas: 1, cpu: '1' }),
      workload({ replicas: 1, cpu: '1', spec: rolling(1, 0) }),
      workload({ name: 'big', replicas: 1, cpu: '2' }),
    );
    const found = rollouts(manifests, all(node('a'), node('b')));
    expect(found[1]!.verdict).toBe('depends');
  });

  test('does not where there is room for everybody everywhere', () => {
    const many = Array.from({ length: 8 }, (_, i) => workload({ name: `w${i}`, replicas: 3, cpu: `${100 + i}m` }));
    const nodes = all(...['a', 'b', 'c', 'd', 'e'].map((name) => node(name, { cpu: '16', zone: name })));
    expect(new Set(rollouts(all(...many), nodes).map(({ verdict }) => verdict))).toEqual(new Set(['finishes']));
  });

  test('does not where a spread over zones has room in each of them', () => {
    const spread = (topologyKey: string) =>
      `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ${topologyKey}, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } } }]`;
    const zones = ['x', 'y', 'z'].flatMap((zone) => ['1', '2'].map((i) => node(`${zone}${i}`, { cpu: '16', zone })));
    const web = workload({ replicas: 20, cpu: '200m', pod: spread('zone') });
    const other = workload({ name: 'api', replicas: 20, cpu: '1' });
    expect(short(rollout(all(other, web), all(...zones)))).toBe('finishes: 20 new');
    // A zone in which no pod fits keeps all others at one more than none.
    const full = all(...zones, node('w', { cpu: '100m', zone: 'w' }));
    expect(rollout(all(other, web), full).verdict).toBe('stalls');
  });

  test('pods that wait for room may take what an old pod leaves', () => {
    const manifests = all(
      workload({ name: 'api', replicas: 2, cpu: '2', spec: rolling(0, 1) }),
      workload({ replicas: 1, cpu: '2' }),
    );
    const [api, web] = rollouts(manifests, all(node('a'), node('b')));
    expect(short(web!)).toBe('stalls: 1 old pending, 1 new pending');
    expect(api!.verdict).toBe('depends');
  });

  test('a pod that may preempt others may find room in the end', () => {
    const classes = all(
      '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000 }',
      workload({ name: 'api', replicas: 1, cpu: '2' }),
    );
    const high = workload({ replicas: 1, cpu: '2', spec: rolling(1, 0), pod: 'priorityClassName: high' });
    const found = rollout(all(classes, high), two);
    expect(found.verdict).toBe('depends');
    expect(found.reason).toContain('it may preempt pods of lower priority');
  });
});

test('of old pods one goes first whose node has most of them', () => {
  const node = new Map([
    ['p0', 'a'],
    ['p1', 'a'],
    ['p2', 'b'],
  ]);
  const old = [...node].map(([name, on]): [RolloutPod, string] => [
    { pod: { name } as SchedulerPod, revision: 'old', healthy: true },
    on,
  ]);
  const names = ({ places }: RolloutState) => [...places.keys()].map(({ pod }) => pod.name).join(' ');
  const plan: RolloutPlan = {
    replicas: 3,
    admitted: Number.POSITIVE_INFINITY,
    isReady: () => true,
    create: () => old[0]![0],
    keyOf: names,
    nodeKeysOf: () => (on) => on,
  };
  const controller = deploymentController(plan, { type: 'RollingUpdate', surge: 0, unavailable: 1 });
  expect(controller.next({ oldSpec: 2, newSpec: 0, places: new Map(old) }).map(names)).toEqual(['p1 p2', 'p0 p2']);
});

test('nodes that take exactly the pods that there are have no room for a surge', () => {
  const stall = (cpu: string) => {
    const texts = [workload({ replicas: 4, cpu: '500m', spec: rolling(1, 0) }), node('a', { cpu })];
    const [manifests, facts] = texts.map((text) => readSources([{ file: 'a.yaml', text }]).resources);
    const world = new World(manifests!, new Facts(facts!));
    return certainStall(world, world.workloads[0]!)?.peak;
  };
  expect([stall('2'), stall('2500m')]).toEqual([5, undefined]);
});
