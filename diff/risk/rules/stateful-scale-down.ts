import { changesAt, fieldAt } from '../paths';
import { byNumber } from '../plural';
import { riskRule } from '../risk';
import { claimNames, claimRetention, claimTemplatesOf, fateOfVolume, ordinalsOf } from '../volumes';
import { changedWorkloads } from '../workloads';

const set = (replicas: number) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  replicas: ${replicas}
  serviceName: db
  persistentVolumeClaimRetentionPolicy: { whenScaled: Delete }
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: 'example.com/db:1.4.0', volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
`;

export default riskRule({
  id: 'stateful-scale-down',
  class: 'data-loss',
  description: 'fewer pods of a StatefulSet that deletes the claims of the pods that go',
  reason:
    'With persistentVolumeClaimRetentionPolicy.whenScaled: Delete the controller deletes the claims of each pod above the number of replicas. Scaling up again makes new, empty ones.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention',
  advice: 'set whenScaled: Retain first, or let the program move its data off these pods before',
  example: { before: set(3), after: set(1), finds: ['StatefulSet/shop/db spec.replicas'], harmless: set(4) },
  *find(diff) {
    for (const { change, before, after } of changedWorkloads(diff)) {
      if (after.resource.kind !== 'StatefulSet') continue;
      if (!changesAt(change, ['spec', 'replicas']) && !changesAt(change, ['spec', 'ordinals'])) continue;
      if (claimRetention(after.resource, 'whenScaled') !== 'Delete') continue;
      const templates = claimTemplatesOf(diff.before, before.resource);
      const [was, is] = [ordinalsOf(before.resource), ordinalsOf(after.resource)];
      const gone = Array.from({ length: was.to - was.from }, (_, i) => was.from + i).filter(
        (ordinal) => ordinal < is.from || ordinal >= is.to,
      );
      if (gone.length === 0 || templates.length === 0) continue;
      const { class: risk, text } = fateOfVolume(diff.before, templates[0]!);
      yield {
        change,
        field: fieldAt(change, ['spec', 'replicas']) ?? fieldAt(change, ['spec', 'ordinals']),
        class: risk,
        message: `${claimNames(templates, before.resource, gone)} ${byNumber(gone.length * templates.length, 'is', 'are')} deleted (whenScaled: Delete): ${text}`,
      };
    }
  },
});
