import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'cron-schedule-valid',
  group: 'schema',
  description: 'the schedule and the time zone of a CronJob are valid',
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/batch/validation/validation.go',
  fix: 'write five fields: minute, hour, day of the month, month and day of the week (0 to 6), and set the time zone in timeZone',
  example: {
    broken: `
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup }
spec:
  schedule: "0 3 * * 7"
  timeZone: Europe/Zurych
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: backup, image: 'example.com/backup:1.0.0' }] } } } }
`,
    fails: ['CronJob/default/backup spec.schedule', 'CronJob/default/backup spec.timeZone'],
    fixed: `
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup }
spec:
  schedule: "0 3 * * 0"
  timeZone: Europe/Zurich
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: backup, image: 'example.com/backup:1.0.0' }] } } } }
`,
  },
  judge: (world) => schemaFindings(world, 'cron-schedule-valid'),
});
