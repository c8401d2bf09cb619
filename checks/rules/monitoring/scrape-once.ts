import { doubledTargets } from '../../../simulate/monitoring/doubled-targets';
import { check } from '../../check';

const service = (name: string, labels: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, labels: { ${labels} } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: metrics, port: 9100 }] }
---`;

const manifests = (next: string) => `${service('web', 'app: web')}${service('web-next', next)}
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', ports: [{ name: metrics, containerPort: 9100 }] }] }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }] }
`;

export default check({
  id: 'scrape-once',
  group: 'monitoring',
  description: 'a port of a pod is a target once, and not once for each Service that leads to it',
  severity: 'advice',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'scrape by pod (PodMonitor, or role pod), or select one of the Services only, by a label that the others do not have',
  example: {
    broken: manifests('app: web'),
    fails: ['ServiceMonitor/shop/web spec.endpoints[0].port'],
    fixed: manifests('for: releases'),
  },
  *judge(world) {
    for (const { resource, path, value, workload, port, services } of doubledTargets(world))
      yield {
        ...{ resource, path, value },
        message: `port ${port} of the pods of ${workload.resource.kind} ${workload.resource.name} is scraped ${services.length === 2 ? 'twice' : `${services.length} times`}, through Service ${services.join(' and ')}: sums over its series are ${services.length} times too large`,
      };
  },
});
