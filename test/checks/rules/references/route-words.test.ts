import { all, messages, namespace, service } from '../../judging';

const gateway = (name: string, listeners: string) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: ${name}, namespace: shop }, spec: { gatewayClassName: a, listeners: [${listeners}] } }`;
const route = (kind: string, spec: string) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: { name: r, namespace: shop }, spec: { ${spec} } }`;
const http = gateway('web', '{ name: http, port: 80, protocol: HTTP }');
const tcp = gateway('db', '{ name: tcp, port: 5432, protocol: TCP }');

describe('what a client sees of a backend that is not there is said in the terms of the protocol', () => {
  test.each([
    ['HTTPRoute', 'requests get a 500 response'],
    ['GRPCRoute', 'calls fail with status UNAVAILABLE'],
    ['TLSRoute', 'connections are rejected'],
    ['TCPRoute', 'connections are rejected'],
    ['UDPRoute', 'packets are dropped'],
  ])('%s', (kind, words) => {
    const to = (name: string, port: number) =>
      route(kind, `parentRefs: [{ name: web }], rules: [{ backendRefs: [{ name: ${name}, port: ${port} }] }]`);
    expect(messages('route-backend', all(namespace, to('gone', 80)))[0]).toContain(words);
    const wrongPort = all(namespace, service('selector: { app: web }, ports: [{ port: 80 }]'), to('web', 81));
    expect(messages('route-backend', wrongPort)[0]).toContain(words);
    const elsewhere = route(
      kind,
      'parentRefs: [{ name: web }], rules: [{ backendRefs: [{ name: gone, namespace: other, port: 80 }] }]',
    );
    const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
    expect(messages('referencegrant-present', all(namespace, other, elsewhere))[0]).toContain(words);
  });
  test('a Service without pods, too', () => {
    const empty = service('selector: { app: gone }, ports: [{ port: 80, protocol: TCP }]');
    const to = (kind: string) =>
      all(
        namespace,
        empty,
        route(kind, 'parentRefs: [{ name: web }], rules: [{ backendRefs: [{ name: web, port: 80 }] }]'),
      );
    expect(messages('route-backend', to('HTTPRoute'))[0]).toContain('requests get a 503 response');
    expect(messages('route-backend', to('TCPRoute'))[0]).toContain('connections are rejected');
  });
});

describe('a route that one of two parents does not accept', () => {
  const parents = (kind: string, refs: string) => route(kind, `parentRefs: [${refs}], rules: []`);
  const alone = 'so the route is not accepted and gets no requests';
  const other = 'so the route is not accepted here and gets no requests from this Gateway, only from its other parents';
  test('gets requests from the other', () => {
    const judged = (refs: string) =>
      messages('route-allowed-by-listener', all(namespace, http, tcp, parents('HTTPRoute', refs)))[0];
    expect(judged('{ name: db }')).toContain(alone);
    expect(judged('{ name: db }, { name: web }')).toContain(other);
    expect(judged('{ name: web }, { name: db }')).toContain(other);
    // A Service of a mesh.
    expect(judged('{ name: db }, { group: "", kind: Service, name: web }')).toContain(other);
    expect(judged('{ name: db }, { name: gone }')).toContain(alone);
  });
  test('a listener that is missing, and hostnames that no listener serves', () => {
    const missing = (refs: string) =>
      messages('route-parent-exists', all(namespace, http, tcp, parents('TCPRoute', refs)))[0];
    expect(missing('{ name: db, sectionName: tls }')).toContain('gets no connections');
    expect(missing('{ name: db, sectionName: tls }, { name: db }')).toContain('only from its other parents');
    const hosts = (refs: string) =>
      messages(
        'route-hostname-intersects',
        all(
          namespace,
          http,
          gateway('apps', '{ name: http, port: 80, protocol: HTTP, hostname: "*.apps.example.com" }'),
          route('HTTPRoute', `parentRefs: [${refs}], hostnames: [a.example.com], rules: []`),
        ),
      )[0];
    expect(hosts('{ name: apps }')).toContain(alone);
    expect(hosts('{ name: apps }, { name: web }')).toContain(other);
    expect(hosts('{ name: apps }, { name: apps, sectionName: http }')).toContain(alone);
  });
});
