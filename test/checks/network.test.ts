import type { ReportedFinding } from '../../checks/finding';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

const read = (text: string) => readSources([{ file: 'test.yaml', text }]).resources;

function judged(
  id: string,
  documents: readonly string[],
  { facts = '', declared }: { facts?: string; declared?: string } = {},
): ReportedFinding[] {
  const world = new World(
    read(documents.join('\n---\n')),
    new Facts(read(facts)),
    declared === undefined ? undefined : read(declared),
  );
  const check = checks.find((candidate) => candidate.id === id);
  if (!check) throw new Error(`no check ${id}`);
  return runChecks(world, [check]);
}
const verdicts = (...args: Parameters<typeof judged>) =>
  judged(...args).map(({ verdict, path }) => `${verdict} ${path}`);
const messages = (...args: Parameters<typeof judged>) =>
  judged(...args)
    .map(({ message }) => message)
    .join('\n');

const namespace = (name = 'shop', labels = '{}') => `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: ${labels} }`;
const workload = (app: string, { ports = '[]', env = '[]', ns = 'shop', more = '' } = {}) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}, namespace: ${ns} }
spec:
  selector: { matchLabels: { app: ${app} } }
  template: { metadata: { labels: { app: ${app} } }, spec: { ${more}containers: [{ name: ${app}, image: '${app}:1.2.3', ports: ${ports}, env: ${env} }] } }`;
const service = (name: string, ports: string, { ns = 'shop', more = '' } = {}) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${ns} }
spec: { ${more}selector: { app: ${name} }, ports: ${ports} }`;
const policy = (spec: string, name = 'policy', ns = 'shop') => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${ns} }
spec: ${spec}`;
const DENY_ALL = policy('{ podSelector: {}, policyTypes: [Ingress, Egress] }', 'deny-all');
const NODES = ['a', 'b'].map((name) => `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }`).join('\n---\n');

describe('a deny-all is deliberate', () => {
  test.each([
    'netpol-selects',
    'netpol-peer-exists',
    'netpol-types-consistent',
    'dns-egress-allowed',
    'workload-isolated',
    'netpol-uses-pod-port',
  ])('%s is silent about it', (id) => {
    expect(verdicts(id, [namespace(), DENY_ALL, workload('web')])).toEqual([]);
  });
  test('also in a namespace without pods', () =>
    expect(verdicts('netpol-selects', [namespace(), DENY_ALL])).toEqual([]));
});

describe('dns-egress-allowed', () => {
  const redis = [namespace(), service('redis', '[{ port: 6379 }]'), workload('redis')];
  const client = workload('web', { env: '[{ name: REDIS_HOST, value: redis }]' });
  const egress = (rule: string) =>
    policy(
      `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }, ${rule}] }`,
    );
  const both = 'ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]';
  const dns = (rule: string, options?: Parameters<typeof judged>[2]) =>
    judged('dns-egress-allowed', [...redis, client, egress(rule)], options).map(({ verdict }) => verdict);
  test('an allowance for an address outside is none for the DNS of the cluster', () => {
    const nodes = 'apiVersion: v1\nkind: Node\nmetadata: { name: a }\nspec: { podCIDR: 10.244.0.0/24 }';
    expect(dns(`{ to: [{ ipBlock: { cidr: 8.8.8.8/32 } }], ${both} }`, { facts: nodes })).toEqual(['fail']);
    expect(dns(`{ to: [{ ipBlock: { cidr: 8.8.8.8/32 } }], ${both} }`)).toEqual(['unknown']);
  });
  test('port 53 to everybody, to the namespace or to its pods all do', () => {
    expect(dns(`{ ${both} }`)).toEqual([]);
    expect(dns(`{ to: [{ namespaceSelector: {} }], ${both} }`)).toEqual([]);
    expect(
      dns(`{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }], ${both} }`),
    ).toEqual([]);
  });
  test('a label that somebody must have put on kube-system is not known', () =>
    expect(dns(`{ to: [{ namespaceSelector: { matchLabels: { name: kube-system } } }], ${both} }`)).toEqual([
      'unknown',
    ]));
  test('UDP alone may do', () => expect(dns('{ ports: [{ port: 53, protocol: UDP }] }')).toEqual(['unknown']));
  test('TCP alone does not', () => expect(dns('{ ports: [{ port: 53 }] }')).toEqual(['fail']));
  test("the pods' port counts, not the Service's", () => {
    const coredns = [
      service(
        'kube-dns',
        '[{ name: dns, port: 53, targetPort: 1053, protocol: UDP }, { name: dns-tcp, port: 53, targetPort: 1053 }]',
        { ns: 'kube-system' },
      ),
      workload('kube-dns', { ns: 'kube-system' }),
    ];
    const found = (port: number) =>
      judged('dns-egress-allowed', [
        ...redis,
        ...coredns,
        client,
        egress(`{ ports: [{ port: ${port}, protocol: UDP }, { port: ${port}, protocol: TCP }] }`),
      ]).map(({ verdict }) => verdict);
    expect(found(53)).toEqual(['fail']);
    expect(found(1053)).toEqual([]);
  });
  test('pods that are given addresses only need no names', () => {
    expect(
      verdicts('dns-egress-allowed', [
        namespace(),
        workload('web'),
        policy('{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }] }'),
      ]),
    ).toEqual([]);
  });
  test("the host's network and the node's own name servers are no matter of policies", () => {
    for (const more of ['hostNetwork: true, ', 'dnsPolicy: Default, ']) {
      expect(
        verdicts('dns-egress-allowed', [
          ...redis,
          workload('web', { more, env: '[{ name: REDIS_HOST, value: redis }]' }),
          egress('{ to: [{ podSelector: {} }] }'),
        ]),
      ).toEqual([]);
    }
  });
});

describe('declared-flow-allowed', () => {
  const target = [namespace(), service('redis', '[{ port: 80, targetPort: 6379 }]'), workload('redis')];
  const guard = (port: number) =>
    policy(
      `{ podSelector: { matchLabels: { app: redis } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: ${port} }] }] }`,
    );
  test.each([
    ['a pair of variables', "[{ name: REDIS_HOST, value: redis }, { name: REDIS_PORT, value: '80' }]"],
    ['host:port', "[{ name: STORE, value: 'redis.shop:80' }]"],
    ['a URL with a user', "[{ name: URL, value: 'redis://me:secret@redis.shop.svc.cluster.local:80/0' }]"],
    ['a URL without a port', '[{ name: URL, value: http://redis/x }]'],
    ['a variable in a variable', "[{ name: H, value: redis }, { name: URL, value: 'http://$(H):80' }]"],
  ])('%s is a flow', (_, env) => {
    expect(verdicts('declared-flow-allowed', [...target, guard(6379), workload('web', { env })])).toHaveLength(1);
    expect(verdicts('declared-flow-allowed', [...target, guard(6379), workload('api', { env })])).toEqual([]);
  });
  test("the pods' port must be allowed, not the Service's", () => {
    const env = "[{ name: STORE, value: 'redis:80' }]";
    expect(messages('declared-flow-allowed', [...target, guard(80), workload('api', { env })])).toContain(
      'port 6379 (port 80 of Service redis)',
    );
  });
  test('an image, a host without a port or a Service of another name is none', () => {
    const env =
      "[{ name: IMAGE, value: 'redis:7' }, { name: OTHER, value: 'valkey:80' }, { name: REDIS_HOST, value: redis }]";
    expect(verdicts('declared-flow-allowed', [...target, guard(6379), workload('web', { env })])).toEqual([]);
  });
  test('where the namespace is not judged along another policy may allow it', () => {
    const env = "[{ name: STORE, value: 'redis:80' }]";
    expect(
      judged('declared-flow-allowed', [...target.slice(1), guard(6379), workload('web', { env })]).map(
        ({ verdict }) => verdict,
      ),
    ).toEqual(['unknown']);
  });
  test('configuration that is shared may be used in part', () => {
    const config =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: all, namespace: shop }\ndata: { STORE: "redis:80" }';
    const user = (app: string) => workload(app).replace('env: []', 'envFrom: [{ configMapRef: { name: all } }]');
    expect(
      judged('declared-flow-allowed', [...target, guard(6379), config, user('web')]).map(({ verdict }) => verdict),
    ).toEqual(['fail']);
    expect(
      judged('declared-flow-allowed', [...target, guard(6379), config, user('web'), user('api')]).map(
        ({ verdict }) => verdict,
      ),
    ).toEqual(['unknown']);
  });
  test('policies of another API leave it open', () => {
    const cilium =
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: more, namespace: shop }\nspec: {}';
    expect(
      judged('declared-flow-allowed', [
        ...target,
        guard(6379),
        cilium,
        workload('web', { env: "[{ name: STORE, value: 'redis:80' }]" }),
      ]).map(({ verdict }) => verdict),
    ).toEqual(['unknown']);
  });
  test('where the Service has the port of the pods, one number is told', () => {
    const same = [namespace(), service('redis', '[{ port: 6379 }]'), workload('redis')];
    const told = messages('declared-flow-allowed', [
      ...same,
      guard(6379),
      workload('web', { env: "[{ name: STORE, value: 'redis:6379' }]" }),
    ]);
    expect(told).toContain('port 6379');
    expect(told).not.toContain('of Service redis)');
  });
});

describe('netpol-uses-pod-port', () => {
  const web = [
    namespace(),
    service('web', '[{ port: 80, targetPort: http }]'),
    workload('web', { ports: '[{ name: http, containerPort: 8080 }]' }),
  ];
  const ingress = (ports: string) =>
    verdicts('netpol-uses-pod-port', [...web, policy(`{ podSelector: {}, ingress: [{ ports: ${ports} }] }`)]);
  test("the Service's port fails, also where the target is named", () =>
    expect(ingress('[{ port: 80 }]')).toEqual(['fail spec.ingress[0].ports[0].port']));
  test('the port of the pod by number, by name or in a range passes, and both beside each other', () => {
    for (const ports of [
      '[{ port: 8080 }]',
      '[{ port: http }]',
      '[{ port: 8000, endPort: 8100 }]',
      '[{ port: 80 }, { port: 8080 }]',
      '[{ port: 9999 }]',
    ])
      expect(ingress(ports)).toEqual([]);
  });
  test('egress is judged by the pods that it goes to', () => {
    const egress = (port: number) =>
      verdicts('netpol-uses-pod-port', [
        ...web,
        workload('api'),
        policy(
          `{ podSelector: { matchLabels: { app: api } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: ${port} }] }] }`,
        ),
      ]);
    expect(egress(80)).toEqual(['fail spec.egress[0].ports[0].port']);
    expect(egress(8080)).toEqual([]);
  });
});

describe('ingress-backend', () => {
  const ingress = (port: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { defaultBackend: { service: { name: web, port: ${port} } } }`;
  const found = (servicePorts: string, port: string) =>
    judged('ingress-backend', [namespace(), workload('web'), service('web', servicePorts), ingress(port)]).map(
      ({ verdict }) => verdict,
    );
  test('a port without a name is found by its number only', () => {
    expect(found('[{ port: 80 }]', '{ name: http }')).toEqual(['fail']);
    expect(found('[{ port: 80 }]', '{ number: 81 }')).toEqual(['fail']);
    expect(found('[{ port: 80 }]', '{ number: 80 }')).toEqual([]);
    expect(found('[{ name: http, port: 80 }]', '{ name: http }')).toEqual([]);
  });
  test("the pods' port is named as such", () =>
    expect(
      messages('ingress-backend', [
        namespace(),
        service('web', '[{ port: 80, targetPort: 8080 }]'),
        ingress('{ number: 8080 }'),
      ]),
    ).toContain('8080 is the port of its pods, and an Ingress names the Service port, 80'));
  test('a Service of the same name in another namespace is not it', () =>
    expect(
      judged('ingress-backend', [
        namespace(),
        service('web', '[{ port: 80 }]', { ns: 'blog' }),
        ingress('{ number: 80 }'),
      ]).map(({ verdict }) => verdict),
    ).toEqual(['fail']));
});

