import type { Path, Resource } from '../../../manifests/resource';
import { containerChanges } from '../containers';
import { changesOf } from '../kinds';
import { changesAt, fieldAt } from '../paths';
import { durationOf, optionsIn, retentionsOf, sizeOf } from '../retention';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const prometheus = (retention: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: prometheus, namespace: monitoring }
spec:
  serviceName: prometheus
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec: { containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', args: ['--storage.tsdb.retention.time=${retention}'] }] }
`;

interface Field {
  readonly path: Path;
  readonly read: (value: unknown) => number | undefined;
  /** What counts where the field is absent. */
  readonly absent: (resource: Resource) => number;
}

const HOUR = 3_600_000;
const never = () => Number.POSITIVE_INFINITY;

/** The fields of custom resources that say how much is kept. */
const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  Prometheus: [
    // Without both the operator keeps a day.
    {
      path: ['spec', 'retention'],
      read: durationOf,
      absent: (it) => (it.at(['spec', 'retentionSize']) === undefined ? 24 * HOUR : never()),
    },
    { path: ['spec', 'retentionSize'], read: sizeOf, absent: never },
  ],
  Alertmanager: [{ path: ['spec', 'retention'], read: durationOf, absent: () => 120 * HOUR }],
  ThanosRuler: [{ path: ['spec', 'retention'], read: durationOf, absent: () => 24 * HOUR }],
  // Velero: backups are deleted after this.
  Schedule: [{ path: ['spec', 'template', 'ttl'], read: durationOf, absent: () => 720 * HOUR }],
  VMSingle: [{ path: ['spec', 'retentionPeriod'], read: durationOf, absent: () => 31 * 24 * HOUR }],
};

export default riskRule({
  id: 'retention-shortened',
  class: 'data-loss',
  description: 'a store of metrics, alerts or backups that is told to keep less, or for less time',
  reason: 'The program deletes what is older, or what is too much, within hours of its next start.',
  source: 'https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects',
  advice: 'make sure that nobody needs the older data, or copy them first',
  example: {
    before: prometheus('30d'),
    after: prometheus('7d'),
    finds: ['StatefulSet/monitoring/prometheus spec.template.spec.containers[prometheus].args'],
    harmless: prometheus('60d'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      for (const { before, after, path } of containerChanges(workload)) {
        const field = ['args', 'command'].map((name) => fieldAt(workload.change, [...path, name])).find(Boolean);
        if (!field) continue;
        const options = optionsIn(before, after);
        const [was, is] = [retentionsOf(before, options), retentionsOf(after, options)];
        for (const [option, { what, written, amount }] of was) {
          const now = is.get(option);
          if (!now || now.amount >= amount) continue;
          yield { change: workload.change, field, message: text(what, written, now.written) };
        }
      }
    }
    yield* ofResources(diff);
  },
});

function* ofResources(diff: WorldChange): Iterable<FoundRisk> {
  for (const [kind, fields] of Object.entries(FIELDS)) {
    for (const change of changesOf(diff, kind)) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before?.group.includes('.') || !after) continue;
      for (const { path, read, absent } of fields) {
        const [old, next] = [before.at(path), after.at(path)];
        const was = old === undefined ? absent(before) : read(old);
        const is = next === undefined ? absent(after) : read(next);
        const steps = path.map(String);
        if (was === undefined || is === undefined || is >= was || !changesAt(change, ['spec'])) continue;
        yield { change, field: fieldAt(change, steps), message: text(steps.at(-1)!, old, next) };
      }
    }
  }
}

function text(what: string, was: unknown, is: unknown): string {
  const named = (value: unknown) => (value === undefined ? 'what holds by default' : String(value));
  return `less is kept (${what}: ${named(is)} in place of ${named(was)}): what is beyond is deleted`;
}
