import { createHash } from 'node:crypto';
import type { Persistence, RedisProps } from '../../../constructs/app/redis';
import { Redis, redisSettings } from '../../../constructs/app/redis';
import type { RedisRights } from '../../../constructs/app/redis-rights';
import type { Duration } from '../../../model/quantity';
import type { Objects } from '../../support/kubernetes';
import { textsOf } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, podOf, redisIn, refusal, rendered, STORAGE, workloadIn } from '../../support/render';

type Props = Omit<RedisProps, 'namespace'>;
const redis = (props: Partial<Props> = {}) =>
  rendered(
    (chart) =>
      new Redis(chart, 'redis', {
        namespace: namespaceIn(chart),
        storage: STORAGE,
        credentials: { from: 'generated' },
        ...props,
      }),
  );

/** The lines of redis.conf that say something. */
const configuration = (objects: Objects) =>
  objects
    .get('ConfigMap')
    .data['redis.conf']!.split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
const users = (objects: Objects) => textsOf(objects.get('Secret'))['users.acl']!.trimEnd().split('\n');

describe('a Redis with no more than it needs', () => {
  const objects = redis();
  const pod = podOf(objects).spec;
  const [container] = pod.containers;

  test('is one writer: a StatefulSet of one pod', () => {
    expect(objects.get('StatefulSet').spec.replicas).toBe(1);
  });

  test('meets the restricted standard as the user of the official image', () => {
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 999, fsGroup: 999 });
  });

  test('is asked over the loopback address, and has started when its answer is no error', () => {
    expect(container?.startupProbe?.exec?.command).toEqual([
      'redis-cli',
      '-e',
      '-h',
      '127.0.0.1',
      '-p',
      '6379',
      'ping',
    ]);
  });

  // With a full volume it answers PING with MISCONF and goes on serving reads. A restart would mend nothing and end that.
  test('is neither restarted nor cut off for an answer that is an error', () => {
    for (const probe of [container?.readinessProbe, container?.livenessProbe])
      expect(probe?.exec?.command).toEqual(['redis-cli', '-h', '127.0.0.1', '-p', '6379', 'ping']);
  });

  test('may take five minutes to read its log, and a minute to write it', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = container?.startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBe(300);
    expect(pod.terminationGracePeriodSeconds).toBe(60);
  });

  test('starts with its configuration, which it may not change', () => {
    expect(container?.args).toEqual(['redis-server', '/etc/redis/redis.conf']);
    expect(container?.volumeMounts).toEqual([
      { name: 'redis-config', mountPath: '/etc/redis', readOnly: true },
      { name: 'redis-credentials', mountPath: '/etc/redis-users', readOnly: true },
      { name: 'data', mountPath: '/data' },
    ]);
    expect(configuration(objects)).toEqual(
      expect.arrayContaining(['port 6379', 'dir /data', 'aclfile /etc/redis-users/users.acl']),
    );
  });

  test('refuses writes when it is full, at three quarters of its memory', () => {
    expect(configuration(objects)).toEqual(
      expect.arrayContaining(['maxmemory-policy noeviction', `maxmemory ${0.75 * 128 * 2 ** 20}`]),
    );
  });

  test('sees of its credentials only what its server reads', () => {
    expect(pod.volumes?.find(({ name }) => name === 'redis-credentials')?.secret?.items).toEqual([
      { key: 'users.acl', path: 'users.acl' },
    ]);
  });

  test('has no password anywhere but in its Secret', () => {
    const rights = { keys: ['visits:*'], commands: ['get'] };
    const objects = redisWith({ web: rights, exporter: rights });
    const { web, exporter } = textsOf(objects.get('Secret'));
    const elsewhere = JSON.stringify(objects.all.filter(({ kind }) => kind !== 'Secret'));
    for (const password of [web!, exporter!]) expect(elsewhere).not.toContain(password);
    for (const hash of users(objects).flatMap((line) => line.match(/#[0-9a-f]{64}/g) ?? []))
      expect(elsewhere).not.toContain(hash.slice(1));
  });
});

test('a Redis with all props has what they say', () => {
  const all: Required<Props> = {
    storage: STORAGE,
    credentials: { from: 'generated' },
    persistence: { mode: 'append-only', fsync: 'always', size: '3Gi' },
    resources: { cpu: '1', memory: '512Mi', memoryLimit: '1Gi' },
    storageClass: 'kept',
    onDelete: 'retain',
    placement: { tolerates: [{ key: 'data', effect: 'NoSchedule' }] },
    credentialsRevision: '2',
  };
  const objects = redis(all);
  const { spec } = objects.get('StatefulSet');
  expect(spec.persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Retain');
  expect(
    spec.volumeClaimTemplates?.map(({ spec: claim }) => [claim.storageClassName, claim.resources.requests.storage]),
  ).toEqual([['kept', '3Gi']]);
  expect(spec.template.spec.tolerations).toEqual([{ key: 'data', operator: 'Exists', effect: 'NoSchedule' }]);
  expect(spec.template.spec.containers[0]?.resources).toEqual({
    requests: { cpu: '1', memory: '512Mi' },
    limits: { memory: '1Gi' },
  });
  expect(configuration(objects)).toEqual(expect.arrayContaining(['appendfsync always', `maxmemory ${0.75 * 2 ** 30}`]));
});

describe('persistence', () => {
  const of = (persistence: Persistence) => redis({ persistence });
  const persistenceLines = (objects: Objects) =>
    configuration(objects).filter((line) => /^(append|save|shutdown)/.test(line));

  test('that nobody chose is a log, flushed each second', () => {
    expect(persistenceLines(redis())).toEqual(['appendonly yes', 'appendfsync everysec', 'save ""']);
  });

  test.each(['always', 'everysec', 'no'] as const)('by a log may be flushed %s', (fsync) => {
    expect(persistenceLines(of({ mode: 'append-only', fsync, size: '1Gi' }))).toEqual([
      'appendonly yes',
      `appendfsync ${fsync}`,
      'save ""',
    ]);
  });

  test('by snapshots writes one when it is stopped, too', () => {
    expect(persistenceLines(of({ mode: 'snapshots', every: '5m', size: '1Gi' }))).toEqual([
      'appendonly no',
      'save 300 1',
      'shutdown-on-sigterm save',
    ]);
  });

  test('none keeps nothing and needs no volume and no class for one', () => {
    const objects = redis({ persistence: { mode: 'none' }, storage: [] });
    expect(persistenceLines(objects)).toEqual(['appendonly no', 'save ""']);
    expect(objects.get('StatefulSet').spec).not.toHaveProperty('volumeClaimTemplates');
    expect(podOf(objects).spec.volumes).toContainEqual({ name: 'data', emptyDir: { sizeLimit: '64Mi' } });
  });

  test('another way of it is another configuration, so the pod rolls', () => {
    const name = (persistence: Persistence) =>
      podOf(of(persistence)).spec.volumes?.find(({ configMap }) => configMap)?.configMap?.name;
    expect(name({ mode: 'none' })).not.toBe(name({ mode: 'append-only', fsync: 'no', size: '1Gi' }));
  });

  test.each([
    '0s',
    '-1m',
    // @ts-expect-error: a span is a whole number of its unit
    '0.5s',
  ] satisfies Duration[])('by a snapshot every %s is refused', (every) => {
    expect(refusal(() => of({ mode: 'snapshots', every: every as Duration, size: '1Gi' })).message).toContain(
      'not a span of time',
    );
  });
});

describe('storage', () => {
  const classOf = (objects: Objects) =>
    objects.get('StatefulSet').spec.volumeClaimTemplates?.[0]?.spec.storageClassName;

  test("is the cluster's default class, and goes with the StatefulSet", () => {
    const objects = redis();
    expect(classOf(objects)).toBe('slow');
    expect(objects.get('StatefulSet').spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Delete',
      whenScaled: 'Retain',
    });
    expect(objects.of('StorageClass')).toEqual([]);
  });

  test('that shall outlive its claim is of a class that retains: one like the chosen class', () => {
    const objects = redis({ onDelete: 'retain' });
    const { metadata, ...storageClass } = objects.get('StorageClass');
    expect(classOf(objects)).toBe(metadata.name);
    expect(storageClass).toMatchObject({
      provisioner: 'csi.example.com',
      parameters: { type: 'slow' },
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    });
    expect(objects.get('StatefulSet').spec.persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Retain');
  });

  test('of a class that retains already needs no further one', () => {
    const objects = redis({ onDelete: 'retain', storageClass: 'kept' });
    expect(classOf(objects)).toBe('kept');
    expect(objects.of('StorageClass')).toEqual([]);
  });

  test('two namespaces of one cluster share no class', () => {
    const names = rendered((chart) => {
      for (const name of ['a', 'b'])
        new Redis(chart, `redis ${name}`, {
          namespace: namespaceIn(chart, { name }),
          storage: STORAGE,
          credentials: { from: 'generated' },
          onDelete: 'retain',
        });
    })
      .of('StorageClass')
      .map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(2);
  });

  test('of a class that the cluster does not have is an error with the nearest name', () => {
    const error = refusal(() => redis({ storageClass: 'slwo' }));
    expect(error.message).toContain('redis.storageClass: the cluster has no StorageClass slwo');
    expect(error.fixes[0]).toContain('did you mean slow?');
  });

  test('of the default class of a cluster that has none is an error', () => {
    expect(refusal(() => redis({ storage: [] })).message).toContain('the cluster has no default StorageClass');
  });

  // Fields of a class cannot be changed: the API server would refuse the second apply.
  test('of another chosen class is another retaining class', () => {
    const storage = [...STORAGE, { ...STORAGE[0]!, name: 'fast', parameters: { type: 'fast' }, isDefault: false }];
    const nameLike = (storageClass: string) =>
      redis({ onDelete: 'retain', storage, storageClass }).get('StorageClass').metadata.name;
    expect(nameLike('fast')).not.toBe(nameLike('slow'));
  });
});

/** A Redis and clients that connect to it, each with its rights. */
const redisWith = (clients: Readonly<Record<string, RedisRights>>, props: Partial<Props> = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const made = new Redis(chart, 'redis', {
      namespace,
      storage: STORAGE,
      credentials: { from: 'generated' },
      ...props,
    });
    for (const [name, may] of Object.entries(clients))
      workloadIn(chart, name, { namespace }).connectsTo(made.port('redis'), { as: 'REDIS', may });
  });
const READER: RedisRights = { keys: ['visits:*'], commands: ['get'] };

describe('users', () => {
  const objects = redisWith({
    web: { keys: ['visits:*', 'guestbook:*'], commands: ['incr', 'lpush'] },
    reader: READER,
  });
  const lineOf = (user: string) => users(objects).find((line) => line.startsWith(`user ${user} `)) ?? '';

  test('nobody without a password may do more than ping', () => {
    expect(lineOf('default')).toBe('user default on nopass resetkeys resetchannels -@all +ping');
  });

  test('are those who connect, in an order of their own, and no others', () => {
    expect(users(objects).map((line) => line.split(' ')[1])).toEqual(['default', 'reader', 'web']);
    expect(users(redis()).map((line) => line.split(' ')[1])).toEqual(['default']);
  });

  test.each(['web', 'reader'])('%s is known by the hash of its password', (user) => {
    const password = textsOf(objects.get('Secret'))[user]!;
    expect(lineOf(user)).toContain(`#${createHash('sha256').update(password).digest('hex')} `);
  });

  test('may do just what they said when they connected, beside PING and naming the connection', () => {
    expect(lineOf('web').replace(/#\w+ /, '')).toBe(
      'user web on ~visits:* ~guestbook:* resetchannels -@all +ping +client|setname +incr +lpush',
    );
  });

  test('find their name and password in the variables and files of their pod', () => {
    const { containers } = objects.get('Deployment', 'reader').spec.template.spec;
    expect(containers[0]?.env).toEqual([
      { name: 'REDIS_USERNAME', value: 'reader' },
      { name: 'REDIS_PASSWORD_FILE', value: '/etc/redis-password/reader' },
      { name: 'REDIS_HOST', value: 'redis.shop.svc.cluster.local' },
      { name: 'REDIS_PORT', value: '6379' },
    ]);
    expect(containers[0]?.volumeMounts).toEqual([
      { name: 'redis-credentials', mountPath: '/etc/redis-password', readOnly: true },
    ]);
  });

  test('change nothing where they do not connect, and the name of the Secret where they do', () => {
    const secret = (clients: Readonly<Record<string, RedisRights>>) => redisWith(clients).get('Secret').metadata.name;
    expect(secret({ reader: READER })).toBe(secret({ reader: READER }));
    expect(secret({ reader: READER, worker: READER })).not.toBe(secret({ reader: READER }));
    expect(secret({ reader: { ...READER, commands: ['get', 'set'] } })).not.toBe(secret({ reader: READER }));
  });

  test.each([
    ['keys with a blank', { keys: ['visits:* ~secret:*'], commands: ['get'] }],
    ['a pattern of its own', { keys: ['~*'], commands: ['get'] }],
    ['everything', { keys: ['visits:*'], commands: ['@all'] }],
    ['keys with a quote: it would end the line early', { keys: ['a"b'], commands: ['get'] }],
    ['keys with braces: External Secrets would fill them in', { keys: ['{{.web}}'], commands: ['get'] }],
    ['a command in capitals', { keys: ['visits:*'], commands: ['GET'] }],
  ])('that ask for %s are refused: it would be another rule', (_, may) => {
    expect(refusal(() => redisWith({ reader: may })).place).toBe('reader connects to redis');
  });

  test('in another namespace are refused: their pods could not mount the password', () => {
    const error = refusal(() =>
      rendered((chart) => {
        const made = redisIn(chart, namespaceIn(chart));
        const client = workloadIn(chart, 'reader', { namespace: namespaceIn(chart, { name: 'other' }) });
        client.connectsTo(made.port('redis'), { as: 'REDIS', may: READER });
      }),
    );
    expect(error.found).toBe('it runs in namespace other, and its password is a Secret of namespace shop');
  });

  test('cannot be called default: that user may only PING', () => {
    expect(refusal(() => redisWith({ default: READER })).place).toBe('default connects to redis');
  });

  test('that connect twice are one user with one file', () => {
    const twice = rendered((chart) => {
      const namespace = namespaceIn(chart);
      const made = redisIn(chart, namespace);
      const client = workloadIn(chart, 'reader', { namespace });
      for (const _ of [1, 2]) client.connectsTo(made.port('redis'), { as: 'REDIS', may: READER });
    });
    expect(twice.get('Deployment', 'reader').spec.template.spec.containers[0]?.volumeMounts).toHaveLength(1);
  });

  test('may call commands with a low line', () => {
    expect(users(redisWith({ reader: { keys: ['a'], commands: ['sort_ro'] } })).join()).toContain('+sort_ro');
  });

  test('that do not say what they may do are refused', () => {
    expect(refusal(() => redisWith({ reader: undefined as unknown as RedisRights })).found).toContain(
      'does not say what it may do',
    );
  });

  test('that set their user name themselves are refused: it would be overwritten', () => {
    const act = () =>
      rendered((chart) => {
        const namespace = namespaceIn(chart);
        const made = redisIn(chart, namespace);
        const container = { env: { REDIS_USERNAME: 'me' } };
        workloadIn(chart, 'reader', { namespace, container }).connectsTo(made.port('redis'), {
          as: 'REDIS',
          may: READER,
        });
      });
    expect(refusal(act).found).toBe('the container sets REDIS_USERNAME itself');
  });

  test('of one name with different rights are refused', () => {
    const error = refusal(() =>
      rendered((chart) => {
        const namespace = namespaceIn(chart);
        const made = redisIn(chart, namespace);
        const client = workloadIn(chart, 'reader', { namespace });
        client.connectsTo(made.port('redis'), { may: READER });
        client.connectsTo(made.port('redis'), { may: { ...READER, commands: ['set'] } });
      }),
    );
    expect(error.found).toContain('different rights');
  });
});

test("what nobody says is what the settings' defaults say", () => {
  expect(redis().all).toEqual(redis(redisSettings.defaults).all);
});
