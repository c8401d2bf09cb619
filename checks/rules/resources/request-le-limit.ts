import { quantityText } from '../../../manifests/quantity';
import { record } from '../../../manifests/resource';
import { resourcesOf, statedResources } from '../../../world/requests';
import { check } from '../../check';

const manifests = (request: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { memory: ${request} }, limits: { memory: 256Mi } } }] }
`;

export default check({
  id: 'request-le-limit',
  group: 'resources',
  description: 'a container requests no more than its limit, the defaults of the namespace counted in',
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/core/validation/validation.go',
  fix: 'lower the request or raise the limit',
  example: {
    broken: manifests('512Mi'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources.requests.memory'],
    fixed: manifests('128Mi'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (workload.resource.kind === 'PodTemplate') continue;
      for (const container of workload.containers) {
        const stated = statedResources(container);
        const { requests, limits } = resourcesOf(world, workload, container);
        for (const [name, request] of requests) {
          const limit = limits.get(name);
          if (limit === undefined || request <= limit) continue;
          const own = stated.limits.has(name) && stated.requests.has(name);
          const by = own
            ? ''
            : stated.limits.has(name)
              ? ', the default of a LimitRange'
              : `, the default limit of a LimitRange`;
          const written = record(
            record(container.json['resources'])?.[stated.requests.has(name) ? 'requests' : 'limits'],
          );
          yield {
            resource: workload.resource,
            path: written
              ? [...container.path, 'resources', stated.requests.has(name) ? 'requests' : 'limits', name]
              : container.path,
            value: written?.[name],
            message: `container ${container.name} requests ${quantityText(request, name)} of ${name}${own || stated.requests.has(name) ? '' : by} and is limited to ${quantityText(limit, name)}${stated.limits.has(name) ? '' : by}: ${own ? 'the API server refuses it' : 'no pod is admitted'}`,
          };
        }
      }
    }
  },
});
