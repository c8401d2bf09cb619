/** What becomes of pods is kept by all that it depends on: a world that differs in one thing alone gets an answer of its own. */
import { unplacedOf } from '../../../simulate/scheduling/unplaced';
import { all, namespace, workload, worldOf } from '../../checks/judging';

const node = (name: string, { cpu = '2', labels = '', spec = '' } = {}) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name}${labels && `, ${labels}`} } }, spec: { ${spec} }, status: { allocatable: { cpu: '${cpu}', memory: 4Gi, pods: '110' } } }`;
const asking = 'resources: { requests: { cpu: 900m } }';
const web = (more: Parameters<typeof workload>[0] = {}) =>
  workload({ spec: 'replicas: 4', container: asking, ...more });
const apart = (selector: string) =>
  `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } }${selector} }] } }`;
const waiting = (manifests: string, facts: string) =>
  unplacedOf(worldOf(manifests, { facts })).map(
    ({ workload: { resource }, waiting: pods, cause }) => `${resource.name} ${pods} ${cause}`,
  );
const two = all(node('a'), node('b'));
const running = (app: string, name = 'old') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: ${app} } }, spec: { nodeName: a, containers: [{ name: main, image: 'x:1', ${asking} }] }, status: { phase: Running } }`;
const other = (labels: string) =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: other, labels: { ${labels} } } }`;
const inOther = (text: string) => text.replaceAll('namespace: shop', 'namespace: other');
const claim =
  '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } }, volumeName: data, storageClassName: local } }';
const volume = (host: string) =>
  `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: data, annotations: {} }, spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], storageClassName: local, claimRef: { namespace: shop, name: data }, local: { path: /x }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [${host}] }] }] } } } }`;
const bound = claim.replace(
  'namespace: shop }',
  "namespace: shop, annotations: { pv.kubernetes.io/bind-completed: 'yes' } }",
);
const onData = web({
  spec: 'replicas: 1',
  pod: 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]',
});
const claims = (host: string) => all(node('a', { cpu: '500m' }), node('b'), bound, volume(host));
const inNamespaces = web({ spec: 'replicas: 5', pod: apart(', namespaceSelector: { matchLabels: { team: a } }') });
const neighbour = inOther(running('web', 'neighbour'));

const cases: readonly (readonly [what: string, one: readonly [string, string], other: readonly [string, string]])[] = [
  ['the room of a node', [web(), two], [web(), all(node('a'), node('b', { cpu: '1' }))]],
  ['how many pods', [web(), two], [web({ spec: 'replicas: 5' }), two]],
  ['what a pod asks for', [web(), two], [web({ container: asking.replace('900m', '1100m') }), two]],
  ['a pod that runs', [web(), two], [web(), all(two, running('old'))]],
  [
    'the labels of a pod that runs',
    [web({ spec: 'replicas: 2', pod: apart(''), container: '' }), all(two, running('old'))],
    [web({ spec: 'replicas: 2', pod: apart(''), container: '' }), all(two, running('web'))],
  ],
  [
    'the labels of a namespace',
    [inNamespaces, all(two, node('c'), neighbour, other('team: b'))],
    [inNamespaces, all(two, node('c'), neighbour, other('team: a'))],
  ],
  ['the node that a volume is on', [onData, claims('b')], [onData, claims('a')]],
];

test.each(cases)('%s', (_, [manifests, facts], [otherManifests, otherFacts]) => {
  const ask = () => [waiting(all(namespace, manifests), facts), waiting(all(namespace, otherManifests), otherFacts)];
  const first = ask();
  expect(first[0]).not.toEqual(first[1]);
  // Again, in other worlds, and in the other order.
  expect(ask()).toEqual(first);
  expect(ask().reverse()).toEqual([...first].reverse());
});
