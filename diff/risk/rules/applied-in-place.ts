import { riskRule } from '../risk';
import { changedWorkloads, isBelow, replacesPods } from '../workloads';

export default riskRule({
  id: 'applied-in-place',
  class: 'in-place',
  description: 'what takes effect without any pod being replaced: specs, data, objects that come or go',
  reason:
    'Controllers and proxies act on it as soon as they see it; nothing waits, and nothing is rolled out step by step.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#object-spec-and-status',
  advice: 'apply it when somebody watches: it holds everywhere at once',
  example: {
    before: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
    after: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }], sessionAffinity: ClientIP }
`,
    finds: ['Service/shop/web spec.sessionAffinity'],
    harmless: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { team: a } }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
  },
  *find(diff) {
    const workloads = new Map(changedWorkloads(diff).map((workload) => [workload.change, workload.after]));
    for (const change of diff.changes) {
      if (change.does === 'added') yield { change, message: 'is new' };
      if (change.does === 'removed') yield { change, message: 'is removed' };
      const workload = workloads.get(change);
      for (const field of change.fields) {
        if (field.path[0] === 'metadata') continue;
        const isOfPods = workload !== undefined && isBelow(field, workload.templatePath);
        if (isOfPods && replacesPods(workload)) continue;
        yield {
          change,
          field,
          message: isOfPods ? 'holds for pods that are made from now on' : 'takes effect at once',
        };
      }
    }
  },
});
