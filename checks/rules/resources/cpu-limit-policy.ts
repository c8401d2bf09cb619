import { quantityText } from '../../../manifests/quantity';
import { list, record } from '../../../manifests/resource';
import { isLongRunning, limitsOf, quotasOf, statedResources } from '../../../world/requests';
import { servicesOfWorkload } from '../../../world/services';
import { check } from '../../check';

const manifests = (limits: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m, memory: 128Mi }, limits: ${limits} } }] }
`;

export default check({
  id: 'cpu-limit-policy',
  group: 'resources',
  description: 'a container that serves requests is not throttled below one CPU',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'remove the CPU limit and rely on the request, or raise the limit to what a burst needs',
  example: {
    broken: manifests('{ cpu: 200m, memory: 256Mi }'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources.limits.cpu'],
    fixed: manifests('{ memory: 256Mi }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (!isLongRunning(workload) || servicesOfWorkload(world, workload).length === 0) continue;
      // A quota or LimitRange of the namespace may require limits.
      const required =
        quotasOf(world, workload.namespace).some(
          (quota) => 'limits.cpu' in (record(quota.at(['spec', 'hard'])) ?? {}),
        ) ||
        limitsOf(world, workload.namespace).some(({ json }) =>
          ['max', 'default', 'maxLimitRequestRatio'].some((field) => 'cpu' in (record(json[field]) ?? {})),
        );
      if (required) continue;
      for (const container of workload.running) {
        const { requests, limits } = statedResources(container);
        const limit = limits.get('cpu');
        // Limits equal to requests give the Guaranteed QoS class, on purpose.
        const guaranteed = ['cpu', 'memory'].every(
          (name) => limits.has(name) && limits.get(name) === requests.get(name),
        );
        if (
          limit === undefined ||
          guaranteed ||
          limit >= 1_000_000_000n ||
          (list(container.json['ports']).length === 0 && workload.ports.length > 0)
        )
          continue;
        yield {
          resource: workload.resource,
          path: [...container.path, 'resources', 'limits', 'cpu'],
          value: record(record(container.json['resources'])?.['limits'])?.['cpu'],
          message: `container ${container.name} is throttled in each period of 100 ms once it has used its share of the limit of ${quantityText(limit, 'cpu')} CPU, even on an idle node: requests are answered late`,
        };
      }
    }
  },
});
