import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { images } from '../../model/images';
import type { ValuesOf } from '../../model/settings';
import { checkSettings } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import { podField } from '../core/downward';
import type { CredentialsSource } from '../core/expected-secret';
import { ExpectedSecret } from '../core/expected-secret';
import type { EndPort, OutsideFlow } from '../core/flow';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass } from '../core/storage';
import type { Mount } from '../core/volume';
import { Volume } from '../core/volume';
import { Workload } from '../core/workload';
import { isInCluster, portOfReceiver } from './alert-receivers';
import { alertmanagerConfig } from './alertmanager-config';
import { alertmanagerRules } from './alertmanager-rules';
import { alertingSettings } from './alertmanager-settings';
import type { NotificationPlan } from './notification-plan';
import { checkReceiverSecrets, notificationPlan, receiverKeys } from './notification-plan';
import { Watch } from './watch';

export { alertingSettings } from './alertmanager-settings';

export interface AlertmanagerProps extends Partial<ValuesOf<typeof alertingSettings>> {
  readonly namespace: NamespaceRef;
  /** The classes that the cluster has; the default one is taken. */
  readonly storage: readonly StorageClass[];
  /** Where the addresses and keys of receivers come from. */
  readonly credentials: CredentialsSource;
  /** Writes the configuration file: the writer of the rendered manifests, or any other one. */
  readonly toYaml: (value: object) => string;
}

const FOLDER = '/etc/alertmanager';
const CONFIG_FILE = 'alertmanager.yml';
/** Beside the folder of the configuration: a volume of files takes no folder in it. */
const SECRETS = '/etc/alertmanager-secrets';
const DATA = '/alertmanager';
const GOSSIP = 9094;

/** Alertmanagers that gossip: alerts become notifications, each of them once. */
export class Alertmanager extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: AlertmanagerProps) {
    super(scope, id);
    const settings = { ...alertingSettings.defaults, ...props };
    checkSettings('alerting', alertingSettings, settings);
    const { namespace, replicas, volume, resources, credentials, toYaml } = settings;
    const plan = notificationPlan(settings);
    checkReceiverSecrets('alerting', plan, credentials);
    const secrets = this.secretMounts(`${id}-receivers`, plan, settings);
    const config = new Config(this, `${id}-config`, {
      namespace,
      data: () => ({ [CONFIG_FILE]: toYaml(alertmanagerConfig(plan, (key) => `${SECRETS}/${key}`)) }),
    });
    const configMount = Volume.config(config).at(FOLDER);
    const data = volume === 'none' ? Volume.scratch('data', '64Mi') : Volume.claim('data');
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.statefulSet({
        replicas,
        ...(volume === 'none'
          ? {}
          : {
              claims: [
                {
                  name: 'data',
                  size: volume,
                  storageClass: chosenClass('alerting.volume', 'cluster-default', props.storage).name,
                },
              ],
              // Silences and what was told are of no use to whoever comes later.
              whenDeleted: 'Delete',
            }),
      }),
      pod: {
        user: 65534,
        // A configuration that cannot be read ends here, with the reason, and the other pods go on with theirs.
        initContainers: [
          {
            name: 'check-config',
            image: images.alertmanager,
            command: ['/bin/amtool'],
            args: ['check-config', `${FOLDER}/${CONFIG_FILE}`],
            resources,
            mounts: [configMount],
          },
        ],
        container: {
          name: 'alertmanager',
          image: images.alertmanager,
          args: [
            `--config.file=${FOLDER}/${CONFIG_FILE}`,
            `--storage.path=${DATA}`,
            ...(replicas > 1
              ? gossip(id, namespace.name, replicas)
              : // Alone it listens to nobody.
                ['--cluster.listen-address=']),
          ],
          ports: { http: 9093, ...(replicas > 1 ? { gossip: GOSSIP } : {}) },
          ...(replicas > 1 ? { udp: ['gossip'], env: { POD_IP: podField('status.podIP') } } : {}),
          resources,
          probes: {
            startup: Probe.http('/-/ready', 'http', { every: 2, failures: 60 }),
            readiness: Probe.http('/-/ready', 'http', { every: 5 }),
            liveness: Probe.http('/-/healthy', 'http', { every: 15 }),
          },
          mounts: [configMount, ...secrets, data.at(DATA, { writable: true })],
        },
      },
    });
    this.workload.service().publish(this.workload.port('http'));
    if (replicas > 1) this.workload.connectsTo(this.workload.port('gossip'));
    this.workload.outside.push(...waysOut(plan));
    this.workload.servesMetrics('http', { job: 'alertmanager' });
    new Watch(this, 'watch', { of: this.workload, alerts: alertmanagerRules(this.workload, replicas) });
  }

  /** The port that is told of alerts: each pod behind it has to be. */
  get alerts(): EndPort {
    return this.workload.port('http');
  }

  private secretMounts(
    id: string,
    plan: NotificationPlan,
    { namespace, credentials }: Pick<AlertmanagerProps, 'namespace' | 'credentials'>,
  ): Mount[] {
    const keys = receiverKeys(plan);
    if (Object.keys(keys).length === 0) return [];
    const secret = new ExpectedSecret(this, id, { namespace, source: credentials, keys });
    return [secret.files(...Object.keys(keys)).at(SECRETS)];
  }
}

/** Each of them, under the name that the governing Service gives its pod. They are asked for again every fifteen seconds. */
function gossip(id: string, namespace: string, replicas: number): string[] {
  const peers = Array.from({ length: replicas }, (_, i) => `${id}-${i}.${id}.${namespace}.svc.cluster.local:${GOSSIP}`);
  return [
    `--cluster.listen-address=:${GOSSIP}`,
    // Its own guess takes private networks alone.
    `--cluster.advertise-address=[$(POD_IP)]:${GOSSIP}`,
    // Those of another namespace are strangers, wherever their addresses lead to.
    `--cluster.label=${namespace}/${id}`,
    ...peers.map((peer) => `--cluster.peer=${peer}`),
  ];
}

/** The connections by which the receivers are told. */
export function waysOut({ receivers }: NotificationPlan): OutsideFlow[] {
  const flows = receivers.flatMap(({ to }) => {
    const port = portOfReceiver(to);
    return port === undefined ? [] : [{ to: isInCluster(to) ? ('all-pods' as const) : ('addresses' as const), port }];
  });
  return (['addresses', 'all-pods'] as const).flatMap((to) => {
    const ports = [...new Set(flows.filter((flow) => flow.to === to).map(({ port }) => port))].sort((a, b) => a - b);
    return ports.length > 0 ? [{ to, ports }] : [];
  });
}
