import { Construct } from 'constructs';
import { images } from '../../model/images';
import { resources, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import { scrapeJob } from '../core/metrics';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { Alert } from '../monitoring/alert';
import { matchersOf } from '../monitoring/series';
import { Watch } from '../monitoring/watch';
import type { Redis } from './redis';
import type { RedisRights } from './redis-rights';

export const exporterSettings = settingsOf('exporter', {
  /** What the pod asks for and may use. */
  resources: resources({ cpu: '20m', memory: '64Mi', memoryLimit: '128Mi' }),
  /** At most so many values of the label `student`; more are dropped and counted. */
  maxStudents: whole(100, { min: 1 }),
  /** The name of the job that scrapes it, and so the label `job` of its series. */
  scrapeJob: scrapeJob('exporter'),
});

declare module '../../model/settings' {
  interface Settings {
    readonly exporter: ValuesOf<typeof exporterSettings>;
  }
}

export interface RedisExporterProps extends Partial<ValuesOf<typeof exporterSettings>> {
  readonly namespace: NamespaceRef;
  /** Read with a user that cannot write. */
  readonly redis: Redis;
}

/** Just what the program calls: it reads. */
const RIGHTS: RedisRights = { keys: ['visits:*', 'guestbook:*'], commands: ['scan', 'get', 'llen'] };

/** What the program itself measures, beside the figures of its process. */
const EXPOSED = [
  'course_redis_up',
  'course_exporter_scrape_duration_seconds',
  'course_visits_total',
  'course_guestbook_comments',
  'course_exporter_dropped_keys',
  'process_*',
  'nodejs_*',
];

/** The program of services/exporter: visits and guestbook entries in Redis as Prometheus metrics. */
export class RedisExporter extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: RedisExporterProps) {
    super(scope, id);
    const settings = { ...exporterSettings.defaults, ...props };
    this.workload = new Workload(this, id, {
      namespace: settings.namespace,
      controller: Controller.deployment(),
      pod: {
        container: {
          name: 'exporter',
          image: images.exporter,
          ports: { metrics: 9100 },
          resources: settings.resources,
          env: {
            PORT: '9100',
            MAX_STUDENTS: String(settings.maxStudents),
            // A scraper finds pods by DNS and needs no drain: the next scrape asks the next pod.
            DRAIN_SECONDS: '0',
          },
          probes: {
            startup: Probe.http('/healthz', 'metrics', { every: 1, failures: 30 }),
            readiness: Probe.http('/readyz', 'metrics', { every: 5, failures: 2 }),
            liveness: Probe.http('/healthz', 'metrics', { every: 10, failures: 3 }),
          },
        },
      },
    });
    // Without students; each has two more, and there are `maxStudents` at most.
    this.workload.servesMetrics('metrics', { job: settings.scrapeJob, exposes: EXPOSED, series: 90 });
    this.workload.connectsTo(settings.redis.port('redis'), { as: 'REDIS', may: RIGHTS });
    new Watch(this, 'watch', { of: this.workload, alerts: [redisDown(this.workload)] });
  }

  /** Its only port. */
  port(name: 'metrics'): Port {
    return this.workload.port(name);
  }
}

function redisDown(exporter: Workload): Alert {
  const series = `course_redis_up{${matchersOf(exporter)}}`;
  const labels = { job: exporter.metrics!.job, namespace: exporter.namespace.name };
  return {
    name: 'RedisDown',
    expr: `min by (job, namespace) (${series}) == 0`,
    for: '1m',
    severity: 'page',
    summary: 'Redis does not answer in {{ $labels.namespace }}',
    description: 'Pages are served without visits and guestbook; what people write is refused.',
    steps: [
      'Is its pod there, and ready? kubectl get pods -l app.kubernetes.io/name=redis',
      'What did it say last? kubectl logs redis-0, and kubectl describe pod redis-0 for its volume and memory.',
      'It starts again from its volume. With a full volume, make the claim larger.',
    ],
    tests: [
      {
        name: 'it goes away and comes back',
        series: { [series]: '1x4 0x5 1x10' },
        firing: { '4m': [], '5m': [], '7m': [labels], '12m': [] },
      },
    ],
  };
}
