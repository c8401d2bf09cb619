import { number } from '../../../manifests/resource';
import { scalersOf } from '../../../world/autoscalers';
import { operatedChanges, sizeOfOperated } from '../operated-changes';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads } from '../workloads';

export default riskRule({
  id: 'replicas-changed',
  class: 'capacity',
  description: 'the number of pods of a workload',
  reason: 'More pods need room on the nodes and in the quota; fewer carry less load.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment',
  advice: 'ask whether they fit: strata plan capacity',
  example: {
    before: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    after: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 5
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    finds: ['Deployment/shop/web spec.replicas'],
    harmless: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  minReadySeconds: 5
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
  },
  *find(diff) {
    for (const { change, before, after } of operatedChanges(diff)) {
      const field = fieldAt(change, ['spec', 'replicas']) ?? fieldAt(change, ['spec', 'shards']);
      const [was, is] = [before, after].map(sizeOfOperated).map(({ replicas, shards }) => replicas * shards);
      if (field && was !== is)
        yield { change, field, message: count(Math.abs(is! - was!), is! > was! ? 'more ' : 'fewer ') };
    }
    for (const workload of changedWorkloads(diff)) {
      const { change, after } = workload;
      yield* ofJobs(workload);
      const field = change.fields.find(({ path }) => path.length === 2 && path[0] === 'spec' && path[1] === 'replicas');
      if (!field) continue;
      const [scaler] = scalersOf(diff.after, after);
      const stated = after.resource.at(['spec', 'replicas']);
      const [was, is] = [number(field.before) ?? 1, number(stated) ?? 1];
      // Where somebody wrote 0 the controller leaves the workload alone, unless the autoscaler itself goes down to nothing.
      const isSwitched =
        scaler?.resource.kind === 'HorizontalPodAutoscaler' && scaler.min > 0 && (was === 0) !== (is === 0);
      if (scaler && isSwitched) {
        const by = diff.after.idOf(scaler.resource);
        yield is === 0
          ? {
              change,
              field,
              class: 'disruption',
              message: `all of its pods are stopped, and ${by} starts none again: it is switched off while replicas is 0`,
              advice:
                'leave replicas out of the manifest where an autoscaler sets them; to stop the workload, take both away',
            }
          : {
              change,
              field,
              message: `${by} is switched on again: it begins with ${count(is)}, and sets its own number then`,
            };
        continue;
      }
      if (scaler) {
        // Without a number of its own the workload keeps the one that the autoscaler has set; redundancy-lost tells the way there.
        if (stated === undefined || stated === null) continue;
        const by = diff.after.idOf(scaler.resource);
        yield {
          change,
          field,
          message: `each time it is applied its pods are set to ${number(stated) ?? 1}, whatever ${by} has made of it, until that sets its own number again`,
          advice: 'leave replicas out of the manifest where an autoscaler sets them',
        };
        continue;
      }
      const isMore = is > was;
      yield {
        change,
        field,
        message: count(Math.abs(is - was), isMore ? 'more ' : 'fewer '),
        ...(isMore
          ? {}
          : { advice: 'make sure that those that are left carry the load, also while one of them is away' }),
      };
    }
  },
});

function count(pods: number, which = ''): string {
  return `${pods} ${which}${pods === 1 ? 'pod' : 'pods'}`;
}

/** Where the spec of a Job stands in the kinds that have one. */
const JOBS: Readonly<Record<string, readonly string[]>> = {
  Job: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec'],
};

/** So many pods of a Job run at once: never more than it has to complete. */
function* ofJobs({ change, before, after }: WorkloadChange): Iterable<FoundRisk> {
  const path = JOBS[after.resource.kind];
  if (!path || after.resource.group !== 'batch') return;
  const [was, is] = [before, after].map(({ resource }) => {
    const parallel = number(resource.at([...path, 'parallelism']));
    // Where neither is written the API server writes 1 for both (SetDefaults_Job).
    const completions = number(resource.at([...path, 'completions'])) ?? (parallel === undefined ? 1 : undefined);
    return Math.min(parallel ?? 1, completions ?? Number.POSITIVE_INFINITY);
  }) as [number, number];
  if (was === is) return;
  const field = fieldAt(change, [...path, 'parallelism']) ?? fieldAt(change, [...path, 'completions']);
  const each = after.resource.kind === 'Job' ? '' : 'each run: ';
  yield is === 0
    ? {
        change,
        field,
        class: 'disruption',
        message: `${each}none of its pods runs: it waits until its parallelism is more than 0`,
      }
    : { change, field, message: `${each}${count(Math.abs(is - was), is > was ? 'more ' : 'fewer ')} at once` };
}
