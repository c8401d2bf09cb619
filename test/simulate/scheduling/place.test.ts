import fc from 'fast-check';
import { Resource } from '../../../manifests/resource';
import { judgeNodes } from '../../../simulate/scheduling/filter';
import { readNode } from '../../../simulate/scheduling/node';
import { placeAll } from '../../../simulate/scheduling/place';
import type { SchedulerPod } from '../../../simulate/scheduling/pod';
import { readPod } from '../../../simulate/scheduling/pod';
import { ineligibility, preemptionCandidates } from '../../../simulate/scheduling/preemption';
import { ClusterState } from '../../../simulate/scheduling/state';
import { rejectionOf } from '../../../simulate/scheduling/storage/rejection';
import { casesOf, emptyCluster, metadataOf } from '../../oracle/scheduler-cases';
import { busyCasesOf } from '../../oracle/scheduler-priorities';

const HOSTNAME = 'kubernetes.io/hostname';
const node = (name: string, { zone = '', cpu = '2' } = {}) =>
  readNode(
    new Resource(
      {
        metadata: { name, labels: { [HOSTNAME]: name, ...(zone ? { zone } : {}) } },
        status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
      },
      { file: '-', text: '' },
      0,
    ),
  );
const pod = (name: string, cpu: string, spec: object = {}, app = 'web') =>
  readPod(
    { metadata: { labels: { app } }, spec: { containers: [{ resources: { requests: { cpu } } }], ...spec } },
    { namespace: 'shop', name },
  );
const pods = (count: number, cpu: string, spec?: object) =>
  Array.from({ length: count }, (_, i) => pod(`web-${i}`, cpu, spec));
const verdicts = (names: readonly ReturnType<typeof node>[], all: readonly SchedulerPod[]) =>
  placeAll(all, new ClusterState(names, new Map())).map(({ verdict }) => verdict);
const apart = (topologyKey: string) => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app: 'web' } } }],
    },
  },
});

