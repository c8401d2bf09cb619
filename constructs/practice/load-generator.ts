import { Construct } from 'constructs';
import { images } from '../../model/images';
import { resources, text, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import type { NamespaceRef } from '../core/namespace';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';

export const loadGeneratorSettings = settingsOf('loadGenerator', {
  /** Pods that make load. With 0 there is none until somebody scales it up: `kubectl scale deployment/load-generator --replicas=1`. */
  replicas: whole(0),
  /** What is asked for. */
  path: text('/', /^\/[\w./~-]*$/, 'a path that begins with / and needs no quotes'),
  /** Requests that one pod has under way at a time. */
  connections: whole(4, { min: 1, max: 64 }),
  /** How long each of them waits before it asks again, in milliseconds. */
  pauseMilliseconds: whole(10, { max: 60_000 }),
  /** What one pod asks for and may use. */
  resources: resources({ cpu: '50m', memory: '32Mi', memoryLimit: '64Mi', cpuLimit: '500m' }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly loadGenerator?: ValuesOf<typeof loadGeneratorSettings>;
  }
}

export interface LoadGeneratorProps extends Partial<ValuesOf<typeof loadGeneratorSettings>> {
  readonly namespace: NamespaceRef;
  /** What is asked: each port is a flow, through its Service. */
  readonly targets: readonly Port[];
}

/** Asks for a page over and over, to see an autoscaler at work. */
export class LoadGenerator extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: LoadGeneratorProps) {
    super(scope, id);
    const settings = { ...loadGeneratorSettings.defaults, ...props };
    checkSettings('loadGenerator', loadGeneratorSettings, settings);
    const prefixes = settings.targets.map((_, i) => `TARGET_${i + 1}`);
    this.workload = new Workload(this, id, {
      namespace: settings.namespace,
      controller: Controller.deployment({ replicas: settings.replicas }),
      pod: {
        // It has nothing to finish.
        terminationGracePeriod: 2,
        container: {
          name: 'load-generator',
          image: images.busybox,
          command: ['sh', '-c', script(prefixes, settings)],
          resources: settings.resources,
        },
      },
    });
    for (const [i, port] of settings.targets.entries()) this.workload.connectsTo(port, { as: prefixes[i]! });
  }
}

/** The shell is process 1, which no signal ends unless it asks for it; its loops end with it. */
function script(
  prefixes: readonly string[],
  { path, connections, pauseMilliseconds }: ValuesOf<typeof loadGeneratorSettings>,
): string {
  const ask = prefixes.map(
    (prefix) => `wget -q -T 5 -O /dev/null "http://$${prefix}_HOST:$${prefix}_PORT${path}" || sleep 1`,
  );
  return [
    "trap 'exit 0' TERM",
    'ask() {',
    `  while sleep ${pauseMilliseconds / 1000}; do`,
    ...ask.map((line) => `    ${line}`),
    '  done',
    '}',
    `for _ in $(seq ${connections}); do ask & done`,
    'wait',
    '',
  ].join('\n');
}
