import { choosesPods, isByGateway, sendingsBy, sendingsOf, sendingsTo } from '../../world/senders';
import { ROLLOUT_WITH_NGINX, ROUTE_FORMS } from '../support/route-forms';
import { all, object, service, the, workload, workloadOf, worldOf } from './support';

/** `HTTPRoute/shop/r spec.rules[0].backendRefs[0] now gateway 80`, for what leads to a Service. */
const leading = (manifests: string, name = 'web', declared?: string) => {
  const world = worldOf(manifests, declared === undefined ? {} : { declared });
  return sendingsTo(world, 'shop', name).map(
    ({ from, path, gets, by, port }) => `${world.idOf(from)} ${path.join('.')} ${gets} ${by} ${port}`,
  );
};
const dotted = (at: string) => at.replaceAll('[', '.').replaceAll(']', '');

test.each(ROUTE_FORMS)('%s leads to the Service', (_, manifests, at) => {
  expect(leading(manifests)).toEqual([`${dotted(at)} now gateway 80`]);
});

test.each(ROUTE_FORMS)('%s leads there also where it is declared and not judged', (_, manifests, at) => {
  expect(leading(service('ports: []', 'other'), 'web', manifests)).toEqual([`${dotted(at)} now gateway 80`]);
});

const traefik = (kind: string, name: string, spec: string) =>
  object('traefik.io/v1alpha1', kind, name, `spec: { ${spec} }`);
const route = (backend: string) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'r', `spec: { rules: [{ ${backend} }] }`);
const first = 'group: traefik.io, kind: TraefikService, name: first';

test('a share of 0 and copies are told from requests, and a copy of a share stays a copy', () => {
  const split = 'weighted: { services: [{ name: web, port: 80, weight: 0 }, { name: next, port: 80, weight: 1 }] }';
  const copies = 'mirroring: { name: live, port: 80, mirrors: [{ kind: TraefikService, name: split, percent: 5 }] }';
  const world = worldOf(
    all(
      route(
        `backendRefs: [{ ${first} }, { name: idle, port: 80, weight: 0 }], filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: copied, port: 80 } } }]`,
      ),
      traefik('TraefikService', 'first', copies),
      traefik('TraefikService', 'split', split),
    ),
  );
  const found = sendingsBy(world, the(world, 'r')).map(({ name, gets, via }) => [
    name,
    gets,
    via.map((each) => each.name),
  ]);
  expect(found).toEqual([
    ['copied', 'copy', []],
    ['live', 'now', ['first']],
    // Of the copies nothing.
    ['web', 'never', ['first', 'split']],
    ['next', 'copy', ['first', 'split']],
    ['idle', 'never', []],
  ]);
});

test('a TraefikService that names itself, or another that names it, leads on, and ends', () => {
  const services = (...entries: string[]) =>
    `weighted: { services: [${entries.map((entry) => `{ ${entry} }`).join(', ')}] }`;
  const round = all(
    route(`backendRefs: [{ ${first} }]`),
    traefik('TraefikService', 'first', services('kind: TraefikService, name: second')),
    traefik('TraefikService', 'second', services('kind: TraefikService, name: first', 'name: web, port: 80')),
  );
  expect(leading(round)).toEqual(['HTTPRoute/shop/r spec.rules.0.backendRefs.0 now gateway 80']);
  // Each is followed once: thirty that name the next one twice have 2^30 ways.
  const chain = Array.from({ length: 30 }, (_, i) =>
    traefik(
      'TraefikService',
      `t${i}`,
      services(...[1, 2].map(() => (i < 29 ? `kind: TraefikService, name: t${i + 1}` : 'name: web, port: 80'))),
    ),
  );
  const ways = leading(all(route('backendRefs: [{ group: traefik.io, kind: TraefikService, name: t0 }]'), ...chain));
  expect(ways).toHaveLength(2);
});

