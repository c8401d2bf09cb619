import { Construct } from 'constructs';
import { images } from '../../model/images';
import type { Resources } from '../../model/quantity';
import { byteCount } from '../../model/quantity';
import { recreate } from '../../model/release';
import { bytes, choice, placement, resources, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { NamespaceRef } from '../core/namespace';
import type { PodProps } from '../core/pod';
import { Probe } from '../core/probe';
import { Volume } from '../core/volume';
import { Workload } from '../core/workload';

export const workloadZooSettings = settingsOf('workloadZoo', {
  /** Where the zoo lives: in the namespace of the `app`, or in its `own`, `<namespace>-zoo`. */
  namespace: choice('app', 'own'),
  /** What the CPU burner asks for and may use; it wants more. */
  burnerResources: resources({ cpu: '100m', memory: '32Mi', cpuLimit: '200m' }),
  /** Memory that the hog holds; its request and limit are 64Mi more. */
  hogMemory: bytes('96Mi'),
  /** Idle web servers. */
  idleReplicas: whole(2),
  /** What each of them asks for and hardly uses. */
  idleResources: resources({ cpu: '50m', memory: '64Mi' }),
  /** Pods of the batch Job that must succeed. */
  batchCompletions: whole(4, { min: 1 }),
  /** Pods of the batch Job that run at a time. */
  batchParallelism: whole(2, { min: 1 }),
  /** Work of each of them, in operations of stress-ng: 200 take some seconds of a core. */
  batchOperations: whole(200, { min: 1 }),
  /** What each of them asks for and may use. */
  batchResources: resources({ cpu: '100m', memory: '32Mi' }),
  /** Where the batch Job runs. */
  batchPlacement: placement(),
});

declare module '../../model/settings' {
  interface Settings {
    readonly workloadZoo?: ValuesOf<typeof workloadZooSettings>;
  }
}

export interface WorkloadZooProps extends Partial<Omit<ValuesOf<typeof workloadZooSettings>, 'namespace'>> {
  readonly namespace: NamespaceRef;
}

/** The label to look at them by: `kubectl top pods -l tier=backend`. */
const TIER = 'tier';

/**
 * Four kinds of consumers to practise on with `kubectl top` and `kubectl describe`: one that burns CPU up to its limit and
 * one that holds memory (tier `backend`), idle web servers that use far less than they request (`frontend`), and a batch Job
 * that ends (`batch`).
 */
export class WorkloadZoo extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadZooProps) {
    super(scope, id);
    const { namespace: _, ...defaults } = workloadZooSettings.defaults;
    const settings = { ...defaults, ...props };
    checkSettings('workloadZoo', workloadZooSettings, { ...settings, namespace: 'app' });
    const { namespace } = settings;
    new Workload(this, 'cpu-burner', {
      namespace,
      labels: { [TIER]: 'backend' },
      controller: Controller.deployment(),
      pod: stress(['--cpu', '1', '--timeout', '0'], settings.burnerResources),
    });
    const held = Math.ceil(byteCount(settings.hogMemory) / MEBI);
    new Workload(this, 'memory-hog', {
      namespace,
      labels: { [TIER]: 'backend' },
      controller: Controller.deployment({ release: recreate({ because: 'it shows what that looks like' }) }),
      pod: stress(['--vm', '1', '--vm-bytes', `${held}M`, '--vm-keep', '--vm-hang', '0', '--timeout', '0'], {
        cpu: '10m',
        memory: `${held + 64}Mi`,
      }),
    });
    new Workload(this, 'idle-web', {
      namespace,
      labels: { [TIER]: 'frontend' },
      controller: Controller.deployment({ replicas: settings.idleReplicas }),
      pod: idleWeb(new Config(this, 'idle-web-config', { namespace, data: NGINX }), settings.idleResources),
    });
    const { batchCompletions: completions, batchParallelism: parallelism, batchPlacement } = settings;
    new Workload(this, 'batch', {
      namespace,
      labels: { [TIER]: 'batch' },
      controller: Controller.job({ completions, parallelism, retries: 2, deadline: 600 }),
      pod: {
        ...stress(['--cpu', '1', '--cpu-ops', String(settings.batchOperations)], settings.batchResources),
        placement: batchPlacement,
      },
    });
  }
}

const MEBI = 2 ** 20;

function stress(args: readonly string[], resources: Resources): PodProps {
  return {
    // It has nothing to finish.
    terminationGracePeriod: 2,
    container: {
      name: 'stress',
      image: images.stressNg,
      command: ['/stress-ng'],
      args: ['--temp-path', '/tmp', ...args],
      resources,
      mounts: [Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true })],
    },
  };
}

/** nginx with a sidecar that prints the access log. */
function idleWeb(config: Config, resources: Resources): PodProps {
  const logs = Volume.scratch('logs', '16Mi');
  return {
    user: 101,
    sidecars: [
      {
        name: 'access-log',
        image: images.busybox,
        // Truncates what it has printed, so that the log never fills its volume.
        // The shell is process 1, which no signal ends unless it asks for it.
        command: [
          'sh',
          '-c',
          "trap 'exit 0' TERM; touch /logs/access.log; while :; do cat /logs/access.log; : >/logs/access.log; sleep 5 & wait $!; done",
        ],
        resources: { cpu: '5m', memory: '16Mi' },
        mounts: [logs.at('/logs', { writable: true })],
      },
    ],
    container: {
      name: 'nginx',
      image: images.nginx,
      ports: { http: 8080 },
      resources,
      probes: { readiness: Probe.http('/', 'http', { every: 10 }), liveness: Probe.tcp('http', { every: 20 }) },
      // Finishes what is in flight; TERM alone would cut it off.
      preStop: { exec: { command: ['nginx', '-s', 'quit'] } },
      mounts: [
        Volume.config(config).at('/etc/nginx/nginx.conf', { subPath: 'nginx.conf' }),
        logs.at('/logs', { writable: true }),
        Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true }),
      ],
    },
  };
}

const NGINX = {
  'nginx.conf': `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr;
events {}
http {
  access_log /logs/access.log;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 8080;
    location / { return 200 "idle\\n"; }
  }
}
`,
};
