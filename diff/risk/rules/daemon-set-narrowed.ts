import type { Json } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { freshPod } from '../../../simulate/scheduling/fresh-pod';
import type { SchedulerNode } from '../../../simulate/scheduling/node';
import { meetsRequirement } from '../../../simulate/scheduling/node-affinity';
import { untolerated } from '../../../simulate/scheduling/taints';
import { settledNodes } from '../../../simulate/scheduling/unplaceable';
import type { World } from '../../../world/world';
import { fieldAt } from '../paths';
import type { NodeNarrowing } from '../placement';
import { fieldOfNarrowing, nodeNarrowings, tolerationText } from '../placement';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const log = (pod: string) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: log, namespace: infra }
spec:
  selector: { matchLabels: { app: log } }
  template: { metadata: { labels: { app: log } }, spec: { ${pod}containers: [{ name: log, image: 'example.com/log:1.4.0' }] } }
`;

export default riskRule({
  id: 'daemon-set-narrowed',
  class: 'disruption',
  description: 'a DaemonSet that runs on fewer nodes: by what it selects or tolerates',
  reason:
    'Its controller deletes the pods on nodes that do not fit any more. What they did there, such as logs, metrics, storage or the network, is missing there.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#running-pods-on-select-nodes',
  advice: 'look at which nodes are left, and at what the others need it for: kubectl get nodes --selector',
  example: {
    before: log('nodeSelector: { kubernetes.io/os: linux }, tolerations: [{ operator: Exists }], '),
    after: log("nodeSelector: { kubernetes.io/os: linux, gpu: 'true' }, "),
    finds: [
      'DaemonSet/infra/log spec.template.spec.nodeSelector.gpu',
      'DaemonSet/infra/log spec.template.spec.tolerations',
    ],
    harmless: log(
      "tolerations: [{ operator: Exists, effect: '' }], nodeSelector: { kubernetes.io/os: linux }, terminationGracePeriodSeconds: 20, ",
    ),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (workload.after.resource.kind !== 'DaemonSet' || templateFields(workload).length === 0) continue;
      yield* ofDaemonSet(diff, workload);
    }
  },
});

function* ofDaemonSet(diff: WorldChange, { change, before, after }: WorkloadChange): Iterable<FoundRisk> {
  const at = (...path: string[]) => fieldAt(change, [...after.podSpecPath.map(String), ...path]);
  const nodes = settledNodes(diff.after);
  if (nodes) {
    const left = nodes.filter((node) => takes(diff.before, before, node) && !takes(diff.after, after, node));
    if (left.length === 0) return;
    const names = left.map(({ name }) => name);
    yield {
      change,
      field: at('nodeSelector') ?? at('affinity') ?? at('tolerations'),
      message: `it runs no more on ${firstNames(names)}: its pods there are deleted`,
    };
    return;
  }
  for (const narrowing of nodeNarrowings(before.podSpec, after.podSpec)) {
    if (narrowing.by === 'tolerations' && narrowing.tolerations.every(isByController)) continue;
    yield { change, field: fieldOfNarrowing(change, after, narrowing), message: messageOf(narrowing) };
  }
}

function messageOf(narrowing: NodeNarrowing): string {
  if (narrowing.by === 'tolerations') {
    const lost = narrowing.tolerations.filter((toleration) => !isByController(toleration));
    return `it does not tolerate ${firstNames(lost.map(tolerationText))} any more: no pod is made on nodes with such a taint, and those there go`;
  }
  return narrowing.by === 'affinity'
    ? 'its required node affinity takes fewer nodes than before: its pods on the others are deleted'
    : `it runs only on nodes with ${narrowing.label}: its pods on all others are deleted`;
}

function takes(world: World, workload: WorkloadManifest, node: SchedulerNode): boolean {
  const pod = freshPod(world, workload);
  const taints = node.taints.filter(({ key }) => !OF_CONTROLLER.test(key));
  return meetsRequirement(pod.node, node) && untolerated(taints, pod.tolerations) === undefined;
}

/** What the controller tolerates for every DaemonSet (pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations). */
const OF_CONTROLLER =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable)$/;

function isByController(toleration: Json): boolean {
  return OF_CONTROLLER.test(string(toleration['key']) ?? '');
}
