import { all, apart, node, rollout, rollouts, workload } from './support';

/** Nodes that differ in all that matters, so that there are very many ways to place pods. */
const many = (count: number, cpu: number) =>
  all(...Array.from({ length: count }, (_, i) => node(`n${i}`, { cpu: `${cpu + i / 10}`, zone: `z${i % 3}` })));
const spread =
  'topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } } }]';
const others = Array.from({ length: 8 }, (_, i) => workload({ name: `o${i}`, replicas: 5, cpu: '100m' }));

test('a rollout that is certain to find room by counting finishes, though not every way can be tried', () => {
  const found = rollout(all(...others, workload({ replicas: 8, pod: spread })), many(12, 8));
  expect(found).toMatchObject({ verdict: 'finishes', peak: 10, lowest: 6, isWhole: true, reason: '' });
  expect(found.end!.numbers).toEqual({
    old: { ready: 0, unready: 0, pending: 0 },
    new: { ready: 8, unready: 0, pending: 0 },
    missing: 0,
  });
  expect(rollouts(all(...others), many(12, 8)).map(({ verdict }) => verdict)).toEqual(others.map(() => 'finishes'));
});
test('the pods of both revisions count: as many as there are nodes leave none for the surge', () => {
  const web = (replicas: number) =>
    workload({ replicas, pod: apart(), spec: 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }' });
  expect(rollout(all(...others, web(11)), many(12, 8)).verdict).toBe('finishes');
  expect(rollout(all(...others, web(12)), many(12, 8)).verdict).not.toBe('finishes');
});
test('new pods that never become ready stall it, whatever room there is', () =>
  expect(rollout(all(...others, workload({ replicas: 8 })), many(12, 8), true).verdict).not.toBe('finishes'));
