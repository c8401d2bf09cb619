import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster';
import { images } from '../../model/images';
import type { Bytes } from '../../model/quantity';
import { Controller } from '../core/controller';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';

export interface UptimeKumaProps {
  /** Must admit `baseline` pods. */
  readonly namespace: NamespaceRef;
  /** What it may watch; the monitors themselves are set up in its page. */
  readonly watches: readonly Port[];
  readonly storage: readonly StorageClass[];
  /** For its database. @default '1Gi' */
  readonly volume?: Bytes;
}

/** A status page with its own database. */
export class UptimeKuma extends Construct {
  readonly workload: Workload;
  readonly port: Port;

  constructor(scope: Construct, id: string, props: UptimeKumaProps) {
    super(scope, id);
    this.workload = new Workload(this, id, {
      namespace: props.namespace,
      controller: Controller.statefulSet({
        claims: [
          {
            name: 'data',
            size: props.volume ?? '1Gi',
            storageClass: chosenClass('uptime-kuma volume', 'cluster-default', props.storage).name,
          },
        ],
        whenDeleted: 'Delete',
      }),
      pod: {
        securityException: {
          level: 'baseline',
          reason: 'its entrypoint starts as root to own the data folder, then becomes the user node',
        },
        container: {
          name: 'uptime-kuma',
          image: images.uptimeKuma,
          // Whom its entrypoint becomes; without them it would stay root.
          env: { PUID: '1000', PGID: '1000' },
          ports: { http: 3001 },
          resources: { cpu: '50m', memory: '192Mi', memoryLimit: '384Mi' },
          probes: {
            startup: Probe.tcp('http', { every: 2, failures: 90 }),
            readiness: Probe.http('/', 'http', { every: 10, timeout: 5 }),
            liveness: Probe.tcp('http', { every: 20 }),
          },
          mounts: [Volume.claim('data').at('/app/data', { writable: true })],
        },
      },
    });
    this.port = this.workload.port('http');
    this.workload.service().publish(this.port);
    for (const port of props.watches) this.workload.connectsTo(port);
  }
}
