import { all, findings, messages, namespace, said, verdicts, workload } from '../../judging';

const scaled = (triggers: string, more = '', kind = 'ScaledObject') =>
  `{ apiVersion: keda.sh/v1alpha1, kind: ${kind}, metadata: { name: worker, namespace: shop }, spec: { ${kind === 'ScaledJob' ? '' : 'scaleTargetRef: { name: worker }, '}${more}triggers: [${triggers}] } }`;
const trigger = (type: string, metadata: string, more = '') => `{ type: ${type}, metadata: { ${metadata} }${more} }`;

describe('keda-trigger-valid', () => {
  const id = 'keda-trigger-valid';
  const wrong = (type: string, metadata: string, more = '') =>
    said(id, scaled(trigger(type, metadata, more))).map(({ path }) => path.replace('spec.triggers[0].', ''));
  const why = (type: string, metadata: string, more = '') => messages(id, scaled(trigger(type, metadata, more)))[0];

  test('a type that KEDA does not have', () => {
    expect(wrong('rabitmq', 'queueName: a')).toEqual(['type']);
    expect(why('rabitmq', 'queueName: a')).toContain('did you mean "rabbitmq"?');
    expect(wrong('kafka', 'topic: a')).toEqual([]);
    expect(wrong('external', 'scalerAddress: a')).toEqual([]);
  });

  describe('rabbitmq', () => {
    const base = "queueName: a, host: 'amqp://rabbitmq.shop:5672'";
    test('the host may come from three places, and has to come from one', () => {
      expect(wrong('rabbitmq', "queueName: a, mode: QueueLength, value: '20'")).toEqual(['type']);
      expect(why('rabbitmq', "queueName: a, mode: QueueLength, value: '20'")).toContain('has no host');
      expect(wrong('rabbitmq', `${base}, mode: QueueLength, value: '20'`)).toEqual([]);
      expect(wrong('rabbitmq', 'queueName: a, hostFromEnv: URL, protocol: amqp')).toEqual([]);
      expect(wrong('rabbitmq', 'queueName: a', ', authenticationRef: { name: elsewhere }')).toEqual([]);
      const authentication = (parameter: string) =>
        `{ apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: { name: own, namespace: shop }, spec: { secretTargetRef: [{ parameter: ${parameter}, name: s, key: k }] } }`;
      const object = scaled(trigger('rabbitmq', 'queueName: a', ', authenticationRef: { name: own }'));
      expect(findings(id, all(object, authentication('host')))).toEqual([]);
      expect(findings(id, all(object, authentication('password')))).toHaveLength(1);
    });
    test('an empty value is none, and a name from a variable is not read', () => {
      expect(wrong('rabbitmq', "queueName: '', host: 'http://a:15672'")).toEqual(['type']);
      expect(why('rabbitmq', "queueNameFromEnv: A, host: 'http://a:15672'")).toContain(
        'not read from queueNameFromEnv',
      );
    });
    test('mode and value go together, and stand beside no queueLength', () => {
      expect(wrong('rabbitmq', `${base}, value: '20'`)).toEqual(['metadata.value']);
      expect(wrong('rabbitmq', `${base}, mode: QueueLength`)).toEqual(['metadata.mode']);
      expect(wrong('rabbitmq', `${base}, mode: QueueLength, value: '20', queueLength: '20'`)).toEqual([
        'metadata.queueLength',
      ]);
      expect(wrong('rabbitmq', `${base}, queueLength: '20'`)).toEqual([]);
      expect(wrong('rabbitmq', base)).toEqual([]);
      expect(wrong('rabbitmq', `${base}, mode: Length, value: '20'`)).toEqual(['metadata.mode']);
    });
    test('rates need the protocol http', () => {
      const rate = "mode: MessageRate, value: '20'";
      expect(wrong('rabbitmq', `${base}, ${rate}`)).toEqual(['metadata.mode']);
      expect(wrong('rabbitmq', `queueName: a, host: 'http://a:15672', ${rate}`)).toEqual([]);
      expect(wrong('rabbitmq', `queueName: a, hostFromEnv: A, protocol: amqp, ${rate}`)).toEqual(['metadata.mode']);
      expect(wrong('rabbitmq', `queueName: a, hostFromEnv: A, protocol: http, ${rate}`)).toEqual([]);
      expect(wrong('rabbitmq', `${base}, useRegex: 'true'`)).toEqual(['metadata.useRegex']);
      expect(wrong('rabbitmq', `${base}, useRegex: 'false'`)).toEqual([]);
    });
    test('the host is a URL of the protocol', () => {
      expect(wrong('rabbitmq', "queueName: a, host: 'rabbitmq.shop:5672'")).toEqual(['metadata.host']);
      expect(wrong('rabbitmq', "queueName: a, host: 'http://a:15672', protocol: amqp")).toEqual(['metadata.protocol']);
      expect(wrong('rabbitmq', "queueName: a, host: 'amqps://a', protocol: amqp")).toEqual([]);
    });
    test('a password that is no part of a URL is not shown', () => {
      const of = (password: string) =>
        findings(id, scaled(trigger('rabbitmq', `queueName: a, host: 'amqp://me:${password}@a:5672/vhost'`)));
      expect(of('pa/ss')).toHaveLength(1);
      expect(of('pa#ss')).toHaveLength(1);
      expect(of('pa ss')).toHaveLength(1);
      expect(of('pa%ss')).toHaveLength(1);
      expect(of('pa%25ss')).toEqual([]);
      expect(of('pa@ss')).toEqual([]);
      expect(of('pa!ss')).toEqual([]);
      expect(of('pa/ss')[0]).not.toContain('pa/ss');
      expect(findings(id, scaled(trigger('rabbitmq', "queueName: a, host: 'amqp://a:5672/my@vhost'")))).toEqual([]);
    });
  });

  describe('cron', () => {
    const cron = (fields: Readonly<Record<string, string>>) => {
      const metadata = {
        start: '0 8 * * *',
        end: '0 18 * * *',
        timezone: 'Europe/Berlin',
        desiredReplicas: '10',
        ...fields,
      };
      return wrong(
        'cron',
        Object.entries(metadata)
          .flatMap(([key, value]) => (value ? [`${key}: '${value}'`] : []))
          .join(', '),
      );
    };
    test.each([
      [{}, []],
      [{ end: '0 8 * * *' }, ['metadata.end']],
      [{ start: '@daily' }, ['metadata.start']],
      [{ start: '0 8 * *' }, ['metadata.start']],
      [{ start: '0 8 31 2 *' }, ['metadata.start']],
      [{ end: '0 18 * * MON-FRI' }, []],
      [{ timezone: 'Europe/Berln' }, ['metadata.timezone']],
      [{ timezone: 'UTC' }, []],
      [{ timezone: 'Etc/GMT+3' }, []],
      [{ timezone: '' }, ['type']],
      [{ desiredReplicas: '0' }, ['metadata.desiredReplicas']],
      [{ desiredReplicas: '2.5' }, ['metadata.desiredReplicas']],
      [{ timezone: '', timeZone: 'UTC' }, ['metadata.timeZone']],
    ])('%p', (fields, at) => expect(cron(fields)).toEqual(at));
  });

  test('CPU and memory have a metricType of their own', () => {
    const pods = (metadata: string, metricType: string) =>
      wrong('cpu', metadata, metricType && `, metricType: ${metricType}`);
    expect(pods("value: '70'", 'Utilization')).toEqual([]);
    expect(pods('value: 500m', 'AverageValue')).toEqual([]);
    expect(pods("value: '70'", '')).toEqual(['metricType'].map(() => 'metricType'));
    expect(pods("value: '70'", 'Value')).toEqual(['metricType']);
    expect(pods("value: '70%'", 'Utilization')).toEqual(['metadata.value']);
    expect(pods('value: much', 'AverageValue')).toEqual(['metadata.value']);
    expect(pods("type: Utilization, value: '70'", '')).toEqual(['metadata.type']);
    expect(wrong('rabbitmq', "queueName: a, host: 'http://a'", ', metricType: Utilization')).toEqual(['metricType']);
  });
  test('Prometheus reads the query, and KEDA the threshold', () => {
    const query = (text: string, threshold = '5') =>
      wrong(
        'prometheus',
        `serverAddress: 'http://prometheus.monitoring:9090', query: '${text}'${threshold && `, threshold: '${threshold}'`}`,
      );
    expect(query('sum(rate(http_requests_total[2m]))')).toEqual([]);
    expect(query('sum(rate(http_requests_total[2m])')).toEqual(['metadata.query']);
    expect(query('up', '')).toEqual(['type']);
    expect(query('up', 'five')).toEqual(['metadata.threshold']);
    expect(wrong('prometheus', "serverAdress: 'http://a', query: up, threshold: '5'")).toEqual([
      'metadata.serverAdress',
    ]);
  });
  test('Redis has an address, or as many hosts as ports', () => {
    expect(wrong('redis', "listName: a, address: 'redis.shop:6379'")).toEqual([]);
    expect(wrong('redis', 'listName: a, addressFromEnv: REDIS')).toEqual([]);
    expect(wrong('redis', 'listName: a')).toEqual(['type']);
    expect(wrong('redis', 'listName: a, host: redis')).toEqual(['type']);
    expect(wrong('redis', "listName: a, host: redis, port: '6379'")).toEqual([]);
    expect(wrong('redis-cluster', "listName: a, hosts: 'a,b', ports: '1'")).toEqual(['type']);
    expect(wrong('redis', "address: 'redis.shop:6379'")).toEqual(['type']);
    expect(wrong('redis', "listName: a, address: 'a:1', listLength: ten")).toEqual(['metadata.listLength']);
    expect(wrong('redis', "listName: a, address: 'a:1', enableTLS: 'yes'")).toEqual(['metadata.enableTLS']);
  });
  test('names are told apart, and what is not polled has no cache', () => {
    const two = scaled('{ type: kafka, name: a, metadata: {} }, { type: kafka, name: a, metadata: {} }');
    expect(verdicts(id, two)).toEqual(['fail spec.triggers[1].name']);
    expect(wrong('cpu', "value: '70'", ', metricType: Utilization, useCachedMetrics: true')).toEqual([
      'useCachedMetrics',
    ]);
    expect(wrong('kafka', 'topic: a', ', useCachedMetrics: true')).toEqual([]);
  });
  test('the triggers of a ScaledJob are the same, those of other groups are none', () => {
    expect(verdicts(id, scaled(trigger('redis', 'listName: a'), '', 'ScaledJob'))).toHaveLength(1);
    expect(verdicts(id, scaled(trigger('redis', 'listName: a')).replace('keda.sh', 'example.com'))).toEqual([]);
  });
});

