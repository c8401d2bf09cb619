import { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import { images, versionOf } from '../../model/images';
import { checkWhole } from '../../model/quantity';
import type { WebSettings } from '../../model/settings';
import { defaults } from '../../model/settings';
import { PriorityClass } from '../availability/priority-class';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { AppNamespace } from '../core/namespace';
import { podField } from '../core/pod';
import { Probe } from '../core/probe';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { Redis } from './redis';

export interface WebServiceProps extends Partial<WebSettings> {
  readonly namespace: AppNamespace;
  /** Shown on the page and in `/info`. */
  readonly environment: string;
  /** Keeps the visits and the guestbook. Without an answer from it the app degrades and goes on. */
  readonly redis: Redis;
}

/** Paths that people may call; probes and metrics are for the cluster alone. */
export const PUBLIC_PATHS = ['/', '/guestbook', '/visits', '/info'] as const;

/** The web app of services/web: a page with a visit counter and a guestbook. */
export class WebService extends Construct {
  readonly workload: Workload;
  readonly port: Port;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const settings = { ...defaults.web, ...props };
    const { namespace, redis } = settings;
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(settings.student)) {
      throw new StrataError(
        'web.student',
        `"${settings.student}" is not a name of lower case letters, digits and inner hyphens, 63 at most`,
        ['use such a name'],
      );
    }
    checkWhole('web.replicas', settings.replicas, 0);
    checkWhole('web.drainSeconds', settings.drainSeconds, 0, 300);
    const config = new Config(this, `${id}-config`, {
      namespace,
      kept: settings.revisionHistoryLimit,
      data: {
        PORT: '8080',
        STUDENT: settings.student,
        ENVIRONMENT: settings.environment,
        VERSION: versionOf(images.web),
        DRAIN_SECONDS: String(settings.drainSeconds),
      },
    });
    const priority =
      settings.priority > 0
        ? new PriorityClass(this, 'priority-class', { name: `${namespace.name}-${id}`, value: settings.priority })
        : undefined;
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.deployment({
        replicas: settings.replicas,
        revisionHistoryLimit: settings.revisionHistoryLimit,
        // Where each node or zone takes just one pod, there may be no room for one more.
        strategy: settings.placement.apart?.strength === 'required' && settings.replicas > 1 ? 'in-place' : 'surge',
      }),
      pod: {
        // Drain, then up to 15 s for what is in flight.
        terminationGracePeriod: settings.drainSeconds + 15,
        placement: settings.placement,
        ...(priority ? { priorityClass: priority.name } : {}),
        container: {
          name: 'web',
          image: images.web,
          ports: { http: 8080 },
          resources: settings.resources,
          envFrom: [{ config }],
          env: {
            POD_NAME: podField('metadata.name'),
            NODE_NAME: podField('spec.nodeName'),
            POD_NAMESPACE: podField('metadata.namespace'),
            REDIS_USERNAME: 'web',
            REDIS_PASSWORD_FILE: '/etc/redis-password/web',
          },
          probes: {
            startup: Probe.http('/healthz', 'http', { every: 1, failures: 30 }),
            readiness: Probe.http('/readyz', 'http', { every: 2, failures: 3 }),
            liveness: Probe.http('/healthz', 'http', { every: 10, failures: 3 }),
          },
          mounts: [redis.passwordOf('web').at('/etc/redis-password')],
        },
      },
    });
    this.port = this.workload.port('http');
    this.workload.connectsTo(redis.port, { as: 'REDIS' });
  }
}
