import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Peer, StorageClass } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { images, versionOf } from '../../model/images';
import { byteCount, wholeProblem } from '../../model/quantity';
import { secretValueOf } from '../../model/secret-contract';
import { bytes, placement, resources, text, value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { DisruptionBudget } from '../availability/disruption-budget';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { CredentialsSource } from '../core/credentials';
import { podField } from '../core/downward';
import type { ExpectedKeys } from '../core/expected-secret';
import { ExpectedSecret } from '../core/expected-secret';
import { API_SERVER_PORTS } from '../core/flow';
import type { NamespaceRef } from '../core/namespace';
import type { ContainerProps } from '../core/pod';
import { Probe } from '../core/probe';
import { podsServiceOf } from '../core/service';
import { chosenClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { ConnectOptions, Grant, Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { QueueSource } from '../scaling/queue-scaler';
import type { QuorumQueue, RabbitUser } from './rabbitmq-config';
import { asksApiServer, enabledPlugins, queueDefinitions, rabbitmqConf, userDefinitions } from './rabbitmq-config';

/** Settings of a RabbitMQ, for the group of what has one. */
export const rabbitmqFields = {
  /** Nodes of RabbitMQ: an odd number. Of 3, one may be lost and nothing that was confirmed is; without two, no message is taken. */
  nodes: value(3, oddProblem),
  /** Version of RabbitMQ, 3.10 to 4.2. From one minor version to the next, and all feature flags enabled before. */
  version: text(
    versionOf(images.rabbitmq),
    /^(3\.1[0-3]|4\.[0-2])\.\d{1,3}$/,
    'a version from 3.10 to 4.2 with all three numbers',
  ),
  /** Size of each node's volume. Publishers wait when less than a fifth of it is free. */
  storage: bytes('8Gi'),
  /** StorageClass of the volumes. `cluster-default` takes the cluster's default class. */
  storageClass: text('cluster-default'),
  /** What a node asks for and may use. Publishers wait when it holds three fifths of the memory limit. */
  resources: resources({ cpu: '200m', memory: '1Gi' }),
  /** Where the nodes run. */
  placement: placement({ spread: [{ over: 'node', strength: 'required' }] }),
};

const rabbitmqSettings = settingsOf('rabbitmq', rabbitmqFields);

export interface RabbitMqProps extends Partial<ValuesOf<typeof rabbitmqSettings>> {
  readonly namespace: NamespaceRef;
  /** The classes that the cluster has. */
  readonly classes: readonly StorageClass[];
  /** Where the passwords and the nodes' cookie come from. */
  readonly credentials: CredentialsSource;
  /** Queues that are there from the start; nobody else may declare one. */
  readonly queues: readonly QuorumQueue[];
}

/** What RabbitMQ asks of whoever connects; the client gets a user of its own. */
export interface RabbitTerms {
  /** Send to any queue, or take from this one. */
  readonly may: 'publish' | { readonly consume: string };
}

const PORTS = { amqp: 5672, management: 15_672, metrics: 15_692, epmd: 4369, peers: 25_672 };
/** The user of the image. */
const USER = 999;
const DATA = '/var/lib/rabbitmq';
const DEFINITIONS = '/etc/rabbitmq-definitions';
/** The user by which a scaler looks at queues. */
const SCALER = 'scaler';

/**
 * RabbitMQ with quorum queues: what it confirmed is on most of the nodes. They find each other by names that do not change and
 * start together, so that after a full stop each finds the others, whichever was the last to go: readiness waits for no peer, and their Service
 * resolves before anybody is ready.
 *
 * What is lost when: one node stops or is lost: nothing; most of the nodes: nothing, but no message is taken until they are back; a volume:
 * nothing, its node copies what it lacks.
 */
export class RabbitMq extends Construct {
  readonly workload: Workload;
  private readonly secret: ExpectedSecret;
  private readonly users = new Map<string, RabbitUser>();
  private readonly queues: readonly QuorumQueue[];

  constructor(scope: Construct, id: string, props: RabbitMqProps) {
    super(scope, id);
    const settings = { ...rabbitmqSettings.defaults, ...props };
    checkSettings(id, rabbitmqSettings, settings);
    const { namespace, nodes, version, queues, resources } = settings;
    this.queues = queues;
    const peersHost = `${podsServiceOf(id)}.${namespace.name}.svc.cluster.local`;
    const asksApi = asksApiServer(version);
    const config = new Config(this, `${id}-config`, {
      namespace,
      data: {
        'rabbitmq.conf': rabbitmqConf({
          ...{ nodes, peersHost, peersService: podsServiceOf(id), asksApi, definitions: DEFINITIONS },
          memory: Math.floor(byteCount(resources.memoryLimit ?? resources.memory) * 0.6),
          diskFree: Math.floor(byteCount(settings.storage) / 5),
        }),
        enabled_plugins: enabledPlugins(),
        'queues.json': queueDefinitions(queues),
      },
    });
    this.secret = new ExpectedSecret(this, `${id}-credentials`, {
      namespace,
      source: props.credentials,
      keys: () => this.secretKeys,
    });
    const image = images.rabbitmq.replace(/:.*$/, `:${version}`);
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.statefulSet({
        replicas: nodes,
        peers: true,
        claims: [
          {
            name: 'data',
            size: settings.storage,
            storageClass: chosenClass(`${id}.storageClass`, settings.storageClass, settings.classes).name,
          },
        ],
        whenDeleted: 'Delete',
      }),
      pod: {
        user: USER,
        // One minute to wait until the others can do without it, and one to stop.
        terminationGracePeriod: 120,
        placement: settings.placement,
        ...(asksApi ? { serviceAccount: this.account(id, namespace) } : {}),
        initContainers: [this.cookie(image)],
        container: {
          name: 'rabbitmq',
          image,
          ports: PORTS,
          resources,
          env: {
            POD_NAME: podField('metadata.name'),
            // Full names: they are what a node is called in what it keeps, and do not change with its address.
            RABBITMQ_USE_LONGNAME: 'true',
            RABBITMQ_NODENAME: `rabbit@$(POD_NAME).${peersHost}`,
            // As large as its memory, and there is no place for it.
            ERL_CRASH_DUMP_SECONDS: '0',
          },
          probes: {
            // A node waits up to five minutes for peers that it was in a cluster with.
            startup: Probe.tcp('amqp', { every: 5, failures: 120 }),
            readiness: Probe.tcp('amqp', { every: 5, failures: 3 }),
            // Whether the program answers; a node that waits for others does. Asking takes a second of a core.
            liveness: Probe.exec(['rabbitmq-diagnostics', '-q', 'ping'], { every: 60, timeout: 30, failures: 3 }),
          },
          // While queues have no more than the nodes that they need, it must not be the next one to go.
          preStop: {
            exec: { command: ['sh', '-c', 'rabbitmq-upgrade await_online_quorum_plus_one -t 60 || true'] },
          },
          mounts: [
            Volume.config(config, ['rabbitmq.conf', 'enabled_plugins', 'queues.json']).at('/etc/rabbitmq'),
            // Read in the order of their names: what users may touch must be there before.
            Volume.config(config, ['rabbitmq.conf', 'enabled_plugins', 'queues.json']).at(
              `${DEFINITIONS}/10-queues.json`,
              { subPath: 'queues.json' },
            ),
            this.secret.files('cookie', 'users.json').at(`${DEFINITIONS}/20-users.json`, { subPath: 'users.json' }),
            Volume.claim('data').at(DATA, { writable: true }),
            // 3.x opens a file there for what it says when its data is upgraded.
            Volume.scratch('log', '16Mi').at('/var/log/rabbitmq', { writable: true }),
            Volume.scratch('tmp', '64Mi').at('/tmp', { writable: true }),
          ],
        },
      },
    });
    for (const name of ['epmd', 'peers']) this.workload.connectsToEach(this.workload.port(name));
    if (asksApi) this.workload.outside.push({ to: 'addresses', ports: API_SERVER_PORTS });
    // With two queues of three members each; most tell of Erlang itself.
    this.workload.servesMetrics('metrics', {
      job: id,
      exposes: ['rabbitmq_*', 'erlang_*', 'process_*', 'telemetry_*'],
      series: 745,
    });
    this.workload.port('amqp').asks<RabbitTerms>((client, options) => this.grant(client, options));
    if (nodes > 1) new DisruptionBudget(this, 'disruption-budget', { workload: this.workload, maxUnavailable: 1 });
  }

  /** Whoever connects says what it may do, and gets a user with just these rights: its name and password file in the variables. */
  port(name: 'amqp'): Port<RabbitTerms> {
    return this.workload.port(name);
  }

  /** How pods that are not ours look at the length of a queue, with a user that can do nothing else. */
  watchedBy(peer: Peer, queue: string): QueueSource {
    this.checkQueue(`${peer.name} looks at ${this.workload.app}`, queue);
    const port = this.workload.port('management');
    port.admits(peer);
    this.users.set(SCALER, userOf(SCALER, { tags: ['management'] }));
    const service = this.workload.serviceOf(port);
    return {
      queue,
      host: `http://${service.host}:${service.portOf(port)}/`,
      username: this.secret.reference(`${SCALER}-name`),
      password: this.secret.reference(SCALER),
    };
  }

  private get secretKeys(): ExpectedKeys {
    const users = [...this.users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const make = 'openssl rand -hex 32';
    return {
      cookie: {
        format:
          'letters and digits, one line without its line break; kept in a rotation, as nodes with another one do not find the rest',
        make,
      },
      ...Object.fromEntries(
        users.map(({ name }) => [
          name,
          { format: `the password of ${name}: letters and digits, one line without its line break`, make },
        ]),
      ),
      ...(this.users.has(SCALER) ? { [`${SCALER}-name`]: { format: 'the name of that user', text: SCALER } } : {}),
      'users.json': {
        format: "RabbitMQ's users with their passwords and rights, as it exports them",
        text: userDefinitions(users),
      },
    };
  }

  private grant(client: Workload, { as, may }: ConnectOptions & RabbitTerms): Grant {
    const user = client.first.app;
    const place = `${user} connects to ${this.workload.app}`;
    const consumes = typeof may === 'object' && typeof may?.consume === 'string' ? may.consume : undefined;
    if (may !== 'publish' && consumes === undefined)
      throw new StrataError(place, 'does not say what it may do', [
        "add may: 'publish', or may: { consume: 'jobs' } with the name of a queue",
      ]);
    if (consumes !== undefined) this.checkQueue(place, consumes);
    // A pod cannot mount a Secret of another namespace.
    const [own, other] = [this.workload.namespace.name, client.namespace.name];
    if (own !== other)
      throw new StrataError(place, `it runs in namespace ${other}, and its password is a Secret of namespace ${own}`, [
        `put the client into namespace ${own}`,
        'give it a RabbitMQ of its own',
      ]);
    // By the default exchange a message goes to the queue of its name.
    const rights = userOf(user, consumes === undefined ? { write: '^amq\\.default$' } : { read: exactly(consumes) });
    const before = this.users.get(user) ?? rights;
    if (JSON.stringify(before) !== JSON.stringify(rights))
      throw new StrataError(place, 'two clients called so ask for different rights', [
        'give one of the two another name',
        'ask for the same rights',
      ]);
    this.users.set(user, rights);
    if (as === undefined) return { env: {}, mounts: [] };
    const folder = `/etc/${as.toLowerCase().replaceAll('_', '-')}-password`;
    return {
      env: { [`${as}_USERNAME`]: user, [`${as}_PASSWORD_FILE`]: `${folder}/${user}` },
      mounts: [this.secret.files(user).at(folder)],
    };
  }

  private checkQueue(place: string, queue: string): void {
    const names = this.queues.map(({ name }) => name);
    if (names.includes(queue)) return;
    throw new StrataError(place, `there is no queue ${JSON.stringify(queue)}`, [
      `name one of its queues: ${names.join(', ') || 'none'}`,
      'add the queue to its queues',
    ]);
  }

  /** Erlang takes the cookie from a file that nobody else can read, which no file of a Secret is for a pod that is not root. */
  private cookie(image: string): ContainerProps {
    return {
      name: 'cookie',
      image,
      command: [
        'sh',
        '-c',
        `umask 077 && rm -f ${DATA}/.erlang.cookie && cat /etc/cookie/cookie > ${DATA}/.erlang.cookie`,
      ],
      resources: { cpu: '20m', memory: '32Mi' },
      mounts: [
        this.secret.files('cookie', 'users.json').at('/etc/cookie'),
        Volume.claim('data').at(DATA, { writable: true }),
      ],
    };
  }

  /** Until 4.1 a node asks the API server for its peers: it may read just the Endpoints of their Service. */
  private account(id: string, namespace: NamespaceRef): string {
    const metadata = { name: id, namespace: namespace.name };
    new k8s.KubeServiceAccount(this, 'account', { metadata });
    new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [{ apiGroups: [''], resources: ['endpoints'], resourceNames: [podsServiceOf(id)], verbs: ['get'] }],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: id },
      subjects: [{ kind: 'ServiceAccount', name: id, namespace: namespace.name }],
    });
    return id;
  }
}

function userOf(name: string, rights: Partial<Pick<RabbitUser, 'tags' | 'write' | 'read'>>): RabbitUser {
  return { name, password: secretValueOf(name), tags: [], write: '^$', read: '^$', ...rights };
}

/** A regular expression of one name. */
function exactly(name: string): string {
  return `^${name.replace(/\./g, '\\.')}$`;
}

function oddProblem(given: unknown): string | undefined {
  const problem = wholeProblem(given, 1, 7);
  if (problem !== undefined) return problem;
  return (given as number) % 2 === 1
    ? undefined
    : 'an even number, of which half can be lost without a majority that goes on: 3 do what 4 do';
}
