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
  // Kafka: a week, and -1 is for ever.
  KafkaTopic: [
    { path: ['spec', 'config', 'retention.ms'], read: unlimited, absent: () => 168 * HOUR },
    { path: ['spec', 'config', 'retention.bytes'], read: unlimited, absent: never },
  ],
  // CloudNativePG: without it every backup is kept.
  Cluster: [{ path: ['spec', 'backup', 'retentionPolicy'], read: daysOf, absent: never }],
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
    yield* ofTexts(diff);
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

/** `retention_period` of Loki, Tempo and Mimir in a configuration file; 0 is for ever. */
function* ofTexts(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'ConfigMap'))
    for (const field of change.fields) {
      const [was, is] = [field.before, field.after].map((value) => shortestPeriod(value));
      if (was && is && is.amount < was.amount)
        yield { change, field, message: text('retention_period', was.written, is.written) };
    }
}

function shortestPeriod(value: unknown): { readonly written: string; readonly amount: number } | undefined {
  if (typeof value !== 'string') return undefined;
  const periods = [...value.matchAll(/\bretention_period:\s*["']?(\w+)/g)].flatMap(([, written]) => {
    const amount = durationOf(written);
    return amount === undefined ? [] : [{ written: written!, amount: amount === 0 ? never() : amount }];
  });
  return periods.sort((one, other) => one.amount - other.amount)[0];
}

function unlimited(value: unknown): number | undefined {
  const amount = Number(value);
  return Number.isNaN(amount) ? undefined : amount < 0 ? never() : amount;
}

/** `30d`, `4w`, `2m`: days, weeks and months. */
function daysOf(value: unknown): number | undefined {
  const [, count, unit] = /^(\d+)([dwm])$/.exec(String(value)) ?? [];
  return count === undefined ? undefined : Number(count) * { d: 1, w: 7, m: 30 }[unit as 'd' | 'w' | 'm'];
}

function text(what: string, was: unknown, is: unknown): string {
  const named = (value: unknown) => (value === undefined ? 'what holds by default' : String(value));
  return `less is kept (${what}: ${named(is)} in place of ${named(was)}): what is beyond is deleted`;
}
