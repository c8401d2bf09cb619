import { number, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { strategyOf } from '../../../simulate/rollout/strategy';
import { podsOf } from '../../../world/autoscalers';
import { fieldAt } from '../paths';
import { soMany } from '../plural';
import { progressiveLost } from '../progressive';
import { riskRule } from '../risk';
import { changedWorkloads } from '../workloads';

const web = (spec: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 4
  ${spec}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'strategy-loosened',
  class: 'disruption',
  description:
    'a rollout that may stop more pods at once than before, that goes on sooner, or that is not tried on a part of the requests first',
  reason: 'The strategy is what stops a broken revision before it has replaced every pod that works.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy',
  advice: 'keep maxUnavailable small, and minReadySeconds as long as a broken pod takes to show it',
  example: {
    before: web('strategy: { rollingUpdate: { maxUnavailable: 1 } }'),
    after: web('strategy: { rollingUpdate: { maxUnavailable: 3 } }'),
    finds: ['Deployment/shop/web spec.strategy.rollingUpdate.maxUnavailable'],
    harmless: web('strategy: { rollingUpdate: { maxUnavailable: 0 } }'),
  },
  *find(diff) {
    for (const { change, before, after } of changedWorkloads(diff)) {
      if (after.resource.kind === 'Rollout')
        for (const { path, message } of progressiveLost(before.resource, after.resource))
          yield {
            change,
            field: fieldAt(change, path) ?? fieldAt(change, ['spec', 'strategy']),
            message,
            advice: 'keep the steps, pauses and analyses that show a broken revision before it has all requests',
          };
      const name = after.resource.kind === 'Deployment' ? 'strategy' : 'updateStrategy';
      const field =
        fieldAt(change, ['spec', name, 'rollingUpdate', 'maxUnavailable']) ?? fieldAt(change, ['spec', name]);
      if (field) {
        // Shares are compared for the same number of pods.
        const pods = podsOf(diff.after, after)?.max ?? 100;
        const message = loosened(before, after, pods);
        if (message !== undefined) yield { change, field, message };
      }
      const ready = fieldAt(change, ['spec', 'minReadySeconds']);
      const [was, is] = [readyOf(before), readyOf(after)];
      if (ready && is < was)
        yield {
          change,
          field: ready,
          message: `a rollout goes on ${is === 0 ? 'as soon as a new pod is ready' : `${soMany(is, 'second')} after a new pod is ready`}, and waited ${was} before`,
        };
    }
  },
});

function readyOf({ resource }: WorkloadManifest): number {
  return number(resource.at(['spec', 'minReadySeconds'])) ?? 0;
}

function loosened(before: WorkloadManifest, after: WorkloadManifest, pods: number): string | undefined {
  const [was, is] = [strategyOf(before, pods), strategyOf(after, pods)];
  if (!was || !is || pods === 0) return undefined;
  if (is.type === 'Recreate')
    return was.type === 'Recreate'
      ? undefined
      : 'every rollout stops all pods before a new one starts (strategy Recreate)';
  // That a canary goes on is told as what is replaced now (rollout-resumed).
  if (was.type === 'OnDelete' && is.type !== 'OnDelete')
    return `pods are replaced by themselves (${string(after.resource.at(['spec', 'updateStrategy', 'type'])) ?? 'RollingUpdate'}), and not when somebody deletes them`;
  if (!('unavailable' in is) || !('unavailable' in was) || is.unavailable <= was.unavailable) return undefined;
  const count =
    is.unavailable >= pods
      ? 'all pods'
      : pods === 100
        ? `${is.unavailable}% of the pods`
        : `${is.unavailable} of ${pods} pods`;
  return `a rollout may stop ${count} at once, and ${was.unavailable} before`;
}
