import type { Json, Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (rules: readonly string[]) => `
apiVersion: batch/v1
kind: Job
metadata: { name: import, namespace: shop }
spec:
  backoffLimit: 2
  podFailurePolicy:
    rules:
${rules.map((rule) => `      - ${rule}`).join('\n')}
  template:
    spec: { restartPolicy: Never, containers: [{ name: import, image: 'shop/import:1.2.0' }] }
`;
const FAIL = '{ action: FailJob, onExitCodes: { operator: NotIn, values: [0, 75] } }';
const IGNORE = '{ action: Ignore, onPodConditions: [{ type: DisruptionTarget }] }';

export default check({
  id: 'job-failure-policy-order',
  group: 'lifecycle',
  description: 'pods of a Job that are drained or preempted do not count as failures',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/',
  fix: 'put the rule { action: Ignore, onPodConditions: [{ type: DisruptionTarget }] } first',
  example: {
    broken: manifests([FAIL, IGNORE]),
    fails: ['Job/shop/import spec.podFailurePolicy.rules[0].action'],
    fixed: manifests([IGNORE, FAIL]),
  },
  *judge(world) {
    for (const { resource } of world.workloads) {
      if (resource.group !== 'batch') continue;
      const path: Path = [
        ...(resource.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec']),
        ...['podFailurePolicy', 'rules'],
      ];
      const rules = list(resource.at(path)).map((rule) => record(rule) ?? {});
      if (rules.length === 0) continue;
      // The first rule that a pod meets decides (pkg/controller/job/pod_failure_policy.go).
      const first = rules.findIndex((rule) => isOfDisruptions(rule) || meetsKilled(rule));
      const rule = rules[first];
      if (!rule) {
        yield {
          ...{ resource, path: [...path, 0, 'action'], value: rules[0]!['action'] },
          message:
            'no rule is about pods that are drained or preempted (DisruptionTarget), so each of them counts as a failure and uses up the backoffLimit',
        };
        continue;
      }
      const action = string(rule['action']);
      if (action === 'Ignore') continue;
      const effect =
        action === 'FailJob' ? 'the Job fails at once' : 'it counts as a failure and uses up the backoffLimit';
      yield {
        ...{ resource, path: [...path, first, 'action'], value: action },
        message: `a pod that is drained or preempted meets this rule first (its containers are stopped by a signal, exit code 143 or 137): ${effect}`,
      };
    }
  },
});

function isOfDisruptions(rule: Json): boolean {
  return list(rule['onPodConditions'])
    .map(record)
    .some((condition) => condition?.['type'] === 'DisruptionTarget' && (condition['status'] ?? 'True') === 'True');
}

/** Whether containers that a signal stops, politely or not, meet a rule of exit codes. */
function meetsKilled(rule: Json): boolean {
  const codes = record(rule['onExitCodes']);
  if (!codes) return false;
  const named = [137, 143].filter((code) => list(codes['values']).includes(code));
  return codes['operator'] === 'NotIn' ? named.length < 2 : named.length > 0;
}
