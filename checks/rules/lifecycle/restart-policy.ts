import { check } from '../../check';

const manifests = (policy: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: shop }
spec:
  schedule: '0 4 * * *'
  jobTemplate:
    spec:
      template:
        spec: { ${policy}containers: [{ name: report, image: 'shop/report:1.2.0' }] }
`;

/** Other values are no policies at all: schema-valid reports them. */
const POLICIES: readonly unknown[] = ['Always', 'OnFailure', 'Never', '', undefined];

const ONLY_ALWAYS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
]);

export default check({
  id: 'restart-policy',
  group: 'lifecycle',
  description: 'the pods of a Job have restartPolicy Never or OnFailure, those of other workloads Always',
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/batch/validation/validation.go',
  fix: 'set restartPolicy: Never or OnFailure in Jobs, and leave it unset elsewhere',
  example: {
    broken: manifests(''),
    fails: ['CronJob/shop/report spec.jobTemplate.spec.template.spec'],
    fixed: manifests('restartPolicy: Never, '),
  },
  *judge(world) {
    for (const { resource, podSpec, podSpecPath } of world.workloads) {
      const { kind } = resource;
      const policy = podSpec['restartPolicy'] ?? undefined;
      if (!POLICIES.includes(policy)) continue;
      const path = policy === undefined ? podSpecPath : [...podSpecPath, 'restartPolicy'];
      const at = { resource, path, value: policy };
      if (kind === 'Job' || kind === 'CronJob') {
        if (policy === 'Never' || policy === 'OnFailure') continue;
        const unset = policy === undefined ? ', and the default is Always' : '';
        // Without it every pod would be refused, so either value is better; Never is what the documentation of Jobs shows.
        const repair =
          'restartPolicy' in podSpec ? {} : { repair: { do: 'insert', key: 'restartPolicy', value: 'Never' } as const };
        yield {
          ...at,
          ...repair,
          message: `a ${kind} supports only Never and OnFailure${unset}: the API server rejects it`,
        };
      } else if (ONLY_ALWAYS.has(kind) && policy !== undefined && policy !== 'Always' && policy !== '') {
        yield { ...at, message: `a ${kind} supports only Always: the API server rejects it` };
      }
    }
  },
});
