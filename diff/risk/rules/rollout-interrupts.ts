import type { WorkloadManifest } from '../../../manifests/workload';
import { isPaused, strategyOf } from '../../../simulate/rollout/strategy';
import { podsOf } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (image: string, replicas = 2) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  strategy: { type: Recreate }
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:${image}' }] } }
`;

export default riskRule({
  id: 'rollout-interrupts',
  class: 'disruption',
  description: 'a new revision of a workload whose strategy stops all of its pods before a new one is ready',
  reason:
    'With Recreate, with a maxUnavailable of all pods, or with the only pod of a StatefulSet, nothing serves until the new pods are ready. If they never are, nothing serves any more.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy',
  advice:
    'roll it out when nobody needs it, or use RollingUpdate with maxUnavailable 0 where two pods can run beside each other',
  example: {
    before: web('1.4.0'),
    after: web('1.5.0'),
    finds: ['Deployment/shop/web'],
    harmless: web('1.4.0', 3),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0 || podsOf(diff.before, workload.before)?.max === 0) continue;
      const message = interruption(diff.after, workload.after);
      if (message !== undefined) yield { change: workload.change, message };
    }
  },
});

/** Why no pod is left for a while; undefined where one is. */
function interruption(world: World, workload: WorkloadManifest): string | undefined {
  const pods = workload.resource.kind === 'DaemonSet' ? 100 : podsOf(world, workload)?.min;
  if (pods === undefined || pods === 0 || isPaused(workload)) return undefined;
  const strategy = strategyOf(workload, pods);
  const all = pods === 1 ? 'the only pod is' : `all ${pods} pods are`;
  switch (strategy?.type) {
    case 'Recreate':
      return `${all} stopped before a new one starts (strategy Recreate): nothing serves until it is ready`;
    case 'RollingUpdate':
      if (strategy.unavailable < pods) return undefined;
      return `${all} stopped at once (maxUnavailable ${strategy.unavailable}): nothing may serve until a new one is ready`;
    case 'Ordinals':
      if (pods > 1 || strategy.partition > 0) return undefined;
      return 'the only pod is stopped before the new one starts: nothing serves until it is ready';
    case 'Nodes':
      if (strategy.surge > 0 || strategy.unavailable < pods) return undefined;
      return 'the pods of all nodes are stopped at once (maxUnavailable 100%): nothing serves until new ones are ready';
    default:
      return undefined;
  }
}
