import { Construct } from 'constructs';
import { images } from '../../model/images';
import { placement } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { NamespaceRef } from '../core/namespace';
import type { PodProps } from '../core/pod';
import { Probe } from '../core/probe';
import { Volume } from '../core/volume';
import { Workload } from '../core/workload';

export const workloadZooSettings = settingsOf('workloadZoo', {
  /** Where the batch Job runs. */
  batchPlacement: placement(),
});

declare module '../../model/settings' {
  interface Settings {
    readonly workloadZoo?: ValuesOf<typeof workloadZooSettings>;
  }
}

export interface WorkloadZooProps extends Partial<ValuesOf<typeof workloadZooSettings>> {
  readonly namespace: NamespaceRef;
}

/**
 * Four kinds of consumers to practise on with `kubectl top` and `kubectl describe`: one that burns CPU up to its limit, one
 * that holds memory, idle web servers that use far less than they request, and a batch Job that ends.
 */
export class WorkloadZoo extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadZooProps) {
    super(scope, id);
    const { namespace } = props;
    new Workload(this, 'cpu-burner', {
      namespace,
      controller: Controller.deployment(),
      pod: stress(['--cpu', '1', '--timeout', '0'], { cpu: '100m', memory: '32Mi', cpuLimit: '200m' }),
    });
    new Workload(this, 'memory-hog', {
      namespace,
      controller: Controller.deployment({ strategy: 'recreate' }),
      pod: stress(['--vm', '1', '--vm-bytes', '96M', '--vm-keep', '--vm-hang', '0', '--timeout', '0'], {
        cpu: '10m',
        memory: '160Mi',
      }),
    });
    new Workload(this, 'idle-web', {
      namespace,
      controller: Controller.deployment({ replicas: 2 }),
      pod: idleWeb(new Config(this, 'idle-web-config', { namespace, data: NGINX })),
    });

    const batch = stress(['--cpu', '1', '--cpu-ops', '200'], { cpu: '100m', memory: '32Mi' });
    new Workload(this, 'batch', {
      namespace,
      controller: Controller.job({ retries: 2, deadline: 600 }),
      pod: props.batchPlacement ? { ...batch, placement: props.batchPlacement } : batch,
    });
  }
}

function stress(args: readonly string[], resources: PodProps['container']['resources']): PodProps {
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
function idleWeb(config: Config): PodProps {
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
      resources: { cpu: '50m', memory: '64Mi' },
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