test('a TraefikService that no route here names stands for itself; one of another provider leads nowhere that is known', () => {
  const alone = traefik('TraefikService', 'first', 'mirroring: { name: web, port: http }');
  expect(leading(alone)).toEqual(['TraefikService/shop/first spec.mirroring now gateway http']);
  expect(leading(all(alone, route(`backendRefs: [{ ${first} }]`)))).toEqual([
    'HTTPRoute/shop/r spec.rules.0.backendRefs.0 now gateway http',
  ]);
  expect(
    sendingsOf(
      worldOf(traefik('IngressRoute', 'r', 'routes: [{ services: [{ kind: TraefikService, name: api@internal }] }]')),
    ),
  ).toEqual([]);
});

test('objects of other groups that have the same kinds lead nowhere', () => {
  const spec =
    'spec: { routes: [{ services: [{ name: web, port: 80 }] }], http: [{ route: [{ destination: { host: web } }] }], to: { name: web }, backends: [{ service: web }] }';
  const kinds = [
    'Ingress',
    'HTTPRoute',
    'IngressRoute',
    'VirtualService',
    'HTTPProxy',
    'Route',
    'TrafficSplit',
    'Rollout',
  ];
  expect(sendingsOf(worldOf(all(...kinds.map((kind) => object('example.com/v1', kind, 'r', spec)))))).toEqual([]);
});

test('sidecars of a mesh are no gateway, and a subset chooses pods', () => {
  const rule = (gateways: string, destination: string) =>
    object(
      'networking.istio.io/v1',
      'VirtualService',
      'r',
      `spec: { ${gateways}http: [{ route: [{ destination: { ${destination} } }] }] }`,
    );
  expect(leading(rule('', 'host: web'))).toEqual([
    'VirtualService/shop/r spec.http.0.route.0.destination now mesh undefined',
  ]);
  expect(leading(rule('gateways: [mesh, edge], ', 'host: web'))[0]).toContain('gateway');
  const subsets = object(
    'networking.istio.io/v1',
    'DestinationRule',
    'web',
    'spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }] }',
  );
  const versions = ['v1', 'v2'].map((version) => workload({ name: version, labels: `app: web, version: ${version}` }));
  const world = worldOf(all(rule('', 'host: web, subset: v1'), subsets, ...versions));
  const [sending] = sendingsTo(world, 'shop', 'web');
  expect(choosesPods(sending!, workloadOf(world, 'v1'))).toBe(true);
  expect(choosesPods(sending!, workloadOf(world, 'v2'))).toBe(false);
  // Which pods are meant by a subset that nobody defines is not known.
  const open = worldOf(all(rule('', 'host: web, subset: v3'), subsets, ...versions));
  expect(choosesPods(sendingsTo(open, 'shop', 'web')[0]!, workloadOf(open, 'v2'))).toBe(true);
});

describe('what gets nothing', () => {
  const virtualService = (rule: string) =>
    object('networking.istio.io/v1', 'VirtualService', 'r', `spec: { gateways: [edge], http: [{ ${rule} }] }`);
  const mirrored = (more: string) =>
    route(
      `filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: web, port: 80 }${more} } }], backendRefs: [{ name: live, port: 80 }]`,
    );
  const mirroring = (more: string) =>
    traefik(
      'TraefikService',
      'first',
      `mirroring: { name: live, port: 80, mirrors: [{ name: web, port: 80${more} }] }`,
    );
  test.each([
    ['a RequestMirror of 0 percent', mirrored(', percent: 0'), 'never'],
    ['a RequestMirror of 0 of 100', mirrored(', fraction: { numerator: 0, denominator: 100 }'), 'never'],
    ['a RequestMirror of 1 percent', mirrored(', percent: 1'), 'copy'],
    ['a RequestMirror of all', mirrored(''), 'copy'],
    ['a mirror of Traefik without a percentage', mirroring(''), 'never'],
    ['a mirror of Traefik of 1 percent', mirroring(', percent: 1'), 'copy'],
    [
      'a mirror of Istio of 0',
      virtualService('mirrors: [{ destination: { host: web }, percentage: { value: 0 } }]'),
      'never',
    ],
    ['a mirror of Istio of all', virtualService('mirrors: [{ destination: { host: web } }]'), 'copy'],
    [
      'the only destination of Istio, of weight 0',
      virtualService('route: [{ destination: { host: web }, weight: 0 }]'),
      'now',
    ],
    [
      'one of two without a weight',
      virtualService('route: [{ destination: { host: web } }, { destination: { host: next }, weight: 1 }]'),
      'never',
    ],
    [
      'the only service of an IngressRoute, of weight 0',
      traefik('IngressRoute', 'r', 'routes: [{ services: [{ name: web, port: 80, weight: 0 }] }]'),
      'now',
    ],
    [
      'one of two of an IngressRoute',
      traefik(
        'IngressRoute',
        'r',
        'routes: [{ services: [{ name: web, port: 80, weight: 0 }, { name: next, port: 80 }] }]',
      ),
      'never',
    ],
  ])('%s', (_, manifests, gets) => {
    expect(sendingsTo(worldOf(manifests), 'shop', 'web').map((sending) => sending.gets)).toEqual([gets]);
  });
});

