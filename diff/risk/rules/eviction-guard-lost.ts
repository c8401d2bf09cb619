import { mappings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { DecidingMark, MarkEffect } from '../deciding-marks';
import { decidedBy } from '../deciding-marks';
import { riskRule } from '../risk';

const worker = (annotations: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: worker, namespace: shop }
spec:
  selector: { matchLabels: { app: worker } }
  template:
    metadata: { labels: { app: worker }, annotations: { team: a${annotations} } }
    spec: { containers: [{ name: worker, image: 'example.com/worker:1.4.0' }] }
`;

const SAFE = 'cluster-autoscaler.kubernetes.io/safe-to-evict';

/** What a mark that keeps pods where they are does when it goes, and when it comes. */
const guard = (key: string, keeps: string, lost: string, got: string, of = ['pods', 'Node']): DecidingMark => ({
  of,
  at: 'annotations',
  key,
  does: (before, now, pods) => {
    if (before === keeps) return lost;
    return now === keeps ? holds(got) : key === SAFE && now === 'true' ? evictsLocal(pods) : undefined;
  },
});

function holds(message: string): MarkEffect {
  return {
    message,
    class: 'capacity',
    advice:
      'make sure that somebody takes it off again, and who renews such a node: it is paid for as long as they run',
  };
}

/** Pods with files on the disk of the node keep it, unless they are said to be safe to evict. */
function evictsLocal(pods: WorkloadManifest | undefined): string | undefined {
  const local = mappings(pods?.podSpec['volumes']).filter(
    ({ emptyDir, hostPath }) => (emptyDir ?? undefined) !== undefined || (hostPath ?? undefined) !== undefined,
  );
  return local.length === 0
    ? undefined
    : `the Cluster Autoscaler may evict its pods to remove the node under them, with what ${local.map(({ name }) => `volume ${String(name)}`).join(' and ')} hold${local.length === 1 ? 's' : ''} there: for these alone it left them`;
}

/** autoscaler/cluster-autoscaler/simulator/drainability; karpenter pkg/utils/pod/scheduling.go; descheduler pkg/descheduler/evictions. */
const MARKS: readonly DecidingMark[] = [
  guard(
    SAFE,
    'false',
    'the Cluster Autoscaler may evict its pods to remove the node under them: it was told not to',
    'the Cluster Autoscaler does not remove a node on which one of its pods runs',
    ['pods'],
  ),
  guard(
    'cluster-autoscaler.kubernetes.io/scale-down-disabled',
    'true',
    'the Cluster Autoscaler may remove the node, and evict what runs there: it was told not to',
    'the Cluster Autoscaler does not remove the node',
    ['Node'],
  ),
  ...['karpenter.sh/do-not-disrupt', 'karpenter.sh/do-not-evict'].map((key) =>
    guard(
      key,
      'true',
      'Karpenter may evict pods to consolidate, replace or renew the node under them: it was told not to',
      'Karpenter does not consolidate or replace the node under them',
    ),
  ),
  {
    of: ['pods'],
    at: 'annotations',
    key: 'descheduler.alpha.kubernetes.io/evict',
    does: (before, now) =>
      now !== undefined && before === undefined
        ? 'the descheduler may evict its pods whatever else keeps it from that: their priority, files on the node, no controller'
        : undefined,
  },
];

export default riskRule({
  id: 'eviction-guard-lost',
  class: 'disruption',
  description:
    'an annotation that keeps those who tidy nodes from evicting pods: the Cluster Autoscaler, Karpenter, the descheduler',
  reason:
    'They evict pods whenever a node is worth less than it costs, at any time of the day. Long work is lost with them, and a budget only says how many go at once.',
  source:
    'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node',
  advice: 'make sure that a pod may end at any time, and that a PodDisruptionBudget says how many at once',
  example: {
    before: worker(`, ${SAFE}: 'false'`),
    after: worker(''),
    finds: [
      'Deployment/shop/worker spec.template.metadata.annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"]',
    ],
    harmless: worker(`, ${SAFE}: 'false'`).replace('team: a', 'team: b'),
  },
  *find(diff) {
    // A DaemonSet's pods go with their node.
    for (const found of decidedBy(diff, MARKS)) if (found.change.kind !== 'DaemonSet') yield found;
  },
});
