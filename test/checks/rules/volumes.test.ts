import { all, findings, messages, verdicts, workload } from '../judging';

const claim = (spec: string, { name = 'data', size = '1Gi', more = '' } = {}) =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop${more} }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } }, ${spec} } }`;
const volume = (spec = '', { name = 'disk', size = '5Gi', labels = '' } = {}) =>
  `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: ${name}, labels: { ${labels} } }, spec: { capacity: { storage: ${size} }, accessModes: [ReadWriteOnce], hostPath: { path: /data }, ${spec} } }`;
const storageClass = (name: string, isDefault: boolean, provisioner = 'ebs.csi.aws.com') =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: ${name}, annotations: { storageclass.kubernetes.io/is-default-class: '${String(isDefault)}' } }, provisioner: ${provisioner} }`;
const judged = (...of: Parameters<typeof verdicts> extends [string, ...infer R] ? R : never) =>
  verdicts('volume-binds-claim', ...of);

describe('a claim that names its volume', () => {
  const manual = volume('storageClassName: manual');
  test('gets one that is large enough, of its class and of its mode', () => {
    expect(judged(all(manual, claim('storageClassName: manual, volumeName: disk', { size: '5Gi' })))).toEqual([]);
    expect(judged(all(manual, claim('storageClassName: manual, volumeName: disk', { size: '5120.5Mi' })))).toEqual([
      'fail spec.resources.requests.storage',
    ]);
    expect(judged(all(manual, claim("storageClassName: '', volumeName: disk")))).toEqual([
      'fail spec.storageClassName',
    ]);
    expect(judged(all(volume(), claim('storageClassName: manual, volumeName: disk')))).toEqual([
      'fail spec.storageClassName',
    ]);
    expect(judged(all(manual, claim('storageClassName: manual, volumeName: disk, volumeMode: Block')))).toEqual([
      'fail spec.volumeMode',
    ]);
    expect(
      judged(
        all(volume('storageClassName: manual, volumeMode: Block'), claim('storageClassName: manual, volumeName: disk')),
      ),
    ).toEqual(['fail spec']);
  });
  test('and no class gets the default class, which is a fact of the cluster', () => {
    const named = claim('volumeName: disk');
    expect(judged(all(manual, named))).toEqual(['unknown spec']);
    expect(messages('volume-binds-claim', all(manual, named))[0]).toContain(
      "only if the cluster's default StorageClass is manual",
    );
    expect(judged(all(manual, named), { facts: storageClass('gp3', true) })).toEqual(['fail spec']);
    expect(judged(all(manual, named), { facts: storageClass('gp3', false) })).toEqual(['fail spec']);
    expect(judged(all(manual, named), { facts: storageClass('manual', true) })).toEqual([]);
    expect(judged(all(volume(), named), { facts: storageClass('gp3', false) })).toEqual([]);
    expect(judged(all(volume(), named), { facts: storageClass('gp3', true) })).toEqual(['fail spec']);
  });
  test('is bound to one that is reserved for it, whatever else they say', () => {
    const reserved = (name: string, namespace = 'shop') =>
      volume(`storageClassName: manual, claimRef: { name: ${name}, namespace: ${namespace} }`);
    const large = claim("storageClassName: '', volumeName: disk", { size: '9Gi' });
    expect(judged(all(reserved('data'), large))).toEqual([]);
    expect(judged(all(reserved('data', 'blog'), large))).toEqual(['fail spec.volumeName']);
    expect(judged(all(reserved('other'), large))).toEqual(['fail spec.volumeName']);
    const shared = claim('storageClassName: manual, volumeName: disk').replace('ReadWriteOnce', 'ReadWriteMany');
    expect(verdicts('access-mode-supported', all(reserved('data'), shared))).toEqual([]);
    expect(verdicts('access-mode-supported', all(manual, shared))).toEqual(['fail spec.accessModes']);
  });
  test('shares it with no other', () => {
    const two = ['a', 'b'].map((name) => claim('storageClassName: manual, volumeName: disk', { name }));
    expect(findings('volume-binds-claim', all(manual, ...two))).toEqual([
      'fail PersistentVolumeClaim/shop/b spec.volumeName = "disk"',
    ]);
  });
  test('that was bound long ago is left alone, and so is one whose volume is not here', () => {
    const bound = claim('storageClassName: manual, volumeName: disk', {
      size: '9Gi',
      more: ", annotations: { pv.kubernetes.io/bind-completed: 'yes' }",
    });
    expect(judged(all(manual, bound))).toEqual([]);
    expect(judged(claim('volumeName: gone'))).toEqual([]);
  });
  test('may be a template of a StatefulSet', () => {
    const set = workload({
      kind: 'StatefulSet',
      name: 'db',
      spec: 'volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: manual, volumeName: disk, accessModes: [ReadWriteOnce], resources: { requests: { storage: 9Gi } } } }]',
    });
    expect(judged(all(manual, set))).toEqual(['fail spec.volumeClaimTemplates[0].spec.resources.requests.storage']);
    expect(judged(all(volume('claimRef: { name: data-db-0, namespace: shop }'), set))).toEqual([]);
  });
});

describe('a claim of a class that nobody provisions', () => {
  const local = { facts: storageClass('local', false, 'kubernetes.io/no-provisioner'), complete: true };
  const disks = all(
    volume('storageClassName: local', { name: 'a', labels: 'type: hdd' }),
    volume('storageClassName: local', { name: 'b', size: '20Gi', labels: 'type: hdd' }),
  );
  const asks = (more: string, size = '1Gi') => all(disks, claim(`storageClassName: local${more}`, { size }));
  test('gets any volume of the class that fits', () => {
    expect(judged(asks('', '20Gi'), local)).toEqual([]);
    expect(judged(asks(', selector: { matchLabels: { type: hdd } }'), local)).toEqual([]);
    expect(judged(asks('', '21Gi'), local)).toEqual(['fail spec.resources.requests.storage']);
    expect(judged(asks(', selector: { matchLabels: { type: ssd } }'), local)).toEqual(['fail spec.selector']);
    expect(judged(asks(', volumeMode: Block'), local)).toEqual(['fail spec.volumeMode']);
    expect(
      judged(
        asks('').replace('accessModes: [ReadWriteOnce], resources', 'accessModes: [ReadWriteMany], resources'),
        local,
      ),
    ).toEqual(['fail spec.accessModes']);
  });
  test('may get another one, where not all is known', () => {
    expect(judged(asks('', '21Gi'), { facts: local.facts })).toEqual(['unknown spec.resources.requests.storage']);
    expect(judged(asks('', '21Gi'), { complete: true })).toEqual(['unknown spec.resources.requests.storage']);
    expect(messages('volume-binds-claim', asks('', '21Gi'), { complete: true })[0]).toContain(
      'whether the cluster has a StorageClass local',
    );
  });
  test('is none of a class with a provisioner, or of no known volume', () => {
    expect(judged(asks('', '21Gi'), { facts: storageClass('local', false), complete: true })).toEqual([]);
    expect(judged(claim('storageClassName: local'), local)).toEqual([]);
    expect(judged(all(disks, claim('')), local)).toEqual([]);
  });
});
