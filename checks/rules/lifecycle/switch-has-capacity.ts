import type { Path, Resource } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { podsOf } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { versionSwitches } from '../../version-switches';

const version = (name: string, replicas: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-${name}, namespace: shop }
spec:
  ${replicas}
  selector: { matchLabels: { app: web, version: ${name} } }
  template:
    metadata: { labels: { app: web, version: ${name} } }
    spec: { containers: [{ name: web, image: 'shop/web:${name}', resources: { requests: { cpu: 100m } } }] }
---`;

const manifests = (least: number) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web, version: green }, ports: [{ port: 80, targetPort: 8080 }] }
---${version('blue', 'replicas: 8')}${version('green', '')}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web-green, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web-green }
  minReplicas: ${least}
  maxReplicas: 12
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

export default check({
  id: 'switch-has-capacity',
  group: 'lifecycle',
  description: 'the version that a Service switches to has at least as many pods as the one beside it',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: "give the version that gets the requests the other one's number of pods before the switch: replicas, or minReplicas of its autoscaler",
  example: {
    broken: manifests(2),
    fails: ['HorizontalPodAutoscaler/shop/web-green spec.minReplicas'],
    fixed: manifests(8),
  },
  *judge(world) {
    for (const { service, live, idle } of versionSwitches(world)) {
      const served = sum(world, live);
      const [most] = idle
        .map((workload) => ({ workload, pods: podsOf(world, workload)?.min ?? 0 }))
        .sort((a, b) => b.pods - a.pods);
      if (served === undefined || !most || served >= most.pods) continue;
      const [first] = live;
      const scaler = podsOf(world, first!)?.scaler;
      yield {
        ...placeOf(first!, scaler),
        message: `Service ${service.name} sends all requests to ${named(first!)}, which has ${scaler ? `${served} by the minimum of ${scaler.kind} ${scaler.name}` : served}, and ${named(most.workload)} beside it has ${most.pods}: at the switch ${served === 1 ? 'one pod gets' : `${served} pods get`} what ${most.pods} served`,
      };
    }
  },
});

/** Pods that there are for certain; undefined where nodes or time decide. */
function sum(world: World, workloads: readonly WorkloadManifest[]): number | undefined {
  const each = workloads.map((workload) => podsOf(world, workload)?.min);
  return each.includes(undefined) ? undefined : each.reduce<number>((total, pods) => total + (pods ?? 0), 0);
}

function named({ resource }: WorkloadManifest): string {
  return `${resource.kind} ${resource.name}`;
}

function placeOf(
  { resource }: WorkloadManifest,
  scaler: Resource | undefined,
): { readonly resource: Resource; readonly path: Path; readonly value: unknown } {
  const path = ['spec', scaler?.kind === 'ScaledObject' ? 'minReplicaCount' : scaler ? 'minReplicas' : 'replicas'];
  const place = scaler ?? resource;
  return { resource: place, path, value: place.at(path) };
}
