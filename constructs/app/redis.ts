import { Construct, type IConstruct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { images } from '../../model/images';
import type { Bytes, Duration } from '../../model/quantity';
import { byteCount, bytesProblem, durationProblem, seconds } from '../../model/quantity';
import { choice, placement, resources, text, value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { CredentialsSource } from '../core/credentials';
import { Credentials } from '../core/credentials';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass, RetainingClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { ConnectOptions, Grant, Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { RedisRights } from './redis-rights';
import { rightsText } from './redis-rights';

/**
 * How Redis keeps what it acknowledged.
 * - `append-only`: every write goes to a log. `always` loses nothing that was acknowledged, at the price of a disk
 *   flush per write; `everysec` loses at most the last second; `no` leaves flushing to the kernel (up to about 30 s).
 * - `snapshots`: the whole set is written every so often; a crash loses what came after the last snapshot.
 * - `none`: memory only; a restart loses everything.
 * A stop by SIGTERM is graceful in the first two and loses nothing.
 */
export type Persistence =
  | { readonly mode: 'append-only'; readonly fsync: 'always' | 'everysec' | 'no'; readonly size: Bytes }
  | { readonly mode: 'snapshots'; readonly every: Duration; readonly size: Bytes }
  | { readonly mode: 'none' };

export const redisSettings = settingsOf('redis', {
  /** What is lost when. `append-only` loses at most what its `fsync` allows, `snapshots` what came after the last one, `none` everything. */
  persistence: value<Persistence>(
    { mode: 'append-only', fsync: 'everysec', size: '1Gi' },
    persistenceProblem,
    (given) =>
      (given as { readonly mode?: unknown } | null | undefined)?.mode === 'snapshots'
        ? "{ mode: 'snapshots', every: '5m', size: '1Gi' }"
        : "{ mode: 'append-only', fsync: 'everysec', size: '1Gi' }",
  ),
  /** What the pod asks for and may use; three quarters of the memory limit are for data. */
  resources: resources({ cpu: '50m', memory: '128Mi' }),
  /** StorageClass of the volume. `cluster-default` takes the cluster's default class. */
  storageClass: text('cluster-default'),
  /** Whether the data outlives a deleted claim. `retain` needs a class that retains, and renders one where the cluster has none. */
  onDelete: choice('delete', 'retain'),
  /** Where the pod runs. */
  placement: placement(),
  /** Part of the credentials' Secret name where they come from outside: a new value is a rotation and rolls the pods. */
  credentialsRevision: text(
    '1',
    /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/,
    'lower case letters, digits and inner hyphens, 22 at most',
  ),
});

declare module '../../model/settings' {
  interface Settings {
    readonly redis: ValuesOf<typeof redisSettings>;
  }
}

export interface RedisProps extends Partial<ValuesOf<typeof redisSettings>> {
  readonly namespace: NamespaceRef;
  /** The classes that the cluster has. */
  readonly storage: readonly StorageClass[];
  /** Where the users' passwords come from. */
  readonly credentials: CredentialsSource;
}

const PORT = 6379;

/** What Redis asks of whoever connects; the client gets a user of its own. */
export interface RedisTerms {
  readonly may: RedisRights;
}

/**
 * One Redis, and so exactly one writer: a StatefulSet of one pod never runs two at once, not even while a node is lost
 * (the price: until the node is back or removed, no Redis runs; the web app then degrades).
 *
 * What is lost when:
 * - a stop by SIGTERM (rollout, drain): nothing, except with persistence `none`;
 * - a crash or SIGKILL: nothing with `always`, at most about one second of acknowledged writes with `everysec`, everything
 *   since the last snapshot with `snapshots`, everything with `none`;
 * - a lost node with node-local volumes: everything; use a class whose volumes follow the pod.
 */
export class Redis extends Construct {
  readonly workload: Workload;
  private readonly credentials: Credentials;
  private readonly rights = new Map<string, string>();

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const settings = { ...redisSettings.defaults, ...props };
    checkSettings('redis', redisSettings, settings);
    const { namespace, persistence, resources } = settings;
    const memory = byteCount(resources.memoryLimit ?? resources.memory);
    // Rewriting the log forks: pages that change meanwhile exist twice, so a quarter of the memory stays free for that.
    const maxMemory = Math.floor(memory * 0.75);

    const config = new Config(this, `${id}-config`, {
      namespace,
      data: { 'redis.conf': redisConf(persistence, maxMemory) },
    });
    this.credentials = new Credentials(this, `${id}-credentials`, {
      namespace,
      files: (_, passwordHash) => ({ 'users.acl': this.usersAcl(passwordHash) }),
      formats: { 'users.acl': "Redis' users, one a line; behind # the SHA-256 of a password in 64 hexadecimal digits" },
      source: props.credentials,
    });
    const persistent = persistence.mode !== 'none';
    // With -e an error counts as a failure, as while the log is being read. Later it must not: a Redis that cannot write any
    // more, for lack of disk, still serves what it has, and a restart would mend nothing.
    const ping = ['redis-cli', '-h', '127.0.0.1', '-p', String(PORT), 'ping'];
    const pingLoaded = [...ping.slice(0, 1), '-e', ...ping.slice(1)];
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.statefulSet({
        claims: persistent ? [{ name: 'data', size: persistence.size, storageClass: this.storageClass(settings) }] : [],
        whenDeleted: settings.onDelete === 'retain' ? 'Retain' : 'Delete',
      }),
      pod: {
        user: 999,
        // Long enough to write out what is in memory.
        terminationGracePeriod: 60,
        placement: settings.placement,
        container: {
          name: 'redis',
          image: images.redis,
          args: ['redis-server', '/etc/redis/redis.conf'],
          ports: { redis: PORT },
          resources,
          probes: {
            // Reading a large log takes its time: up to five minutes.
            startup: Probe.exec(pingLoaded, { every: 2, timeout: 2, failures: 150 }),
            readiness: Probe.exec(ping, { every: 5, timeout: 2, failures: 2 }),
            liveness: Probe.exec(ping, { every: 20, timeout: 5, failures: 6 }),
          },
          mounts: [
            Volume.config(config).at('/etc/redis'),
            this.credentials.files('users.acl').at('/etc/redis-users'),
            (persistent ? Volume.claim('data') : Volume.scratch('data', '64Mi')).at('/data', { writable: true }),
          ],
        },
      },
    });
    this.workload.port('redis').asks<RedisTerms>((client, options) => this.grant(client, options));
  }

  /** Whoever connects says what it may do, and gets a user with just these rights: its name and password file in the variables. */
  port(name: 'redis'): Port<RedisTerms> {
    return this.workload.port(name);
  }

  private grant(client: Workload, { as, may }: ConnectOptions & RedisTerms): Grant {
    // All versions of a service are one user: another one would change what the pods of the first version mount.
    const user = client.first.app;
    const place = `${user} connects to ${this.workload.app}`;
    if (!Array.isArray(may?.keys) || !Array.isArray(may.commands))
      throw new StrataError(place, 'does not say what it may do', [
        "add may: { keys: ['jobs:*'], commands: ['lpop'] }, with what its program calls",
      ]);
    const rights = rightsText(place, may);
    if (user === 'default')
      throw new StrataError(place, 'default is the name of the user that may only PING', [
        'give the workload another name',
      ]);
    // A pod cannot mount a Secret of another namespace.
    const [own, other] = [this.workload.namespace.name, client.namespace.name];
    if (own !== other)
      throw new StrataError(place, `it runs in namespace ${other}, and its password is a Secret of namespace ${own}`, [
        `put the client into namespace ${own}`,
        'give it a Redis of its own',
      ]);
    if ((this.rights.get(user) ?? rights) !== rights)
      throw new StrataError(place, 'two clients called so ask for different rights', [
        'give one of the two another name',
        'ask for the same rights',
      ]);
    this.rights.set(user, rights);
    const password = this.credentials.passwordOf(user);
    if (as === undefined) return { env: {}, mounts: [] };
    const folder = `/etc/${as.toLowerCase().replaceAll('_', '-')}-password`;
    return {
      env: { [`${as}_USERNAME`]: user, [`${as}_PASSWORD_FILE`]: `${folder}/${user}` },
      mounts: [password.at(folder)],
    };
  }

  private usersAcl(passwordHash: (user: string) => string): string {
    const users = [...this.rights].sort().map(([user, rights]) => `user ${user} on #${passwordHash(user)} ${rights}`);
    return ['user default on nopass resetkeys resetchannels -@all +ping', ...users, ''].join('\n');
  }

  private storageClass(settings: ValuesOf<typeof redisSettings> & RedisProps): string {
    const chosen = chosenClass('redis.storageClass', settings.storageClass, settings.storage);
    if (settings.onDelete === 'delete' || chosen.reclaim === 'Retain') return chosen.name;
    return new RetainingClass(this, 'storage-class', {
      like: chosen,
      name: `${settings.namespace.name}-${chosen.name}-retain`,
    }).name;
  }
}

