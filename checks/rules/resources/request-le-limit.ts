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
  description: 'the request of a container does not exceed its limit, defaults of the namespace included',
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
      for (const container of workload.containers) {
        const stated = statedResources(container);
        const { requests, limits } = resourcesOf(world, workload, container);
        for (const [name, request] of requests) {
          const limit = limits.get(name);
          if (limit === undefined || request <= limit) continue;
          const [hasRequest, hasLimit] = [stated.requests.has(name), stated.limits.has(name)];
          // No pod is made of a PodTemplate, so nothing is filled in.
          if (workload.resource.kind === 'PodTemplate' && !(hasRequest && hasLimit)) continue;
          const field = hasRequest ? 'requests' : 'limits';
          const written = record(record(container.json['resources'])?.[field]);
          // What the container does not set comes from a LimitRange.
          const fromRange = (isSet: boolean) => (isSet ? '' : ' (the default of a LimitRange)');
          const consequence = hasRequest && hasLimit ? 'the API server rejects it' : 'no pod is admitted';
          yield {
            resource: workload.resource,
            path: written ? [...container.path, 'resources', field, name] : container.path,
            value: written?.[name],
            message: `container ${container.name} requests ${quantityText(request, name)} of ${name}${fromRange(hasRequest)} and has a limit of ${quantityText(limit, name)}${fromRange(hasLimit)}: ${consequence}`,
          };
        }
      }
    }
  },
});
