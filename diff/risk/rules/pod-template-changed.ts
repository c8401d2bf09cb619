import type { FieldChange } from '../../field-change';
import { partitionOf, REPLACED, replacesPods } from '../held';
import { operatedChanges, podFieldsOf } from '../operated-changes';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

export default riskRule({
  id: 'pod-template-changed',
  class: 'restart',
  description: 'anything in the template of pods: another revision',
  reason:
    'The controller makes pods of the new template and removes the old ones, by its strategy. Also a label, an annotation, another order of variables, or the name of a config makes a new revision.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment',
  advice: 'watch the rollout: kubectl rollout status',
  example: {
    before: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    after: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.5.0' }] } }
`,
    finds: ['Deployment/shop/web spec.template.spec.containers[web].image'],
    harmless: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ image: 'example.com/web:1.4.0', name: web }], restartPolicy: Always } }
`,
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (!replacesPods(diff, workload)) continue;
      for (const field of templateFields(workload))
        yield {
          change: workload.change,
          field,
          message: messageOf(diff, field) + restOf(workload),
        };
    }
    for (const each of operatedChanges(diff))
      for (const field of podFieldsOf(each))
        yield {
          change: each.change,
          field,
          message: 'the operator gives its StatefulSet another template: pods are replaced by those of a new revision',
        };
  },
});

/** The pods of a StatefulSet that a partition keeps as they are. */
function restOf({ after }: WorkloadChange): string {
  const partition = partitionOf(after);
  return partition === undefined
    ? ''
    : `; only those from ordinal ${partition} are, and the others keep the old template until partition is lowered`;
}

function messageOf({ changes }: WorldChange, { follows }: FieldChange): string {
  if (follows === undefined) return REPLACED;
  // A hash that is made in another way renames a config that says what it said.
  const isRead = !follows.includes('/') || changes.some(({ id }) => follows.split(', ').includes(id));
  return isRead
    ? 'pods are replaced: what they read has changed'
    : 'pods are replaced: what they read has another name, and says the same';
}
