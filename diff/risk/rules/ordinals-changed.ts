import { fieldAt } from '../paths';
import { byNumber } from '../plural';
import { riskRule } from '../risk';
import { claimNames, claimTemplatesOf, ordinalsOf } from '../volumes';
import { changedWorkloads } from '../workloads';

const set = (more: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  replicas: 3${more}
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: 'example.com/db:1.4.0', volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
`;

export default riskRule({
  id: 'ordinals-changed',
  class: 'disruption',
  description: 'pods of a StatefulSet that get other numbers',
  reason:
    'The controller deletes the pods outside of the new numbers and makes others, with names and claims of their own: new claims are empty, and those of the old pods are read by nobody.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#start-ordinal',
  advice: 'move the data and whoever connects to the old names first, or leave the numbers as they are',
  example: {
    before: set(''),
    after: set('\n  ordinals: { start: 1 }'),
    finds: ['StatefulSet/shop/db spec.ordinals'],
    harmless: set('\n  ordinals: { start: 0 }'),
  },
  *find(diff) {
    for (const { change, before, after } of changedWorkloads(diff)) {
      if (after.resource.kind !== 'StatefulSet') continue;
      const [was, is] = [ordinalsOf(before.resource), ordinalsOf(after.resource)];
      // More or fewer pods are told as that.
      if (was.from === is.from) continue;
      const gone = outside(was, is);
      const come = outside(is, was);
      if (gone.length === 0 && come.length === 0) continue;
      const names = (ordinals: readonly number[]) =>
        ordinals.map((ordinal) => `${after.resource.name}-${ordinal}`).join(', ');
      const templates = claimTemplatesOf(diff.after, after.resource);
      const parts = [
        gone.length > 0 &&
          `${byNumber(gone.length, 'pod', 'pods')} ${names(gone)} ${byNumber(gone.length, 'is', 'are')} deleted`,
        come.length > 0 && `${names(come)} ${byNumber(come.length, 'comes', 'come')}`,
      ].filter(Boolean);
      const claims =
        templates.length > 0 && come.length > 0
          ? `, with the claims ${claimNames(templates, after.resource, come)}: empty unless they are there already`
          : '';
      yield {
        change,
        field: fieldAt(change, ['spec', 'ordinals']) ?? fieldAt(change, ['spec', 'replicas']),
        message: `${parts.join(' and ')}${claims}`,
      };
    }
  },
});

function outside(own: ReturnType<typeof ordinalsOf>, other: ReturnType<typeof ordinalsOf>): number[] {
  return Array.from({ length: own.to - own.from }, (_, i) => own.from + i).filter(
    (ordinal) => ordinal < other.from || ordinal >= other.to,
  );
}
