import { onePerWorkload, workloadName } from '../../../simulate/network/one-per-workload';
import { all, the, workload, worldOf } from '../../world/support';

const owned = (kind: string, name: string, owner: string, labels = '') =>
  `{ apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}, kind: ${kind}, metadata: { name: ${name}, namespace: shop, labels: { ${labels} }, ownerReferences: [${owner}] }, spec: { template: { spec: {} }, containers: [] } }`;
const by = (kind: string, name: string, controller = true) =>
  `{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, controller: ${controller} }`;
const HASH = 'pod-template-hash: 5d4f8';

describe('a workload is called after what made it', () => {
  test.each([
    ['Pod', by('ReplicaSet', 'web-5d4f8'), HASH, 'Deployment/shop/web'],
    ['Pod', by('ReplicaSet', 'web-5d4f8'), '', 'ReplicaSet/shop/web-5d4f8'],
    ['Pod', by('ReplicaSet', 'web-abcde'), HASH, 'ReplicaSet/shop/web-abcde'],
    ['Pod', by('ReplicaSet', 'web5d4f8'), HASH, 'ReplicaSet/shop/web5d4f8'],
    // Others than ReplicaSets are not made by a Deployment, whatever their pods are labelled.
    ['Pod', by('StatefulSet', 'web-5d4f8'), HASH, 'StatefulSet/shop/web-5d4f8'],
    ['Pod', by('DaemonSet', 'agent'), '', 'DaemonSet/shop/agent'],
    ['ReplicaSet', by('Deployment', 'web'), HASH, 'Deployment/shop/web'],
    ['ReplicaSet', by('Rollout', 'web-5d4f8'), HASH, 'Rollout/shop/web-5d4f8'],
    ['ReplicaSet', by('ReplicaSet', 'web-5d4f8'), HASH, 'ReplicaSet/shop/web-5d4f8'],
    ['Pod', by('Node', 'node-1'), '', 'Pod/shop/x'],
    ['Pod', by('ReplicaSet', 'web-5d4f8', false), HASH, 'Pod/shop/x'],
    ['Pod', `null, ${by('DaemonSet', 'agent')}`, '', 'DaemonSet/shop/agent'],
    ['Pod', '{ controller: true, kind: DaemonSet }', '', 'Pod/shop/x'],
  ])('a %s of %s with { %s } is %s', (kind, owner, labels, expected) => {
    const world = worldOf(owned(kind, 'x', owner, labels));
    expect(workloadName(world, the(world, 'x'))).toBe(expected);
  });
});

describe('of a dump one is left of each workload', () => {
  const left = (...manifests: string[]) => {
    const world = worldOf(all(...manifests));
    return onePerWorkload(world, world.workloads).map(({ resource: { kind, name } }) => `${kind}/${name}`);
  };
  const replicaSet = owned('ReplicaSet', 'web-5d4f8', by('Deployment', 'web'), HASH);
  const pod = (name: string) => owned('Pod', name, by('ReplicaSet', 'web-5d4f8'), HASH);
  test('what has its owner beside it is left out', () =>
    expect(left(workload(), replicaSet, pod('a'), pod('b'))).toEqual(['Deployment/web']));
  test('of several with one owner that is not there the first is kept', () => {
    expect(left(pod('a'), pod('b'))).toEqual(['Pod/a']);
    expect(left(owned('Pod', 'a', by('DaemonSet', 'agent')), owned('Pod', 'b', by('DaemonSet', 'other')))).toEqual([
      'Pod/a',
      'Pod/b',
    ]);
  });
  test('what nobody made is kept', () =>
    expect(left(workload(), workload({ name: 'api' }), owned('Pod', 'x', by('Node', 'n')))).toEqual([
      'Deployment/web',
      'Deployment/api',
      'Pod/x',
    ]));
});
