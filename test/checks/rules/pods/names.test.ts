import { checks } from '../../../../checks/registry';
import { runChecks } from '../../../../checks/run';
import type { KubernetesVersion } from '../../../../model/kubernetes-version';
import { Facts } from '../../../../world/facts';
import { World } from '../../../../world/world';
import { findings, messages, resources, verdicts, workload } from '../../judging';

const at = (id: string, manifests: string, version: KubernetesVersion) =>
  runChecks(
    new World(resources(manifests), new Facts([], version)),
    checks.filter((check) => check.id === id),
  ).map(({ verdict, path }) => `${verdict} ${path}`);
const named = (kind: string, length: number) => workload({ kind, name: 'n'.repeat(length), labels: 'app: a' });

describe('derived-name-fits', () => {
  const id = 'derived-name-fits';
  test('the name of a StatefulSet is in a label of its pods, with a hash', () => {
    expect(verdicts(id, named('StatefulSet', 52))).toEqual([]);
    expect(verdicts(id, named('StatefulSet', 53))).toEqual(['unknown metadata.name']);
    expect(verdicts(id, named('StatefulSet', 54))).toEqual(['unknown metadata.name']);
    expect(verdicts(id, named('StatefulSet', 55))).toEqual(['fail metadata.name']);
    expect(messages(id, named('StatefulSet', 57))).toEqual([
      'the name has 57 characters, and the label controller-revision-hash of its pods is the name, a dash and a hash of up to 10 digits, which is too long: no pod is created',
    ]);
    expect(messages(id, named('StatefulSet', 53))[0]).toContain('with 10 digits or more');
  });
  test('DaemonSets and Deployments have more room, and from 1.35 on a Deployment has all', () => {
    expect(verdicts(id, named('DaemonSet', 242))).toEqual([]);
    expect(verdicts(id, named('DaemonSet', 250))).toEqual(['fail metadata.name']);
    expect(verdicts(id, named('Deployment', 250))).toEqual(['unknown metadata.name']);
    expect(at(id, named('Deployment', 242), '1.34')).toEqual([]);
    expect(at(id, named('Deployment', 250), '1.34')).toEqual(['fail metadata.name']);
    expect(at(id, named('Deployment', 250), '1.35')).toEqual([]);
  });
  test('ReplicaSets and Jobs shorten the names of their pods, and Services add nothing', () => {
    for (const kind of ['ReplicaSet', 'Job']) expect(verdicts(id, named(kind, 63))).toEqual([]);
    const service = `{ apiVersion: v1, kind: Service, metadata: { name: ${'s'.repeat(63)} }, spec: { ports: [{ port: 80 }], selector: { a: b } } }`;
    expect(verdicts(id, service)).toEqual([]);
    expect(verdicts('name-label-syntax', service)).toEqual([]);
  });
  test('a Job has 63 characters, a CronJob 52', () => {
    const cronJob = (length: number) =>
      `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: ${'c'.repeat(length)} }, spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } } } } } }`;
    expect(verdicts('name-label-syntax', cronJob(52))).toEqual([]);
    expect(verdicts('name-label-syntax', cronJob(53))).toEqual(['fail metadata.name']);
    expect(verdicts('name-label-syntax', named('Job', 64))).toEqual(['fail metadata.name']);
  });
});

describe('server-fields-unset', () => {
  const id = 'server-fields-unset';
  const object = (metadata: string, more = '') =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, ${metadata} }, spec: { ports: [{ port: 80 }] }${more} }`;
  test('a manifest with a resourceVersion is not created', () => {
    expect(findings(id, object("resourceVersion: '12'"))).toEqual([
      'fail Service/default/web metadata.resourceVersion = "12"',
    ]);
    expect(verdicts(id, object("resourceVersion: '12', uid: 0-1"))).toEqual(['fail metadata.resourceVersion']);
    expect(verdicts(id, object("resourceVersion: ''"))).toEqual([]);
  });
  test('a manifest with a uid is for one object', () => {
    expect(verdicts(id, object('uid: 0-1'))).toEqual(['fail metadata.uid']);
    expect(verdicts(id, object('creationTimestamp: null, generation: 4'))).toEqual([]);
  });
  test('what a server printed is left as it is, and what was taken from there to be applied is not', () => {
    const printed = "resourceVersion: '12', uid: 0-1, creationTimestamp: '2026-01-01T00:00:00Z'";
    expect(verdicts(id, object(printed, ', status: { loadBalancer: {} }'))).toEqual([]);
    expect(verdicts(id, object(printed))).toEqual([]);
    expect(verdicts(id, object(printed.replace('uid: 0-1, ', '')))).toEqual(['fail metadata.resourceVersion']);
    // The time of creation is often taken out of what is kept as an example of a live object.
    expect(
      verdicts(id, object("resourceVersion: '12', uid: 0-1, generation: 1", ', status: { loadBalancer: {} }')),
    ).toEqual([]);
    const deployment = (status: string) =>
      `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, ${printed} }, spec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [] } } }${status} }`;
    expect(verdicts(id, deployment(', status: {}'))).toEqual([]);
    expect(verdicts(id, deployment(''))).toEqual(['fail metadata.resourceVersion']);
  });
});

describe('the user namespace of a pod', () => {
  const id = 'schema-valid';
  const spec = 'spec.template.spec';
  test('procMount Unmasked needs one', () => {
    const unmasked = (pod: string) => workload({ pod, container: 'securityContext: { procMount: Unmasked }' });
    expect(at(id, unmasked(''), '1.35')).toEqual([`fail ${spec}.containers[0].securityContext.procMount`]);
    expect(at(id, unmasked('hostUsers: true'), '1.33')).toEqual([
      `fail ${spec}.containers[0].securityContext.procMount`,
    ]);
    expect(at(id, unmasked('hostUsers: false'), '1.35')).toEqual([]);
    expect(at(id, unmasked(''), '1.32')).toEqual([]);
    const init = workload({
      kind: 'DaemonSet',
      pod: "initContainers: [{ name: a, image: 'a:1', securityContext: { procMount: Unmasked } }]",
    });
    expect(at(id, init, '1.35')).toEqual([`fail ${spec}.initContainers[0].securityContext.procMount`]);
  });
  test.each(['hostNetwork', 'hostPID', 'hostIPC'])('%s excludes one', (field) => {
    expect(at(id, workload({ pod: `hostUsers: false, ${field}: true` }), '1.35')).toEqual([`fail ${spec}.${field}`]);
    expect(at(id, workload({ pod: `hostUsers: false, ${field}: false` }), '1.35')).toEqual([]);
    expect(at(id, workload({ pod: `${field}: true` }), '1.35')).toEqual([]);
    expect(at(id, workload({ pod: `hostUsers: false, ${field}: true` }), '1.32')).toEqual([]);
  });
});