describe('keda-auth-resolves', () => {
  const id = 'keda-auth-resolves';
  const authentication = (spec: string, kind = 'TriggerAuthentication') =>
    `{ apiVersion: keda.sh/v1alpha1, kind: ${kind}, metadata: { name: rabbitmq${kind.startsWith('Cluster') ? '' : ', namespace: shop'} }, spec: { ${spec} } }`;
  const secret =
    '{ apiVersion: v1, kind: Secret, metadata: { name: rabbitmq, namespace: shop }, stringData: { host: a } }';
  const referring = (more = '') =>
    scaled(trigger('rabbitmq', 'queueName: a', `, authenticationRef: { name: rabbitmq${more} }`));
  const env = workload({ name: 'worker', container: "env: [{ name: RABBITMQ_URL, value: 'amqp://a' }]" });

  test('the keys of Secrets and ConfigMaps', () => {
    const of = (name: string, key: string) =>
      findings(
        id,
        all(
          namespace,
          secret,
          referring(),
          authentication(`secretTargetRef: [{ parameter: host, name: ${name}, key: ${key} }]`),
        ),
      );
    expect(of('rabbitmq', 'host')).toEqual([]);
    expect(of('rabbitmq', 'hots')).toEqual([
      'fail TriggerAuthentication/shop/rabbitmq spec.secretTargetRef[0].key = "hots"',
    ]);
    expect(of('rabbit', 'host')).toEqual([
      'fail TriggerAuthentication/shop/rabbitmq spec.secretTargetRef[0].name = "rabbit"',
    ]);
  });
  test('one that may stand elsewhere is unknown, one of the cluster has no namespace', () => {
    expect(verdicts(id, referring())).toEqual(['unknown spec.triggers[0].authenticationRef.name']);
    expect(verdicts(id, all(namespace, referring()))).toEqual(['fail spec.triggers[0].authenticationRef.name']);
    const cluster = authentication(
      'secretTargetRef: [{ parameter: host, name: nowhere, key: a }]',
      'ClusterTriggerAuthentication',
    );
    expect(verdicts(id, all(namespace, cluster, referring(', kind: ClusterTriggerAuthentication')))).toEqual([]);
    expect(verdicts(id, all(namespace, cluster, referring()))).toEqual([
      'fail spec.triggers[0].authenticationRef.name',
    ]);
  });
  test('variables are those of the first container, or of the one that is named', () => {
    const from = (variable: string, source = '') =>
      scaled(trigger('rabbitmq', `queueName: a, protocol: amqp, hostFromEnv: ${variable}`)).replace(
        '{ name: worker }, ',
        `{ name: worker${source} }, `,
      );
    expect(findings(id, all(env, from('RABBITMQ_URL')))).toEqual([]);
    expect(findings(id, all(env, from('RABBITMQ_URI')))).toEqual([
      'fail ScaledObject/shop/worker spec.triggers[0].metadata.hostFromEnv = "RABBITMQ_URI"',
    ]);
    expect(messages(id, all(env, from('RABBITMQ_URI')))[0]).toContain('did you mean "RABBITMQ_URL"?');
    expect(verdicts(id, all(env, from('RABBITMQ_URL', ', envSourceContainerName: mian')))).toEqual([
      'fail spec.scaleTargetRef.envSourceContainerName',
    ]);
    expect(verdicts(id, from('RABBITMQ_URI'))).toEqual([]);
  });
  test('what a container imports may have the variable', () => {
    const importing = workload({ name: 'worker', container: 'envFrom: [{ configMapRef: { name: settings } }]' });
    const settings = (data: string) =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings, namespace: shop }, data: { ${data} } }`;
    const object = scaled(trigger('rabbitmq', 'queueName: a, protocol: amqp, hostFromEnv: URL'));
    expect(verdicts(id, all(importing, object))).toEqual([]);
    expect(verdicts(id, all(importing, settings('URL: a'), object))).toEqual([]);
    expect(verdicts(id, all(importing, settings('OTHER: a'), object))).toHaveLength(1);
  });
  test('an authentication reads variables too, and names their container', () => {
    const of = (entry: string) =>
      verdicts(id, all(namespace, env, authentication(`env: [{ parameter: host, ${entry} }]`), referring()));
    expect(of('name: RABBITMQ_URL')).toEqual([]);
    expect(of('name: RABBITMQ_URL, containerName: main')).toEqual([]);
    expect(of('name: OTHER')).toEqual(['fail spec.triggers[0].authenticationRef.name']);
    expect(of('name: RABBITMQ_URL, containerName: sidecar')).toEqual(['fail spec.triggers[0].authenticationRef.name']);
  });
  test('the containers of a ScaledJob are its own', () => {
    const job = (variable: string) =>
      scaled(
        trigger('rabbitmq', `queueName: a, protocol: amqp, hostFromEnv: ${variable}`),
        "jobTargetRef: { template: { spec: { containers: [{ name: main, image: 'a:1.0', env: [{ name: URL, value: a }] }] } } }, ",
        'ScaledJob',
      );
    expect(verdicts(id, job('URL'))).toEqual([]);
    expect(verdicts(id, job('URI'))).toEqual(['fail spec.triggers[0].metadata.hostFromEnv']);
  });
});

describe('keda-bounds', () => {
  const id = 'keda-bounds';
  const cpu = "{ type: cpu, metricType: Utilization, metadata: { value: '70' } }";
  const redis = trigger('redis', "listName: a, address: 'redis:6379'");
  const of = (more: string, triggers = redis) => verdicts(id, scaled(triggers, more && `${more}, `));
  test('idle is 0, below the minimum', () => {
    expect(of('idleReplicaCount: 0, minReplicaCount: 2')).toEqual([]);
    expect(of('idleReplicaCount: 0')).toEqual(['fail spec.idleReplicaCount']);
    expect(of('idleReplicaCount: 2, minReplicaCount: 2')).toEqual(['fail spec.idleReplicaCount']);
    expect(of('idleReplicaCount: 1, minReplicaCount: 2')).toEqual(['fail spec.idleReplicaCount']);
  });
  test('CPU and memory alone wake nothing', () => {
    expect(of('', cpu)).toEqual(['fail spec.minReplicaCount']);
    expect(of('minReplicaCount: 1', cpu)).toEqual([]);
    expect(of('', `${cpu}, ${redis}`)).toEqual([]);
    expect(of('minReplicaCount: 1, fallback: { failureThreshold: 3, replicas: 5 }', cpu)).toEqual([
      'fail spec.fallback.replicas',
    ]);
    expect(of('fallback: { failureThreshold: 3, replicas: 5 }')).toEqual([]);
  });
  test('without a maximum it is a hundred', () => {
    expect(of('minReplicaCount: 150')).toEqual(['fail spec.minReplicaCount']);
    expect(of('minReplicaCount: 150, maxReplicaCount: 200')).toEqual([]);
    expect(of('minReplicaCount: 150, maxReplicaCount: 120')).toEqual([]);
  });
  test('the name of the autoscaler is a label', () => {
    const long = 'a'.repeat(55);
    const named = (name: string, more = '') =>
      verdicts(id, scaled(redis, more).replace('name: worker, namespace', `name: ${name}, namespace`));
    expect(named(long)).toEqual(['fail metadata.name']);
    expect(named(long.slice(1))).toEqual([]);
    expect(named(long, 'advanced: { horizontalPodAutoscalerConfig: { name: short } }, ')).toEqual([]);
  });
});

describe('keda-counts-unacked', () => {
  const id = 'keda-counts-unacked';
  const of = (metadata: string, more = '', others = '') =>
    verdicts(id, scaled(`${trigger('rabbitmq', `queueName: a, ${metadata}`)}${others}`, more && `${more}, `));
  test('over amqp, or where they are left out on purpose', () => {
    expect(of("host: 'amqp://rabbitmq.shop'")).toEqual(['fail spec.triggers[0].type']);
    expect(of("host: 'http://rabbitmq.shop:15672'")).toEqual([]);
    expect(of('hostFromEnv: A')).toEqual([]);
    expect(of("hostFromEnv: A, protocol: http, excludeUnacknowledged: 'true'")).toEqual([
      'fail spec.triggers[0].metadata.excludeUnacknowledged',
    ]);
  });
  test('as the Secret of the authentication says', () => {
    const secret = (host: string) =>
      `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, data: { host: ${Buffer.from(host).toString('base64')} } }`;
    const manifests = all(
      '{ apiVersion: keda.sh/v1alpha1, kind: TriggerAuthentication, metadata: { name: own, namespace: shop }, spec: { secretTargetRef: [{ parameter: host, name: s, key: host }] } }',
      scaled(trigger('rabbitmq', 'queueName: a', ', authenticationRef: { name: own }')),
    );
    expect(verdicts(id, all(manifests, secret('amqp://rabbitmq.shop')))).toHaveLength(1);
    expect(verdicts(id, all(manifests, secret('http://rabbitmq.shop:15672')))).toEqual([]);
  });
  test('only where the last pod is stopped, and no other trigger keeps it', () => {
    expect(of('protocol: amqp, hostFromEnv: A', 'minReplicaCount: 1')).toEqual([]);
    expect(of('protocol: amqp, hostFromEnv: A', 'minReplicaCount: 2, idleReplicaCount: 0')).toHaveLength(1);
    expect(
      of(
        'protocol: amqp, hostFromEnv: A',
        '',
        `, ${trigger('prometheus', "serverAddress: a, query: up, threshold: '1'")}`,
      ),
    ).toEqual([]);
    expect(
      verdicts(id, scaled(trigger('rabbitmq', 'protocol: amqp, queueName: a, hostFromEnv: A'), '', 'ScaledJob')),
    ).toEqual([]);
  });
});

describe('keda-flow-allowed', () => {
  const id = 'keda-flow-allowed';
  const keda = all(
    '{ apiVersion: v1, kind: Namespace, metadata: { name: keda } }',
    workload({ name: 'keda-operator', containers: "{ name: o, image: 'ghcr.io/kedacore/keda:2.21.0' }" }).replace(
      'namespace: shop',
      'namespace: keda',
    ),
  );
  const redis = all(
    namespace,
    workload({ name: 'redis', kind: 'StatefulSet' }),
    '{ apiVersion: v1, kind: Service, metadata: { name: redis, namespace: shop }, spec: { selector: { app: redis }, ports: [{ port: 6379 }] } }',
  );
  const deny = (rules: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p, namespace: shop }, spec: { podSelector: {}, policyTypes: [Ingress]${rules} } }`;
  const from = (place: string) =>
    deny(`, ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${place} } } }] }]`);
  const object = (address: string) => scaled(trigger('redis', `listName: a, address: '${address}'`));
  const at = 'spec.triggers[0].metadata.address';
  test('through the ingress of the source', () => {
    expect(verdicts(id, all(keda, redis, object('redis.shop.svc:6379')))).toEqual([]);
    expect(verdicts(id, all(keda, redis, deny(''), object('redis.shop.svc:6379')))).toEqual([`fail ${at}`]);
    expect(verdicts(id, all(keda, redis, from('keda'), object('redis.shop:6379')))).toEqual([]);
    expect(verdicts(id, all(keda, redis, from('shop'), object('redis.shop:6379')))).toEqual([`fail ${at}`]);
  });
  test('through the egress of the operator', () => {
    const egress = deny('').replace('namespace: shop', 'namespace: keda').replace('Ingress', 'Egress');
    expect(verdicts(id, all(keda, redis, egress, object('redis.shop:6379')))).toEqual([`fail ${at}`]);
  });
  test('wherever the operator is, where nobody is let in', () => {
    expect(verdicts(id, all(redis, deny(''), object('redis.shop:6379')))).toEqual([`fail ${at}`]);
    expect(verdicts(id, all(redis, from('keda'), object('redis.shop:6379')))).toEqual([]);
  });
  test('a name without its namespace is looked for in that of the operator', () => {
    expect(verdicts(id, all(keda, redis, object('redis:6379')))).toEqual([`fail ${at}`]);
    expect(verdicts(id, all(redis, object('redis:6379')))).toEqual([`unknown ${at}`]);
    const beside = keda.replaceAll('namespace: keda', 'namespace: shop');
    expect(verdicts(id, all(beside, redis, object('redis:6379')))).toEqual([]);
    const [finding] = said(id, all(keda, redis, object('redis:6379')));
    expect(finding!.fix).toContain('redis.shop.svc');
  });
  test('of a URL the host alone is shown', () => {
    const rabbit = scaled(trigger('rabbitmq', "queueName: a, host: 'amqp://me:secret@redis.shop.svc:6379'"));
    expect(findings(id, all(keda, redis, deny(''), rabbit))).toEqual([
      'fail ScaledObject/shop/worker spec.triggers[0].metadata.host = "redis.shop.svc"',
    ]);
  });
});
