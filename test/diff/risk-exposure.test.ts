import { allOf, classed, classedInPart, messagesOf, workloadOf, worstClass } from './risks';

const service = (spec: string, annotations = '') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, annotations: { ${annotations} } }, spec: { ${spec}, selector: { app: web } } }`;
const port = 'ports: [{ port: 80 }]';

test('flow-opens: the name of a port of a sidecar moves', () => {
  const sidecar = (http: number, other: number) =>
    workloadOf({
      spec: 'replicas: 1',
      pod: `initContainers: [{ name: s, image: 'example.com/s:1.0.0', restartPolicy: Always, ports: [{ name: http, containerPort: ${http} }, { name: other, containerPort: ${other} }] }]`,
    });
  const policy =
    '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: caller } } }], ports: [{ port: http }] }] } }';
  const all = (workload: string) => allOf(workload, policy, workloadOf({ name: 'caller' }));
  expect(messagesOf('flow-opens', all(sidecar(8080, 9090)), all(sidecar(9090, 8080)))).toEqual([
    expect.stringMatching(/^Deployment\/shop\/caller can reach Deployment\/shop\/web on TCP 9090/),
  ]);
});

describe('flow-opens to what is outside', () => {
  const egress = (rules: string) =>
    allOf(
      workloadOf(),
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: {}, policyTypes: [Egress], egress: [${rules}] } }`,
    );
  test('is told of those who may send there now', () => {
    const some = '{ to: [{ ipBlock: { cidr: 203.0.113.0/24 } }], ports: [{ port: 443 }] }';
    expect(messagesOf('flow-opens', egress(''), egress(some))).toEqual([
      'Deployment/shop/web can reach outside the cluster: 203.0.113.0/24 on TCP 443',
    ]);
    expect(messagesOf('flow-opens', egress(''), egress('{}'))).toEqual([
      'Deployment/shop/web can reach outside the cluster on every port',
    ]);
    expect(messagesOf('flow-closes', egress('{}'), egress(''))).toEqual([
      'Deployment/shop/web cannot reach outside the cluster on any port any more',
    ]);
  });
});

