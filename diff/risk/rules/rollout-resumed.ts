import { isPaused, strategyOf } from '../../../simulate/rollout/strategy';
import { heldBack, isOnDelete, partitionOf } from '../held';
import { fieldAt } from '../paths';
import { soMany } from '../plural';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads } from '../workloads';

const web = (spec: string, replicas = 2) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  ${spec}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'rollout-resumed',
  class: 'restart',
  description: 'a workload that rolls out again what was held back: by a pause, by OnDelete, by a partition',
  reason:
    'Its pods may be of an older template than the one that is stored, as no manifest shows: those are replaced as soon as nothing holds it back.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment',
  advice:
    'look what is held back before: kubectl rollout history, and kubectl get pods --show-labels for the revisions',
  example: {
    before: web('paused: true'),
    after: web(''),
    finds: ['Deployment/shop/web spec.paused'],
    harmless: web('paused: true', 3),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      const { change, before, after } = workload;
      if (heldBack(diff, workload)) continue;
      if (isPaused(before)) {
        const isRecreated = strategyOf(after, 1)?.type === 'Recreate';
        yield {
          change,
          ...(isRecreated ? { class: 'disruption' as const } : {}),
          field: fieldAt(change, ['spec', 'paused']),
          message: `it is resumed: pods are replaced${isRecreated ? ', all of them at once (strategy Recreate),' : ''} if its template was changed while it was paused`,
        };
      }
      const field = fieldAt(change, ['spec', 'updateStrategy']);
      if (isOnDelete(before) && !isOnDelete(after))
        yield { change, field, message: 'pods that were made before the last change of its template are replaced now' };
      const which = releasedBy(workload);
      if (which !== undefined)
        yield { change, field, message: `${which} replaced now, unless already of the latest template` };
    }
  },
});

/** The pods that a lower partition lets a rollout replace. */
function releasedBy({ before, after }: WorkloadChange): string | undefined {
  const was = partitionOf(before);
  if (was === undefined || isOnDelete(after)) return undefined;
  const is = partitionOf(after);
  if (is !== undefined && is >= was) return undefined;
  return is === undefined
    ? `the pods up to ordinal ${was - 1} are`
    : `${soMany(was - is, 'pod')} from ordinal ${is} ${was - is === 1 ? 'is' : 'are'}`;
}
