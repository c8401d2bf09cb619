import { objectChanges } from '../../diff/objects';
import { replacements } from '../../diff/rollout';
import { worldOf } from '../checks/judging';
import { classed, messagesOf, workloadOf, worstClass } from './risks';

const image = (manifest: string) => manifest.replace(':1.4.0', ':1.5.0');
const set = (spec: string, replicas = 3) =>
  workloadOf({ kind: 'StatefulSet', spec: `replicas: ${replicas}, serviceName: web${spec}` });
const rolling = (partition: number) =>
  `, updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: ${partition} } }`;
const ON_DELETE = ', updateStrategy: { type: OnDelete }';

/** How many pods a change replaces, by workload. */
function replaced(before: string, after: string): (number | undefined)[] {
  const [was, is] = [worldOf(before, { complete: true }), worldOf(after, { complete: true })];
  return replacements({ before: was, after: is, changes: objectChanges(was, is) }, []).map(({ pods }) => pods);
}

describe('rollout-held', () => {
  test.each([
    ['a paused Deployment', workloadOf({ spec: 'paused: true' }), /it is paused, and makes pods of the old template/],
    ['a StatefulSet with OnDelete', set(ON_DELETE), /one that is deleted comes back with the new template/],
    ['a DaemonSet with OnDelete', workloadOf({ kind: 'DaemonSet', spec: ON_DELETE.slice(2) }), /OnDelete/],
    ['a partition beyond the last ordinal', set(rolling(3)), /its last ordinal is 2, and only those from 3 are/],
    [
      'a partition beyond ordinals that begin later',
      set(`, ordinals: { start: 5 }${rolling(8)}`),
      /its last ordinal is 7/,
    ],
    ['a ReplicaSet', workloadOf({ kind: 'ReplicaSet' }), /a ReplicaSet makes pods of the new template only where/],
    ['a workload without pods', workloadOf({ spec: 'replicas: 0' }), /there is none/],
  ])('%s', (_, before, message) => {
    expect(messagesOf('rollout-held', before, image(before))).toEqual([expect.stringMatching(message)]);
    expect(classed('pod-template-changed', before, image(before))).toEqual([]);
    expect(worstClass(before, image(before))).toBe('in-place');
    expect(replaced(before, image(before))).toEqual([]);
  });
  test.each([
    ['a Deployment', workloadOf(), 1],
    ['one that is not paused', workloadOf({ spec: 'paused: false' }), 1],
    ['a StatefulSet', set(''), 3],
    ['a partition that leaves some', set(rolling(2)), 1],
    ['a partition below the first ordinal', set(`, ordinals: { start: 5 }${rolling(3)}`), 3],
    ['a partition among ordinals that begin later', set(`, ordinals: { start: 5 }${rolling(6)}`), 2],
  ])('not %s', (_, before, pods) => {
    expect(classed('rollout-held', before, image(before))).toEqual([]);
    expect(worstClass(before, image(before))).not.toBe('in-place');
    expect(replaced(before, image(before))).toEqual([pods]);
  });
  test('a partition says which pods are left', () => {
    expect(messagesOf('pod-template-changed', set(rolling(2)), image(set(rolling(2))))[0]).toMatch(
      /only those from ordinal 2 are, and the others keep the old template until partition is lowered$/,
    );
  });
  test('a config that pods of a paused Deployment read stays the old one for them', () => {
    const web = (spec: string, more: string, level: string) =>
      `${workloadOf({ spec, container: `envFrom: [{ configMapRef: { name: c } }]${more}` })}\n---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { level: ${level} } }`;
    const args = ', args: [a]';
    expect(classed('config-needs-restart', web('paused: true', '', 'a'), web('paused: true', args, 'b'))).toHaveLength(
      1,
    );
    expect(classed('config-needs-restart', web('replicas: 1', '', 'a'), web('replicas: 1', args, 'b'))).toEqual([]);
  });
  test('a pause, and pods that are replaced by hand from now on', () => {
    expect(messagesOf('rollout-held', workloadOf(), workloadOf({ spec: 'paused: true' }))[0]).toMatch(
      /nothing is rolled out/,
    );
    expect(messagesOf('rollout-held', set(''), set(ON_DELETE))[0]).toMatch(/only when somebody deletes them/);
  });
});

describe('rollout-resumed', () => {
  const id = 'rollout-resumed';
  test('a pause that ends, and not one that stays or begins', () => {
    const [paused, runs] = [workloadOf({ spec: 'paused: true' }), workloadOf()];
    expect(classed(id, paused, runs)).toEqual(['restart Deployment/shop/web spec.paused']);
    expect(classed(id, paused, image(runs))).toEqual(['restart Deployment/shop/web spec.paused']);
    expect(classed(id, paused, image(paused))).toEqual([]);
    expect(classed(id, runs, paused)).toEqual([]);
  });
  test('all pods at once where the strategy does that', () => {
    const recreate = (more: string) => workloadOf({ spec: `${more}strategy: { type: Recreate }` });
    expect(classed(id, recreate('paused: true, '), recreate(''))).toEqual([
      'disruption Deployment/shop/web spec.paused',
    ]);
  });
  test('OnDelete that ends, and a partition that is lowered', () => {
    expect(classed(id, set(ON_DELETE), set(''))).toEqual(['restart StatefulSet/shop/web spec.updateStrategy.type']);
    expect(messagesOf(id, set(rolling(2)), set(rolling(1)))[0]).toMatch(/^1 pod from ordinal 1 is replaced now/);
    expect(messagesOf(id, set(rolling(2)), set(''))[0]).toMatch(/^the pods up to ordinal 1 are replaced now/);
    expect(classed(id, set(rolling(1)), set(rolling(2)))).toEqual([]);
    expect(classed(id, set(''), set(ON_DELETE))).toEqual([]);
  });
});
