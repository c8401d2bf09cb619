import { all, configMap, findings, messages, workload } from '../judging';

const pvc = (spec = '', { name = 'data', mode = 'ReadWriteOnce', size = '1Gi' } = {}) =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop }, spec: { ${spec ? `${spec}, ` : ''}accessModes: [${mode}], resources: { requests: { storage: ${size} } } } }`;
const storageClass = (name: string, { provisioner = 'ebs.csi.aws.com', more = '', isDefault = false } = {}) =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: ${name}${isDefault ? ", annotations: { storageclass.kubernetes.io/is-default-class: 'true' }" : ''} }, provisioner: ${provisioner}${more ? `, ${more}` : ''} }`;
const using = (
  spec = '',
  {
    name = 'web',
    kind = 'Deployment',
    pod = '',
    volumes = '{ name: data, persistentVolumeClaim: { claimName: data } }',
  } = {},
) => workload({ name, kind, spec, pod: `${pod ? `${pod}, ` : ''}volumes: [${volumes}]` });
const at = 'spec.template.spec.volumes[0].persistentVolumeClaim.claimName = "data"';

describe('access-mode-supported', () => {
  const id = 'access-mode-supported';
  const many = (spec = '') => pvc(spec, { mode: 'ReadWriteMany' });
  const path = 'PersistentVolumeClaim/shop/data spec.accessModes = ["ReadWriteMany"]';
  test('a StorageClass that is not known leaves it open', () => {
    expect(findings(id, many('storageClassName: fast'))).toEqual([`unknown ${path}`]);
    expect(messages(id, many('storageClassName: fast'))[0]).toContain(
      'whether StorageClass fast supports ReadWriteMany',
    );
    expect(messages(id, many())[0]).toContain('whether the default StorageClass supports');
    expect(findings(id, many("storageClassName: ''"))).toEqual([]);
    expect(findings(id, pvc('storageClassName: fast'))).toEqual([]);
  });
  test('a disk serves one node, unless as a raw device', () => {
    const facts = storageClass('fast');
    expect(findings(id, many('storageClassName: fast'), { facts })).toEqual([`fail ${path}`]);
    expect(findings(id, many('storageClassName: fast, volumeMode: Block'), { facts })).toEqual([]);
    expect(findings(id, many('storageClassName: fast, volumeName: v'), { facts })).toEqual([]);
    expect(
      findings(id, many('storageClassName: fast'), { facts: storageClass('fast', { provisioner: 'nfs.csi.k8s.io' }) }),
    ).toEqual([]);
    const local = storageClass('fast', { provisioner: 'rancher.io/local-path' });
    expect(findings(id, many('storageClassName: fast'), { facts: local })).toEqual([`unknown ${path}`]);
  });
  test('a volume that the claim names must have all its modes', () => {
    const volume = (modes: string) =>
      `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: v }, spec: { accessModes: [${modes}] } }`;
    expect(findings(id, all(many('volumeName: v'), volume('ReadWriteOnce')))).toEqual([`fail ${path}`]);
    expect(messages(id, all(many('volumeName: v'), volume('ReadWriteOnce, ReadOnlyMany')))[0]).toContain(
      'PersistentVolume v does not support ReadWriteMany (it supports: ReadWriteOnce, ReadOnlyMany)',
    );
    expect(findings(id, all(many('volumeName: v'), volume('ReadWriteMany')))).toEqual([]);
    expect(findings(id, all(many('storageClassName: fast'), volume('ReadWriteOnce')))).toEqual([`unknown ${path}`]);
  });
});

describe('default-storageclass-single', () => {
  const id = 'default-storageclass-single';
  const both = all(storageClass('b', { isDefault: true }), storageClass('a', { isDefault: true }));
  test('classes among the manifests are reported themselves, and not the claims', () => {
    expect(findings(id, all(both, pvc())).map((finding) => finding.split(' ')[1])).toEqual([
      'StorageClass/a',
      'StorageClass/b',
    ]);
    expect(messages(id, both)[0]).toMatch(/^a and b are all marked as default/);
    expect(findings(id, pvc(), { facts: both })).toEqual([
      `fail PersistentVolumeClaim/shop/data spec = ${JSON.stringify(null)}`,
    ]);
    expect(findings(id, pvc('storageClassName: a'), { facts: both })).toEqual([]);
    expect(findings(id, pvc(), { facts: storageClass('a', { isDefault: true }) })).toEqual([]);
  });
});