describe('flow-opens and flow-closes', () => {
  const policy = (from: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [${from}] } }`;
  const web = (more: string) => workloadOf({ spec: more, container: 'ports: [{ containerPort: 8080 }]' });
  const peer = '{ from: [{ podSelector: { matchLabels: { app: caller } } }] }';
  test('the pods of one workload among themselves open and close nothing', () => {
    const open = policy('{}');
    const [some, one] = [web('replicas: 3'), web('replicas: 1')];
    // Something that may open a connection has to change at all.
    const more = allOf(open, service(port));
    for (const id of ['flow-opens', 'flow-closes']) {
      expect(classed(id, allOf(some, open), allOf(one, more))).toEqual([]);
      expect(classed(id, allOf(one, open), allOf(some, more))).toEqual([]);
    }
  });
  test('in a large world as in a small one', () => {
    const many = Array.from({ length: 120 }, (_, i) =>
      workloadOf({ name: `other-${i}`, container: 'ports: [{ containerPort: 80 }]' }).replaceAll(
        'namespace: shop',
        `namespace: n-${i % 7}`,
      ),
    );
    const all = (from: string) => allOf(web('replicas: 2'), workloadOf({ name: 'caller' }), policy(from), ...many);
    expect(messagesOf('flow-opens', all(''), all(peer))).toEqual([
      expect.stringMatching(/^Deployment\/shop\/caller can reach Deployment\/shop\/web on TCP 8080/),
    ]);
    expect(classed('flow-closes', all(peer), all(''))).toEqual(['disruption NetworkPolicy/shop/web']);
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: n-3, labels: { team: a } } }';
    const far =
      '{ from: [{ namespaceSelector: { matchLabels: { team: a } }, podSelector: { matchLabels: { app: other-101 } } }] }';
    expect(messagesOf('flow-opens', allOf(all(''), namespace), allOf(all(far), namespace))[0]).toMatch(
      /^Deployment\/n-3\/other-101 can reach/,
    );
    expect(classed('flow-closes', all(''), all(peer))).toEqual([]);
    expect(
      classed(
        'flow-opens',
        all(peer),
        all(peer).replace('name: web, namespace: shop', 'name: web, namespace: shop, labels: { a: b }'),
      ),
    ).toEqual([]);
  });
});

describe('service-exposed', () => {
  const id = 'service-exposed';
  test.each([
    ['a port of every node', service(port), service(`type: NodePort, ${port}`), 1],
    ['a load balancer over a NodePort', service(`type: NodePort, ${port}`), service(`type: LoadBalancer, ${port}`), 1],
    ['the other way round', service(`type: LoadBalancer, ${port}`), service(`type: NodePort, ${port}`), 0],
    ['a new load balancer', '', service(`type: LoadBalancer, ${port}`), 1],
    ['a new Service of the cluster', '', service(port), 0],
    ['an external address', service(port), service(`externalIPs: [203.0.113.7], ${port}`), 1],
    [
      'one port more on a load balancer',
      service(`type: LoadBalancer, ${port}`),
      service('type: LoadBalancer, ports: [{ name: a, port: 80 }, { name: b, port: 9090 }]'),
      1,
    ],
    [
      'one port more within the cluster',
      service(port),
      service('ports: [{ name: a, port: 80 }, { name: b, port: 9090 }]'),
      0,
    ],
    [
      'source ranges that go',
      service(`type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ${port}`),
      service(`type: LoadBalancer, ${port}`),
      1,
    ],
    [
      'source ranges that come',
      service(`type: LoadBalancer, ${port}`),
      service(`type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ${port}`),
      0,
    ],
    [
      'a wider range',
      service(`type: LoadBalancer, loadBalancerSourceRanges: [10.1.0.0/16], ${port}`),
      service(`type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ${port}`),
      1,
    ],
    [
      'a part of the range',
      service(`type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ${port}`),
      service(`type: LoadBalancer, loadBalancerSourceRanges: [10.1.0.0/16], ${port}`),
      0,
    ],
    [
      'an internal load balancer that is one no more',
      service(`type: LoadBalancer, ${port}`, 'networking.gke.io/load-balancer-type: Internal'),
      service(`type: LoadBalancer, ${port}`),
      1,
    ],
  ])('%s', (_, before, after, count) => {
    expect(classed(id, before, after)).toHaveLength(count);
  });
  const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  const [web, admin] = ['web', 'admin'].map((name) =>
    workloadOf({
      name,
      container: 'ports: [{ name: http, containerPort: 8080 }, { name: admin, containerPort: 9090 }]',
    }),
  ) as [string, string];
  const all = (...manifests: readonly string[]) => allOf(namespace, ...manifests);
  const nodePort = (spec: string, selector = 'app: web') =>
    service(`type: NodePort, ${spec}`).replace('app: web', selector);
  const eighty = 'ports: [{ port: 80, targetPort: http }]';
  test('what it leads to counts, and not by which Service and number', () => {
    const before = all(web, admin, nodePort(eighty));
    const byNode = 'is reached from outside of the cluster, by a port of every node';
    expect(messagesOf(id, before, all(web, admin, nodePort('ports: [{ port: 80, targetPort: admin }]')))).toEqual([
      `Deployment/shop/web on TCP 9090 ${byNode}`,
    ]);
    expect(messagesOf(id, before, all(web, admin, nodePort(eighty, 'app: admin')))).toEqual([
      `Deployment/shop/admin on TCP 8080 ${byNode}`,
    ]);
    const moved = admin.replace('labels: { app: admin }', 'labels: { app: web }');
    expect(classed(id, before, all(web, moved, nodePort(eighty)))).toEqual(['exposure Deployment/shop/admin']);
    expect(classed(id, before, all(web, admin, nodePort('ports: [{ port: 81, targetPort: 8080 }]')))).toEqual([]);
    const second = nodePort(eighty).replace('name: web', 'name: second');
    expect(classed(id, before, all(web, admin, nodePort(eighty), second))).toEqual([]);
    expect(classed(id, all(web), all(web, nodePort(eighty, 'app: nobody')))).toEqual([]);
    expect(
      classed(id, before, all(admin, web.replace('name: web, namespace', 'name: www, namespace'), nodePort(eighty))),
    ).toEqual([]);
  });
  test('pods in the network of their node are reached there anyway', () => {
    const host = web.replace('spec: { containers', 'spec: { hostNetwork: true, containers');
    expect(host).not.toBe(web);
    expect(classed(id, all(host, service(eighty)), all(host, nodePort(eighty)))).toEqual([]);
    expect(classed(id, all(web, service(eighty)), all(web, nodePort(eighty)))).toHaveLength(1);
  });
  test('ports of every node that a load balancer did not have', () => {
    const without = service(`type: LoadBalancer, allocateLoadBalancerNodePorts: false, ${eighty}`);
    expect(classed(id, all(web, without), all(web, nodePort(eighty)))).toEqual(['exposure Service/shop/web spec.type']);
    expect(classed(id, all(web, service(`type: LoadBalancer, ${eighty}`)), all(web, nodePort(eighty)))).toEqual([]);
  });
  test('one port more at an external address', () => {
    const external = (ports: string) => service(`externalIPs: [203.0.113.7], ports: [${ports}]`);
    const one = '{ name: a, port: 80, targetPort: 8080 }';
    expect(
      messagesOf(id, all(web, external(one)), all(web, external(`${one}, { name: b, port: 81, targetPort: 9090 }`))),
    ).toEqual(['TCP 81 is reached from outside of the cluster']);
  });
});

describe('route-opened', () => {
  const id = 'route-opened';
  const route = (hosts: string, rules: string, name = 'r') =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: ${name}, namespace: shop }, spec: { parentRefs: [{ name: gw }], hostnames: [${hosts}], rules: [${rules}] } }`;
  const rule = (path: string, to = 'web', more = '') =>
    `{ matches: [{ path: { value: ${path} }${more} }], backendRefs: [{ name: ${to}, port: 80 }] }`;
  test('another host, another backend, and a condition that goes', () => {
    expect(messagesOf(id, route('a.example.com', rule('/')), route('a.example.com, b.example.com', rule('/')))).toEqual(
      ['b.example.com/ leads to shop/web:80'],
    );
    expect(classed(id, route('a.example.com', rule('/')), route('a.example.com', rule('/', 'admin')))).toHaveLength(1);
    const posts = route('a.example.com', rule('/', 'web', ', method: POST'));
    expect(classed(id, posts, route('a.example.com', rule('/')))).toHaveLength(1);
    expect(classed(id, route('a.example.com', rule('/')), posts)).toEqual([]);
  });
  test('fewer hosts, and what moves to another object, open nothing', () => {
    expect(classed(id, route('a.example.com, b.example.com', rule('/')), route('a.example.com', rule('/')))).toEqual(
      [],
    );
    const both = route('a.example.com, b.example.com', rule('/'));
    const apart = allOf(route('a.example.com', rule('/')), route('b.example.com', rule('/'), 's'));
    expect(classed(id, both, apart)).toEqual([]);
  });
  test('a listener that comes', () => {
    const gateway = (listeners: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: shop }, spec: { gatewayClassName: g, listeners: [${listeners}] } }`;
    const [http, tcp] = ['{ name: http, port: 80, protocol: HTTP }', '{ name: redis, port: 6379, protocol: TCP }'];
    expect(messagesOf(id, gateway(http), gateway(`${http}, ${tcp}`))).toEqual([
      'the gateway takes TCP on port 6379 for any host',
    ]);
    expect(classed(id, gateway(`${http}, ${tcp}`), gateway(http))).toEqual([]);
  });
});

describe('guard-removed', () => {
  const id = 'guard-removed';
  const ingress = (tls: string, annotations = '') =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: w, namespace: shop, annotations: { a: b${annotations && `, ${annotations}`} } }, spec: { ${tls}rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] } }`;
  const tls = 'tls: [{ hosts: [a.example.com], secretName: t }], ';
  test('a certificate, a range of addresses, a redirect', () => {
    expect(classed(id, ingress(tls), ingress(''))).toEqual(['exposure Ingress/shop/w spec.tls']);
    expect(classed(id, ingress(''), ingress(tls))).toEqual([]);
    // A host that goes along with its certificate is served to nobody.
    expect(classed(id, ingress(tls), ingress('').replace('host: a.example.com', 'host: b.example.com'))).toEqual([]);
    const ranges = "nginx.ingress.kubernetes.io/whitelist-source-range: '10.0.0.0/8'";
    expect(classed(id, ingress('', ranges), ingress(''))).toHaveLength(1);
    expect(classed(id, ingress(''), ingress('', ranges))).toEqual([]);
    const redirect = (on: string) => `nginx.ingress.kubernetes.io/force-ssl-redirect: '${on}'`;
    expect(classed(id, ingress('', redirect('true')), ingress('', redirect('false')))).toHaveLength(1);
    expect(classed(id, ingress('', redirect('false')), ingress('', redirect('true')))).toEqual([]);
  });
  test('a listener without TLS, and a policy of a mesh that goes', () => {
    const gateway = (protocol: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: shop }, spec: { gatewayClassName: g, listeners: [{ name: l, port: 443, protocol: ${protocol} }] } }`;
    expect(classed('tls-loosened', gateway('HTTPS'), gateway('HTTP'))).toEqual([
      'exposure Gateway/shop/gw spec.listeners[l].protocol',
    ]);
    expect(classed('tls-loosened', gateway('HTTP'), gateway('HTTPS'))).toEqual([]);
    const policy =
      '{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: p, namespace: shop }, spec: { mtls: { mode: STRICT } } }';
    expect(classed(id, policy, '')).toEqual(['exposure PeerAuthentication/shop/p']);
    expect(classed(id, '', policy)).toEqual([]);
  });
});

describe('host-port-opened', () => {
  const id = 'host-port-opened';
  test('the network of the node, and ports of a sidecar', () => {
    const inside = workloadOf();
    expect(classed(id, inside, workloadOf({ pod: 'hostNetwork: true' }))).toEqual([
      'exposure Deployment/shop/web spec.template.spec.hostNetwork',
    ]);
    expect(classed(id, workloadOf({ pod: 'hostNetwork: true' }), inside)).toEqual([]);
    const sidecar = (host: string) =>
      workloadOf({
        pod: `initContainers: [{ name: s, image: 'example.com/s:1.0.0', restartPolicy: Always, ports: [{ containerPort: 9100${host} }] }]`,
      });
    expect(classed(id, sidecar(''), sidecar(', hostPort: 9100'))).toHaveLength(1);
    expect(classed(id, sidecar(', hostPort: 9100'), sidecar(''))).toEqual([]);
  });
  test('which port of the pod it is counts, and not the number at the node', () => {
    const web = (...ports: readonly string[]) =>
      workloadOf({ container: `ports: [${ports.map((port) => `{ ${port} }`).join(', ')}]` });
    const before = web('containerPort: 8080, hostPort: 80', 'containerPort: 9090');
    expect(classed(id, before, web('containerPort: 8080, hostPort: 81', 'containerPort: 9090'))).toEqual([]);
    expect(classed(id, before, web('containerPort: 8080', 'containerPort: 9090, hostPort: 80'))).toHaveLength(1);
    expect(
      classed(id, web('containerPort: 8080'), web('containerPort: 8080, hostPort: 80, hostIP: 127.0.0.1')),
    ).toEqual([]);
    expect(
      classed(id, before, web('containerPort: 8080, hostPort: 80, hostIP: 192.0.2.1', 'containerPort: 9090')),
    ).toEqual([]);
    const service =
      '{ apiVersion: v1, kind: Service, metadata: { name: w, namespace: shop }, spec: { type: NodePort, selector: { app: web }, ports: [{ port: 8080 }] } }';
    expect(
      classed(id, allOf(service, web('containerPort: 8080')), allOf(service, web('containerPort: 8080, hostPort: 80'))),
    ).toEqual([]);
  });
  test('a new workload on the port of its node', () => {
    expect(
      classed(id, '', workloadOf({ kind: 'DaemonSet', container: 'ports: [{ containerPort: 80, hostPort: 80 }]' })),
    ).toEqual(['exposure DaemonSet/shop/web']);
  });
});

describe('what a NetworkPolicy opens beside the ports that are declared', () => {
  const FRONT = workloadOf({ name: 'front' });
  const peer = 'from: [{ podSelector: { matchLabels: { app: front } } }]';
  const policy = (side: string, rules: string, app = 'web') =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: ${app} } }, policyTypes: [${side}], ${side.toLowerCase()}: [${rules}] } }`;
  const WEB = workloadOf({ spec: 'replicas: 2', container: 'ports: [{ containerPort: 8080 }]' });
  const all = (one: string) => allOf(WEB, FRONT, one);
  test.each([
    [
      'ports that are removed',
      policy('Ingress', `{ ${peer}, ports: [{ port: 8080 }] }`),
      policy('Ingress', `{ ${peer} }`),
    ],
    [
      'an empty list of them',
      policy('Ingress', `{ ${peer}, ports: [{ port: 8080 }] }`),
      policy('Ingress', `{ ${peer}, ports: [] }`),
    ],
    [
      'another rule without ports',
      policy('Ingress', `{ ${peer}, ports: [{ port: 8080 }] }`),
      policy('Ingress', `{ ${peer}, ports: [{ port: 8080 }] }, { ${peer} }`),
    ],
    [
      'ports of egress',
      policy('Egress', '{ to: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8080 }] }', 'front'),
      policy('Egress', '{ to: [{ podSelector: { matchLabels: { app: web } } }] }', 'front'),
    ],
  ])('%s', (_, narrow, wide) => {
    expect(messagesOf('flow-opens', all(narrow), all(wide))).toEqual([
      'Deployment/shop/front can reach Deployment/shop/web on every other port, whatever listens there',
    ]);
    expect(worstClass(all(narrow), all(wide))).toBe('exposure');
    // Nobody is known to use what closes.
    expect(worstClass(all(wide), all(narrow))).toBe('in-place');
  });
  test('of pods that declare none', () => {
    const bare = (rules: string) => allOf(workloadOf({ spec: 'replicas: 2' }), FRONT, policy('Ingress', rules));
    expect(worstClass(bare(`{ ${peer}, ports: [{ port: 8080 }] }`), bare(`{ ${peer} }`))).toBe('exposure');
    expect(worstClass(bare(`{ ${peer} }`), bare(`{ ${peer}, ports: [{ port: 8080 }] }`))).toBe('in-place');
  });
  test('every port is not every other one as well', () => {
    const range = 'ports: [{ port: 1, endPort: 65535 }]';
    const [said] = messagesOf(
      'flow-opens',
      all(policy('Ingress', `{ ${peer}, ports: [{ port: 8080 }] }`)),
      all(policy('Ingress', `{ ${peer}, ${range} }`)),
    );
    expect(said).toContain('Deployment/shop/front can reach Deployment/shop/web on TCP 1-8079, 8081-65535');
    expect(said).not.toContain('other port');
  });
});

test('a new route leads a gateway to its port; a policy that lets the gateway in opens every one', () => {
  const backend = allOf(
    workloadOf({ spec: 'replicas: 2', container: 'ports: [{ containerPort: 8080 }, { containerPort: 9090 }]' }),
    '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] } }',
  );
  const route = allOf(
    backend,
    '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw }], hostnames: [shop.example.com], rules: [{ backendRefs: [{ name: web, port: 80 }] }] } }',
  );
  const ingress = allOf(
    backend,
    '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] } }',
  );
  for (const after of [route, ingress]) {
    const [said] = messagesOf('flow-opens', backend, after);
    expect(said).toMatch(/^gateway can reach Deployment\/shop\/web on TCP 8080/);
    expect(said).not.toContain('other port');
  }
  const policy = (rule: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [${rule}] } }`;
  const [opened] = messagesOf(
    'flow-opens',
    allOf(route, policy('{ ports: [{ port: 8080 }] }')),
    allOf(route, policy('{}')),
  );
  expect(opened).toMatch(/every other port/);
});

test('without a BackendTLSPolicy requests fail or go unencrypted: nobody is let in by it', () => {
  const tls =
    '{ apiVersion: gateway.networking.k8s.io/v1, kind: BackendTLSPolicy, metadata: { name: web, namespace: shop }, spec: { targetRefs: [{ group: "", kind: Service, name: web }], validation: { hostname: web, wellKnownCACertificates: System } } }';
  expect(classed('guard-removed', tls, '')).toEqual(['disruption BackendTLSPolicy/shop/web']);
  expect(messagesOf('guard-removed', tls, '')[0]).not.toMatch(/let in/);
  expect(classed('guard-removed', '', tls)).toEqual([]);
});

describe('guard-removed of Traefik', () => {
  const id = 'guard-removed';
  const route = (middlewares: string, kind = 'IngressRoute', rule = 'Host(a)') =>
    `{ apiVersion: traefik.io/v1alpha1, kind: ${kind}, metadata: { name: r, namespace: shop }, spec: { routes: [{ kind: Rule, match: '${rule}', middlewares: [${middlewares}], services: [{ name: web, port: 80 }] }] } }`;
  const middleware = (name: string, spec: string, kind = 'Middleware') =>
    `{ apiVersion: traefik.io/v1alpha1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
  const known = allOf(
    middleware('auth', 'basicAuth: { secret: users }'),
    middleware('sso', 'forwardAuth: { address: https://login.example.com }'),
    middleware('other', 'basicAuth: { secret: others }'),
    middleware('zip', 'compress: {}'),
    middleware('all', 'chain: { middlewares: [{ name: zip }, { name: auth }] }'),
  );
  const lost = (was: string, is: string) => messagesOf(id, allOf(known, route(was)), allOf(known, route(is)));
  test('a login that is passed no more, of a chain as well', () => {
    expect(lost('{ name: auth }', '')).toEqual([
      'Host(a) passes shop/auth (basicAuth) no more: who was refused by it may be let in',
    ]);
    expect(lost('{ name: all }', '{ name: zip }')).toHaveLength(1);
    expect(lost('{ name: auth }, { name: sso }', '{ name: auth }')).toHaveLength(1);
    expect(lost('{ name: auth }', '{ name: zip }')).toHaveLength(1);
    expect(lost('{ name: elsewhere }', '')).toEqual([expect.stringContaining('shop/elsewhere no more')]);
    const tcp = allOf(middleware('list', 'ipAllowList: { sourceRange: [10.0.0.0/8] }', 'MiddlewareTCP'));
    expect(
      messagesOf(id, allOf(tcp, route('{ name: list }', 'IngressRouteTCP')), allOf(tcp, route('', 'IngressRouteTCP'))),
    ).toEqual([expect.stringContaining('shop/list (ipAllowList)')]);
  });
  test('nobody was refused by it, or the same is asked for still', () => {
    for (const [was, is] of [
      ['{ name: zip }', ''],
      ['{ name: auth }', '{ name: all }'],
      ['{ name: auth }', '{ name: other }'],
      ['{ name: auth }', '{ name: zip }, { name: auth, namespace: shop }'],
      ['', '{ name: auth }'],
    ] as const)
      expect(lost(was, is)).toEqual([]);
    // What another rule takes is told by routes.
    expect(messagesOf(id, route('{ name: auth }'), route('', 'IngressRoute', 'Host(b)'))).toEqual([]);
  });
  test('a Middleware that refuses nobody, or fewer addresses', () => {
    const list = (range: string) => middleware('list', `ipAllowList: { sourceRange: [${range}] }`);
    expect(classed(id, list('10.0.0.0/8'), list('0.0.0.0/0'))).toHaveLength(1);
    expect(classed(id, list('0.0.0.0/0'), list('10.0.0.0/8'))).toEqual([]);
    expect(classed(id, list('10.0.0.0/8'), middleware('list', 'compress: {}'))).toHaveLength(1);
    expect(classed(id, middleware('list', 'compress: {}'), list('10.0.0.0/8'))).toEqual([]);
  });
  test('certificates of clients that TLS asks for no more', () => {
    const tls = (options: string) => route('').replace('spec: {', `spec: { tls: { secretName: t${options} },`);
    expect(classed(id, tls(', options: { name: mtls }'), tls(''))).toHaveLength(1);
    expect(classed(id, tls(''), tls(', options: { name: mtls }'))).toEqual([]);
  });
});

describe('who is said to reach it', () => {
  const place = (name: string) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`;
  const other = workloadOf({ name: 'prometheus' }).replaceAll('namespace: shop', 'namespace: monitoring');
  const ports = 'ports: [{ port: 8080 }, { port: 9090 }]';
  const all = (rules: string) =>
    allOf(
      ...[place('shop'), place('monitoring'), other, workloadOf({ name: 'front' })],
      workloadOf({ spec: 'replicas: 2', container: 'ports: [{ containerPort: 8080 }, { containerPort: 9090 }]' }),
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [${rules}] } }`,
    );
  const one = all(
    `{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }], ${ports} }`,
  );
  test('every pod of the cluster, once, and with all ports', () => {
    expect(messagesOf('flow-opens', one, all(`{ from: [{ namespaceSelector: {} }], ${ports} }`))).toEqual([
      'every pod of the cluster can reach Deployment/shop/web on TCP 8080, 9090',
    ]);
  });
  test('who is outside comes first', () => {
    expect(messagesOf('flow-opens', one, all(`{ ${ports} }`))).toEqual([
      'everybody outside the cluster and every pod of the cluster can reach Deployment/shop/web on TCP 8080, 9090',
    ]);
  });
  test('other namespaces come before the own one', () => {
    const peers =
      'from: [{ podSelector: {} }, { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]';
    expect(messagesOf('flow-opens', all(''), all(`{ ${peers}, ${ports} }`))[0]).toMatch(
      /^Deployment\/monitoring\/prometheus, Deployment\/shop\/\w+ and Deployment\/shop\/\w+ can reach/,
    );
  });
  test('who cannot any more: those that have a name first', () => {
    expect(messagesOf('flow-closes', all(`{ ${ports} }`), all(''))[0]).toMatch(
      /^Deployment\/\S+, Deployment\/\S+, Deployment\/\S+ and 2 more cannot reach Deployment\/shop\/web on TCP 8080, 9090 any more$/,
    );
  });
});

