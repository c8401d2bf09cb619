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
  description: 'a CronJob sets what happens when the previous Job still runs or a start was missed',
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
      // Jobs with a deadline cannot pile up for long.
      const hasDeadline = number(resource.at(['spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds'])) !== undefined;
      if (policy !== 'Forbid' && policy !== 'Replace' && !hasDeadline) {
        yield {
          resource,
          path: ['spec', 'concurrencyPolicy'],
          value: policy,
          message:
            'a new Job starts while the previous one still runs, and none has a deadline: if one hangs, they pile up until the quota or the node is exhausted',
        };
      }
      const deadline = number(resource.at(['spec', 'startingDeadlineSeconds']));
      if (deadline !== undefined && deadline < 10) {
        yield {
          resource,
          path: ['spec', 'startingDeadlineSeconds'],
          value: deadline,
          message: `the CronJob controller checks every 10 seconds: a Job that may start at most ${deadline} seconds late may never start`,
        };
      }
    }
  },
});
