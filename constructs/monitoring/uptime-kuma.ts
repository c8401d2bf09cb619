import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { images } from '../../model/images';
import { bytes } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';

export const uptimeKumaSettings = settingsOf('uptimeKuma', {
  /** Size of the volume for its database. */
  volume: bytes('1Gi'),
});

declare module '../../model/settings' {
  interface Settings {
    readonly uptimeKuma?: ValuesOf<typeof uptimeKumaSettings>;
  }
}

export interface UptimeKumaProps extends Partial<ValuesOf<typeof uptimeKumaSettings>> {
  readonly namespace: NamespaceRef;
  /** What it may watch; the monitors themselves are set up in its page. */
  readonly watches: readonly Port[];
  readonly storage: readonly StorageClass[];
}

/**
 * A status page with its own database. The image's entrypoint starts as root, takes over the data folder and then becomes
 * another user; here the pod is that user from the start and the volume is its own (fsGroup), so the program itself is
 * started and the pod meets `restricted`. Monitors by HTTP and TCP work; a ping monitor would need NET_RAW.
 */
export class UptimeKuma extends Construct {
  readonly workload: Workload;
  constructor(scope: Construct, id: string, props: UptimeKumaProps) {
    super(scope, id);
    this.workload = new Workload(this, id, {
      namespace: props.namespace,
      controller: Controller.statefulSet({
        claims: [
          {
            name: 'data',
            size: props.volume ?? uptimeKumaSettings.defaults.volume,
            storageClass: chosenClass('uptime-kuma volume', 'cluster-default', props.storage).name,
          },
        ],
        whenDeleted: 'Delete',
      }),
      pod: {
        // The image's user `node`, who owns the program.
        user: 1000,
        // It closes its database on the way down.
        terminationGracePeriod: 60,
        container: {
          name: 'uptime-kuma',
          image: images.uptimeKuma,
          // Around the entrypoint: it calls chown and setpriv, which only root may.
          command: ['node', 'server/server.js'],
          ports: { http: 3001 },
          resources: { cpu: '50m', memory: '192Mi', memoryLimit: '384Mi' },
          probes: {
            startup: Probe.tcp('http', { every: 2, failures: 90 }),
            readiness: Probe.http('/', 'http', { every: 10, timeout: 5 }),
            liveness: Probe.tcp('http', { every: 20 }),
          },
          // All that it keeps is in its data folder; Node and its tools want a place for temporary files.
          mounts: [
            Volume.claim('data').at('/app/data', { writable: true }),
            Volume.scratch('tmp', '64Mi').at('/tmp', { writable: true }),
          ],
        },
      },
    });
    this.workload.service().publish(this.port('http'));
    for (const port of props.watches) this.workload.connectsTo(port);
  }

  /** Its only port. */
  port(name: 'http'): Port {
    return this.workload.port(name);
  }
}
