import { Construct } from 'constructs';
import { images } from '../../model/images';
import { resources } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import { podField } from '../core/downward';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { Volume } from '../core/volume';
import { Workload } from '../core/workload';
import { nodeAlerts, nodeRecordings } from './node-rules';
import { RuleSet } from './watch';

export const nodeExporterSettings = settingsOf('nodeExporter', {
  /** What the pod of each node asks for and may use. */
  resources: resources({ cpu: '20m', memory: '48Mi', memoryLimit: '96Mi' }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly nodeExporter?: ValuesOf<typeof nodeExporterSettings>;
  }
}

export interface NodeExporterProps extends Partial<ValuesOf<typeof nodeExporterSettings>> {
  /** At level `privileged`: its pods see the node. */
  readonly namespace: NamespaceRef;
}

/** A port of every node, so that two of them cannot stand in one cluster. */
const PORT = 9100;
const HOST_ROOT = '/host/root';

/** Nothing that fills up: what the kernel makes, and what containers mount while they run. */
const MOUNT_POINTS = '^/(dev|proc|run|sys|var/lib/(containerd|containers/storage|docker|kubelet/pods)/.+)($|/)';
/** The ends of the pods' interfaces on the node: one per pod, with a new name each time. */
const POD_INTERFACES = '^(veth|cali|lxc|cni|cilium).*$';

/**
 * Prometheus' node-exporter on each node: what the machine itself says of its CPUs, memory, disks and network. It sees the node and can
 * change nothing: the node's file system is mounted read-only, and the program runs as nobody, without capabilities.
 */
export class NodeExporter extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: NodeExporterProps) {
    super(scope, id);
    const settings = { ...nodeExporterSettings.defaults, ...props };
    checkSettings('nodeExporter', nodeExporterSettings, settings);
    this.workload = new Workload(this, id, {
      namespace: settings.namespace,
      controller: Controller.daemonSet({ maxUnavailable: '10%' }),
      pod: {
        securityException: {
          level: 'privileged',
          reason: "it measures the node: its network's interfaces, its processes and its file systems",
        },
        host: { network: true, pid: true },
        priorityClass: 'system-node-critical',
        // Every node is measured, whatever keeps other pods from it.
        placement: { tolerates: [{ operator: 'Exists' }] },
        container: {
          name: 'node-exporter',
          image: images.nodeExporter,
          args: [
            // Not at addresses by which a node may be reached from outside.
            `--web.listen-address=[$(HOST_IP)]:${PORT}`,
            `--path.rootfs=${HOST_ROOT}`,
            // Series per interface and file system of other machines than servers, and attributes that never change.
            '--no-collector.btrfs',
            '--no-collector.netclass',
            '--no-collector.wifi',
            `--collector.filesystem.mount-points-exclude=${MOUNT_POINTS}`,
            `--collector.netdev.device-exclude=${POD_INTERFACES}`,
          ],
          env: { HOST_IP: podField('status.hostIP') },
          ports: { metrics: PORT },
          resources: settings.resources,
          probes: {
            readiness: Probe.http('/', 'metrics', { every: 10 }),
            liveness: Probe.http('/', 'metrics', { every: 30 }),
          },
          mounts: [Volume.node('root', '/').at(HOST_ROOT)],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65534,
            runAsGroup: 65534,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      },
    });
    this.workload.servesMetrics('metrics', {
      job: 'node-exporter',
      about: 'node',
      exposes: ['node_*', 'go_*', 'process_*', 'promhttp_*'],
    });
    new RuleSet(this, 'rules', {
      name: 'nodes',
      rules: { recordings: nodeRecordings(), alerts: nodeAlerts() },
    });
  }
}
