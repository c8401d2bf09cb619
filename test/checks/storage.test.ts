import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { all, resources, said, verdicts, workload } from './judging';

const pvc = (spec = '', { name = 'data', mode = 'ReadWriteOnce', size = '1Gi' } = {}) =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop }, spec: { ${spec ? `${spec}, ` : ''}accessModes: [${mode}], resources: { requests: { storage: ${size} } } } }`;
const volume = (spec: string, name = 'disk-1') =>
  `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: ${name} }, spec: { ${spec} } }`;
const storageClass = (name: string, { provisioner = 'ebs.csi.aws.com', more = '', isDefault = false } = {}) =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: ${name}${isDefault ? ", annotations: { storageclass.kubernetes.io/is-default-class: 'true' }" : ''} }, provisioner: ${provisioner}${more ? `, ${more}` : ''} }`;
const node = (name: string, providerId = '') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name} }, spec: { providerID: '${providerId}' } }`;
const using = (spec = '', { name = 'web', kind = 'Deployment', pod = '' } = {}) =>
  workload({
    name,
    kind,
    spec,
    pod: `${pod ? `${pod}, ` : ''}volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]`,
  });

describe('storageclass-exists', () => {
  const judged = (manifests: string, facts?: string, declared?: string) =>
    verdicts('storageclass-exists', manifests, {
      ...(facts === undefined ? {} : { facts }),
      ...(declared === undefined ? {} : { declared }),
    });
  test('without facts nobody knows', () => {
    expect(judged(pvc('storageClassName: fast'))).toEqual(['unknown spec.storageClassName']);
    expect(judged(pvc())).toEqual(['unknown spec']);
  });
  test('a class that the manifests bring along is there', () =>
    expect(judged(all(pvc('storageClassName: fast'), storageClass('fast')))).toEqual([]));
  test('a volume that is there already needs no class object', () => {
    expect(
      judged(all(pvc('storageClassName: manual'), volume('storageClassName: manual')), storageClass('gp3')),
    ).toEqual([]);
    expect(judged(pvc('storageClassName: gone, volumeName: disk-1'), storageClass('gp3'))).toEqual([]);
    expect(judged(pvc("storageClassName: ''"), storageClass('gp3'))).toEqual([]);
  });
  test('without a default class a claim that names none waits for ever', () => {
    expect(judged(pvc(), storageClass('gp3'))).toEqual(['fail spec']);
    expect(judged(pvc(), storageClass('gp3', { isDefault: true }))).toEqual([]);
    expect(judged(pvc(), undefined, storageClass('gp3'))).toEqual(['fail spec']);
    expect(judged(pvc(), undefined, volume('capacity: {}'))).toEqual([]);
  });
  test('templates of StatefulSets and of pods are claims too, and the nearest name is offered', () => {
    const set = workload({
      kind: 'StatefulSet',
      spec: 'volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: gp2, accessModes: [ReadWriteOnce] } }]',
    });
    const scratch = workload({
      name: 'job',
      pod: 'volumes: [{ name: tmp, ephemeral: { volumeClaimTemplate: { spec: { storageClassName: gp2, accessModes: [ReadWriteOnce] } } } }]',
    });
    expect(judged(all(set, scratch), storageClass('gp3'))).toEqual([
      'fail spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName',
      'fail spec.volumeClaimTemplates[0].spec.storageClassName',
    ]);
    expect(said('storageclass-exists', set, { facts: storageClass('gp3') })[0]!.message).toContain(
      'did you mean "gp3"?',
    );
  });
});

describe('default-storageclass-single', () => {
  const both = all(storageClass('a', { isDefault: true }), storageClass('b', { isDefault: true }));
  test('where the cluster has two, it matters to claims that name none', () => {
    expect(
      said('default-storageclass-single', all(pvc(), pvc('storageClassName: a', { name: 'other' })), {
        facts: both,
      }).map(({ object }) => object),
    ).toEqual(['PersistentVolumeClaim/shop/data']);
  });
  test('a class that the manifests change counts as they have it', () =>
    expect(verdicts('default-storageclass-single', storageClass('b'), { facts: both })).toEqual([]));
});

describe('rwo-sharing', () => {
  const facts = storageClass('gp3', { isDefault: true });
  const apart =
    'affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }';
  const together =
    'affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }';
  const judged = (manifests: string, more = '') =>
    verdicts('rwo-sharing', manifests, { facts: more ? all(facts, more) : facts });
  const at = 'spec.template.spec.volumes[0].persistentVolumeClaim.claimName';

  test('several pods work if they come to one node, which the scheduler decides', () => {
    expect(judged(all(pvc(), using('replicas: 2')))).toEqual([`unknown ${at}`]);
    expect(judged(all(pvc(), using()))).toEqual([]);
    expect(judged(all(pvc('', { mode: 'ReadWriteMany' }), using('replicas: 2')))).toEqual([]);
  });
  test('with one node, or where all must be on one, it works', () => {
    expect(judged(all(pvc(), using('replicas: 2')), node('only'))).toEqual([]);
    expect(judged(all(pvc(), using('replicas: 2', { pod: together })))).toEqual([]);
    expect(judged(all(pvc(), using('replicas: 2', { pod: 'nodeSelector: { kubernetes.io/hostname: a }' })))).toEqual(
      [],
    );
  });
  test('it certainly fails only for a disk, and pods that must be apart', () => {
    expect(judged(all(pvc(), using('replicas: 2', { pod: apart })))).toEqual([`fail ${at}`]);
    expect(
      judged(
        all(
          pvc('storageClassName: nfs'),
          using('replicas: 2', { pod: apart }),
          storageClass('nfs', { provisioner: 'nfs.csi.k8s.io' }),
        ),
      ),
    ).toEqual([`unknown ${at}`]);
  });
  test('a claim for one pod is for one pod, and Jobs wait for each other', () => {
    const one = pvc('', { mode: 'ReadWriteOncePod' });
    expect(judged(all(one, using('replicas: 2')))).toEqual([`fail ${at}`]);
    expect(judged(all(one, using(), using('', { name: 'admin' })))).toEqual([`fail ${at}`]);
    expect(judged(all(one, using('parallelism: 3', { kind: 'Job', pod: 'restartPolicy: Never' })))).toEqual([]);
  });
  test('two workloads share a claim', () =>
    expect(
      judged(all(pvc(), using(), using('', { name: 'backup', kind: 'Job', pod: 'restartPolicy: Never' }))),
    ).toEqual([`unknown ${at}`]));
});

describe('pvc-resize-legal', () => {
  const check = checks.filter(({ id }) => id === 'pvc-resize-legal');
  const judged = (was: string, is: string, facts = '') =>
    runChecks(new World(resources(is), new Facts(facts ? resources(facts) : []), undefined, resources(was)), check).map(
      ({ verdict }) => verdict,
    );
  test('only a class that says so lets volumes grow', () => {
    expect(judged(pvc('storageClassName: a'), pvc('storageClassName: a', { size: '2Gi' }), storageClass('a'))).toEqual([
      'fail',
    ]);
    expect(
      judged(
        pvc('storageClassName: a'),
        pvc('storageClassName: a', { size: '2Gi' }),
        storageClass('a', { more: 'allowVolumeExpansion: true' }),
      ),
    ).toEqual([]);
    expect(judged(pvc('storageClassName: a'), pvc('storageClassName: a', { size: '2Gi' }))).toEqual(['unknown']);
    expect(judged(pvc("storageClassName: ''"), pvc("storageClassName: ''", { size: '2Gi' }))).toEqual(['fail']);
  });
  test('the same size in another unit is no growth', () =>
    expect(judged(pvc(), pvc('', { size: '1024Mi' }))).toEqual([]));
});

describe('access-mode-supported', () => {
  const judged = (manifests: string, facts: string) => verdicts('access-mode-supported', manifests, { facts });
  const shared = { mode: 'ReadWriteMany' };
  test('a disk is no shared file system, and as a raw device it may be', () => {
    expect(judged(pvc('', shared), storageClass('gp3', { isDefault: true }))).toEqual(['fail spec.accessModes']);
    expect(judged(pvc('volumeMode: Block', shared), storageClass('gp3', { isDefault: true }))).toEqual([]);
    expect(judged(pvc('', shared), storageClass('files', { isDefault: true, provisioner: 'efs.csi.aws.com' }))).toEqual(
      [],
    );
  });
  test("kind's directories are not shared, those of others may be", () => {
    const local = storageClass('standard', { isDefault: true, provisioner: 'rancher.io/local-path' });
    expect(judged(pvc('', shared), all(local, node('a', 'kind://docker/kind/a')))).toEqual(['fail spec.accessModes']);
    expect(judged(pvc('', shared), local)).toEqual(['unknown spec.accessModes']);
  });
  test('a volume that is named has to have the modes', () => {
    expect(
      judged(
        all(pvc("storageClassName: '', volumeName: disk-1", shared), volume('accessModes: [ReadWriteOnce]')),
        storageClass('gp3'),
      ),
    ).toEqual(['fail spec.accessModes']);
    expect(
      judged(
        all(
          pvc("storageClassName: '', volumeName: disk-1", shared),
          volume('accessModes: [ReadWriteMany, ReadWriteOnce]'),
        ),
        storageClass('gp3'),
      ),
    ).toEqual([]);
  });
});
