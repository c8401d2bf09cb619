import type { Path, Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { scheduleTimes } from '../../../upstream/kubernetes/cron';
import type { ZoneShift } from '../../../upstream/kubernetes/zone-shifts';
import { zoneShifts } from '../../../upstream/kubernetes/zone-shifts';
import { scaledJobsOf, scaledObjectsOf, triggersOf } from '../../../world/keda';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (schedule: string) => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup, namespace: shop }
spec:
  schedule: '${schedule}'
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      template:
        spec: { restartPolicy: Never, containers: [{ name: backup, image: 'shop/backup:1.2.0' }] }
`;

/** What runs more often than this in a day does not depend on one hour of it. */
const OFTEN = 4;

export default check({
  id: 'schedule-exists-all-year',
  group: 'lifecycle',
  description: 'the time of a schedule comes once on every day in its time zone',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  fix: 'choose a time that no change of the clock leaves out or repeats, such as one after 04:00, or the time zone Etc/UTC',
  example: {
    broken: manifests('30 2 * * *'),
    fails: ['CronJob/shop/backup spec.schedule'],
    fixed: manifests('30 4 * * *'),
  },
  *judge(world) {
    for (const { resource, schedule, zone, path, skipped, repeated } of schedulesOf(world)) {
      const times = scheduleTimes(schedule);
      if (!times || times.hours > OFTEN) continue;
      const hits = zoneShifts(zone).filter(
        ({ year, month, day, from, to }) =>
          times.isOn(year, month, day) && times.minutes.some((minute) => minute >= from && minute < to),
      );
      const first = (kind: ZoneShift['kind']) => hits.find((shift) => shift.kind === kind);
      const [lost, twice] = [first('skipped'), first('repeated')];
      const said = [
        ...(lost
          ? [`on ${dateOf(lost)} the clocks of ${zone} go from ${clock(lost.from)} to ${clock(lost.to)}: ${skipped}`]
          : []),
        ...(twice
          ? [`on ${dateOf(twice)} they show ${clock(twice.from)} to ${clock(twice.to)} twice: ${repeated}`]
          : []),
      ];
      if (said.length > 0) yield { resource, path, value: schedule, message: said.join('; ') };
    }
  },
});

interface Scheduled {
  readonly resource: Resource;
  readonly schedule: string;
  readonly zone: string;
  readonly path: Path;
  readonly skipped: string;
  readonly repeated: string;
}

function* schedulesOf(world: World): Iterable<Scheduled> {
  for (const resource of world.of('CronJob')) {
    const path = ['spec', 'schedule'];
    const [schedule, zone] = [string(resource.at(path)), string(resource.at(['spec', 'timeZone']))];
    if (resource.group === 'batch' && schedule && zone)
      yield { resource, schedule, zone, path, skipped: 'no Job starts on that day', repeated: 'two Jobs start' };
  }
  for (const resource of [...scaledObjectsOf(world), ...scaledJobsOf(world)]) {
    for (const { type, metadata, path } of triggersOf(resource)) {
      const zone = metadata.get('timezone');
      if (type !== 'cron' || zone === undefined) continue;
      for (const key of ['start', 'end']) {
        const schedule = metadata.get(key);
        if (schedule === undefined) continue;
        const at = [...path, 'metadata', key];
        yield {
          ...{ resource, schedule, zone, path: at, skipped: `the ${key} of the window does not come on that day` },
          repeated: `the ${key} of the window comes twice`,
        };
      }
    }
  }
}

function dateOf({ year, month, day }: ZoneShift): string {
  return [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
