import { number } from '../../../manifests/resource';
import { scalersOf } from '../../../world/autoscalers';
import { riskRule } from '../risk';
import { changedWorkloads } from '../workloads';

export default riskRule({
  id: 'replicas-changed',
  class: 'capacity',
  description: 'the number of pods of a workload',
  reason: 'More pods need room on the nodes and in the quota; fewer carry less load.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment',
  advice: 'ask whether they fit: strata plan capacity',
  example: {
    before: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    after: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 5
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    finds: ['Deployment/shop/web spec.replicas'],
    harmless: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  minReadySeconds: 5
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
  },
  *find(diff) {
    for (const { change, after } of changedWorkloads(diff)) {
      const field = change.fields.find(({ path }) => path.length === 2 && path[0] === 'spec' && path[1] === 'replicas');
      if (!field) continue;
      const [scaler] = scalersOf(diff.after, after);
      const stated = after.resource.at(['spec', 'replicas']);
      if (scaler) {
        // Without a number of its own the workload keeps the one that the autoscaler has set; redundancy-lost tells the way there.
        if (stated === undefined || stated === null) continue;
        const by = diff.after.idOf(scaler.resource);
        yield {
          change,
          field,
          message: `each time it is applied its pods are set to ${number(stated) ?? 1}, whatever ${by} has made of it, until that sets its own number again`,
          advice: 'leave replicas out of the manifest where an autoscaler sets them',
        };
        continue;
      }
      const [was, is] = [number(field.before) ?? 1, number(field.after) ?? 1];
      yield { change, field, message: count(Math.abs(is - was), is > was ? 'more ' : 'fewer ') };
    }
  },
});

function count(pods: number, which = ''): string {
  return `${pods} ${which}${pods === 1 ? 'pod' : 'pods'}`;
}