describe('pvc-resize-legal', () => {
  const id = 'pvc-resize-legal';
  const grows = (spec: string, facts?: string) => ({
    manifests: pvc(spec, { size: '2Gi' }),
    surroundings: { previous: all(configMap('data', 'a: b'), pvc(spec)), ...(facts === undefined ? {} : { facts }) },
  });
  const path = 'PersistentVolumeClaim/shop/data spec.resources.requests.storage = "2Gi"';
  test('what is not known is named', () => {
    const named = grows('storageClassName: fast');
    expect(findings(id, named.manifests, named.surroundings)).toEqual([`unknown ${path}`]);
    expect(messages(id, named.manifests, named.surroundings)[0]).toBe(
      'it grows from 1Gi to 2Gi; whether StorageClass fast allows it (allowVolumeExpansion) is not known; give the output of `kubectl get storageclasses -o yaml`',
    );
    const unnamed = grows('');
    expect(messages(id, unnamed.manifests, unnamed.surroundings)[0]).toContain(
      'whether the default StorageClass allows it',
    );
  });
  test('only a class that allows it', () => {
    const fixed = grows('storageClassName: fast', storageClass('fast'));
    expect(findings(id, fixed.manifests, fixed.surroundings)).toEqual([`fail ${path}`]);
    const expandable = grows('storageClassName: fast', storageClass('fast', { more: 'allowVolumeExpansion: true' }));
    expect(findings(id, expandable.manifests, expandable.surroundings)).toEqual([]);
  });
  test('a new claim, one that shrinks, and one without a size do not grow', () => {
    expect(findings(id, pvc('', { size: '2Gi' }))).toEqual([]);
    expect(findings(id, pvc('', { name: 'b', size: '2Gi' }), { previous: pvc() })).toEqual([]);
    expect(findings(id, pvc('', { size: '512Mi' }), { previous: pvc() })).toEqual([]);
    expect(findings(id, pvc('', { size: 'null' }), { previous: pvc() })).toEqual([]);
    expect(findings(id, pvc('', { size: '2Gi' }), { previous: pvc('', { size: 'null' }) })).toEqual([]);
    expect(findings(id, pvc('', { size: '2Gi' }), { previous: configMap('data', 'a: b') })).toEqual([]);
  });
});

describe('rwo-sharing', () => {
  const id = 'rwo-sharing';
  const facts = storageClass('gp3', { isDefault: true });
  const judged = (...manifests: string[]) => findings(id, all(...manifests), { facts });
  const message = (...manifests: string[]) => messages(id, all(...manifests), { facts })[0];
  const one = pvc('', { mode: 'ReadWriteOncePod' });
  const term = (own = 'app: web', key = 'kubernetes.io/hostname') =>
    `{ topologyKey: ${key}, labelSelector: { matchLabels: { ${own} } } }`;
  const affinity = (kind: string, ...terms: string[]) =>
    `affinity: { ${kind}: { requiredDuringSchedulingIgnoredDuringExecution: [${terms.join(', ')}] } }`;

  test('modes for several nodes are not judged, nor are claims without modes', () => {
    expect(judged(pvc('', { mode: 'ReadWriteOnce, ReadWriteMany' }), using('replicas: 2'))).toEqual([]);
    expect(judged(pvc('', { mode: '' }), using('replicas: 2'))).toEqual([]);
    expect(judged(using('replicas: 2'))).toEqual([]);
  });
  test('nodeName, or the host name as a node selector, pins a pod to a node', () => {
    expect(judged(pvc(), using('replicas: 2', { pod: 'nodeName: a' }))).toEqual([]);
    expect(judged(pvc(), using('replicas: 2', { pod: 'nodeSelector: { kubernetes.io/hostname: a }' }))).toEqual([]);
    expect(judged(pvc(), using('replicas: 2', { pod: 'nodeSelector: { disk: ssd }' }))).toHaveLength(1);
    const both = (first: string, second: string) =>
      judged(pvc(), using('', { pod: first }), using('', { name: 'b', pod: second }));
    expect(both('nodeName: a', 'nodeName: a')).toEqual([]);
    expect(both('nodeName: a', 'hostIPC: false')).toHaveLength(1);
  });
  test('pods kept on one node by affinity to each other share it', () => {
    expect(judged(pvc(), using('replicas: 2', { pod: affinity('podAffinity', term()) }))).toEqual([]);
    expect(judged(pvc(), using('replicas: 2', { pod: affinity('podAffinity', term('app: b')) }))).toHaveLength(1);
    expect(judged(pvc(), using('replicas: 2', { pod: affinity('podAffinity', term(undefined, 'zone')) }))).toHaveLength(
      1,
    );
    expect(judged(pvc(), using('replicas: 2', { pod: affinity('podAffinity', term('app: b'), term()) }))).toEqual([]);
  });
  test('pods kept apart cannot all attach the disk', () => {
    const apart = (...terms: string[]) =>
      judged(pvc(), using('replicas: 2', { pod: affinity('podAntiAffinity', ...terms) }));
    expect(apart(term())).toEqual([`fail Deployment/shop/web ${at}`]);
    expect(apart(term('app: b'))).toEqual([`unknown Deployment/shop/web ${at}`]);
    expect(apart(term(undefined, 'zone'))).toEqual([`unknown Deployment/shop/web ${at}`]);
    expect(message(pvc(), using('replicas: 2', { pod: affinity('podAntiAffinity', term()) }))).toContain(
      'the 2 pods of Deployment web must run on different nodes',
    );
  });
  test('the pods of a DaemonSet run on every node', () => {
    expect(judged(pvc(), using('', { kind: 'DaemonSet' }))).toEqual([`unknown DaemonSet/shop/web ${at}`]);
    expect(judged(one, using('', { kind: 'DaemonSet' }))).toEqual([]);
  });
  test('a claim for one pod is not for two that keep running', () => {
    expect(message(one, using(), using('', { name: 'b' }))).toContain('pods of Deployment web and Deployment b use it');
    expect(judged(one, using(), using('replicas: 0', { name: 'b' }))).toEqual([]);
    expect(judged(one, using(), using('', { name: 'b', kind: 'Job' }))).toEqual([]);
    expect(judged(one, using())).toEqual([]);
    const cron =
      "{ apiVersion: batch/v1, kind: CronJob, metadata: { name: c, namespace: shop }, spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: 'a:1' }], volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }] } } } } } }";
    expect(judged(one, using(), cron)).toEqual([]);
    expect(judged(pvc('', { mode: 'ReadWriteOnce, ReadWriteOncePod' }), using('replicas: 2'))).toEqual([
      `unknown Deployment/shop/web ${at}`,
    ]);
  });
  test('a pod that mounts a claim twice is one use, and other volumes are none', () => {
    const twice =
      '{ name: a, persistentVolumeClaim: { claimName: data } }, { name: b, persistentVolumeClaim: { claimName: data } }, { name: c, configMap: { name: data } }';
    expect(judged(pvc(), configMap('data', 'a: b'), using('', { volumes: twice }))).toEqual([]);
    expect(message(pvc(), using(), using('', { name: 'b', volumes: twice }))).toContain(
      'pods of Deployment web and Deployment b use it;',
    );
  });
  test('a PodTemplate, and the ReplicaSet of a Deployment, make no further pods', () => {
    const template =
      "{ apiVersion: v1, kind: PodTemplate, metadata: { name: t, namespace: shop }, template: { spec: { containers: [{ name: a, image: 'a:1' }], volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }] } } }";
    expect(judged(pvc(), using(), template)).toEqual([]);
    const owned = using('', { name: 'web-1', kind: 'ReplicaSet' }).replace(
      'namespace: shop',
      'namespace: shop, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true }]',
    );
    expect(judged(pvc(), using(), owned)).toEqual([]);
  });
  test('a ConfigMap of the same name is no use of the claim', () => {
    const other = using('', { name: 'other', volumes: '{ name: data, configMap: { name: data } }' });
    expect(
      judged(pvc(), using('replicas: 1\n  strategy: { type: Recreate }'), other, configMap('data', 'a: b')),
    ).toEqual([]);
  });
});