describe('what becomes of pods', () => {
  test('they are placed where there is room for each, and pending where there is none', () => {
    expect(verdicts([node('a'), node('b')], pods(5, '1'))).toEqual(['placed', 'placed', 'placed', 'placed', 'pending']);
  });

  test('it depends where a choice before may take the room', () => {
    // Of two nodes the small pod may take the only one that is large enough for the next one.
    expect(verdicts([node('a', { cpu: '1' }), node('b', { cpu: '4' })], [pod('s', '1'), pod('l', '4')])).toEqual([
      'placed',
      'depends',
    ]);
  });

  test('one pod for each node, one for each zone', () => {
    const nodes = [node('a', { zone: 'x' }), node('b', { zone: 'x' }), node('c', { zone: 'y' })];
    expect(verdicts(nodes, pods(4, '100m', apart(HOSTNAME)))).toEqual(['placed', 'placed', 'placed', 'pending']);
    expect(verdicts(nodes, pods(3, '100m', apart('zone')))).toEqual(['placed', 'placed', 'pending']);
  });

  test('gates are named, and so is what each node lacks', () => {
    const [gated, large] = placeAll(
      [pod('g', '1', { schedulingGates: [{ name: 'example.com/wait' }] }), pod('l', '3')],
      new ClusterState([node('a')], new Map()),
    );
    expect(gated).toMatchObject({ verdict: 'pending', reason: expect.stringContaining('example.com/wait') });
    expect(large).toMatchObject({
      verdict: 'pending',
      feasible: [],
      node: undefined,
      reason: '0/1 nodes are available: 1 Insufficient cpu.',
    });
  });

  test('the example is left standing on the cluster, on the emptiest nodes', () => {
    const cluster = new ClusterState([node('a'), node('b')], new Map());
    expect(placeAll(pods(3, '500m'), cluster).map((each) => each.node)).toEqual(['a', 'b', 'a']);
    expect(cluster.node('a')!.pods.size).toBe(2);
  });

  test('of more than 100 nodes the example takes the emptiest, whatever it would score', () => {
    const preferring = pod('p', '1', {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: HOSTNAME, operator: 'In', values: ['n0'] }] } },
          ],
        },
      },
    });
    const on = (count: number) => {
      const nodes = Array.from({ length: count }, (_, i) => node(`n${i}`, { cpu: i === 7 ? '4' : '2' }));
      const cluster = new ClusterState(nodes, new Map());
      for (const each of nodes) cluster.add(pod(`old-${each.name}`, '1'), each.name);
      return placeAll([preferring], cluster)[0]!.node;
    };
    expect([on(100), on(101)]).toEqual(['n0', 'n7']);
  });

  test('of more than 100 nodes that are equally empty the example takes the first', () => {
    const nodes = Array.from({ length: 101 }, (_, i) => node(`n${i}`));
    expect(placeAll([pod('p', '1')], new ClusterState(nodes, new Map()))[0]!.node).toBe('n0');
  });

  test('budgets count the pods that have gone where not every way is followed, too', () => {
    const large = Array.from({ length: 12 }, (_, i) => node(`n${i}`, { cpu: `${4 + i}` }));
    const cluster = new ClusterState([node('x'), node('w'), node('z'), ...large], new Map());
    for (const name of ['x', 'w']) cluster.add(pod(`guarded-${name}`, '2', {}, 'guarded'), name);
    cluster.add(pod('free', '2', { priority: 900 }, 'free'), 'z');
    const different = Array.from({ length: 8 }, (_, i) => pod(`p${i}`, `${3_000 + i}m`, {}, `app-${i}`));
    const terms = [{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: ['x', 'w', 'z'] }] }];
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
    const urgent = ['u0', 'u1'].map((name) => pod(name, '2', { priority: 1000, affinity: { nodeAffinity } }, name));
    const selector = { matchLabels: { app: 'guarded' } };
    const budgets = [{ namespace: 'shop', selector, allowed: 1, disrupted: new Set<string>() }];
    const placements = placeAll([...different, ...urgent], cluster, budgets).slice(-2);
    expect(placements[0]!.reason).toContain('preempts');
    expect(placements.map((each) => [each.verdict, each.node])).toEqual([
      ['depends', 'x'],
      ['depends', 'z'],
    ]);
  });

  test('what cannot be followed to the end is never called certain', () => {
    const nodes = Array.from({ length: 12 }, (_, i) => node(`n${i}`, { cpu: `${4 + i}` }));
    const few = nodes.slice(0, 6);
    const different = (cpu: number, on = nodes) =>
      placeAll(
        Array.from({ length: 8 }, (_, i) => pod(`p${i}`, `${cpu + i}m`, {}, `app-${i}`)),
        new ClusterState(on, new Map()),
      );
    expect(different(3_500, few).at(-1)).toMatchObject({
      verdict: 'depends',
      reason: expect.stringContaining('too many ways'),
    });
    // A node has room for all of them together.
    expect(different(100, few).at(-1)).toMatchObject({ verdict: 'placed', reason: '' });
    // However those before are placed, they cannot fill all the nodes.
    expect(different(3_000).at(-1)).toMatchObject({ verdict: 'placed', reason: '' });
  });
});

