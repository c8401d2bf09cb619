import { type Json, Resource } from '../../../manifests/resource';
import { immutableChanges } from '../../../upstream/kubernetes/immutable';
import told from './changes.json';

const resource = (object: Json) => new Resource(object, { file: '', text: '' }, 0);

interface Told {
  readonly minor: number;
  readonly what: string;
  readonly old: Json;
  readonly new: Json;
  readonly refused?: string;
}

const CHANGES = told as unknown as readonly Told[];

/** What API servers said when the one was applied after the other: `npm run oracle:changes` asks them. */
test.each(CHANGES.map((one) => [`1.${one.minor} ${String(one.old['kind'])}: ${one.what}`, one] as const))(
  '%s',
  (_name, one) => {
    const ours = immutableChanges(resource(one.old), resource(one.new), one.minor);
    expect(ours.length > 0 ? 'refused' : 'taken').toBe(one.refused === undefined ? 'taken' : 'refused');
  },
);

function changed(kind: string, apiVersion: string, before: Json, now: Json, minor = 35): string[] {
  const [old, next] = [before, now].map((object) => resource({ apiVersion, kind, metadata: { name: 'a' }, ...object }));
  return immutableChanges(old!, next!, minor).map(({ path }) => path.join('.'));
}

const TEMPLATE = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } };

test('a StatefulSet may keep another number of revisions from 1.33 on', () => {
  const set = (revisionHistoryLimit: number) => ({ spec: { revisionHistoryLimit, template: TEMPLATE } });
  expect(changed('StatefulSet', 'apps/v1', set(3), set(5), 35)).toEqual([]);
  expect(changed('StatefulSet', 'apps/v1', set(3), set(5), 32)).toEqual(['spec.revisionHistoryLimit']);
  expect(changed('StatefulSet', 'apps/v1', set(10), { spec: { template: TEMPLATE } }, 32)).toEqual([]);
});

test('a default that is written out, and a quantity in other words, are no change', () => {
  const claim = (storage: string, more = {}) => ({
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...more },
  });
  expect(changed('PersistentVolumeClaim', 'v1', claim('1Gi'), claim('1024Mi', { volumeMode: 'Filesystem' }))).toEqual(
    [],
  );
  expect(changed('PersistentVolumeClaim', 'v1', claim('1Gi'), claim('1023Mi'))).toEqual([
    'spec.resources.requests.storage',
  ]);
  expect(changed('PersistentVolumeClaim', 'v1', claim('1Gi', { storageClassName: 'a' }), claim('1Gi'))).toEqual([
    'spec.storageClassName',
  ]);
  expect(changed('PersistentVolumeClaim', 'v1', claim('1Gi'), claim('1Gi', { storageClassName: 'a' }))).toEqual([]);
});

test('a Job that is suspended may still be placed elsewhere, and one that runs may not', () => {
  const job = (suspend: boolean, spec = {}) => ({
    spec: { suspend, template: { ...TEMPLATE, spec: { ...TEMPLATE.spec, restartPolicy: 'Never', ...spec } } },
  });
  const nodes = { nodeSelector: { a: 'b' } };
  expect(changed('Job', 'batch/v1', job(true), job(true, nodes))).toEqual([]);
  expect(changed('Job', 'batch/v1', job(false), job(false, nodes))).toEqual(['spec.template']);
  expect(changed('Job', 'batch/v1', job(true), job(true, { hostNetwork: true }))).toEqual(['spec.template']);
});

test('completions that no manifest states stay as the server filled them in', () => {
  const job = (spec: Json) => ({ spec: { ...spec, template: TEMPLATE } });
  expect(changed('Job', 'batch/v1', job({}), job({ parallelism: 5 }))).toEqual([]);
  expect(changed('Job', 'batch/v1', job({}), job({ parallelism: 5, completions: 1 }))).toEqual([]);
  // A Job with a queue has none, and gets one where its parallelism goes.
  expect(changed('Job', 'batch/v1', job({ parallelism: 2 }), job({ parallelism: 5 }))).toEqual([]);
  expect(changed('Job', 'batch/v1', job({ parallelism: 2 }), job({}))).toEqual(['spec.completions']);
  // What a manifest stated goes with it.
  expect(changed('Job', 'batch/v1', job({ completions: 1 }), job({ parallelism: 5 }))).toEqual(['spec.completions']);
  expect(changed('Job', 'batch/v1', job({}), job({ completions: 5 }))).toEqual(['spec.completions']);
});

test('the completions of an indexed Job change together with its parallelism', () => {
  const job = (completions: number, parallelism: number, completionMode = 'Indexed') => ({
    spec: { completions, parallelism, completionMode, template: TEMPLATE },
  });
  expect(changed('Job', 'batch/v1', job(2, 2), job(3, 3))).toEqual([]);
  expect(changed('Job', 'batch/v1', job(2, 2), job(3, 2))).toEqual(['spec.completions']);
  expect(changed('Job', 'batch/v1', job(2, 2, 'NonIndexed'), job(3, 3, 'NonIndexed'))).toEqual(['spec.completions']);
});

