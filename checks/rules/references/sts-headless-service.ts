import { isUnusedName } from '../../../simulate/network/pod-names-used';
import { subdomainOf } from '../../../world/pod-names';
import { serviceOf } from '../../../world/services';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (serviceName: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: redis-peers, namespace: shop }
spec: { clusterIP: None, selector: { app: redis }, ports: [{ port: 6379 }] }
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
  id: 'sts-headless-service',
  group: 'references',
  description: 'the serviceName of a StatefulSet names a headless Service that selects its pods',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/',
  fix: 'add a Service with clusterIP: None and the labels of the pods as its selector, and set serviceName to its name',
  example: {
    broken: manifests('redis-headless'),
    fails: ['StatefulSet/shop/redis spec.serviceName'],
    fixed: manifests('redis-peers'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, namespace } = workload;
      const name = resource.kind === 'StatefulSet' ? subdomainOf(workload) : '';
      if (!name) continue; // the pods need no DNS names
      const path = ['spec', 'serviceName'];
      const service = serviceOf(world, namespace, name);
      const names = `${resource.name}-0.${name}`;
      if (!service) {
        // Without per-pod names in use the pods run and are found by that Service: sts-service-named advises.
        if (isUnusedName(world, workload, name)) continue;
        const finding = missing(
          world,
          { resource, path, kind: 'Service', namespace, name },
          `the DNS names of its pods (${names}) do not resolve`,
        );
        if (finding) yield finding;
      } else if (
        service.backing === 'external' ||
        (service.backing === 'pods' && !service.workloads.includes(workload))
      ) {
        yield {
          resource,
          path,
          value: name,
          message: `Service ${name} does not select these pods, so their DNS names (${names}) do not resolve`,
        };
      } else if (!service.headless && (workload.replicas ?? 0) > 1) {
        // A single pod is reached by the name of the Service.
        yield {
          resource,
          path,
          value: name,
          verdict: 'unknown',
          message: `Service ${name} is not headless: whether the DNS names of the pods (${names}) resolve depends on the DNS server of the cluster (CoreDNS resolves them, the specification does not require it); set clusterIP: None to be sure`,
        };
      }
    }
  },
});
