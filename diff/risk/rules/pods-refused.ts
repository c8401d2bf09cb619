import type { WorkloadManifest } from '../../../manifests/workload';
import { strategyOf } from '../../../simulate/rollout/strategy';
import { LABEL_PREFIX, namespacePolicy, policyText, violationsText } from '../../../upstream/pod-security/admission';
import { podsOf, workloadNamed } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { byNumber } from '../plural';
import type { PodRefusal } from '../refused-pods';
import { podRefusal, refusedRollouts } from '../refused-pods';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { fieldOfViolation, securityFields } from '../security-fields';
import { workloadOf } from '../workloads';

const shop = (level: string, pod = '') => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: ${level} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${pod}containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'pods-refused',
  class: 'disruption',
  description: 'pods that their namespace refuses by the Pod Security level that it enforces',
  reason:
    'The admission looks at pods alone: the workload is stored, and its controller is refused every pod that it wants to make. What runs stays until it is evicted or its node goes, and is not replaced then.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  advice: 'set what the level asks for before it is enforced: strata verify names the fields',
  example: {
    before: shop('baseline'),
    after: shop('restricted'),
    finds: ['Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce"]'],
    harmless: shop('baseline', 'automountServiceAccountToken: false, '),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Namespace')) yield* ofNamespace(diff, change);
    for (const [workload, refusal] of refusedRollouts(diff))
      yield {
        change: workload.change,
        field: fieldOfViolation(workload, securityFields(workload), refusal.violations[0]!),
        message: `${refusedText(diff.after, workload.after, refusal)}; ${consequence(diff.after, workload.after)}`,
      };
    for (const change of diff.changes) {
      if (change.does === 'changed' || !change.after) continue;
      const workload = workloadOf(diff.after, change.after);
      const refusal = workload && podRefusal(diff.after, workload);
      if (refusal) yield { change, message: refusedText(diff.after, workload, refusal) };
    }
  },
});

/** A level that is enforced from now on: what runs is not looked at, and what comes in its place is. */
function* ofNamespace(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!after) return;
  const [was, is] = [before, after].map((namespace) =>
    JSON.stringify(namespacePolicy(namespace?.labels ?? {}).enforce),
  );
  if (was === is) return;
  const told = new Set([...refusedRollouts(diff).keys()].map((workload) => workload.after));
  const refused = diff.after.workloadsIn(after.name).flatMap((workload) => {
    const { kind, name } = workload.resource;
    const twin = workloadNamed(diff.before, kind, after.name, name);
    if (!twin || told.has(workload) || podRefusal(diff.before, twin)) return [];
    const refusal = podRefusal(diff.after, workload);
    return refusal ? [refusedText(diff.after, workload, refusal, reasonsOf)] : [];
  });
  if (refused.length === 0) return;
  const more =
    refused.length > SHOWN
      ? `; and ${byNumber(refused.length - SHOWN, 'that', 'those')} of ${refused.length - SHOWN} more`
      : '';
  const labels = ['metadata', 'labels'];
  yield {
    change,
    field:
      ['enforce', 'enforce-version'].map((mode) => fieldAt(change, [...labels, LABEL_PREFIX + mode])).find(Boolean) ??
      fieldAt(change, labels),
    message: `${refused.slice(0, SHOWN).join('; ')}${more}; what runs stays, and what is evicted, deleted or rolled out is not made again`,
  };
}

/** So many workloads are named. */
const SHOWN = 3;

function refusedText(
  world: World,
  workload: WorkloadManifest,
  { enforced, violations, verdict, depends }: PodRefusal,
  violationsOf = violationsText,
): string {
  const id = world.idOf(workload.resource);
  const [who, are] = workload.resource.kind === 'Pod' ? [id, 'is'] : [`new pods of ${id}`, 'are'];
  const level = `PodSecurity "${policyText(enforced)}", which namespace ${workload.namespace} enforces`;
  return `${who} ${verdict === 'fail' ? are : 'may be'} refused by ${level}: ${violationsOf(violations)}${depends}`;
}

/** `host namespaces, hostPort`: of several workloads the controls are enough. */
function reasonsOf(violations: PodRefusal['violations']): string {
  return violations.map(({ reason }) => reason).join(', ');
}

/** What becomes of the pods that run while no new one is admitted (pkg/controller/deployment/rolling.go, daemon/update.go, statefulset/stateful_set_control.go). */
function consequence(world: World, workload: WorkloadManifest): string {
  const pods = podsOf(world, workload)?.min;
  const stays = 'the rollout stands still';
  const strategy = strategyOf(workload, pods ?? 1);
  switch (strategy?.type) {
    case 'Recreate':
      return `all pods are stopped first (strategy Recreate), and none comes in their place: nothing serves any more`;
    case 'RollingUpdate': {
      const gone = pods === undefined ? strategy.unavailable : Math.min(strategy.unavailable, pods);
      return gone === 0
        ? `${stays}, and the pods that run stay`
        : `${stays} when ${gone} of ${pods ?? 'its'} running pods ${byNumber(gone, 'is', 'are')} stopped (maxUnavailable ${strategy.unavailable})`;
    }
    case 'Ordinals':
      return `${stays} when the first pod is stopped, which is not made again`;
    case 'Nodes':
      return strategy.surge > 0 && strategy.unavailable === 0
        ? `${stays}, and the pods that run stay`
        : `${stays} when the pods of ${byNumber(strategy.unavailable, 'one node', `${strategy.unavailable} nodes`)} are stopped, which are not made again`;
    case 'OnDelete':
      return 'a pod that is deleted is not made again';
    default:
      return 'what starts from now on has no pods';
  }
}
