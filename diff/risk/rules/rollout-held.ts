import { isPaused } from '../../../simulate/rollout/strategy';
import { heldBack, isOnDelete } from '../held';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (image: string, spec = '', replicas = 2) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  ${spec}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:${image}' }] } }
`;

export default riskRule({
  id: 'rollout-held',
  class: 'in-place',
  description:
    'another template of pods that are not replaced: a paused Deployment, OnDelete, a partition, a ReplicaSet',
  reason:
    'The change is stored, and the pods that run stay as they are. A paused Deployment makes old ones anew from the old template; the others make a pod that is missing from the new one.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment',
  advice: 'make sure that this is meant: until then nothing of the change runs',
  example: {
    before: web('1.4.0', 'paused: true'),
    after: web('1.5.0', 'paused: true'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].image'],
    harmless: web('1.4.0', 'paused: true', 3),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      const { change, before, after } = workload;
      const held = templateFields(workload).length > 0 ? heldBack(diff, workload) : undefined;
      if (held) for (const field of templateFields(workload)) yield { change, field, ...held };
      if (isPaused(after) && !isPaused(before))
        yield {
          change,
          field: fieldAt(change, ['spec', 'paused']),
          message: 'nothing is rolled out until it is resumed; a rollout that goes on stops where it is',
        };
      if (isOnDelete(after) && !isOnDelete(before))
        yield {
          change,
          field: fieldAt(change, ['spec', 'updateStrategy']),
          message: 'pods are replaced only when somebody deletes them (OnDelete), and no more by themselves',
        };
    }
  },
});
