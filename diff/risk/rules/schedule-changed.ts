import { lastKey } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads } from '../workloads';

const job = (spec: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: shop }
spec:
  ${spec}
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: report, image: 'example.com/report:1.4.0' }] } } } }
`;

export default riskRule({
  id: 'schedule-changed',
  class: 'in-place',
  description: 'when a CronJob runs, and whether it does',
  reason: 'It holds from the next run on. Runs that are missed are not made up for, and a Job that runs goes on.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  advice: 'look when the next run is, and whether one is missed between the old times and the new ones',
  example: {
    before: job("schedule: '0 3 * * *'"),
    after: job("schedule: '0 4 * * *'"),
    finds: ['CronJob/shop/report spec.schedule'],
    harmless: job("schedule: '0 3 * * *'\n  successfulJobsHistoryLimit: 1"),
  },
  *find(diff) {
    for (const { change, after } of changedWorkloads(diff)) {
      if (after.resource.kind !== 'CronJob') continue;
      for (const field of change.fields) {
        const message = MESSAGES[lastKey(field.path) ?? ''];
        if (field.path.length === 2 && message) {
          const stops = field.path[1] === 'suspend' && field.after === true;
          yield { change, field, message: message(field.after), ...(stops && { class: 'disruption' as const }) };
        }
      }
    }
  },
});

const MESSAGES: Readonly<Record<string, (value: unknown) => string>> = {
  schedule: (value) => `it runs at other times: ${String(value)}`,
  timeZone: (value) => `its times are those of ${String(value ?? 'the controller manager')}`,
  suspend: (value) =>
    value === true ? 'it runs no more until somebody resumes it' : 'it runs again; what it missed it may run at once',
  concurrencyPolicy: (value) => `while a run still goes on: ${String(value ?? 'Allow')}`,
};
