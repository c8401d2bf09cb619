import { riskRule } from '../risk';
import { changedWorkloads, replacesPods, templateFields } from '../workloads';

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
      if (!replacesPods(workload.after)) continue;
      for (const field of templateFields(workload))
        yield {
          change: workload.change,
          field,
          message: field.follows
            ? 'pods are replaced: what they read has changed'
            : 'pods are replaced by those of a new revision',
        };
    }
  },
});
