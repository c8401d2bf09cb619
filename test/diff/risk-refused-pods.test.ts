import { objectChanges } from '../../diff/objects';
import { replacements } from '../../diff/rollout';
import { worldOf } from '../checks/judging';
import { allOf, classed, messagesOf, risksBetween, workloadOf, worstClass } from './risks';

const id = 'pods-refused';
const namespace = (labels = '') =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { a: b${labels} } } }`;
const enforcing = (level: string, more = '') => namespace(`, pod-security.kubernetes.io/enforce: ${level}${more}`);
const PLAIN = workloadOf();

test.each([
  ['a privileged container', { container: 'securityContext: { privileged: true }' }],
  ['the network of the node', { pod: 'hostNetwork: true' }],
  ['a volume of the node', { pod: 'volumes: [{ name: a, hostPath: { path: / } }]' }],
  ['an init container', { pod: 'initContainers: [{ name: i, image: "a:1", securityContext: { privileged: true } }]' }],
  ['a second container', { more: '{ name: s, image: "a:1", ports: [{ containerPort: 1, hostPort: 1 }] }' }],
])('%s under a level that refuses it, and the way back', (_, unsafe) => {
  const [before, after] = [PLAIN, workloadOf(unsafe)].map((pods) => allOf(enforcing('baseline'), pods)) as [
    string,
    string,
  ];
  expect(classed(id, before, after)).toHaveLength(1);
  expect(worstClass(before, after)).toBe('disruption');
  expect(classed(id, after, before)).toEqual([]);
  // Where nothing is enforced, or what allows it, the pods are rolled out.
  for (const other of [namespace(), enforcing('privileged'), namespace(', pod-security.kubernetes.io/warn: baseline')])
    expect(classed(id, allOf(other, PLAIN), allOf(other, workloadOf(unsafe)))).toEqual([]);
  // Nobody knows what a namespace enforces that is not among the manifests.
  expect(classed(id, PLAIN, workloadOf(unsafe))).toEqual([]);
});

test('nothing is rolled out: no restart is told, and no rollout', () => {
  const change = (level: string) => {
    const [was, is] = [PLAIN, workloadOf({ pod: 'hostPID: true' })].map((pods) => allOf(enforcing(level), pods)) as [
      string,
      string,
    ];
    const [before, after] = [worldOf(was, { complete: true }), worldOf(is, { complete: true })];
    const diff = { before, after, changes: objectChanges(before, after) };
    return [risksBetween(['pod-template-changed'], was, is).length, replacements(diff, []).length];
  };
  expect(change('privileged')).toEqual([1, 1]);
  expect(change('baseline')).toEqual([0, 0]);
});

test.each([
  ['', 'and the pods that run stay'],
  ['replicas: 4', '1 of 4 running pods is stopped'],
  ['strategy: { type: Recreate }', 'nothing serves any more'],
])('what becomes of the pods that run, with %s', (spec, text) => {
  const pods = (pod: string) => allOf(enforcing('baseline'), workloadOf({ spec, pod }));
  expect(messagesOf(id, pods(''), pods('hostPID: true'))[0]).toContain(text);
});
test.each([
  ['StatefulSet', '', 'the first pod is stopped'],
  ['DaemonSet', '', 'the pods of one node are stopped'],
  ['DaemonSet', 'updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }', 'the pods that run stay'],
  ['DaemonSet', 'updateStrategy: { type: OnDelete }', 'a pod that is deleted is not made again'],
  ['CronJob', '', 'what starts from now on has no pods'],
])('of a %s %s', (kind, spec, text) => {
  const pods = (pod: string) => allOf(enforcing('baseline'), workloadOf({ kind, spec, pod }));
  expect(messagesOf(id, pods(''), pods('hostPID: true'))[0]).toContain(text);
});

describe('a level that is raised', () => {
  const hidden = workloadOf({ pod: 'hostPID: true' });
  test('refuses what comes in place of the pods that run', () => {
    expect(classed(id, allOf(namespace(), hidden), allOf(enforcing('baseline'), hidden))).toEqual([
      'disruption Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce"]',
    ]);
    expect(messagesOf(id, allOf(namespace(), hidden), allOf(enforcing('baseline'), hidden))[0]).toContain(
      'what runs stays',
    );
  });
  test.each([
    ['lowered', enforcing('baseline'), enforcing('privileged'), hidden],
    ['that was there', enforcing('baseline'), enforcing('restricted'), hidden],
    ['that the pods meet', enforcing('privileged'), enforcing('baseline'), PLAIN],
    ['of which somebody is warned', namespace(), namespace(', pod-security.kubernetes.io/warn: baseline'), hidden],
  ])('nothing of one %s', (_, was, is, pods) => {
    expect(classed(id, allOf(was, pods), allOf(is, pods))).toEqual([]);
  });
  test('by its version alone', () => {
    // Hosts of probes are looked at since 1.34.
    const probed = workloadOf({ container: 'livenessProbe: { httpGet: { port: 80, host: 10.0.0.1 } }' });
    const as = (version: string) => enforcing('baseline', `, pod-security.kubernetes.io/enforce-version: ${version}`);
    const told = classed(id, allOf(as('v1.30'), probed), allOf(as('v1.34'), probed));
    expect(told).toEqual(['disruption Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce-version"]']);
  });
  test('with a rollout beside it: the workload is where it is told', () => {
    const [was, is] = [hidden, workloadOf({ pod: 'hostPID: true', container: 'workingDir: /tmp' })];
    expect(classed(id, allOf(namespace(), was), allOf(enforcing('baseline'), is))).toEqual([
      'disruption Deployment/shop/web',
    ]);
  });
});

test('a workload that comes, and a bare pod', () => {
  const before = enforcing('baseline');
  const pod =
    '{ apiVersion: v1, kind: Pod, metadata: { name: a, namespace: shop }, spec: { hostPID: true, containers: [{ name: a, image: "a:1" }] } }';
  expect(classed(id, before, allOf(before, workloadOf({ pod: 'hostPID: true' })))).toEqual([
    'disruption Deployment/shop/web',
  ]);
  expect(messagesOf(id, before, allOf(before, pod))[0]).toContain('Pod/shop/a is refused');
  expect(classed(id, before, allOf(before, PLAIN))).toEqual([]);
});