function redisConf(persistence: Persistence, maxMemory: number): string {
  const lines = [
    'bind * -::*',
    `port ${PORT}`,
    '# The default user may only PING, so clients from elsewhere are no danger; every other command needs a user of the ACL file.',
    'protected-mode no',
    'aclfile /etc/redis-users/users.acl',
    'dir /data',
    `maxmemory ${maxMemory}`,
    '# A store, not a cache: a full Redis refuses writes instead of forgetting.',
    'maxmemory-policy noeviction',
    ...persistenceLines(persistence),
  ];
  return `${lines.join('\n')}\n`;
}

function persistenceLines(persistence: Persistence): string[] {
  switch (persistence.mode) {
    case 'append-only':
      return ['appendonly yes', `appendfsync ${persistence.fsync}`, 'save ""'];
    case 'snapshots': {
      return ['appendonly no', `save ${seconds(persistence.every)} 1`, 'shutdown-on-sigterm save'];
    }
    case 'none':
      return ['appendonly no', 'save ""'];
  }
}

function persistenceProblem(given: unknown): string | undefined {
  const { mode, fsync, every, size } = {
    ...(given as Partial<Record<'mode' | 'fsync' | 'every' | 'size', unknown>> | null),
  };
  if (mode === 'none') return undefined;
  if (mode !== 'append-only' && mode !== 'snapshots') return 'not a way to persist: append-only, snapshots or none';
  const how =
    mode === 'append-only'
      ? ['always', 'everysec', 'no'].includes(String(fsync))
        ? undefined
        : 'without an fsync of always, everysec or no'
      : durationProblem(every);
  return how ?? bytesProblem(size);
}

/** The Redis of a target: its platform has one. */
export function redisOf(root: IConstruct): Redis {
  const found = root.node.findAll().find((node): node is Redis => node instanceof Redis);
  if (found) return found;
  throw new StrataError('work queue', 'there is no Redis that could remember which messages are done', [
    'add one in platform.ts: new Redis(…)',
    'remove the feature that needs it from the target',
  ]);
}
