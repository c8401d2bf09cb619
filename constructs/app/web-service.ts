import { Construct } from 'constructs';
import { images, TAGGED_IMAGE, versionOf } from '../../model/images';
import { release } from '../../model/release-setting';
import { percent, placement, resources, text, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { PriorityClass } from '../availability/priority-class';
import { Config } from '../core/config';
import { containerResource, podField } from '../core/downward';
import type { RequestMetrics } from '../core/flow';
import { scrapeJob } from '../core/metrics';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { RunningVersion } from '../delivery/release';
import { keeperOf, released } from '../delivery/release';
import type { ReleaseMeans } from '../delivery/release-means';
import { Watch } from '../monitoring/watch';
import type { Redis } from './redis';
import type { RedisRights } from './redis-rights';

export const webSettings = settingsOf('web', {
  /** Pods of the web app, while no autoscaler owns the number. */
  replicas: whole(2),
  /** What one pod asks for and may use. */
  resources: resources({ cpu: '50m', memory: '96Mi', memoryLimit: '192Mi' }),
  /** Whose site it is: the suffix of its Redis keys and the value of the metrics' label `student`. Lower case, digits, hyphens. */
  student: text(
    'demo',
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'a name of lower case letters, digits and inner hyphens, 63 at most',
  ),
  /** What the page says under its title, and `/info`; empty for nothing. */
  greeting: text('Welcome', /^\P{Cc}{0,200}$/u, 'a line of at most 200 characters'),
  /** How long a pod goes on serving after SIGTERM, so that endpoints and load balancers forget it first. Seconds. */
  drainSeconds: whole(5, { max: 300 }),
  /** Where the pods run. */
  placement: placement(),
  /** Before other pods when room is short: its PriorityClass gets this value. 0 renders none. */
  priority: whole(0, { max: 1_000_000_000 }),
  /**
   * How a new version takes the place of the one before: `rolling`, `recreate`, or with two versions at a time `blueGreen`, `canary`, `ab` or
   * `mirror`. With `by: 'argo-rollouts'` its controller carries out `canary` and `blueGreen`.
   */
  release: release(),
  /** Earlier ReplicaSets kept for `kubectl rollout undo`; hashed ConfigMaps and Secrets are kept as long. */
  revisionHistoryLimit: whole(5),
  /** The name of the job that scrapes it, and so the label `job` of its series. */
  scrapeJob: scrapeJob('web'),
  /** Percent of the requests of 30 days that are answered without a failure of ours: its service level objective. */
  availability: percent(99.9),
  /** Percent of the requests of 30 days that are answered within 250 ms. */
  latency: percent(99),
  /** The image of services/web. Its tag is the version that the page shows. */
  image: text(images.web, TAGGED_IMAGE, 'an image with a tag'),
});

declare module '../../model/settings' {
  interface Settings {
    readonly web: ValuesOf<typeof webSettings>;
  }
}

export interface WebServiceProps extends Partial<ValuesOf<typeof webSettings>>, ReleaseMeans {
  readonly namespace: NamespaceRef;
  /** Shown on the page and in `/info`. */
  readonly environment: string;
  /** Keeps the visits and the guestbook. Without an answer from it the app degrades and goes on. */
  readonly redis: Redis;
}

/** Paths that people may call; probes and metrics are for the cluster alone. */
export const PUBLIC_PATHS = ['/', '/guestbook', '/visits', '/info'] as const;

/** Just what the program calls: it counts visits and keeps the guestbook. */
const RIGHTS: RedisRights = {
  keys: ['visits:*', 'guestbook:*'],
  commands: ['get', 'incr', 'lpush', 'ltrim', 'lrange', 'multi', 'exec'],
};

/** How the program of services/web counts and times requests. Probes and scrapes come from the cluster itself. */
const REQUESTS = {
  total: 'http_requests_total',
  failed: { label: 'status', regex: '5..', example: '500' },
  duration: {
    metric: 'http_request_duration_seconds',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  counted: 'route!~"/healthz|/readyz|/metrics"',
} as const satisfies RequestMetrics;

const POD_INFO = '/etc/pod-info';

/** Slower than this, people notice. */
const LATENCY_SECONDS = 0.25;

/** The web app of services/web: a page with a visit counter and a guestbook. */
export class WebService extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const settings = { ...webSettings.defaults, ...props };
    checkSettings('web', webSettings, settings);
    const { namespace, image, replicas } = settings;
    const priority =
      settings.priority > 0
        ? new PriorityClass(this, 'priority-class', { name: `${namespace.name}-${id}`, value: settings.priority })
        : undefined;
    this.workload = released(
      id,
      settings.release,
      { image, replicas },
      (version) => this.version(version, settings, priority),
      props,
    );
    this.workload.servesMetrics('http', {
      job: settings.scrapeJob,
      exposes: [REQUESTS.total, `${REQUESTS.duration.metric}*`, 'web_redis_up', 'process_*', 'nodejs_*'],
      // With the health checks, /metrics and two routes that people ask for.
      series: 135,
      requests: REQUESTS,
    });
    new Watch(this, 'watch', {
      of: this.workload,
      release: settings.release,
      objectives: [
        { name: `${id}-availability`, indicator: { availability: true }, objective: settings.availability },
        {
          name: `${id}-latency`,
          indicator: { answeredWithinSeconds: LATENCY_SECONDS },
          objective: settings.latency,
        },
      ],
    });
  }

  /** The pods of one version, with a configuration of its own: the page shows which one answers. */
  private version(
    running: RunningVersion,
    settings: WebServiceProps & ValuesOf<typeof webSettings>,
    priority: PriorityClass | undefined,
  ): Workload {
    const { id, image, replicas, first, service, ownState } = running;
    const { namespace, redis } = settings;
    const config = new Config(this, `${id}-config`, {
      namespace,
      data: {
        PORT: '8080',
        // Its keys in Redis end with it.
        STUDENT: ownState ? `${settings.student}-next` : settings.student,
        ENVIRONMENT: settings.environment,
        VERSION: versionOf(image),
        ...(settings.greeting === '' ? {} : { GREETING: settings.greeting }),
        DRAIN_SECONDS: String(settings.drainSeconds),
      },
    });
    // Where each node or zone takes just one pod, there may be no room for one more.
    const crowded = settings.placement.apart?.strength === 'required' && replicas > 1;
    const workload = new Workload(this, id, {
      ...{ namespace, first, service },
      controller: keeperOf(running, { revisionHistoryLimit: settings.revisionHistoryLimit, crowded }),
      pod: {
        // Drain, then up to 15 s for what is in flight.
        terminationGracePeriod: settings.drainSeconds + 15,
        placement: settings.placement,
        ...(priority ? { priorityClass: priority.name } : {}),
        container: {
          name: 'web',
          image,
          ports: { http: 8080 },
          resources: settings.resources,
          envFrom: [{ config }],
          env: {
            POD_NAME: podField('metadata.name'),
            POD_IP: podField('status.podIP'),
            NODE_NAME: podField('spec.nodeName'),
            POD_NAMESPACE: podField('metadata.namespace'),
            CPU_REQUEST_MILLICORES: containerResource('requests.cpu', '1m'),
            MEMORY_LIMIT_BYTES: containerResource('limits.memory', '1'),
            LABELS_FILE: `${POD_INFO}/labels`,
          },
          // Files follow changes of the labels; variables stay what they were at the start.
          mounts: [Volume.podInfo('pod-info', { labels: 'metadata.labels' }).at(POD_INFO)],
          probes: {
            startup: Probe.http('/healthz', 'http', { every: 1, failures: 30 }),
            readiness: Probe.http('/readyz', 'http', { every: 2, failures: 3 }),
            liveness: Probe.http('/healthz', 'http', { every: 10, failures: 3 }),
          },
        },
      },
    });
    workload.connectsTo(redis.port('redis'), { as: 'REDIS', may: RIGHTS });
    return workload;
  }

  /** Its only port. */
  port(name: 'http'): Port {
    return this.workload.port(name);
  }
}
