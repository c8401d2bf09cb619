import { Facts } from '../../world/facts';
import { hasPodResources } from '../../world/requests';
import { all, resources, workload, workloadOf, worldOf } from './support';

const node = (version: string, name = 'a') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name} }, status: { nodeInfo: { kubeletVersion: ${version} } } }`;

test('the version of the cluster is that of the oldest kubelet, unless it is stated', () => {
  const versions = (...kubelets: string[]) => resources(all(...kubelets.map((version, i) => node(version, `n${i}`))));
  expect(new Facts(versions('v1.33.1', 'v1.31.0', 'v1.32.5')).kubernetes).toBe('1.31');
  expect(new Facts(versions('v1.31.0', 'v1.33.1')).kubernetes).toBe('1.31');
  expect(new Facts(versions('v1.33.1', 'v1.31.0')).minor).toBe(31);
  expect(new Facts(versions('v1.33.1'), '1.35').kubernetes).toBe('1.35');
  expect(new Facts(versions('unknown')).kubernetes).toBeUndefined();
  expect(new Facts([]).minor).toBeUndefined();
});

test('a kind of which there is no object is unknown, not empty', () => {
  const facts = new Facts(
    resources(all(node('v1.33.1'), '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }')),
  );
  expect(facts.known('nodes')).toHaveLength(1);
  expect(facts.known('storageClasses')).toBeUndefined();
  // Of these there may be others.
  expect(facts.others.map(({ kind }) => kind)).toEqual(['Namespace']);
});

test.each([
  ['', false],
  ['resources: {}', false],
  ['resources: { requests: { cpu: lots } }', false],
  ['resources: { requests: { cpu: 1 } }', true],
  ['resources: { limits: { cpu: 1 } }', true],
])('with %s the pod as a whole has amounts: %s', (pod, has) =>
  expect(hasPodResources(workloadOf(worldOf(workload({ pod })), 'web'))).toBe(has),
);