describe('a policy that goes', () => {
  const policy = (name: string, spec: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { podSelector: { matchLabels: { app: ${name} } }, ${spec} } }`;
  const held = policy('cache', 'policyTypes: [Ingress, Egress], ingress: [], egress: [{ ports: [{ port: 53 }] }]');
  const open = policy('web', 'policyTypes: [Ingress], ingress: [{}]');
  const served = (name: string, image: string) =>
    workloadOf({ name, container: `image: 'example.com/${name}:${image}', ports: [{ containerPort: 8080 }]` }).replace(
      `image: 'example.com/${name}:1.4.0', `,
      '',
    );
  test('exposes the program that it was about, and no other one whose image changes beside it', () => {
    const before = allOf(served('web', '1'), served('cache', '1'), open, held);
    const after = allOf(served('web', '2'), served('cache', '1'), open);
    for (const classes of [classed, classedInPart])
      expect(classes('flow-opens', before, after)).toEqual(['exposure NetworkPolicy/shop/cache']);
    expect(messagesOf('flow-opens', before, after).join()).not.toMatch(/(pod|cluster) can reach Deployment\/shop\/web/);
    for (const classes of [classed, classedInPart])
      expect(classes('flow-closes', after, before)).toEqual(['disruption NetworkPolicy/shop/cache']);
  });
  test('of the whole cluster is what opens, and not the program whose image changes', () => {
    const admin =
      '{ apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: { name: closed }, spec: { priority: 1, subject: { namespaces: {} }, ingress: [{ action: Deny, from: [{ namespaces: {} }] }] } }';
    const before = allOf(served('web', '1'), served('cache', '1'), admin);
    expect(classed('flow-opens', before, allOf(served('web', '2'), served('cache', '1')))).toEqual([
      'exposure AdminNetworkPolicy/closed',
    ]);
  });
});

describe('routes of add-ons that take more', () => {
  const virtual = (hosts: string, gateways = '[public]', match = '') =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: a, namespace: shop }, spec: { hosts: [${hosts}], ${gateways && `gateways: ${gateways}, `}http: [{ ${match && `match: [${match}], `}route: [{ destination: { host: web } }] }] } }`;
  const traefik = (points: string) =>
    `{ apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: { name: a, namespace: shop }, spec: { ${points && `entryPoints: [${points}], `}routes: [{ kind: Rule, match: 'Host(a)', services: [{ name: web, port: 80 }] }] } }`;
  const openShift = (path: string) =>
    `{ apiVersion: route.openshift.io/v1, kind: Route, metadata: { name: a, namespace: shop }, spec: { host: a.example.com${path && `, path: ${path}`}, to: { kind: Service, name: web } } }`;
  test.each([
    ['every host', virtual('shop.example.com'), virtual("'*'")],
    ['a domain', virtual('shop.example.com'), virtual("'*.example.com'")],
    ['the mesh as well', virtual('shop.example.com'), virtual('shop.example.com', '[public, mesh]')],
    ['every path', virtual('a.b', '[public]', '{ uri: { prefix: /api } }'), virtual('a.b')],
    [
      'a shorter prefix',
      virtual('a.b', '[public]', '{ uri: { exact: /api/v1 } }'),
      virtual('a.b', '[public]', '{ uri: { prefix: /api } }'),
    ],
    ['every header', virtual('a.b', '[public]', '{ headers: { a: { exact: b } } }'), virtual('a.b')],
    ['a second entry point', traefik('websecure'), traefik('web, websecure')],
    ['every entry point', traefik('websecure'), traefik('')],
    ['the whole host', openShift('/shop'), openShift('')],
  ])('%s: nothing of what was taken goes', (_, narrow, wide) => {
    expect(classed('foreign-route-opened', narrow, wide)).toHaveLength(1);
    expect(classed('foreign-route-removed', narrow, wide)).toEqual([]);
    expect(worstClass(narrow, wide)).toBe('exposure');
    expect(classed('foreign-route-opened', wide, narrow)).toEqual([]);
    expect(classed('foreign-route-removed', wide, narrow)).toHaveLength(1);
  });
  test('the mesh need not be named', () => {
    expect(worstClass(virtual('a.b', ''), virtual('a.b', '[mesh]'))).toBe('in-place');
  });
  test('another gateway, or another header, is something else', () => {
    expect(worstClass(virtual('a.b'), virtual('a.b', '[other]'))).toBe('disruption');
    const header = (name: string) => virtual('a.b', '[public]', `{ headers: { ${name}: { exact: b } } }`);
    expect(classed('foreign-route-opened', header('a'), header('c'))).toHaveLength(1);
    expect(classed('foreign-route-removed', header('a'), header('c'))).toHaveLength(1);
  });
});
