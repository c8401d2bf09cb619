import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster';
import { images } from '../../model/images';
import { bytes, checkWhole, seconds } from '../../model/quantity';
import type { Persistence, RedisSettings } from '../../model/settings';
import { defaults } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { CredentialsSource } from '../core/credentials';
import { Credentials } from '../core/credentials';
import type { AppNamespace } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass, RetainingClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';

export interface RedisProps extends Partial<RedisSettings> {
  readonly namespace: AppNamespace;
  /** The classes that the cluster has. */
  readonly storage: readonly StorageClass[];
  /** Where the users' passwords come from. */
  readonly credentials: CredentialsSource;
}

const PORT = 6379;

/** What each user may do, in Redis' own ACL terms: just what its program calls. The default user may only PING, without a password. */
const USERS = {
  /** Counts visits, keeps the guestbook. */
  web: '~visits:* ~guestbook:* resetchannels -@all +ping +client|setname +get +incr +lpush +ltrim +lrange +multi +exec',
  /** Reads for the exporter; can not write. */
  exporter: '~visits:* ~guestbook:* resetchannels -@all +ping +client|setname +scan +get +llen',
} as const;
export type RedisUser = keyof typeof USERS;

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
  readonly port: Port;
  private readonly credentials: Credentials;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const settings = { ...defaults.redis, ...props };
    const { namespace, persistence, resources } = settings;
    const memory = bytes(resources.memoryLimit ?? resources.memory);
    // Rewriting the log forks: pages that change meanwhile exist twice, so a quarter of the memory stays free for that.
    const maxMemory = Math.floor(memory * 0.75);

    const config = new Config(this, `${id}-config`, {
      namespace,
      data: { 'redis.conf': redisConf(persistence, maxMemory) },
    });
    this.credentials = new Credentials(this, `${id}-credentials`, {
      namespace,
      users: Object.keys(USERS),
      files: (passwordHash) => ({ 'users.acl': usersAcl(passwordHash) }),
      source: props.credentials,
    });
    const persistent = persistence.mode !== 'none';
    // With -e an error counts as a failure, as while the log is being read. Later it must not: a Redis that can not write any
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
            this.credentials.volume('users.acl').at('/etc/redis-users'),
            (persistent ? Volume.claim('data') : Volume.scratch('data', '64Mi')).at('/data', { writable: true }),
          ],
        },
      },
    });
    this.port = this.workload.port('redis');
  }

  /** The file of a user's password, for the pods of its program. */
  passwordOf(user: RedisUser): Volume {
    return this.credentials.volume(user);
  }

  private storageClass(settings: RedisSettings & RedisProps): string {
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
      const every = seconds(persistence.every);
      checkWhole('redis.persistence.every, seconds', every, 1);
      return ['appendonly no', `save ${every} 1`, 'shutdown-on-sigterm save'];
    }
    case 'none':
      return ['appendonly no', 'save ""'];
  }
}

function usersAcl(passwordHash: (user: string) => string): string {
  const users = Object.entries(USERS).map(([user, rights]) => `user ${user} on #${passwordHash(user)} ${rights}`);
  return ['user default on nopass resetkeys resetchannels -@all +ping', ...users, ''].join('\n');
}
