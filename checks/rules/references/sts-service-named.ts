import { isUnusedName } from '../../../simulate/network/pod-names-used';
import { subdomainOf } from '../../../world/pod-names';
import { serviceOf, servicesOfWorkload } from '../../../world/services';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (serviceName: string) => `
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
  serviceName: ${serviceName}
  selector: { matchLabels: { app: redis } }
  template:
    metadata: { labels: { app: redis } }
    spec: { containers: [{ name: redis, image: 'redis:7.4.1', ports: [{ containerPort: 6379 }] }] }
`;

export default check({
  id: 'sts-service-named',
  group: 'references',
  description: 'the serviceName of a StatefulSet names a Service, also where nothing uses the names of its pods',
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/',
  fix: 'set serviceName to a Service that selects the pods, headless if each pod is to have a name',
  example: {
    broken: manifests('redis-headless'),
    fails: ['StatefulSet/shop/redis spec.serviceName'],
    fixed: manifests('redis'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, namespace } = workload;
      const name = resource.kind === 'StatefulSet' ? subdomainOf(workload) : '';
      if (!name || serviceOf(world, namespace, name) || !isUnusedName(world, workload, name)) continue;
      const at = { resource, path: ['spec', 'serviceName'], kind: 'Service', namespace, name };
      const found = missing(world, at, '');
      if (!found || found.verdict === 'unknown') continue;
      const others = servicesOfWorkload(world, workload).map((service) => service.name);
      yield {
        ...found,
        message: `namespace ${namespace} has no Service ${name}: the pods run and Service ${others.join(', ')} leads to them, but single pods have no DNS names (${resource.name}-0.${name})`,
      };
    }
  },
});
