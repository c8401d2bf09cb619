import {
  destinationRulesFor,
  istioDestinationsOf,
  MESH,
  serviceOfIstioHost,
  subsetLabels,
  virtualServicesOf,
} from '../../world/virtual-services';
import { namesOf, object, the, worldOf } from './support';

const virtualService = (spec: string, version = 'v1') =>
  object(`networking.istio.io/${version}`, 'VirtualService', 'web', `spec: { hosts: [web], ${spec} }`);
const destinations = (spec: string) => {
  const world = worldOf(virtualService(spec));
  return istioDestinationsOf(world, the(world, 'web'));
};

test.each(['v1', 'v1beta1', 'v1alpha3'])('a VirtualService of %s is one, another API’s is none', (version) => {
  expect(namesOf(virtualServicesOf(worldOf(virtualService('http: []', version))))).toEqual(['web']);
  expect(virtualServicesOf(worldOf(object('example.com/v1', 'VirtualService', 'web')))).toEqual([]);
});

test('destinations of all protocols are read with port, subset and weight', () => {
  const found = destinations(`
    http: [{ route: [{ destination: { host: web, port: { number: 80 }, subset: v1 }, weight: 90 }, { destination: { host: web-next }, weight: 10 }] }],
    tls: [{ match: [{ sniHosts: [a.example.com] }], route: [{ destination: { host: secure } }] }],
    tcp: [{ route: [{ destination: { host: redis, port: { number: 6379 } } }] }]`);
  expect(
    found.map(({ protocol, host, port, subset, weight, path }) => [
      protocol,
      host,
      port,
      subset,
      weight,
      path.join('.'),
    ]),
  ).toEqual([
    ['http', 'web', 80, 'v1', 90, 'spec.http.0.route.0.destination'],
    ['http', 'web-next', undefined, undefined, 10, 'spec.http.0.route.1.destination'],
    ['tls', 'secure', undefined, undefined, undefined, 'spec.tls.0.route.0.destination'],
    ['tcp', 'redis', 6379, undefined, undefined, 'spec.tcp.0.route.0.destination'],
  ]);
  expect(found[2]!.matches).toEqual([{ sniHosts: ['a.example.com'] }]);
});

test('both forms of a mirror are destinations of copies', () => {
  const found = destinations(
    'http: [{ route: [{ destination: { host: web } }], mirror: { host: old }, mirrors: [{ destination: { host: new }, percentage: { value: 5 } }] }]',
  );
  expect(found.map(({ host, copied, path }) => [host, copied, path.join('.')])).toEqual([
    ['web', undefined, 'spec.http.0.route.0.destination'],
    ['old', 1, 'spec.http.0.mirror'],
    ['new', 0.05, 'spec.http.0.mirrors.0.destination'],
  ]);
});

test.each([
  ['', 1],
  ['mirrorPercentage: { value: 25 }', 0.25],
  ['mirrorPercentage: { value: 0 }', 0],
  ['mirrorPercentage: {}', 0],
  // Less than a millionth.
  ['mirrorPercentage: { value: 0.00009 }', 0],
  ['mirrorPercentage: { value: 0.0001 }', 0.000001],
  ['mirrorPercent: 0', 0],
  ['mirrorPercent: 10', 0.1],
  ['mirrorPercentage: { value: 50 }, mirrorPercent: 0', 0.5],
])('of a mirror with "%s" the share %d', (more, share) => {
  const [, copies] = destinations(
    `http: [{ route: [{ destination: { host: web } }], mirror: { host: next }, ${more} }]`,
  );
  expect(copies!.copied).toBe(share);
});

test('the only destination gets everything whatever its weight, and of several one without a weight nothing', () => {
  const weights = (routes: string) => destinations(`http: [{ route: [${routes}] }]`).map(({ weight }) => weight);
  expect(weights('{ destination: { host: web }, weight: 0 }')).toEqual([undefined]);
  expect(weights('{ destination: { host: web } }, { destination: { host: next }, weight: 1 }')).toEqual([0, 1]);
});

test('a rule is for the gateways of its matches, else for those of the VirtualService, else for the mesh', () => {
  const route = 'route: [{ destination: { host: web } }]';
  const gateways = (spec: string) => destinations(spec).map((each) => each.gateways);
  expect(gateways(`http: [{ ${route} }]`)).toEqual([[MESH]]);
  expect(gateways(`gateways: [edge, mesh], http: [{ ${route} }]`)).toEqual([['edge', MESH]]);
  expect(
    gateways(
      `gateways: [edge, mesh], http: [{ match: [{ gateways: [mesh] }], ${route} }, { match: [{ gateways: [mesh] }, { uri: { prefix: / } }], ${route} }]`,
    ),
  ).toEqual([[MESH], [MESH, 'edge']]);
});

test.each([
  ['web', 'shop/web'],
  ['WEB', 'shop/web'],
  ['web.other', 'other/web'],
  ['web.other.svc', 'other/web'],
  ['web.other.svc.cluster.local', 'other/web'],
  ['web.other.svc.k8s.acme', 'other/web'],
  ['web.other.svc.cluster2.local', 'other/web'],
  ['web.other.svc.cluster.lan', 'other/web'],
  ['web.other.svc.cluster.locl', undefined],
  ['web.other.svc.cluster.lcoal', undefined],
  ['web.other.svc.clusterlocal', undefined],
  ['www.example.com', undefined],
  ['*.example.com', undefined],
  ['*', undefined],
  ['', undefined],
])('host %s means %s', (host, meant) => {
  const service = serviceOfIstioHost(host, 'shop');
  expect(service && `${service.namespace}/${service.name}`).toBe(meant);
});

test('what names no host, or nothing that can be read, is no destination', () => {
  expect(
    destinations(
      'http: [7, { route: 7 }, { route: [{}, { destination: { subset: v1 } }], redirect: { uri: / } }], tcp: {}',
    ),
  ).toEqual([]);
});

test.each(['web', 'web.shop.svc.cluster.local', '*.shop.svc.cluster.local', '*'])(
  'a DestinationRule for %s is about the Service, and its subsets choose among the pods',
  (host) => {
    const rule = object(
      'networking.istio.io/v1',
      'DestinationRule',
      'web',
      `spec: { host: '${host}', subsets: [{ name: v1, labels: { version: one } }, { name: bare }] }`,
    );
    const world = worldOf(rule);
    const web = { namespace: 'shop', name: 'web' };
    expect(namesOf(destinationRulesFor(world, web))).toEqual(['web']);
    expect(subsetLabels(world, web, 'v1')).toEqual({ version: 'one' });
    expect(subsetLabels(world, web, 'bare')).toEqual({});
    expect(subsetLabels(world, web, 'v2')).toBeUndefined();
    expect(namesOf(destinationRulesFor(world, { namespace: 'other', name: 'web' }))).toEqual(
      host === '*' ? ['web'] : [],
    );
  },
);