describe('storageclass-exists', () => {
  const id = 'storageclass-exists';
  test('a declaration of other kinds says nothing of the classes, and neither do manifests that are all there is', () => {
    const fast = pvc('storageClassName: fast');
    const at = 'PersistentVolumeClaim/shop/data spec.storageClassName = "fast"';
    const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
    expect(findings(id, fast, { declared: other })).toEqual([`unknown ${at}`]);
    expect(findings(id, fast, { complete: true })).toEqual([`unknown ${at}`]);
    expect(findings(id, fast, { declared: storageClass('slow') })).toEqual([`fail ${at}`]);
    expect(findings(id, fast, { declared: storageClass('fast') })).toEqual([]);
  });
  test('whether there is a default is one question for all claims', () => {
    expect(
      findings(
        id,
        all(pvc(), pvc('', { name: 'b' }), pvc('', { name: 'c' }), pvc('storageClassName: fast', { name: 'd' })),
      ),
    ).toEqual([
      'unknown PersistentVolumeClaim/shop/d spec.storageClassName = "fast"',
      'unknown PersistentVolumeClaim/shop/data spec = null',
    ]);
    const message = (...claims: string[]) => messages(id, all(...claims))[0];
    expect(message(pvc())).toMatch(/-o yaml`$/);
    expect(message(pvc(), pvc('', { name: 'b' }))).toMatch(/ \(this applies to 1 other claim too\)$/);
    expect(message(pvc(), pvc('', { name: 'b' }), pvc('', { name: 'c' }))).toMatch(
      / \(this applies to 2 other claims too\)$/,
    );
  });
  test('each failure is reported, with what the cluster has', () => {
    const facts = all(storageClass('a'), storageClass('b'));
    expect(findings(id, all(pvc(), pvc('', { name: 'c' })), { facts })).toHaveLength(2);
    expect(messages(id, pvc(), { facts })[0]).toContain(
      'it names no StorageClass and the cluster has no default (it has: a, b)',
    );
    const set = workload({
      kind: 'StatefulSet',
      spec: 'volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]',
    });
    expect(messages(id, set, { facts })[0]).toContain('the claim data names no StorageClass');
  });
});
