/** What RabbitMQ reads when it starts. Each line is of a version that is named where it is not of all. */

/** A queue that keeps what it took on most of the nodes. */
export interface QuorumQueue {
  readonly name: string;
  /** Deliveries of a message before it is set aside. */
  readonly deliveryLimit: number;
}

export interface RabbitConfig {
  readonly nodes: number;
  /** The full name of the nodes' own domain: behind the dot stands what makes a pod's name one that all resolve. */
  readonly peersHost: string;
  readonly peersService: string;
  /** Bytes that the node may hold before publishers wait. */
  readonly memory: number;
  /** Bytes of the volume that stay free: below, publishers wait. */
  readonly diskFree: number;
  /** The folder whose files are imported, in the order of their names. */
  readonly definitions: string;
  /** Whether peers are looked up by the API server. */
  readonly asksApi: boolean;
}

/** Until 4.1 the plugin reads the Endpoints of the Service; from then on each node looks for the pod with ordinal 0. */
export function asksApiServer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 4 || (major === 4 && minor < 1);
}

export const PLUGINS = ['rabbitmq_management', 'rabbitmq_peer_discovery_k8s', 'rabbitmq_prometheus'];

export function rabbitmqConf(config: RabbitConfig): string {
  const { nodes, peersHost, peersService, asksApi } = config;
  const lines = [
    '# What pods print is kept, and there is no other log.',
    'log.console = true',
    'log.file = false',
    'cluster_formation.peer_discovery_backend = k8s',
    ...(asksApi
      ? [
          'cluster_formation.k8s.host = kubernetes.default.svc.cluster.local',
          'cluster_formation.k8s.address_type = hostname',
          `cluster_formation.k8s.service_name = ${peersService}`,
          `cluster_formation.k8s.hostname_suffix = .${peersHost}`,
        ]
      : []),
    '# Queues are imported when all nodes are there: made by the first node alone, a quorum queue would have one member, for good.',
    `cluster_formation.target_cluster_size_hint = ${nodes}`,
    '# Who sees fewer than half of the nodes stops, so that never two halves take messages.',
    'cluster_partition_handling = pause_minority',
    '# It sees the memory of its node, not the limit of its pod.',
    `vm_memory_high_watermark.absolute = ${config.memory}`,
    `disk_free_limit.absolute = ${config.diskFree}`,
    `load_definitions = ${config.definitions}`,
  ];
  return `${lines.join('\n')}\n`;
}

export function enabledPlugins(): string {
  return `[${PLUGINS.join(',')}].\n`;
}

/** Where messages go that were delivered too often. */
export function failedQueueOf(queue: string): string {
  return `${queue}.failed`;
}

/**
 * Virtual host, queues and their policies. Limits stand in policies, because the arguments of a queue never change again. A message that was
 * delivered too often goes to a queue of its own, and leaves its own only when it is there (`at-least-once`, which needs `reject-publish`).
 */
export function queueDefinitions(queues: readonly QuorumQueue[]): string {
  const declared = queues.flatMap(({ name }) => [name, failedQueueOf(name)]);
  return json({
    vhosts: [{ name: VHOST }],
    queues: declared.map((name) => ({
      name,
      vhost: VHOST,
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': 'quorum' },
    })),
    policies: queues.map(({ name, deliveryLimit }) => ({
      name,
      vhost: VHOST,
      pattern: `^${name.replace(/\./g, '\\.')}$`,
      'apply-to': 'queues',
      priority: 0,
      definition: {
        'delivery-limit': deliveryLimit,
        'dead-letter-exchange': '',
        'dead-letter-routing-key': failedQueueOf(name),
        'dead-letter-strategy': 'at-least-once',
        overflow: 'reject-publish',
      },
    })),
  });
}

/** What a user may do: a regular expression of the names of queues and exchanges for each kind of operation. */
export interface RabbitUser {
  readonly name: string;
  /** What stands for its password. */
  readonly password: string;
  readonly tags: readonly ('management' | 'monitoring')[];
  readonly write: string;
  readonly read: string;
}

/** Users with their rights; none may declare or delete anything. */
export function userDefinitions(users: readonly RabbitUser[]): string {
  return json({
    users: users.map(({ name, password, tags }) => ({ name, password, tags: [...tags] })),
    permissions: users.map(({ name, write, read }) => ({ user: name, vhost: VHOST, configure: '^$', write, read })),
  });
}

const VHOST = '/';

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
