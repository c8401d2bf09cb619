import type { Json } from '../../../manifests/resource';
import { list, mappings, record, string, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { freshPod } from '../../../simulate/scheduling/fresh-pod';
import type { SchedulerNode } from '../../../simulate/scheduling/node';
import { meetsRequirement } from '../../../simulate/scheduling/node-affinity';
import { untolerated } from '../../../simulate/scheduling/taints';
import { settledNodes } from '../../../simulate/scheduling/unplaceable';
import type { World } from '../../../world/world';
import { fieldAt } from '../paths';
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
  const [was, is] = [before.podSpec, after.podSpec];
  const [old, now] = [strings(was['nodeSelector']), strings(is['nodeSelector'])];
  // An image for Linux has run on no other node.
  for (const [key, value] of Object.entries(now))
    if (old[key] !== value && !(key === OS && value === 'linux'))
      yield {
        change,
        field: at('nodeSelector', key) ?? at('nodeSelector'),
        message: `it runs only on nodes with ${key}=${value}: its pods on all others are deleted`,
      };
  if (isNarrower(termsOf(was), termsOf(is)))
    yield {
      change,
      field: at('affinity'),
      message: 'its required node affinity takes fewer nodes than before: its pods on the others are deleted',
    };
  const tolerations = mappings(is['tolerations']);
  const lost = mappings(was['tolerations']).filter(
    (toleration) => !isByController(toleration) && !tolerations.some((each) => covers(each, toleration)),
  );
  if (lost.length > 0)
    yield {
      change,
      field: at('tolerations'),
      message: `it does not tolerate ${firstNames(lost.map(tolerationText))} any more: no pod is made on nodes with such a taint, and those there go`,
    };
}

const OS = 'kubernetes.io/os';

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

function termsOf(podSpec: Json): readonly Json[] | undefined {
  const affinity = record(record(podSpec['affinity'])?.['nodeAffinity']);
  const required = record(affinity?.['requiredDuringSchedulingIgnoredDuringExecution']);
  return required && mappings(required['nodeSelectorTerms']);
}

/** Whether some term of before is in none of those afterwards. Any of the terms is enough, and each asks for all of its requirements. */
function isNarrower(was: readonly Json[] | undefined, is: readonly Json[] | undefined): boolean {
  if (is === undefined) return false;
  const old = was ?? [{}];
  return old.some((term) => !is.some((each) => asksNoMore(each, term)));
}

function asksNoMore(term: Json, other: Json): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  const asked = parts.flatMap((part) => mappings(term[part]).map((each) => [part, each] as const));
  // A term without requirements takes no node.
  if (asked.length === 0) return false;
  return asked.every(
    ([part, each]) =>
      (each['key'] === OS && list(each['values']).includes('linux')) ||
      mappings(other[part]).some((given) => isMet(each, given)),
  );
}

/** Whether one requirement is met wherever another one is. */
function isMet(asked: Json, given: Json): boolean {
  const { key, operator } = asked;
  const [wide, narrow] = [asked, given].map(({ values }) => list(values).map(String)) as [string[], string[]];
  if (key !== given['key']) return false;
  if (operator === 'Exists') return given['operator'] === 'Exists' || given['operator'] === 'In';
  if (operator !== given['operator']) return false;
  if (operator === 'In') return narrow.every((value) => wide.includes(value));
  if (operator === 'NotIn') return wide.every((value) => narrow.includes(value));
  return wide.join() === narrow.join();
}

/** Whether a toleration takes every taint that another one takes, for as long. */
function covers(wide: Json, own: Json): boolean {
  const [key, effect] = ['key', 'effect'].map((field) => string(wide[field]) ?? '');
  const isAny = wide['operator'] === 'Exists';
  const sameValue = own['operator'] !== 'Exists' && (wide['value'] ?? '') === (own['value'] ?? '');
  return (
    (key === '' || key === (string(own['key']) ?? '')) &&
    (effect === '' || effect === (string(own['effect']) ?? '')) &&
    (isAny || sameValue) &&
    (wide['tolerationSeconds'] === undefined || wide['tolerationSeconds'] === own['tolerationSeconds'])
  );
}

/** `dedicated=gpu:NoSchedule`, `every taint` */
function tolerationText(toleration: Json): string {
  const [key, value, effect] = ['key', 'value', 'effect'].map((field) => string(toleration[field]) ?? '');
  const name = key === '' ? 'every taint' : `${key}${value && `=${value}`}`;
  return effect === '' ? name : `${name}${key === '' ? ' of ' : ':'}${effect}`;
}