describe('certain by counting, though there are too many ways to try', () => {
  const zoned = (count: number, cpu: string) =>
    Array.from({ length: count }, (_, i) => node(`n${i}`, { zone: `z${i % 3}`, cpu: `${Number(cpu) + i / 10}` }));
  const spread = (topologyKey: string, more: object = {}) => ({
    topologySpreadConstraints: [
      {
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
        ...more,
      },
    ],
  });
  const last = (names: readonly ReturnType<typeof node>[], spec: object, count = 9, cpu = '1') =>
    verdicts(names, pods(count, cpu, spec)).at(-1);

  test('a spread that every domain has room for', () => {
    expect(last(zoned(12, '8'), spread('zone'))).toBe('placed');
    expect(last(zoned(12, '8'), spread('zone', { minDomains: 4 }))).toBe('pending');
    expect(last(zoned(12, '8'), spread('rack'))).toBe('pending');
  });
  test('anti-affinity over nodes while there are more of them, and ports', () => {
    expect(last(zoned(12, '8'), apart(HOSTNAME), 12)).toBe('placed');
    expect(last(zoned(12, '8'), apart(HOSTNAME), 13)).not.toBe('placed');
    const port = { hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }] }] };
    expect(last(zoned(9, '8'), port, 9)).toBe('placed');
  });
  test('not over larger domains, and not where those before may fill what takes it', () => {
    const others = Array.from({ length: 9 }, (_, i) => pod(`o${i}`, `${1 + i / 100}`, {}, `app-${i}`));
    const one = (zone: string) => pod('web', '1', { nodeSelector: { zone } });
    expect(verdicts(zoned(12, '8'), [...others, one('z0')]).at(-1)).toBe('placed');
    expect(verdicts(zoned(3, '8'), [...others, one('z0')]).at(-1)).toBe('depends');
  });
});

/** Every choice there is, one by one: the nodes that take a pod, or else those on which others would go for it. */
function everyWay(all: readonly SchedulerPod[], cluster: ClusterState): string[] {
  const outcomes = all.map(() => new Set<boolean>());
  const placed = new Set<SchedulerPod>();
  const unsure = new Set<SchedulerPod>();
  const choicesOf = (next: SchedulerPod) => {
    const rejected = rejectionOf(next, cluster.storage) !== undefined;
    const refusals = judgeNodes(next, cluster);
    const feasible = [...refusals].flatMap(([{ name }, refusal]) => (refusal || rejected ? [] : [{ name, pods: [] }]));
    const preempting =
      feasible.length > 0 || rejected || ineligibility(next, cluster, refusals) !== undefined
        ? []
        : preemptionCandidates(next, cluster, refusals, []).map(({ node: { name }, pods: victims }) => ({
            name,
            pods: victims,
          }));
    return { feasible, preempting };
  };
  const each = (next: SchedulerPod, choices: ReturnType<typeof choicesOf>['preempting'], then: () => void) => {
    for (const { name, pods: victims } of choices) {
      for (const victim of victims) cluster.lift(victim, name);
      cluster.place(next, name);
      placed.add(next);
      then();
      placed.delete(next);
      cluster.remove(next, name);
      for (const victim of victims) cluster.add(victim, name);
    }
  };
  const follow = (i: number, waiting: readonly SchedulerPod[]): void => {
    let moves = false;
    // Others that have come may let one in that waits, before the next is looked at or after.
    for (const one of waiting) {
      const { feasible, preempting } = choicesOf(one);
      // What would go for one that has waited is not followed.
      if (preempting.length > 0) unsure.add(one);
      if (feasible.length > 0) moves = true;
      each(one, feasible, () =>
        follow(
          i,
          waiting.filter((other) => other !== one),
        ),
      );
    }
    const next = all[i];
    if (!next) {
      if (!moves) for (const [j, pod] of all.entries()) outcomes[j]!.add(placed.has(pod));
      return;
    }
    const { feasible, preempting } = choicesOf(next);
    const choices = [...feasible, ...preempting];
    const waits = next.affinity.length + next.spread.length > 0;
    if (choices.length === 0) follow(i + 1, waits ? [...waiting, next] : waiting);
    each(next, choices, () => follow(i + 1, waiting));
  };
  follow(0, []);
  return outcomes.map((seen, j) =>
    seen.size === 2 || (seen.has(false) && unsure.has(all[j]!)) ? 'depends' : seen.has(true) ? 'placed' : 'pending',
  );
}