test('what a VirtualService without hosts leads to comes by the Gateways of those that delegate to it', () => {
  const service = (name: string, spec: string, place = 'shop') =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
  const inner = service('inner', 'http: [{ route: [{ destination: { host: web } }] }]');
  const root = (delegate: string, more = 'gateways: [edge], ') =>
    service('root', `hosts: [a.test], ${more}http: [{ delegate: { ${delegate} } }]`, 'other');
  const by = (...manifests: string[]) =>
    sendingsTo(worldOf(all(inner, ...manifests)), 'shop', 'web').map((each) => each.by);
  expect(by()).toEqual(['mesh']);
  expect(by(root('name: inner, namespace: shop'))).toEqual(['gateway']);
  expect(by(root('name: inner, namespace: shop', ''))).toEqual(['mesh']);
  expect(by(root('name: inner'))).toEqual(['mesh']);
});

describe('a Rollout', () => {
  test('that shares by ingress-nginx leads to its canary as the Ingress does to the stable version', () => {
    expect(leading(ROLLOUT_WITH_NGINX)).toEqual(['Rollout/shop/r spec.strategy.canary.canaryService now gateway 80']);
    expect(leading(ROLLOUT_WITH_NGINX.replace('ingressClassName: nginx', 'ingressClassName: alb'))[0]).toContain(
      'nodes',
    );
  });
  test.each([
    ['blueGreen: { activeService: web, previewService: web-preview }', ['web', 'web-preview']],
    ['canary: { stableService: web, canaryService: web-next }', ['web', 'web-next']],
    [
      'canary: { pingPong: { pingService: web, pongService: web-pong }, trafficRouting: { istio: {} } }',
      ['web', 'web-pong'],
    ],
  ])('by %s names Services that are in use', (strategy, names) => {
    const rollout = object('argoproj.io/v1alpha1', 'Rollout', 'r', `spec: { strategy: { ${strategy} } }`);
    for (const name of names)
      expect(leading(rollout, name)).toEqual([expect.stringMatching(/^Rollout\/shop\/r .* never nobody undefined$/)]);
  });
});

test.each([
  [
    'an Ingress of the class alb',
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'r',
      'spec: { ingressClassName: alb, defaultBackend: { service: { name: web, port: { number: 80 } } } }',
    ),
  ],
  [
    'an IngressRoute with nodePortLB',
    traefik('IngressRoute', 'r', 'routes: [{ services: [{ name: web, port: 80, nodePortLB: true }] }]'),
  ],
])('%s goes through node ports', (_, manifests) => {
  expect(leading(manifests)).toEqual([expect.stringMatching(/ nodes 80$/)]);
});

test('routes of OpenShift and of the SMI lead to each of their Services', () => {
  const openShift = object(
    'route.openshift.io/v1',
    'Route',
    'r',
    'spec: { to: { kind: Service, name: web }, alternateBackends: [{ kind: Service, name: next, weight: 0 }] }',
  );
  expect(leading(openShift)).toEqual(['Route/shop/r spec.to now gateway undefined']);
  expect(leading(openShift, 'next')).toEqual(['Route/shop/r spec.alternateBackends.0 never gateway undefined']);
  const split = object(
    'split.smi-spec.io/v1alpha2',
    'TrafficSplit',
    'r',
    'spec: { service: root, backends: [{ service: web, weight: 90 }] }',
  );
  expect(leading(split)).toEqual(['TrafficSplit/shop/r spec.backends.0 now mesh undefined']);
});

