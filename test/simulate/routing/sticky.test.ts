import { routingFormats } from '../../../report/routing';
import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { requestFor } from '../../../simulate/routing/request';
import { stickyValue } from '../../../simulate/routing/traefik-service';
import { asked, gateway, route, shop, version, worldOf } from './support';

const service = (name: string, spec: string) =>
  `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const entry = (name: string, weight: number, more = 'port: 80') => `{ name: ${name}, weight: ${weight}, ${more} }`;
const cookie = (name: string) => `sticky: { cookie: { name: ${name} } }`;
const toService = (name: string) => `backendRefs: [{ group: traefik.io, kind: TraefikService, name: ${name} }]`;

const of = (spec: string, rule = toService('shares'), ...more: readonly string[]) =>
  worldOf(
    shop,
    ...['a', 'b', 'c'].map((name) => version(name)),
    gateway('traefik'),
    service('shares', spec),
    ...more,
    route(`{ ${rule} }`),
  );
const ask = (world: ReturnType<typeof of>, header?: string) =>
  asked(world, 'http://shop.test/', 'GET', header === undefined ? [] : [['cookie', header]]);
const NEW = ['0.75 a shop.test/', '0.25 b shop.test/'];
const shares = `weighted: { services: [${entry('a', 3)}, ${entry('b', 1)}, ${entry('c', 0)}], ${cookie('seen')} }`;

describe('a TraefikService with a cookie', () => {
  test('names a version by the hash of its name in the configuration of Traefik', () => {
    // As a Traefik sends it for Service a of namespace shop at port 80.
    expect(stickyValue('shop-a-80')).toMatch(/^[0-9a-f]{16}$/);
    expect(stickyValue('shop-a-80')).not.toBe(stickyValue('shop-b-80'));
  });

  test.each([
    [undefined, NEW],
    [`seen=${stickyValue('shop-b-80')}`, ['1 b shop.test/']],
    [`x=1; seen=${stickyValue('shop-a-80')}`, ['1 a shop.test/']],
    ['seen=shop-b-80', ['1 b shop.test/']],
    [`other=${stickyValue('shop-b-80')}`, NEW],
    ['seen=nobody', NEW],
    // A version without a share loses its clients.
    [`seen=${stickyValue('shop-c-80')}`, NEW],
  ])('with %s', (header, answer) => expect(ask(of(shares), header)).toEqual(answer));

  test('inside another one, and behind weights of the route', () => {
    const outer = service(
      'outer',
      `weighted: { services: [${entry('shares', 1, 'kind: TraefikService')}, ${entry('c', 1)}], ${cookie('outer')} }`,
    );
    const nested = of(shares, toService('outer'), outer);
    expect(ask(nested)).toEqual(['0.375 a shop.test/', '0.125 b shop.test/', '0.5 c shop.test/']);
    expect(ask(nested, `outer=${stickyValue('shop-shares')}`)).toEqual(NEW);
    expect(ask(nested, `outer=${stickyValue('shop-shares')}; seen=${stickyValue('shop-b-80')}`)).toEqual([
      '1 b shop.test/',
    ]);
    expect(ask(nested, `seen=${stickyValue('shop-b-80')}`)).toEqual(['0.5 b shop.test/', '0.5 c shop.test/']);
    const beside = of(
      shares,
      'backendRefs: [{ group: traefik.io, kind: TraefikService, name: shares, weight: 1 }, { name: c, port: 80, weight: 1 }]',
    );
    expect(ask(beside, `seen=${stickyValue('shop-b-80')}`)).toEqual(['0.5 b shop.test/', '0.5 c shop.test/']);
  });

  test('mirrors follow the version that is kept', () => {
    const copies = service(
      'copies',
      'mirroring: { kind: TraefikService, name: shares, mirrors: [{ name: c, port: 80, percent: 50 }] }',
    );
    const mirrored = of(shares, toService('copies'), copies);
    expect(ask(mirrored, `seen=${stickyValue('shop-b-80')}`)).toEqual(['1 b shop.test/ + 0.5 c']);
  });

  test('its shares are said to be of new clients', () => {
    const world = of(shares);
    const told = (header: [string, string][]) =>
      routingFormats.text([
        {
          way: 'Gateway',
          rules: 'Traefik',
          answer: routeAtGateway(world, world.of('Gateway')[0]!, requestFor('GET', 'http://shop.test/', header)!),
        },
      ]);
    expect(told([])).toContain(
      '75 %  Service shop/a:80 gets shop.test/ (of new clients: who brings its cookie seen stays)',
    );
    expect(told([['cookie', `seen=${stickyValue('shop-a-80')}`]])).toMatch(
      /100 % {2}Service shop\/a:80 gets shop\.test\/$/,
    );
  });
});
