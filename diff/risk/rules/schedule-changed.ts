import { number, string } from '../../../manifests/resource';
import { neverRuns } from '../../../upstream/kubernetes/cron';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt, lastKey } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
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
  description: 'when and for how long a CronJob runs, and whether it or a Job does',
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
    yield* pointless(diff);
    for (const { change, after } of changedWorkloads(diff)) {
      yield* ofRunTime(change);
      if (after.resource.kind === 'Job') yield* ofJob(change);
      if (after.resource.kind !== 'CronJob') continue;
      yield* ofDeadline(change);
      for (const field of change.fields) {
        const message = MESSAGES[lastKey(field.path) ?? ''];
        // pointless says it.
        if (field.path[1] === 'schedule' && neverRuns(String(field.after)) !== undefined) continue;
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

/** The controller looks every ten seconds: what may start no later than that it may never start (kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline). */
function* ofDeadline(change: ObjectChange): Iterable<FoundRisk> {
  const [was, is] = [change.before, change.after].map((job) => number(job?.at(['spec', 'startingDeadlineSeconds'])));
  if (is === undefined || (was !== undefined && was <= is)) return;
  const field = fieldAt(change, ['spec', 'startingDeadlineSeconds']);
  yield is < CONTROLLER_PERIOD
    ? {
        change,
        field,
        class: 'disruption',
        message: `it may never run: a run that has not started within ${is} s is missed, and its controller looks every ${CONTROLLER_PERIOD} s`,
        advice: `give it more than ${CONTROLLER_PERIOD} s, or leave startingDeadlineSeconds out`,
      }
    : {
        change,
        field,
        message: `a run that has not started within ${is} s is missed${was === undefined ? '' : `, and within ${was} s before`}`,
      };
}

const CONTROLLER_PERIOD = 10;

/** A Job, or each run of a CronJob, that is stopped earlier. */
function* ofRunTime(change: ObjectChange): Iterable<FoundRisk> {
  for (const path of [
    ['spec', 'activeDeadlineSeconds'],
    ['spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds'],
  ]) {
    const [was, is] = [change.before, change.after].map((job) => number(job?.at(path)));
    if (!/^(Cron)?Job$/.test(change.kind) || is === undefined || (was !== undefined && was <= is)) continue;
    yield {
      change,
      field: fieldAt(change, path),
      class: 'disruption',
      message: `a run that takes longer than ${is} s is stopped, and fails${was === undefined ? '; before it could take any time' : `; it could take ${was} s`}`,
      advice: 'look how long the longest run took: kubectl get jobs',
    };
  }
}

/** kubernetes.io/docs/concepts/workloads/controllers/job/#suspending-a-job */
function* ofJob(change: ObjectChange): Iterable<FoundRisk> {
  const [was, is] = [change.before, change.after].map((job) => job?.at(['spec', 'suspend']) === true);
  if (was === is) return;
  const field = fieldAt(change, ['spec', 'suspend']);
  yield is
    ? {
        change,
        field,
        class: 'disruption',
        message:
          'its pods that run are deleted, and none is made until somebody resumes it; a finished Job stays as it is',
        advice: 'suspend it only if its program can begin again: what its pods have not finished they begin anew',
      }
    : {
        change,
        field,
        message: 'its pods are made, unless it has finished',
        advice: 'watch it: kubectl wait --for=condition=Complete',
      };
}

/** Schedules that no day is of, though the API server takes them. */
function* pointless(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'CronJob')) {
    const [was, is] = [change.before, change.after].map((job) => string(job?.at(['spec', 'schedule'])));
    const why = is === undefined || change.after?.group !== 'batch' ? undefined : neverRuns(is);
    if (why === undefined || (was !== undefined && neverRuns(was) !== undefined)) continue;
    yield {
      change,
      field: fieldAt(change, ['spec', 'schedule']),
      class: 'disruption',
      message: `it never runs: ${why} (${is})`,
      advice: 'name a day that the months have; the last day of a month is found by the program, on days 28 to 31',
    };
  }
}
