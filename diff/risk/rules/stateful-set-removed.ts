import { goneOf, namespacesGone } from '../kinds';
import { byNumber } from '../plural';
import { riskRule } from '../risk';
import { claimNames, claimRetention, claimTemplatesOf, fateOfVolume, ordinalsOf } from '../volumes';

const CLASS = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ebs.csi.aws.com
`;
const set = (replicas: number) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  replicas: ${replicas}
  serviceName: db
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: 'example.com/db:1.4.0', volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
---${CLASS}`;

export default riskRule({
  id: 'stateful-set-removed',
  class: 'data-loss',
  description: 'a StatefulSet with claim templates that is removed or renamed',
  reason:
    'Its claims stay, unless persistentVolumeClaimRetentionPolicy.whenDeleted is Delete, or their namespace goes. Claims that stay are nobody’s: only a StatefulSet of the same name and template takes them up again.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention',
  advice: 'make a backup first, or keep the name, or set whenDeleted: Retain and apply that before',
  example: { before: set(2), after: CLASS, finds: ['StatefulSet/shop/db'], harmless: set(3) },
  *find(diff) {
    for (const { change, before, namespace, renamed } of goneOf(diff, 'StatefulSet')) {
      const templates = claimTemplatesOf(diff.before, before);
      if (templates.length === 0) continue;
      const { from, to } = ordinalsOf(before);
      const ordinals = Array.from({ length: to - from }, (_, i) => from + i);
      const claims = claimNames(templates, before, ordinals) || 'its claims';
      const known = ordinals.length === 0 ? templates.length + 1 : ordinals.length * templates.length;
      const instead = renamed ? `; ${renamed.name} begins with empty volumes` : '';
      if (namespacesGone(diff).has(namespace)) {
        const { class: risk, text } = fateOfVolume(diff.before, templates[0]!);
        yield {
          change,
          class: risk,
          message: `${claims} ${byNumber(known, 'goes', 'go')} with namespace ${namespace}: ${text}${instead}`,
          advice: 'make a backup first, or keep the Namespace',
        };
        continue;
      }
      if (claimRetention(before, 'whenDeleted') === 'Delete') {
        const { class: risk, text } = fateOfVolume(diff.before, templates[0]!);
        yield {
          change,
          class: risk,
          message: `${claims} ${byNumber(known, 'is', 'are')} deleted with it (whenDeleted: Delete): ${text}${instead}`,
        };
        continue;
      }
      yield {
        change,
        class: 'disruption',
        message: `${claims} ${byNumber(known, 'stays', 'stay')} with all data, and nothing uses ${byNumber(known, 'it', 'them')}${instead}`,
        advice: `remove the claims by hand once nobody needs them: a StatefulSet called ${before.name} takes them up again`,
      };
    }
  },
});
