import type { Resource } from '../../../manifests/resource';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const storage = (value: string, labels = 'a: b') => `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast, labels: { ${labels} }, annotations: { storageclass.kubernetes.io/is-default-class: '${value}' } }
provisioner: ebs.csi.aws.com
`;

export default riskRule({
  id: 'default-class-changed',
  class: 'disruption',
  description: 'a class that is the default of the cluster from now on, or no longer',
  reason:
    'What names no class gets another one, or none: claims stay Pending, Ingresses are served by nobody or by two, pods get another priority. What is there keeps what it has.',
  source: 'https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass',
  advice: 'name the class wherever it counts, and keep one default at any time',
  example: {
    before: storage('true'),
    after: storage('false'),
    finds: ['StorageClass/fast metadata.annotations["storageclass.kubernetes.io/is-default-class"]'],
    harmless: storage('true', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...Object.keys(DEFAULTS))) {
      const { before, after, kind } = change;
      const [was, is] = [before, after].map((resource) => resource !== undefined && isDefault(resource));
      if (was === is || (!after && isKept(before!))) continue;
      const what = DEFAULTS[kind]!;
      yield {
        change,
        field:
          change.does === 'changed'
            ? (fieldAt(change, ['metadata', 'annotations']) ?? fieldAt(change, ['globalDefault']))
            : undefined,
        message: is
          ? `${what} that name no class get this one`
          : `${what} that name no class do not get this one any more`,
      };
    }
  },
});

const DEFAULTS: Readonly<Record<string, string>> = {
  StorageClass: 'claims',
  IngressClass: 'Ingresses',
  PriorityClass: 'pods',
  VolumeSnapshotClass: 'snapshots',
};

function isDefault(resource: Resource): boolean {
  return (
    resource.at(['globalDefault']) === true ||
    Object.entries(resource.annotations).some(([name, value]) => /\/is-default-class$/.test(name) && value === 'true')
  );
}