test('a pod that waits for others by its affinity is tried again when they have come', () => {
  const nodes = [node('a', { cpu: '2' }), node('b', { cpu: '2' })];
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const near = (app: string) => ({
    affinity: { podAffinity: { [required]: [{ topologyKey: HOSTNAME, labelSelector: { matchLabels: { app } } }] } },
  });
  const placements = (...all: readonly SchedulerPod[]) =>
    placeAll(all, new ClusterState(nodes, new Map())).map(({ verdict, node: on }) => `${verdict} ${on}`);
  const db = pod('db', '1', {}, 'db');
  expect(placements(pod('web', '1', near('db')), db)).toEqual(['placed a', 'placed a']);
  expect(placements(pod('web', '1', near('none')), db)).toEqual(['pending undefined', 'placed a']);
  const [web] = placeAll([pod('web', '1', near('db')), db], new ClusterState(nodes, new Map()));
  expect(web!.feasible).toEqual(['a']);
  // Whether there is room beside it is the scheduler's choice for the last.
  expect(placements(pod('web', '1', near('db')), db, pod('big', '1', {}, 'big'))[0]).toMatch(/^depends/);
  expect(placements(pod('web', '1', near('db')), db, pod('big', '2', {}, 'big'))).toEqual([
    'placed a',
    'placed a',
    'placed b',
  ]);
});

test('it depends where a pod that waited for others might then preempt', () => {
  const cluster = new ClusterState([node('a')], new Map());
  cluster.add(pod('old', '1', { priority: -1 }, 'old'), 'a');
  const term = { topologyKey: HOSTNAME, labelSelector: { matchLabels: { app: 'db' } } };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const all = [pod('web', '1500m', { affinity }), pod('db', '500m', {}, 'db')];
  expect(placeAll(all, cluster).map(({ verdict }) => verdict)).toEqual(['depends', 'placed']);
});

test('a way in which it depends is found by trying every way, too', () => {
  const nodes = [node('a', { cpu: '1' }), node('b', { cpu: '4' }), node('c', { cpu: '1' })];
  const all = [pod('s', '1'), pod('l', '4')];
  expect(everyWay(all, new ClusterState(nodes, new Map()))).toEqual(['placed', 'depends']);
  expect(verdicts(nodes, all)).toEqual(['placed', 'depends']);
});

test('following one of several equal ways says the same as following every way', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.boolean(), (seed, alike) => {
      const next = casesOf(seed);
      const given = next();
      const cluster = () => {
        const state = emptyCluster(given);
        for (const json of given.pods.slice(0, 2)) {
          const made = readPod(json, metadataOf(json));
          state.add(made, made.nodeName!);
        }
        return state;
      };
      const others = [next().pod, next().pod].map((json, i) => readPod(json, { ...metadataOf(json), name: `p${i}` }));
      const all = alike ? [...others, ...others, others[0]!].map((one, i) => ({ ...one, name: `q${i}` })) : others;
      const expected = everyWay(all, cluster());
      expect(placeAll(all, cluster()).map(({ verdict }) => verdict)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test('following one of several equal ways says the same where pods go for others', () => {
  const seen = { preempts: 0, depends: 0 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.constantFrom(0, 100, 5000), (seed, priority) => {
      const next = busyCasesOf(seed);
      const given = next();
      const cluster = () => {
        const state = emptyCluster(given);
        for (const json of given.pods.slice(0, 5)) {
          const made = readPod(json, metadataOf(json));
          state.add(made, made.nodeName!);
        }
        return state;
      };
      const others = [given.pod, next().pod, next().pod].map((json, i) => ({
        ...readPod(json, { ...metadataOf(json), name: `p${i}` }),
        priority,
      }));
      const all = [...others, { ...others[0]!, name: 'q0', priority: priority - 50 }];
      const placements = placeAll(all, cluster());
      expect(placements.map(({ verdict }) => verdict)).toEqual(everyWay(all, cluster()));
      for (const { preempts, verdict } of placements) {
        if (preempts.length > 0) seen.preempts += 1;
        if (verdict === 'depends') seen.depends += 1;
      }
    }),
    { numRuns: 250, seed: 7 },
  );
  expect(seen.preempts).toBeGreaterThan(50);
  expect(seen.depends).toBeGreaterThan(5);
});