test('of a pod only images change, deadlines come nearer and tolerations are added', () => {
  const pod = (image: string, more = {}) => ({ spec: { containers: [{ name: 'a', image }], ...more } });
  const tolerations = [{ key: 'a', operator: 'Exists' }];
  expect(changed('Pod', 'v1', pod('a:1'), pod('a:2', { tolerations }))).toEqual([]);
  expect(changed('Pod', 'v1', pod('a:1', { tolerations }), pod('a:1'))).toEqual(['spec.tolerations']);
  expect(changed('Pod', 'v1', pod('a:1'), pod('a:1', { hostNetwork: true }))).toEqual(['spec.hostNetwork']);
  const deadline = (activeDeadlineSeconds: number) => pod('a:1', { activeDeadlineSeconds });
  expect(changed('Pod', 'v1', deadline(60), deadline(30))).toEqual([]);
  expect(changed('Pod', 'v1', deadline(30), deadline(60))).toEqual(['spec.activeDeadlineSeconds']);
});

test.each([
  [
    'Deployment',
    'apps/v1',
    { spec: { selector: { matchLabels: { a: 'b' } } } },
    { spec: { selector: { matchLabels: { a: 'c' } } } },
    'spec.selector',
  ],
  ['CSIDriver', 'storage.k8s.io/v1', { spec: { attachRequired: false } }, { spec: {} }, 'spec.attachRequired'],
  ['ResourceQuota', 'v1', { spec: { scopes: ['BestEffort'] } }, { spec: {} }, 'spec.scopes'],
  ['EndpointSlice', 'discovery.k8s.io/v1', { addressType: 'IPv4' }, { addressType: 'IPv6' }, 'addressType'],
  [
    'PersistentVolume',
    'v1',
    { spec: { nfs: { server: 'a', path: '/' } } },
    { spec: { nfs: { server: 'b', path: '/' } } },
    'spec.nfs',
  ],
  [
    'Service',
    'v1',
    { spec: { type: 'LoadBalancer', loadBalancerClass: 'a/b' } },
    { spec: { type: 'LoadBalancer' } },
    'spec.loadBalancerClass',
  ],
  [
    'CustomResourceDefinition',
    'apiextensions.k8s.io/v1',
    { spec: { scope: 'Cluster' } },
    { spec: { scope: 'Namespaced' } },
    'spec.scope',
  ],
  [
    'ServiceCIDR',
    'networking.k8s.io/v1',
    { spec: { cidrs: ['10.0.0.0/16'] } },
    { spec: { cidrs: ['10.1.0.0/16'] } },
    'spec.cidrs',
  ],
])('a %s keeps what it must not change', (kind, apiVersion, before, now, path) => {
  expect(changed(kind, apiVersion, before as Json, now as Json)).toEqual([path]);
  expect(changed(kind, apiVersion, before as Json, before as Json)).toEqual([]);
});

test.each([
  ['StorageClass', 'storage.k8s.io/v1', 'reclaimPolicy', 'Delete', 'Retain'],
  ['StorageClass', 'storage.k8s.io/v1', 'volumeBindingMode', 'Immediate', 'WaitForFirstConsumer'],
  ['StorageClass', 'storage.k8s.io/v1', 'provisioner', 'a', 'b'],
  ['VolumeAttributesClass', 'storage.k8s.io/v1', 'driverName', 'a', 'b'],
  ['PriorityClass', 'scheduling.k8s.io/v1', 'preemptionPolicy', 'PreemptLowerPriority', 'Never'],
  ['RuntimeClass', 'node.k8s.io/v1', 'handler', 'a', 'b'],
  ['Secret', 'v1', 'type', 'Opaque', 'example.com/a'],
  ['CSIStorageCapacity', 'storage.k8s.io/v1', 'storageClassName', 'a', 'b'],
  ['ControllerRevision', 'apps/v1', 'data', { a: 1 }, { a: 2 }],
  ['RoleBinding', 'rbac.authorization.k8s.io/v1', 'roleRef', { kind: 'Role', name: 'a' }, { kind: 'Role', name: 'b' }],
])('a %s of %s keeps its %s', (kind, apiVersion, field, one, other) => {
  expect(changed(kind, apiVersion, { [field]: one }, { [field]: other })).toEqual([field]);
});

test('what the server fills in is the same as what is written out', () => {
  const version = 'storage.k8s.io/v1';
  expect(changed('StorageClass', version, {}, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })).toEqual([]);
  expect(changed('Secret', 'v1', {}, { type: 'Opaque' })).toEqual([]);
  expect(
    changed(
      'RoleBinding',
      'rbac.authorization.k8s.io/v1',
      { roleRef: { kind: 'Role', name: 'a' } },
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
      },
    ),
  ).toEqual([]);
});
