import { all, configMap, findings, verdicts, workload } from '../../judging';

const container = 'spec.template.spec.containers[0]';

describe('secret-literal', () => {
  const id = 'secret-literal';
  const env = (name: string, value: string) =>
    verdicts(id, workload({ container: `env: [{ name: ${name}, value: '${value}' }]` }));
  const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'aB3'.repeat(8)}`;
  test.each([
    ['PGPASSWORD', 'hunter2'],
    ['DATABASE_PASS', 'hunter2'],
    ['REDIS_AUTH', 's3cr3t'],
    ['STRIPE_KEY', 'rk9f8a7d6c5b4e3a2f1'],
    ['SESSION_SIGNING_KEY', 'k8fJ2mQ9xZ4v'],
    ['HEADER', 'Authorization: Bearer abcdef0123456789abcdef'],
    ['SESSION', jwt],
  ])('%s=%s is a secret', (name, value) => expect(env(name, value)).toEqual([`fail ${container}.env[0].value`]));
  test.each([
    ['AUTH', 'basic'],
    ['PROXY_AUTH', 'none'],
    ['SORT_KEY', 'createdAt2024x'],
    ['CACHE_KEY', 'v1abcdef99'],
    ['PARTITION_KEY', 'user-id'],
    ['LABEL_KEY', 'app.kubernetes.io/name'],
    ['TLS_KEY', '/etc/tls/tls.key'],
    ['PUBLIC_KEY', 'MFkwEwYHKoZIzj0CAQ'],
    ['DATABASE_PASS', '$(PASSWORD)'],
    ['BYPASS', 'hunter2'],
    ['AUTHOR', 'hunter2'],
  ])('%s=%s is none', (name, value) => expect(env(name, value)).toEqual([]));
  test('a password in a configuration of Redis is one', () => {
    expect(verdicts(id, configMap('redis', 'redis.conf: "appendonly yes\\nrequirepass hunter2\\n"'))).toEqual([
      'fail data["redis.conf"]',
    ]);
    expect(verdicts(id, configMap('redis', 'redis.conf: "requirepass ${REDIS_PASSWORD}\\n"'))).toEqual([]);
    expect(verdicts(id, configMap('redis', 'redis.conf: "requirepass replace-default-auth"'))).toEqual([]);
  });
  const probe = (command: string) =>
    verdicts(id, workload({ container: `livenessProbe: { exec: { command: [${command}] } }` }));
  test.each([
    ['redis-cli, -a, hunter2, ping', 2],
    ["sh, -c, 'redis-cli -a hunter2 ping'", 2],
    ["mysqladmin, ping, '--password=hunter2'", 2],
    ["sh, -c, 'mysqladmin ping -uroot -phunter2'", 2],
    ["sh, -c, 'PGPASSWORD=hunter2 pg_isready'", 2],
  ])('a probe with %s shows a password', (command, i) =>
    expect(probe(command)).toEqual([`fail ${container}.livenessProbe.exec.command[${i}]`]),
  );
  test.each([
    'redis-cli, -a, $(REDIS_PASSWORD), ping',
    'sh, -c, \'redis-cli -a "$REDIS_PASSWORD" ping\'',
    'redis-cli, ping',
    "sh, -c, 'mysqladmin ping -p$MYSQL_PASSWORD'",
  ])('a probe with %s shows none', (command) => expect(probe(command)).toEqual([]));
  test('a flag and its value in two words are one setting', () => {
    expect(verdicts(id, workload({ container: "args: ['--password', hunter2]" }))).toEqual([
      `fail ${container}.args[1]`,
    ]);
    expect(verdicts(id, workload({ container: "args: ['--password-file', /run/pw, '--token', '--verbose']" }))).toEqual(
      [],
    );
  });
});

describe('optional-config-exists', () => {
  const id = 'optional-config-exists';
  const key = (name: string, more = '') =>
    workload({
      container: `env: [{ name: A, valueFrom: { configMapKeyRef: { name: flags, key: ${name}, optional: true } } }${more}]`,
    });
  test('a key that nothing else uses is meant by a name that is alike', () => {
    expect(verdicts(id, all(configMap('flags', 'log_level: info'), key('logging-level')))).toHaveLength(1);
    expect(verdicts(id, all(configMap('flags', 'log_level: info'), key('retries')))).toEqual([]);
    expect(verdicts(id, all(configMap('flags', 'log_level: info, log_levels: a'), key('logging-level')))).toEqual([]);
    const used = ', { name: B, valueFrom: { configMapKeyRef: { name: flags, key: log_level } } }';
    expect(verdicts(id, all(configMap('flags', 'log_level: info'), key('logging-level', used)))).toEqual([]);
    // What is used of a Secret of the same name, or of another ConfigMap, is not used of this one.
    for (const foreign of [
      'secretKeyRef: { name: flags, key: log_levl }',
      'configMapKeyRef: { name: other, key: log_levl }',
    ])
      expect(
        verdicts(
          id,
          all(
            configMap('flags', 'log_levl: info, zone: a'),
            key('log_lvel', `, { name: B, valueFrom: { ${foreign} } }`),
          ),
        ),
      ).toHaveLength(1);
    const taken = workload({ name: 'other', container: 'envFrom: [{ configMapRef: { name: flags } }]' });
    expect(verdicts(id, all(configMap('flags', 'log_level: info'), taken, key('logging-level')))).toEqual([]);
  });
});

describe('pdb-allows-eviction', () => {
  const id = 'pdb-allows-eviction';
  const budget = (bound: string) =>
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: db, namespace: data }, spec: { ${bound}, selector: { matchLabels: { app: db } } } }`;
  test('a budget of none holds for any pods, also for those that are not here', () => {
    expect(findings(id, budget('maxUnavailable: 0'))).toEqual([
      'fail PodDisruptionBudget/data/db spec.maxUnavailable = 0',
    ]);
    expect(verdicts(id, budget("maxUnavailable: '0%'"))).toEqual(['fail spec.maxUnavailable']);
    expect(verdicts(id, budget("minAvailable: '100%'"))).toEqual(['fail spec.minAvailable']);
    for (const bound of ['maxUnavailable: 1', 'minAvailable: 2', "maxUnavailable: '10%'"])
      expect(verdicts(id, budget(bound))).toEqual([]);
  });
  test('where the namespace is known as a whole it selects nothing, which another check reports', () =>
    expect(
      verdicts(id, all('{ apiVersion: v1, kind: Namespace, metadata: { name: data } }', budget('maxUnavailable: 0'))),
    ).toEqual([]));
});