describe('Gateway API', () => {
  const gateway = (listeners: string, ns = 'edge') => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: ${ns} }
spec: { gatewayClassName: x, listeners: ${listeners} }`;
  const route = (spec: string, kind = 'HTTPRoute') => `apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public, namespace: edge }], ${spec} }`;
  const allowed = (listener: string, { labels = '{}', kind = 'HTTPRoute' } = {}) =>
    judged('route-allowed-by-listener', [
      namespace('shop', labels),
      gateway(`[${listener}]`),
      route('rules: []', kind),
    ]).map(({ verdict }) => verdict);

  test('a listener takes its own namespace unless it says otherwise', () => {
    expect(allowed('{ name: a, port: 80, protocol: HTTP }')).toEqual(['fail']);
    expect(allowed('{ name: a, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }')).toEqual([]);
  });
  test('by labels, with expressions, and unknown where the namespace is', () => {
    const by =
      '{ name: a, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: Selector, selector: { matchExpressions: [{ key: access, operator: In, values: [public] }] } } } }';
    expect(allowed(by, { labels: '{ access: public }' })).toEqual([]);
    expect(allowed(by, { labels: '{ access: internal }' })).toEqual(['fail']);
    expect(
      judged('route-allowed-by-listener', [gateway(`[${by}]`), route('rules: []')]).map(({ verdict }) => verdict),
    ).toEqual(['unknown']);
  });
  test('kinds follow from the protocol', () => {
    const all = 'allowedRoutes: { namespaces: { from: All } }';
    expect(allowed(`{ name: a, port: 80, protocol: HTTP, ${all} }`, { kind: 'GRPCRoute' })).toEqual([]);
    expect(allowed(`{ name: a, port: 80, protocol: HTTP, ${all} }`, { kind: 'TCPRoute' })).toEqual(['fail']);
    expect(
      allowed(
        '{ name: a, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All }, kinds: [{ kind: GRPCRoute }] } }',
      ),
    ).toEqual(['fail']);
  });
  test.each([
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '*.a.example.com', true],
    ['a.example.com', '*.example.com', true],
    ['a.example.com', 'b.example.com', false],
    ['A.Example.com', 'a.example.com', true],
  ])('listener %s serves %s: %s', (listener, host, served) => {
    const found = verdicts('route-hostname-intersects', [
      gateway(
        `[{ name: a, port: 80, protocol: HTTP, hostname: '${listener}', allowedRoutes: { namespaces: { from: All } } }]`,
      ),
      route(`hostnames: ['${host}'], rules: []`),
    ]);
    expect(found).toEqual(served ? [] : ['fail spec.hostnames']);
  });
  test('one of several host names that is not served is told alone', () => {
    const found = verdicts('route-hostname-intersects', [
      gateway(
        "[{ name: a, port: 80, protocol: HTTP, hostname: '*.example.com', allowedRoutes: { namespaces: { from: All } } }]",
      ),
      route('hostnames: [a.example.com, example.com], rules: []'),
    ]);
    expect(found).toEqual(['fail spec.hostnames[1]']);
  });
  test('a Gateway in the namespace of the route is not the one of another namespace', () => {
    expect(messages('route-parent-exists', [namespace('edge'), gateway('[]', 'shop'), route('rules: []')])).toContain(
      'there is one in namespace shop',
    );
    expect(judged('route-parent-exists', [route('rules: []')]).map(({ verdict }) => verdict)).toEqual(['unknown']);
  });
  test('a mesh route hangs on a Service', () =>
    expect(
      verdicts('route-parent-exists', [
        route('rules: []').replace('parentRefs: [{', 'parentRefs: [{ kind: Service, group: "", '),
      ]),
    ).toEqual([]));
  test('a backend of another API is not judged, a mirror is', () => {
    const refs = '{ group: example.com, kind: Bucket, name: x }';
    expect(verdicts('route-backend', [namespace(), route(`rules: [{ backendRefs: [${refs}] }]`)])).toEqual([]);
    expect(
      verdicts('route-backend', [
        namespace(),
        route(
          `rules: [{ backendRefs: [${refs}], filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: web, port: 80 } } }] }]`,
        ),
      ]),
    ).toEqual(['fail spec.rules[0].filters[0].requestMirror.backendRef.name']);
  });
  test('HTTP and HTTPS on one port conflict, TLS and HTTPS or TCP and UDP do not', () => {
    const two = (a: string, b: string) =>
      verdicts('gateway-listeners-unique', [
        gateway(
          `[{ name: a, port: 443, protocol: ${a}, hostname: a.example.com }, { name: b, port: 443, protocol: ${b}, hostname: b.example.com }]`,
        ),
      ]);
    expect(two('HTTP', 'HTTPS')).toEqual(['fail spec.listeners[1].protocol']);
    expect(two('TLS', 'HTTPS')).toEqual([]);
    expect(two('TCP', 'UDP')).toEqual([]);
  });
  test('a certificate that cert-manager makes need not be here', () => {
    const listeners = '[{ name: a, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: made }] } }]';
    expect(verdicts('gateway-cert-exists', [namespace('edge'), gateway(listeners)])).toHaveLength(1);
    expect(
      verdicts('gateway-cert-exists', [
        namespace('edge'),
        gateway(listeners).replace(
          'namespace: edge }',
          'namespace: edge, annotations: { cert-manager.io/cluster-issuer: x } }',
        ),
      ]),
    ).toEqual([]);
  });
  test('whoever the gateway is: a namespace of its own, an address or a proxy beside may be it', () => {
    const flows = (from: string, ...more: string[]) =>
      verdicts('gateway-flow-allowed', [
        namespace(),
        service('web', '[{ port: 80, targetPort: 8080 }]'),
        workload('web'),
        route('rules: [{ backendRefs: [{ name: web, port: 80 }] }]'),
        policy(`{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: ${from}, ports: [{ port: 8080 }] }] }`),
        ...more,
      ]);
    expect(flows('[{ podSelector: { matchLabels: { app: api } } }]')).toHaveLength(1);
    expect(flows('[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }]')).toHaveLength(1);
    expect(flows('[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: edge } } }]')).toEqual([]);
    expect(flows('[{ ipBlock: { cidr: 35.191.0.0/16 } }]')).toEqual([]);
    expect(flows('[{ podSelector: { matchLabels: { app: traefik } } }]', workload('traefik'))).toEqual([]);
    expect(flows('[]')).toEqual([]);
  });
});

describe('system-flow-allowed', () => {
  const guard = (ingress: string) => [
    namespace(),
    service('guard', '[{ port: 443, targetPort: 8443 }]'),
    workload('guard'),
    'apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: { name: guard }\nwebhooks: [{ name: a.b.c, clientConfig: { service: { name: guard, namespace: shop } } }]',
    policy(`{ podSelector: {}, ingress: ${ingress} }`),
  ];
  test('the API server is no pod: selectors do not find it, everybody and address blocks do', () => {
    expect(
      judged('system-flow-allowed', guard('[{ from: [{ namespaceSelector: {} }] }]'), { facts: NODES }).map(
        ({ verdict }) => verdict,
      ),
    ).toEqual(['fail']);
    expect(verdicts('system-flow-allowed', guard('[{}]'), { facts: NODES })).toEqual([]);
    expect(
      verdicts('system-flow-allowed', guard('[{ from: [{ ipBlock: { cidr: 10.0.0.0/16 } }] }]'), { facts: NODES }),
    ).toEqual([]);
  });
  test('on one node it always gets through, and without facts that is not known', () => {
    expect(verdicts('system-flow-allowed', guard('[]'), { facts: NODES.split('---')[0]! })).toEqual([]);
    expect(judged('system-flow-allowed', guard('[]')).map(({ verdict }) => verdict)).toEqual(['unknown']);
  });
});

describe('netpol-enforced-by-cni', () => {
  const node = (more: string) =>
    `apiVersion: v1\nkind: Node\nmetadata: { name: a, annotations: { flannel.alpha.coreos.com/public-ip: 10.0.0.1 } }\n${more}`;
  const found = (facts: string) =>
    judged('netpol-enforced-by-cni', [DENY_ALL], { facts }).map(({ verdict }) => verdict);
  test('kindnet does since kind 0.24', () =>
    expect(
      found(
        'apiVersion: v1\nkind: Node\nmetadata: { name: a }\nspec: { providerID: kind://docker/kind/a }\nstatus: { nodeInfo: { kubeletVersion: v1.34.0 } }',
      ),
    ).toEqual([]));
  test('flannel does not, but k3s has its own beside it', () => {
    expect(found(node('status: { nodeInfo: { kubeletVersion: v1.34.0 } }'))).toEqual(['fail']);
    expect(found(node('status: { nodeInfo: { kubeletVersion: v1.34.0+k3s1 } }'))).toEqual([]);
  });
  test('without nodes it is not known, and said once', () =>
    expect(
      judged('netpol-enforced-by-cni', [DENY_ALL, policy('{ podSelector: {} }', 'two')]).map(({ verdict }) => verdict),
    ).toEqual(['unknown']));
});

test('pods that an operator may make are not absent', () => {
  const database =
    'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: pg, namespace: shop }\nspec: {}';
  const rule = policy(
    '{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { cnpg.io/cluster: pg } } }] }] }',
  );
  expect(verdicts('netpol-peer-exists', [namespace(), rule, database])).toEqual([]);
  expect(verdicts('netpol-peer-exists', [namespace(), rule])).toHaveLength(1);
});

test('a policy of another API that is also called NetworkPolicy is not taken for one', () => {
  const calico = policy('{ selector: "app == \'web\'", ingress: [{ action: Allow }] }').replace(
    'networking.k8s.io/v1',
    'projectcalico.org/v3',
  );
  for (const id of ['netpol-selects', 'netpol-enforced-by-cni', 'netpol-types-consistent'])
    expect(verdicts(id, [namespace(), calico])).toEqual([]);
});

test('fields of wrong types crash nothing', () => {
  const wrong = ['null', '1', 'text', '[]', '{}', '[null]', '[{}]', '[[1]]', '{ a: [null] }'];
  const kinds = [
    'networking.k8s.io/v1 NetworkPolicy',
    'networking.k8s.io/v1 Ingress',
    'gateway.networking.k8s.io/v1 Gateway',
    'gateway.networking.k8s.io/v1 HTTPRoute',
    'gateway.networking.k8s.io/v1beta1 ReferenceGrant',
    'v1 Service',
    'discovery.k8s.io/v1 EndpointSlice',
    'apps/v1 Deployment',
    'monitoring.coreos.com/v1 ServiceMonitor',
    'apiregistration.k8s.io/v1 APIService',
  ];
  const fields = [
    'podSelector',
    'policyTypes',
    'ingress',
    'egress',
    'rules',
    'tls',
    'defaultBackend',
    'listeners',
    'parentRefs',
    'hostnames',
    'from',
    'to',
    'ports',
    'selector',
    'template',
    'endpoints',
    'service',
  ];
  const documents = kinds.flatMap((kind) =>
    wrong.map(
      (value, i) =>
        `apiVersion: ${kind.split(' ')[0]}\nkind: ${kind.split(' ')[1]}\nmetadata: { name: n${i} }\nspec: { ${fields.map((field) => `${field}: ${value}`).join(', ')} }`,
    ),
  );
  const world = new World(
    read(
      [
        ...documents,
        ...wrong.map(
          (value) =>
            `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: x }\nspec: { ingress: [{ from: ${value}, ports: ${value} }], egress: ${value} }`,
        ),
      ].join('\n---\n'),
    ),
    new Facts([]),
  );
  expect(() => runChecks(world, checks)).not.toThrow();
});
