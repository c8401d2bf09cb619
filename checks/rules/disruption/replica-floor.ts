import { referencesOf } from '../../../manifests/references';
import { list } from '../../../manifests/resource';
import { podsOf } from '../../../world/autoscalers';
import type { ServiceView } from '../../../world/services';
import { servicesOfWorkload } from '../../../world/services';
import { check } from '../../check';

const manifests = (replicas: number) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'replica-floor',
  group: 'disruption',
  description: 'a workload that serves requests keeps at least two pods',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
  fix: "set replicas, or the autoscaler's minimum, to at least 2",
  example: { broken: manifests(1), fails: ['Deployment/shop/web spec.replicas'], fixed: manifests(2) },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, podSpec } = workload;
      if (!['Deployment', 'Rollout'].includes(resource.kind) || !servesRequests(servicesOfWorkload(world, workload)))
        continue;
      const pods = podsOf(world, workload);
      if (pods?.min !== 1) continue;
      // A workload that keeps data of its own cannot simply run twice.
      const single =
        referencesOf(workload).some(({ kind }) => kind === 'PersistentVolumeClaim') ||
        list(podSpec['volumes']).some(
          (volume) => volume !== null && typeof volume === 'object' && 'hostPath' in volume,
        );
      if (single || resource.at(['spec', 'strategy', 'type']) === 'Recreate') continue;
      const { scaler } = pods;
      if (scaler) {
        const path = ['spec', scaler.kind === 'ScaledObject' ? 'minReplicaCount' : 'minReplicas'];
        yield {
          resource: scaler,
          path,
          value: scaler.at(path),
          message: `${resource.kind} ${resource.name} scales down to a single pod: ${UNAVAILABLE}`,
        };
      } else {
        const path = ['spec', 'replicas'];
        yield { resource, path, value: resource.at(path), message: `a single pod serves the requests: ${UNAVAILABLE}` };
      }
    }
  },
});

const UNAVAILABLE = 'while it is evicted, rescheduled or restarted, requests are not answered';

/** Not an exporter that serves only metrics: missing a scrape or two does no harm. */
function servesRequests(services: readonly ServiceView[]): boolean {
  return services.some(({ ports }) => ports.some(({ name }) => !name?.includes('metrics')));
}
