import { flagValues, wordsOf } from '../../../manifests/flags';
import { number, string } from '../../../manifests/resource';
import { podsOf } from '../../../world/autoscalers';
import { allowedDisruptions, budgetsOfWorkload } from '../../../world/budgets';
import { verticalScalersIn, workloadSized } from '../../../world/vertical-scalers';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (more: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m } } }] }
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  updatePolicy: { updateMode: Recreate${more} }
`;

const EVICTING: ReadonlySet<string> = new Set(['Recreate', 'Auto']);
const IN_PLACE: ReadonlySet<string> = new Set(['InPlaceOrRecreate', 'InPlace']);
/** What the updater has as --min-replicas where nothing is said. */
const MIN_REPLICAS = 2;
const RESIZES_SINCE = 33;

export default check({
  id: 'vpa-can-act',
  group: 'scaling',
  description: 'a VerticalPodAutoscaler that changes pods has enough of them, and a budget and versions that let it',
  severity: 'will-break',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/flags.md',
  fix: 'run two replicas, or set updatePolicy.minReplicas to 1 where the one pod may be evicted, or set updateMode to Initial',
  example: {
    broken: manifests(''),
    fails: ['VerticalPodAutoscaler/shop/web spec.targetRef.name'],
    fixed: manifests(', minReplicas: 1'),
  },
  *judge(world) {
    for (const vertical of verticalScalersIn(world)) {
      const { resource, mode, target } = vertical;
      if (world.isExternal(resource) || (!EVICTING.has(mode) && !IN_PLACE.has(mode))) continue;
      const { minor } = world.facts;
      if (IN_PLACE.has(mode) && minor !== undefined && minor < RESIZES_SINCE) {
        yield {
          ...{ resource, path: ['spec', 'updatePolicy', 'updateMode'], value: mode },
          message:
            mode === 'InPlace'
              ? `Kubernetes 1.${minor} does not resize pods that run (it does from 1.${RESIZES_SINCE} on), so no pod is ever changed`
              : `Kubernetes 1.${minor} does not resize pods that run (it does from 1.${RESIZES_SINCE} on): each change evicts the pod, as Recreate does`,
          fix: 'set updateMode to Recreate, or upgrade the cluster',
        };
        continue;
      }
      const workload = workloadSized(world, vertical);
      const pods = workload && podsOf(world, workload);
      if (!workload || !pods || pods.max === 0) continue;
      const own = number(resource.at(['spec', 'updatePolicy', 'minReplicas']));
      const updater = updaterOf(world);
      const required = own ?? updater.minReplicas;
      // In place, the updater may be told not to count.
      if (pods.max < required && !(IN_PLACE.has(mode) && updater.skipsBudget)) {
        yield {
          ...(own === undefined
            ? { resource, path: ['spec', 'targetRef', 'name'], value: target.name }
            : { resource, path: ['spec', 'updatePolicy', 'minReplicas'], value: own }),
          message: `${target.kind} ${target.name} has ${pods.max} ${pods.max === 1 ? 'pod' : 'pods'} at most, and the updater changes pods only where there are ${required}${own === undefined ? ' (its --min-replicas)' : ''}: what is recommended never comes to a pod that runs`,
        };
        continue;
      }
      if (!EVICTING.has(mode)) continue;
      const budget = budgetsOfWorkload(world, workload).find(
        (each) => allowedDisruptions(each.resource, pods.max) === 0,
      );
      if (budget)
        yield {
          ...{ resource, path: ['spec', 'targetRef', 'name'], value: target.name },
          causedBy: { check: 'pdb-allows-eviction', resource: budget.resource },
          message: `PodDisruptionBudget ${budget.resource.name} allows no eviction of the pods of ${target.kind} ${target.name}, and this changes pods by evicting them: what is recommended never comes to a pod that runs`,
          fix: 'let the budget allow one eviction (maxUnavailable: 1)',
        };
    }
  },
});

/** What the updater is told, where it stands among the manifests. */
function updaterOf(world: World): { readonly minReplicas: number; readonly skipsBudget: boolean } {
  const updater = world.workloads
    .flatMap(({ running }) => running)
    .find(({ json }) => /(^|\/)vpa-updater(:|@|$)/.test(string(json['image']) ?? ''));
  const words = updater ? wordsOf(updater) : [];
  const least = Number(flagValues(words, 'min-replicas').at(-1) ?? MIN_REPLICAS);
  const skip = words.some((word) => /^--?in-place-skip-disruption-budget(=true)?$/.test(word));
  return { minReplicas: Number.isFinite(least) ? least : MIN_REPLICAS, skipsBudget: skip };
}
