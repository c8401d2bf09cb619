import { number, string } from '../../../manifests/resource';
import { shortestInterval } from '../../../upstream/kubernetes/cron';
import { check } from '../../check';

const manifests = (policy: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: shop }
spec:
  schedule: '* * * * *'
  concurrencyPolicy: ${policy}
  jobTemplate:
    spec:
      activeDeadlineSeconds: 600
      template:
        spec: { restartPolicy: Never, containers: [{ name: report, image: 'shop/report:1.2.0' }] }
`;

export default check({
  id: 'cronjob-overlap',
  group: 'lifecycle',
  description:
    'a Job of a CronJob may not run longer than until the next one, or the next one waits or takes its place',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  fix: 'set concurrencyPolicy to Forbid or Replace, or activeDeadlineSeconds to less than the interval',
  example: {
    broken: manifests('Allow'),
    fails: ['CronJob/shop/report spec.jobTemplate.spec.activeDeadlineSeconds'],
    fixed: manifests('Forbid'),
  },
  *judge(world) {
    for (const resource of world.of('CronJob')) {
      const policy = string(resource.at(['spec', 'concurrencyPolicy']));
      if (resource.group !== 'batch' || policy === 'Forbid' || policy === 'Replace') continue;
      const path = ['spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds'];
      // Without a deadline, cronjob-deadline-concurrency says so.
      const deadline = number(resource.at(path));
      const interval = shortestInterval(string(resource.at(['spec', 'schedule'])) ?? '');
      if (deadline === undefined || interval === undefined || deadline <= interval) continue;
      const most = Math.ceil(deadline / interval);
      yield {
        ...{ resource, path, value: deadline },
        message: `a Job may run for ${duration(deadline)}, and the next one starts ${duration(interval)} after it: up to ${most} of them run at once, over the same data`,
      };
    }
  },
});

function duration(seconds: number): string {
  for (const [unit, size] of [
    ['h', 3600],
    ['min', 60],
  ] as const)
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit}`;
  return `${seconds} s`;
}
