import { all, configMap, findings, messages, namespace, service, workload } from '../judging';

test('a command is told in full up to 60 characters, white space as one space', () => {
  const told = (words: string) =>
    /called "(.*?)"/.exec(
      messages('command-words-split', workload({ container: `command: [${JSON.stringify(words)}]` }))[0]!,
    )?.[1];
  const [sixty, more] = [`run ${'a'.repeat(56)}`, `run ${'a'.repeat(57)}`];
  expect(told(sixty)).toBe(sixty);
  expect(told(more)).toBe(`run ${'a'.repeat(55)}…`);
  expect(told('run\t  all\nnow')).toBe('run all now');
});

describe('what a Prometheus may not list is told with where', () => {
  const prometheus = (discovery: string) =>
    all(
      configMap(
        'config',
        `prometheus.yml: ${JSON.stringify(`scrape_configs: [{ job_name: a, kubernetes_sd_configs: [{ ${discovery} }] }]`)}`,
      ),
      workload({
        name: 'prometheus',
        pod: 'volumes: [{ name: c, configMap: { name: config } }]',
        containers:
          "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
      }),
    );
  test.each([
    ['role: node', 'nodes: a'],
    ['role: pod', 'pods of all namespaces: a'],
    ['role: pod, namespaces: { names: [blog] }', 'pods of namespace blog: a'],
    ['role: ingress', 'ingresses.networking.k8s.io of all namespaces: a'],
  ])('%s', (discovery, what) => {
    const [message] = messages('discovery-permitted', all(namespace, prometheus(discovery)));
    expect(message).toMatch(
      new RegExp(`^ServiceAccount shop/default may not .*(list|watch).* ${what.split(':')[0]}: `),
    );
  });
});

describe('a scrape target', () => {
  const prometheus = (...jobs: string[]) =>
    all(
      configMap('config', `prometheus.yml: ${JSON.stringify(`scrape_configs: [${jobs.join(', ')}]`)}`),
      workload({
        name: 'prometheus',
        pod: 'volumes: [{ name: c, configMap: { name: config } }]',
        containers:
          "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
      }),
    );
  const job = (name: string, ...targets: string[]) =>
    `{ job_name: ${name}, static_configs: [{ targets: [${targets.map((target) => `'${target}'`).join(', ')}] }] }`;
  const id = 'scrape-target-resolves';
  test('that stands in a job several times is told once, in another job again', () => {
    expect(messages(id, all(namespace, prometheus(job('a', 'gone:80', 'gone:80'))))).toHaveLength(1);
    expect(messages(id, all(namespace, prometheus(job('a', 'gone:80', 'gone:81'))))).toHaveLength(2);
    expect(messages(id, all(namespace, prometheus(job('a', 'gone:80'), job('b', 'gone:80'))))).toHaveLength(2);
  });
  test('of a configuration that is only declared is not judged', () => {
    const [config, pods] = prometheus(job('a', 'gone:80')).split('\n---\n') as [string, string];
    expect(findings(id, all(namespace, pods), { declared: config })).toEqual([]);
    expect(findings(id, all(namespace, pods, config), { declared: '' })).toHaveLength(1);
  });
});

describe('who listens at localhost', () => {
  const judged = (beside: string) =>
    findings(
      'config-localhost-listens',
      workload({
        containers: `{ name: web, image: 'shop/web:1.0.0', env: [{ name: STORE, value: 'redis://localhost:6379' }] }, { name: b, ports: [{ containerPort: 1 }], ${beside} }`,
      }),
    );
  test.each([
    "image: 'redis:8'",
    "image: 'redis'",
    "image: 'docker.io/library/redis:8'",
    "image: 'valkey/valkey:8'",
    "image: 'a:1', args: ['--listen=6379']",
  ])('is told by the name of the image, or by the port: { %s }', (beside) => expect(judged(beside)).toEqual([]));
  test.each(["image: 'redis/exporter:1'", "image: 'redis_exporter:1'", "image: 'redis/web:1'", "image: 'nginx:1'"])(
    'but neither by its registry nor by what it watches: { %s }',
    (beside) =>
      expect(judged(beside)).toEqual([
        'fail Deployment/shop/web spec.template.spec.containers[0].env[0].value = "localhost:6379"',
      ]),
  );
});

