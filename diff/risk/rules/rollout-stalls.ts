import type { WorkloadManifest } from '../../../manifests/workload';
import { certainStall } from '../../../simulate/rollout/rollouts';
import { workloadNamed } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads } from '../workloads';

const NODE = `
apiVersion: v1
kind: Node
metadata: { name: node-1, labels: { kubernetes.io/hostname: node-1 } }
status: { allocatable: { cpu: '2', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`;
const web = (cpu: string, strategy = '{ maxSurge: 1, maxUnavailable: 0 }') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 1
  strategy: { rollingUpdate: ${strategy} }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', resources: { requests: { cpu: ${cpu} } } }] }
`;

export default riskRule({
  id: 'rollout-stalls',
  class: 'disruption',
  description: 'a workload whose rollouts no longer come to an end on the nodes and in the quota that there are',
  reason:
    'A rollout that starts a new pod before it stops an old one needs room for both. Without it the new pod waits, and the old revision stays.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment',
  advice: 'leave room for one more pod, or set maxUnavailable: 1 with maxSurge: 0',
  example: {
    facts: NODE,
    before: web('500m'),
    after: web('1500m'),
    finds: ['Deployment/shop/web'],
    harmless: web('800m'),
  },
  *find(diff) {
    if (!diff.after.facts.known('nodes')) return;
    for (const { change, before, after } of touchedWorkloads(diff)) {
      const stall = certainStall(diff.after, after);
      if (!stall || (before && certainStall(diff.before, before))) continue;
      const whose = change.after === after.resource ? 'its rollouts' : `rollouts of ${diff.after.idOf(after.resource)}`;
      yield { change, message: `${whose} do not come to an end: ${stall.end.reason}` };
    }
  },
});

interface Touched {
  readonly change: ObjectChange;
  readonly before: WorkloadManifest | undefined;
  readonly after: WorkloadManifest;
}

/** The workloads that change, and those in the namespaces whose quota does, each at what changes. */
function touchedWorkloads(diff: WorldChange): Touched[] {
  const own: Touched[] = changedWorkloads(diff).filter(({ change }) =>
    change.fields.some(({ path }) => path[0] !== 'metadata'),
  );
  const seen = new Set(own.map(({ after }) => after));
  const byQuota = changesOf(diff, 'ResourceQuota').flatMap((change) => {
    if (!change.after) return [];
    const workloads = diff.after.workloadsIn(diff.after.namespaceOf(change.after)).filter((each) => !seen.has(each));
    return workloads.map((after) => ({ change, before: twinOf(diff.before, after), after }));
  });
  return [...own, ...byQuota];
}

function twinOf(world: World, { resource, namespace }: WorkloadManifest): WorkloadManifest | undefined {
  return workloadNamed(world, resource.kind, namespace, resource.name);
}
