import { all, apart, node, quota, rollout, short, workload } from './support';

const set = (written: Parameters<typeof workload>[0] = {}) =>
  workload({ kind: 'StatefulSet', name: 'web', ...written });
const agent = (updateStrategy: string, written: Parameters<typeof workload>[0] = {}) =>
  workload({ kind: 'DaemonSet', spec: updateStrategy && `updateStrategy: ${updateStrategy}`, ...written });
const two = all(node('a'), node('b'));

describe('a StatefulSet', () => {
  test('replaces one pod after the other, from the last', () => {
    const found = rollout(set(), two);
    expect(short(found)).toBe('finishes: 3 new');
    expect(found).toMatchObject({ peak: 3, lowest: 2 });
  });

  test('keeps the pods below its partition', () => {
    const partition = (at: number) => `updateStrategy: { rollingUpdate: { partition: ${at} } }`;
    expect(short(rollout(set({ spec: partition(2) }), two))).toBe('finishes: 2 old, 1 new');
    expect(short(rollout(set({ spec: partition(9) }), two))).toBe('finishes: 3 old');
  });

  test('waits behind a new pod that does not become ready, in order or not', () => {
    for (const policy of ['OrderedReady', 'Parallel'])
      expect(short(rollout(set({ spec: `podManagementPolicy: ${policy}` }), two, true))).toBe(
        'stalls: 2 old, 1 new unready',
      );
  });

  test('an old pod that is pending blocks it in order; in parallel those after it are replaced', () => {
    const one = node('a');
    const ordered = rollout(set({ cpu: '1' }), one);
    // The third is never made, as the second would come first, if there were room.
    expect(short(rollout(set({ replicas: 4, cpu: '1' }), one))).toBe('stalls: 2 old, 1 old pending, 1 missing');
    expect(short(ordered)).toBe('stalls: 2 old, 1 old pending');
    expect(ordered.reason).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    expect(short(rollout(set({ cpu: '1', spec: 'podManagementPolicy: Parallel' }), one))).toBe(
      'stalls: 2 old, 1 new pending',
    );
  });

  test('a pod that the quota refuses blocks it', () => {
    for (const policy of ['OrderedReady', 'Parallel']) {
      const found = rollout(all(quota('pods: 2'), set({ spec: `podManagementPolicy: ${policy}` })), two);
      expect(short(found)).toBe('stalls: 2 old, 1 missing');
      expect(found.reason).toContain('exceeded quota: q');
    }
    expect(short(rollout(all(quota('pods: 3'), set()), two))).toBe('finishes: 3 new');
  });

  test('needs no room beside its own', () => {
    expect(short(rollout(set({ replicas: 2, cpu: '2', pod: apart() }), two))).toBe('finishes: 2 new');
  });

  test('is replaced by hand where it says OnDelete', () => {
    expect(short(rollout(set({ spec: 'updateStrategy: { type: OnDelete }' }), two))).toBe('finishes: 3 old');
  });
});

describe('a DaemonSet', () => {
  test('replaces its pods node by node', () => {
    const found = rollout(agent('', { cpu: '2' }), two);
    expect(short(found)).toBe('finishes: 2 new');
    expect(found).toMatchObject({ replicas: 2, peak: 2, lowest: 1 });
    expect(rollout(agent('{ rollingUpdate: { maxUnavailable: 100% } }'), two)).toMatchObject({ lowest: 0 });
  });

  test('replaces one pod at a time where neither a surge nor an unavailable pod is allowed', () => {
    const found = rollout(agent('{ rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }'), two);
    expect(short(found)).toBe('finishes: 2 new');
    expect(found.lowest).toBe(1);
  });

  test('percentages of its nodes are rounded up', () => {
    const three = all(node('a'), node('b'), node('c'));
    expect(rollout(agent('{ rollingUpdate: { maxUnavailable: 50% } }'), three).lowest).toBe(1);
  });

  test('with a surge needs room for both pods of a node', () => {
    const surge = '{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }';
    expect(rollout(agent(surge), two)).toMatchObject({ verdict: 'finishes', peak: 3, lowest: 2 });
    const full = rollout(agent(surge, { cpu: '2' }), two);
    expect(short(full)).toBe('stalls: 2 old, 1 new pending');
    expect(full.reason).toContain('1 Insufficient cpu');
    expect(short(rollout(agent(surge, { container: 'ports: [{ containerPort: 9100, hostPort: 9100 }]' }), two))).toBe(
      'stalls: 2 old, 1 new pending',
    );
    expect(short(rollout(all(quota('pods: 2'), agent(surge)), two))).toBe('stalls: 2 old');
  });

  test('a pod that finds no room on its node keeps all others from being replaced', () => {
    const small = all(node('a'), node('b'), node('c', { cpu: '1' }));
    expect(short(rollout(agent('', { cpu: '2' }), small))).toBe('stalls: 2 old, 1 new pending');
    expect(short(rollout(agent('{ rollingUpdate: { maxUnavailable: 2 } }', { cpu: '2' }), small))).toBe(
      'stalls: 2 new, 1 new pending',
    );
  });

  test('a node that other pods may fill is not made up for by another one', () => {
    const other = workload({ name: 'api', replicas: 2, cpu: '2' });
    const found = rollout(all(other, agent('', { cpu: '100m' })), all(node('a', { cpu: '8' }), node('b')));
    expect(found.verdict).toBe('depends');
    expect(rollout(all(other, agent('', { cpu: '100m' })), all(node('a'), node('b'))).verdict).toBe('stalls');
  });

  test('new pods come at once where old ones are not ready, and on as many other nodes as the surge says', () => {
    const kept = all(node('a'), node('b'), node('c', { cpu: '1' }), node('d', { cpu: '4' }));
    const found = rollout(agent('{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }', { cpu: '2' }), kept);
    // Four nodes, of which one has no room: its pod is made anew beside that of the surge.
    expect(found).toMatchObject({ verdict: 'stalls', peak: 6 });
  });

  test('stops at as many nodes as may be without a ready pod', () => {
    expect(short(rollout(agent(''), all(two, node('c')), true))).toBe('stalls: 2 old, 1 new unready');
  });
});
