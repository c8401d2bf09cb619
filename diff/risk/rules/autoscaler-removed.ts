import { number } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { autoscalersOf, workloadNamed } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { soMany } from '../plural';
import { riskRule } from '../risk';

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;
const hpa = (bounds: string) => `${WEB}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} }
`;

export default riskRule({
  id: 'autoscaler-removed',
  class: 'disruption',
  description: 'a workload that no autoscaler scales any more, or that may have fewer pods than it had at least',
  reason: 'Under load nobody adds pods. A maximum below what runs now takes pods away at once.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  advice: 'set replicas to what carries the highest load before the autoscaler goes',
  example: {
    before: hpa('minReplicas: 3, maxReplicas: 9'),
    after: WEB,
    finds: ['HorizontalPodAutoscaler/shop/web'],
    harmless: hpa('minReplicas: 3, maxReplicas: 6'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'HorizontalPodAutoscaler', 'ScaledObject')) {
      const was = scalerOf(diff.before, change.before);
      if (!was) continue;
      const { kind, name } = was.target;
      const workload = workloadNamed(diff.after, kind, was.namespace, name);
      if (!workload || workload.replicas === 0) continue;
      const id = diff.after.idOf(workload.resource);
      const is = autoscalersOf(diff.after).find(
        (each) => each.target.kind === kind && each.target.name === name && each.namespace === was.namespace,
      );
      if (!is)
        yield {
          change,
          message: `nothing adds pods to ${id} under load any more: there were up to ${was.max}; ${keptText(workload)}`,
        };
      else if (is.max < was.min)
        yield {
          change,
          field: fieldAt(change, ['spec', 'maxReplicas']) ?? fieldAt(change, ['spec', 'maxReplicaCount']),
          message: `${id} has ${soMany(is.max, 'pod')} at most, and had ${was.min} at least: pods are stopped at once`,
        };
    }
  },
});

/** How many pods are left to a workload that nothing scales. */
function keptText({ resource }: WorkloadManifest): string {
  const replicas = number(resource.at(['spec', 'replicas']));
  return replicas === undefined
    ? 'it keeps as many as it has then, and has a single one if it is made anew, as its manifest gives no replicas'
    : `its manifest sets ${soMany(replicas, 'pod')} when it is applied`;
}

function scalerOf(world: World, resource: ObjectChange['before']) {
  return resource && autoscalersOf(world).find((scaler) => scaler.resource === resource);
}
