import { quantityText } from '../../../manifests/quantity';
import { number } from '../../../manifests/resource';
import { podsOf, rolloutOf } from '../../../world/autoscalers';
import { podCountsFor, podsNeed, quotasWithPods } from '../../../world/quotas';
import { check } from '../../check';

const manifests = (pods: number) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: compute, namespace: shop }
spec: { hard: { pods: '${pods}' } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 4
  strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 90
      containers: [{ name: web, image: 'shop/web:3.1.0' }]
`;

/** What pods have where nothing is said: so long a rollout may wait. */
const USUAL_GRACE = 30;

export default check({
  id: 'quota-counts-stopping',
  group: 'resources',
  description: 'a rollout that stops pods first fits the quota while they still stop',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  fix: 'give the quota room for the pods that stop at once (maxUnavailable), or shorten terminationGracePeriodSeconds',
  example: {
    broken: manifests(4),
    fails: ['ResourceQuota/shop/compute spec.hard.pods'],
    fixed: manifests(5),
  },
  *judge(world) {
    for (const quota of quotasWithPods(world)) {
      for (const [name, hard] of quota.hard) {
        const need = podsNeed(world, quota, name);
        // What does not fit as it is, quota-fits says.
        if (!need || need.steady + need.surge > hard) continue;
        for (const workload of quota.workloads) {
          const pods = podsOf(world, workload)?.max ?? 0;
          const rollout = pods > 0 ? rolloutOf(workload, pods) : undefined;
          const grace = number(workload.podSpec['terminationGracePeriodSeconds']) ?? USUAL_GRACE;
          if (!rollout || rollout.surge > 0 || rollout.unavailable === 0 || grace <= USUAL_GRACE) continue;
          const stopping = (podCountsFor(world, workload, name) ?? 0n) * BigInt(rollout.unavailable);
          if (stopping === 0n || need.steady + stopping <= hard) continue;
          const path = ['spec', 'hard', name];
          yield {
            ...{ resource: quota.resource, path, value: quota.resource.at(path) },
            message: `pods that stop count until they are gone: in a rollout of ${workload.resource.kind} ${workload.resource.name}, ${quantityText(need.steady + stopping, name)} of ${name} are counted and the quota is ${quantityText(hard, name)}, so each step waits up to ${grace} seconds and new pods are refused meanwhile (exceeded quota)`,
          };
          break;
        }
      }
    }
  },
});
