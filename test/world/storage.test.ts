import {
  claimsOf,
  classOf,
  hasVolume,
  isDefaultClass,
  isForOneNode,
  provisionerOf,
  sharesFiles,
  storageClasses,
} from '../../world/storage';
import { all, object, resources, workload, worldOf } from './support';

const storageClass = (name: string, provisioner = 'ebs.csi.aws.com', annotation = '') =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: ${name}${annotation && `, annotations: { ${annotation}: 'true' }`} }, provisioner: ${provisioner} }`;
const DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const OLD = 'volume.beta.kubernetes.io/storage-class';
const pvc = (spec: string, metadata = '') =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop${metadata} }, spec: { ${spec} } }`;

describe('a claim', () => {
  const claims = (...manifests: string[]) =>
    claimsOf(worldOf(all(...manifests))).map(({ name, className, classPath, modes }) => [
      name,
      className,
      classPath.join('.'),
      modes.join(),
    ]);
  test('has the class of its field, or of the older annotation, which wins', () => {
    expect(claims(pvc('storageClassName: fast, accessModes: [ReadWriteOnce, 1]'))).toEqual([
      ['data', 'fast', 'spec.storageClassName', 'ReadWriteOnce'],
    ]);
    expect(claims(pvc(''))).toEqual([['data', undefined, 'spec', '']]);
    expect(claims(pvc('storageClassName: fast', `, annotations: { ${OLD}: slow }`))).toEqual([
      ['data', 'slow', `metadata.annotations.${OLD}`, ''],
    ]);
  });
  test('may be a template of a StatefulSet or of a pod', () => {
    const set = workload({
      kind: 'StatefulSet',
      spec: 'volumeClaimTemplates: [{ metadata: { name: disk }, spec: { storageClassName: fast } }]',
      pod: 'volumes: [{ name: e, emptyDir: {} }, { name: tmp, ephemeral: { volumeClaimTemplate: { spec: { storageClassName: slow } } } }]',
    });
    expect(claims(set)).toEqual([
      ['disk', 'fast', 'spec.volumeClaimTemplates.0.spec.storageClassName', ''],
      ['tmp', 'slow', 'spec.template.spec.volumes.1.ephemeral.volumeClaimTemplate.spec.storageClassName', ''],
    ]);
    // A Deployment has no such field.
    expect(claims(workload({ spec: 'volumeClaimTemplates: [{ metadata: { name: disk }, spec: {} }]' }))).toEqual([]);
  });
});

describe('the class of a claim', () => {
  const chosen = (className: string | undefined, facts: string, manifests = '') =>
    classOf(worldOf(manifests, { facts }), { className })?.name;
  test('is the one that it names, or the only default', () => {
    const two = all(storageClass('a'), storageClass('b', undefined, DEFAULT));
    expect(chosen('a', two)).toBe('a');
    expect(chosen('gone', two)).toBeUndefined();
    expect(chosen(undefined, two)).toBe('b');
    expect(chosen(undefined, storageClass('a'))).toBeUndefined();
    expect(chosen(undefined, all(two, storageClass('c', undefined, DEFAULT)))).toBeUndefined();
    expect(chosen('judged', two, storageClass('judged'))).toBe('judged');
  });
  test('is the one that is judged, where the cluster has one of its name', () => {
    const world = worldOf(storageClass('a', 'new'), { facts: storageClass('a', 'old') });
    expect(provisionerOf(storageClasses(world).get('a'))).toBe('new');
  });
  test.each([DEFAULT, 'storageclass.beta.kubernetes.io/is-default-class'])('%s makes it the default', (annotation) => {
    expect(isDefaultClass(resources(storageClass('a', 'x', annotation))[0]!)).toBe(true);
    expect(isDefaultClass(resources(storageClass('a', 'x', annotation).replace("'true'", "'false'"))[0]!)).toBe(false);
  });
});

test('a volume that somebody made is for the claims of its class', () => {
  const has = (claim: string, ...volumes: string[]) => {
    const world = worldOf(all(claim, ...volumes));
    return hasVolume(world, claimsOf(world)[0]!);
  };
  const volume = (spec: string, metadata = '') =>
    `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: v${metadata} }, spec: { ${spec} } }`;
  expect(has(pvc('storageClassName: manual'), volume('storageClassName: manual'))).toBe(true);
  expect(has(pvc('storageClassName: manual'), volume('storageClassName: other'))).toBe(false);
  expect(has(pvc('storageClassName: manual'), volume('', `, annotations: { ${OLD}: manual }`))).toBe(true);
  expect(has(pvc("storageClassName: ''"), volume(''))).toBe(true);
  expect(has(pvc(''), volume(''))).toBe(true);
  expect(has(pvc(''))).toBe(false);
});

describe('a provisioner', () => {
  const classFor = (provisioner: string) => resources(storageClass('a', provisioner))[0]!;
  const shares = (provisioner: string, facts = '') => sharesFiles(worldOf('', { facts }), classFor(provisioner));
  test.each([
    'ebs.csi.aws.com',
    'kubernetes.io/aws-ebs',
    'pd.csi.storage.gke.io',
    'kubernetes.io/gce-pd',
    'disk.csi.azure.com',
    'kubernetes.io/azure-disk',
    'dobs.csi.digitalocean.com',
    'csi.hetzner.cloud',
  ])('%s makes disks, which are for one node at a time', (provisioner) => {
    expect(isForOneNode(classFor(provisioner))).toBe(true);
    expect(shares(provisioner)).toBe('no');
  });
  test('of which nothing is known may do either', () => {
    expect(isForOneNode(classFor('efs.csi.aws.com'))).toBe(false);
    expect(isForOneNode(undefined)).toBe(false);
    expect(shares('efs.csi.aws.com')).toBeUndefined();
    expect(
      sharesFiles(worldOf(''), resources(object('storage.k8s.io/v1', 'StorageClass', 'a', '', ''))[0]!),
    ).toBeUndefined();
  });
  test('of directories shares them only where it is told of one that all nodes share: not in kind and k3s', () => {
    const node = (id: string) =>
      `{ apiVersion: v1, kind: Node, metadata: { name: node-1 }, spec: { providerID: '${id}' } }`;
    expect(shares('rancher.io/local-path')).toBe('unless-configured');
    expect(shares('rancher.io/local-path', node('k3s://n'))).toBe('no');
    expect(shares('rancher.io/local-path', node('kind://docker/kind/n'))).toBe('no');
    expect(shares('rancher.io/local-path', '{ apiVersion: v1, kind: Node, metadata: { name: node-1 } }')).toBe(
      'unless-configured',
    );
  });
});
