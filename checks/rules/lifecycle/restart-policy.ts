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
  description: "a Job's pods are not restarted for ever, those of other workloads are",
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/batch/validation/validation.go',
  fix: 'set restartPolicy: Never or OnFailure in Jobs, and leave it out elsewhere',
  example: {
    broken: manifests(''),
    fails: ['CronJob/shop/report spec.jobTemplate.spec.template.spec'],
    fixed: manifests('restartPolicy: Never, '),
  },
  *judge(world) {
    for (const { resource, podSpec, podSpecPath } of world.workloads) {
      const policy = podSpec['restartPolicy'];
      const path = policy === undefined || policy === null ? podSpecPath : [...podSpecPath, 'restartPolicy'];
      if (resource.kind === 'Job' || resource.kind === 'CronJob') {
        if (policy === 'Never' || policy === 'OnFailure') continue;
        yield {
          resource,
          path,
          value: policy,
          message: `a ${resource.kind} takes Never or OnFailure${policy === undefined || policy === null ? ', and what stands for nothing is Always' : ''}: the API server refuses it`,
        };
      } else if (
        ONLY_ALWAYS.has(resource.kind) &&
        policy !== undefined &&
        policy !== null &&
        policy !== 'Always' &&
        policy !== ''
      ) {
        yield {
          resource,
          path,
          value: policy,
          message: `a ${resource.kind} takes Always only: the API server refuses it`,
        };
      }
    }
  },
});