describe('who connects, and to which port', () => {
  const ingress = (spec: string, annotations = '') =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: r, namespace: shop, annotations: { ${annotations} } }, spec: { ${spec}defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
  test.each([
    ['', '', 'nodes'],
    ['ingressClassName: gce, ', '', 'nodes'],
    ['ingressClassName: gce-internal, ', '', 'nodes'],
    ['ingressClassName: alb, ', '', 'nodes'],
    ['ingressClassName: alb2, ', '', 'gateway'],
    ['ingressClassName: my-gce, ', '', 'gateway'],
    ['', 'kubernetes.io/ingress.class: nginx', 'gateway'],
    ['', 'kubernetes.io/ingress.class: gce-internal', 'nodes'],
    ['ingressClassName: nginx, ', 'kubernetes.io/ingress.class: alb', 'gateway'],
  ])('of an Ingress: "%s" %s', (spec, annotations, by) => {
    expect(leading(ingress(spec, annotations))).toEqual([`Ingress/shop/r spec.defaultBackend.service now ${by} 80`]);
  });

  test.each([
    ['UDPRoute', 'UDP'],
    ['TCPRoute', 'TCP'],
  ])('of an %s: %s', (kind, protocol) => {
    const own = object(
      'gateway.networking.k8s.io/v1',
      kind,
      'r',
      'spec: { rules: [{ backendRefs: [{ name: web, port: 53 }] }] }',
    );
    expect(sendingsTo(worldOf(own), 'shop', 'web').map((each) => each.protocol)).toEqual([protocol]);
  });
  test.each([
    ['IngressRouteUDP', 'UDP'],
    ['IngressRouteTCP', 'TCP'],
  ])('of an %s: %s', (kind, protocol) => {
    const own = traefik(kind, 'r', 'routes: [{ services: [{ name: web, port: 53 }] }]');
    expect(sendingsTo(worldOf(own), 'shop', 'web').map((each) => each.protocol)).toEqual([protocol]);
  });

  test('of an HTTPProxy of Contour: its routes, with shares and copies, and TCP; of the SMI by the name of its own field', () => {
    const proxy = object(
      'projectcontour.io/v1',
      'HTTPProxy',
      'r',
      'spec: { routes: [{}, { services: [{ port: 1 }, { name: web, port: 80, weight: 5 }, { name: web, port: 81, weight: 0 }, { name: web, port: 82, mirror: true }] }], tcpproxy: { services: [{ name: web, port: 83 }] } }',
    );
    expect(sendingsOf(worldOf(proxy))).toHaveLength(4);
    expect(leading(proxy)).toEqual([
      'HTTPProxy/shop/r spec.routes.1.services.1 now gateway 80',
      'HTTPProxy/shop/r spec.routes.1.services.2 never gateway 81',
      'HTTPProxy/shop/r spec.routes.1.services.3 copy gateway 82',
      'HTTPProxy/shop/r spec.tcpproxy.services.0 now gateway 83',
    ]);
  });

  describe('of a Rollout', () => {
    const rollout = (spec: string) => object('argoproj.io/v1alpha1', 'Rollout', 'r', `spec: { strategy: { ${spec} } }`);
    const main = (className: string, to: string, place = 'shop', name = 'main') =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: ${name}, namespace: ${place} }, spec: { ingressClassName: ${className}, rules: [{ http: { paths: [{ path: /, backend: { service: { name: other, port: { number: 90 } } } }, { path: /a, backend: { service: { name: ${to}, port: { name: http } } } }] } }] } }`;
    const canary = (routing: string) =>
      rollout(`canary: { stableService: stable, canaryService: web, trafficRouting: { ${routing} } }`);
    const by = (...manifests: string[]) =>
      sendingsTo(worldOf(all(...manifests)), 'shop', 'web').map(
        (each) => `${each.from.kind} ${each.gets} ${each.by} ${each.port}`,
      );
    test('by an ALB it is the port that the Rollout names', () => {
      expect(by(canary('alb: { ingress: main, servicePort: 8080 }'), main('alb', 'stable'))).toEqual([
        'Rollout now nodes 8080',
      ]);
      expect(by(canary('alb: { ingress: main, servicePort: 8080 }'))).toEqual(['Rollout now gateway 8080']);
    });
    test('by nginx that of the stable Service in the Ingress, which is of its own namespace and name', () => {
      const own = canary('nginx: { stableIngress: main }');
      expect(by(own, main('nginx', 'stable'))).toEqual(['Rollout now gateway http']);
      expect(by(own, main('nginx', 'stable', 'shop', 'another'))).toEqual(['Rollout now gateway undefined']);
      expect(by(own, main('alb', 'stable', 'other'))).toEqual(['Rollout now gateway undefined']);
      expect(by(own, main('nginx', 'elsewhere'))).toEqual(['Rollout now gateway undefined']);
    });
    test('what it switches to by blueGreen is no matter of its Ingresses', () => {
      const both =
        'canary: { stableService: stable, trafficRouting: { nginx: { stableIngress: main } } }, blueGreen: { activeService: web, previewService: web }';
      expect(by(rollout(both), main('nginx', 'stable'))).toEqual([
        'Rollout never nobody undefined',
        'Rollout never nobody undefined',
      ]);
    });
  });
});

test('backends of other kinds, and of other groups, lead nowhere', () => {
  const first = traefik(
    'TraefikService',
    'first',
    'weighted: { services: [{ name: web, port: 80 }, { kind: Other, name: web, port: 80 }] }',
  );
  const refs = (ref: string) =>
    leading(all(route(`backendRefs: [{ ${ref}, name: first, port: 80 }]`), first)).map((each) => each.split(' ')[0]);
  expect(refs('group: traefik.io, kind: TraefikService')).toEqual(['HTTPRoute/shop/r']);
  // What no route names stands for itself.
  expect(refs('group: example.com, kind: TraefikService')).toEqual(['TraefikService/shop/first']);
  expect(refs('group: traefik.io, kind: Service')).toEqual(['TraefikService/shop/first']);
  expect(refs('kind: TraefikService')).toEqual(['TraefikService/shop/first']);
});

test('a gateway connects by itself or through node ports, and nobody else does', () => {
  const by = (manifests: string) => sendingsTo(worldOf(manifests), 'shop', 'web').map(isByGateway);
  const ingress = (name: string) =>
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'r',
      `spec: { ingressClassName: ${name}, defaultBackend: { service: { name: web, port: { number: 80 } } } }`,
    );
  const split = object('split.smi-spec.io/v1alpha2', 'TrafficSplit', 'r', 'spec: { backends: [{ service: web }] }');
  const named = object(
    'argoproj.io/v1alpha1',
    'Rollout',
    'r',
    'spec: { strategy: { blueGreen: { activeService: web } } }',
  );
  expect([ingress('nginx'), ingress('alb'), split, named].map(by)).toEqual([[true], [true], [false], [false]]);
});

test('entries that name nothing, or something of another provider or kind, lead nowhere', () => {
  const nothing = [
    traefik(
      'IngressRoute',
      'r',
      'routes: [{ services: [{ name: web@file, port: 80 }, { port: 80 }, null, { kind: Other, name: web }] }]',
    ),
    object('projectcontour.io/v1', 'HTTPProxy', 'r', 'spec: { routes: [{ services: [null, { port: 80 }] }] }'),
    object('route.openshift.io/v1', 'Route', 'r', 'spec: { to: { kind: Service } }'),
    route('backendRefs: [{ group: example.com, kind: Service, name: web }, { kind: ServiceImport, name: web }]'),
    object(
      'networking.istio.io/v1',
      'VirtualService',
      'r',
      "spec: { http: [{ route: [{ destination: { host: '*.example.com' } }] }] }",
    ),
  ];
  for (const each of nothing) expect([each, sendingsOf(worldOf(each))]).toEqual([each, []]);
  const other = object(
    'example.com/v1',
    'TraefikService',
    'first',
    'spec: { weighted: { services: [{ name: web, port: 80 }] } }',
  );
  expect(sendingsOf(worldOf(all(route(`backendRefs: [{ ${first} }]`), other)))).toEqual([]);
});
