import { record, strings } from '../../../manifests/resource';
import { didYouMean } from '../../../model/near';
import { hasPodsMatching, misspeltLabels } from '../../../world/pods';
import { possiblePodCreatorOf } from '../../../world/possible-pod-creators';
import { check } from '../../check';
import { respeltLabel } from '../../respelt';

export default check({
  id: 'service-selects-workload',
  group: 'references',
  description: 'the selector of a Service selects the pods of a workload in its namespace',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'set spec.selector to labels that the pods of the workload have',
  example: {
    broken: `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis-master }, ports: [{ port: 6379 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis, image: 'redis:7.4.1' }] } }
`,
    fails: ['Service/shop/redis spec.selector'],
    fixed: `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis }, ports: [{ port: 6379 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis, image: 'redis:7.4.1' }] } }
`,
  },
  *judge(world) {
    for (const service of world.of('Service')) {
      const selector = record(service.at(['spec', 'selector']));
      if (!selector || Object.keys(selector).length === 0 || service.at(['spec', 'type']) === 'ExternalName') continue;
      const namespace = world.namespaceOf(service);
      if (hasPodsMatching(world, namespace, { matchLabels: selector })) continue;
      const maker = possiblePodCreatorOf(world, namespace, strings(selector));
      const meant = misspeltLabels(world, namespace, strings(selector));
      const at = { resource: service, path: ['spec', 'selector'], value: selector };
      if (maker)
        yield {
          ...at,
          verdict: 'unknown',
          message: `no pod template in the manifests has these labels; whether the pods of ${maker.kind} ${maker.name} get them is not known: look at a running pod with kubectl get pods --show-labels, or --declare a Pod with its labels`,
        };
      else if (meant.length === 0 && !world.isComplete(namespace, 'Pod'))
        yield {
          ...at,
          verdict: 'unknown',
          message: `no pod template in the manifests has these labels; judge the manifests of namespace ${namespace} together, or --declare the workload that is defined elsewhere`,
        };
      else
        yield {
          ...at,
          message: `no pod has these labels, so the Service has no endpoints and every connection to it is refused${didYouMean(meant)}`,
          ...respeltLabel(selector, meant, ['spec', 'selector']),
        };
    }
  },
});
