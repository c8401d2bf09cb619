import { NEWEST_KUBERNETES, OLDEST_KUBERNETES } from '../../model/kubernetes-version';
import { kubernetesData } from '../../upstream/kubernetes/data';
import { Facts } from '../../world/facts';
import { resources } from '../checks/judging';

const node = (name: string, version: string) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name} }, status: { nodeInfo: { kubeletVersion: ${version} } } }`;
const minorOf = (...versions: string[]) =>
  new Facts(resources(versions.map((version, i) => node(`n${i}`, version)).join('\n---\n'))).minor;

test('the version is that of the oldest kubelet', () => {
  expect(minorOf('v1.35.1', 'v1.34.9+k3s1')).toBe(34);
  expect(minorOf('v1.33.1', 'v1.31.0', 'v1.32.5')).toBe(31);
  expect(minorOf('v1.31.0', 'v1.33.1')).toBe(31);
  expect(minorOf()).toBeUndefined();
});

test.each(['v1.15.4', 'v1.27.0', 'v1.38.0', 'v1.99.0-eks-1'])(
  'nodes of version %s, whose APIs nobody has looked at, leave the version unknown',
  (version) => {
    expect(minorOf(version)).toBeUndefined();
    expect(new Facts(resources(node('a', version)), '1.30').minor).toBe(30);
  },
);

test('the range of known versions is that of the data', () => {
  const { oldest, newest } = kubernetesData();
  expect([OLDEST_KUBERNETES, NEWEST_KUBERNETES]).toEqual([`1.${oldest}`, `1.${newest}`]);
});

test('a kind of which there is no object is unknown, not empty', () => {
  const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  const facts = new Facts(resources(`${node('a', 'v1.33.1')}\n---\n${namespace}`));
  expect(facts.known('nodes')).toHaveLength(1);
  expect(facts.known('storageClasses')).toBeUndefined();
  // Of these there may be others.
  expect(facts.others.map(({ kind }) => kind)).toEqual(['Namespace']);
});
