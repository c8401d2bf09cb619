import { number } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (settings: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: shop }
spec:
  schedule: '*/5 * * * *'
  ${settings}
  jobTemplate:
    spec:
      template:
        spec: { restartPolicy: Never, containers: [{ name: report, image: 'shop/report:1.2.0' }] }
`;

export default check({
  id: 'cronjob-deadline-concurrency',
  group: 'lifecycle',
  description: 'a CronJob says what happens when a run is still going on or was missed',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  fix: 'set concurrencyPolicy: Forbid (or Replace) and startingDeadlineSeconds to 10 or more',
  example: {
    broken: manifests('concurrencyPolicy: Allow'),
    fails: ['CronJob/shop/report spec.concurrencyPolicy'],
    fixed: manifests('concurrencyPolicy: Forbid'),
  },
  *judge(world) {
    for (const resource of world.of('CronJob')) {
      if (resource.group !== 'batch') continue;
      const policy = resource.at(['spec', 'concurrencyPolicy']);
      // A run that has an end can not pile up for long.
      const ends = number(resource.at(['spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds'])) !== undefined;
      if (policy !== 'Forbid' && policy !== 'Replace' && !ends) {
        yield {
          resource,
          path: ['spec', 'concurrencyPolicy'],
          value: policy,
          message:
            'a run starts though the one before goes on, without an end: when one hangs, they pile up until the namespace or the node is full',
        };
      }
      const deadline = number(resource.at(['spec', 'startingDeadlineSeconds']));
      if (deadline !== undefined && deadline < 10) {
        yield {
          resource,
          path: ['spec', 'startingDeadlineSeconds'],
          value: deadline,
          message: `the controller looks every ten seconds: a run that may start ${deadline} seconds late at most may never start`,
        };
      }
    }
  },
});
