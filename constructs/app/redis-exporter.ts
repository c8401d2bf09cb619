import { Construct } from 'constructs';
import { images } from '../../model/images';
import type { ExporterSettings } from '../../model/settings';
import { defaults } from '../../model/settings';
import { Controller } from '../core/controller';
import type { AppNamespace } from '../core/namespace';
import { Probe } from '../core/probe';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { Redis } from './redis';

export interface RedisExporterProps extends Partial<ExporterSettings> {
  readonly namespace: AppNamespace;
  /** Read with a user that can not write. */
  readonly redis: Redis;
}

/** The program of services/exporter: visits and guestbook entries in Redis as Prometheus metrics. */
export class RedisExporter extends Construct {
  readonly workload: Workload;
  readonly port: Port;

  constructor(scope: Construct, id: string, props: RedisExporterProps) {
    super(scope, id);
    const settings = { ...defaults.exporter, ...props };
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
            REDIS_USERNAME: 'exporter',
            REDIS_PASSWORD_FILE: '/etc/redis-password/exporter',
          },
          probes: {
            startup: Probe.http('/healthz', 'metrics', { every: 1, failures: 30 }),
            readiness: Probe.http('/readyz', 'metrics', { every: 5, failures: 2 }),
            liveness: Probe.http('/healthz', 'metrics', { every: 10, failures: 3 }),
          },
          mounts: [settings.redis.passwordOf('exporter').at('/etc/redis-password')],
        },
      },
    });
    this.port = this.workload.port('metrics');
    this.workload.connectsTo(settings.redis.port, { as: 'REDIS' });
  }
}