describe('the ports of an EndpointSlice', () => {
  const slice =
    '{ apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: { name: web-1, namespace: shop, labels: { kubernetes.io/service-name: web } }, addressType: IPv4, ports: [{ name: other, port: 80 }], endpoints: [] }';
  test('are those of a Service without a selector; of any other a controller writes them', () => {
    const judged = (spec: string) => findings('endpointslice-serves', all(namespace, service(spec), slice));
    expect(judged('ports: [{ name: http, port: 80 }]')).toEqual([
      'fail EndpointSlice/shop/web-1 ports[0].name = "other"',
    ]);
    expect(judged('selector: { app: web }, ports: [{ name: http, port: 80 }]')).toEqual([]);
    expect(judged('type: ExternalName, externalName: a.example.com, ports: [{ name: http, port: 80 }]')).toEqual([]);
    expect(judged('clusterIP: None')).toEqual([]);
  });
});

test.each(['name: cert', 'kind: Secret, name: cert', "group: '', name: cert"])(
  'the certificate of a listener is a Secret: { %s }',
  (ref) =>
    expect(
      findings(
        'gateway-cert-exists',
        all(
          namespace,
          `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: g, namespace: shop }, spec: { gatewayClassName: a, listeners: [{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ ${ref} }] } }] } }`,
        ),
      ),
    ).toEqual(['fail Gateway/shop/g spec.listeners[0].tls.certificateRefs[0].name = "cert"']),
);

test('API groups that are no strings hide no others', () => {
  const judged = (groups: string) =>
    findings(
      'rbac-rule-real',
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: r }, rules: [{ apiGroups: [${groups}], resources: [deployments], verbs: [get] }] }`,
    );
  for (const groups of ["''", "'', 1", "null, ''"])
    expect(judged(groups)).toEqual(['fail ClusterRole/r rules[0].resources[0] = "deployments"']);
  expect(judged("'', apps")).toEqual([]);
  expect(judged("'', example.com")).toEqual([]);
});

test('a ratio of a limit to its request needs both, and none of them is nothing', () => {
  const judged = (resources: string, type = 'Container') =>
    messages(
      'limitrange-conforms',
      all(
        `{ apiVersion: v1, kind: LimitRange, metadata: { name: sizes, namespace: shop }, spec: { limits: [{ type: ${type}, maxLimitRequestRatio: { cpu: 2 } }] } }`,
        workload({ container: `resources: ${resources}` }),
      ),
    ).map((message) => /has no cpu (\w+)|more than 2 times/.exec(message)?.[0]);
  expect(judged('{ requests: { cpu: 1 }, limits: { cpu: 2 } }')).toEqual([]);
  expect(judged('{ requests: { cpu: 1 }, limits: { cpu: 2001m } }')).toEqual(['more than 2 times']);
  expect(judged('{ requests: { cpu: 0 }, limits: { cpu: 1 } }')).toEqual(['has no cpu request']);
  expect(judged('{ requests: { cpu: 1 } }')).toEqual(['has no cpu limit']);
  expect(judged('{}')).toEqual(['has no cpu request']);
  expect(judged('{ requests: { cpu: 0 }, limits: { cpu: 1 } }', 'Pod')).toEqual(['has no cpu request']);
});

test.each([
  ['1.28', []],
  ['1.29', ['unknown']],
  ['1.31', ['unknown']],
  ['1.32', ['fail']],
])('an API that was deprecated in 1.29 and removed in 1.32, in Kubernetes %s', (version, verdicts) => {
  const flowSchema =
    '{ apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: { name: a }, spec: { priorityLevelConfiguration: { name: b } } }';
  const node = `{ apiVersion: v1, kind: Node, metadata: { name: a }, status: { nodeInfo: { kubeletVersion: v${version}.0 } } }`;
  expect(findings('api-removed', flowSchema, { facts: node })).toEqual(
    verdicts.map((verdict) => `${verdict} FlowSchema/a apiVersion = "flowcontrol.apiserver.k8s.io/v1beta3"`),
  );
});
