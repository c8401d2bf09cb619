import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { requestFor } from '../../../simulate/routing/request';
import { routeByTraefikIngress } from '../../../simulate/routing/traefik-ingress';
import { BY_HAND, PREFIX_TABLE, prefixSets } from '../../cluster/support/prefix-table';
import { routingWorld } from '../../cluster/support/routing';
import { words } from './support';

/** What reaches the app, or the status, for each path of the table. The same table is sent to a real Traefik (test/cluster/routes). */
function table(version: '3.5' | '3.7', host: string): Map<string, string> {
  const world = routingWorld(prefixSets(version), `v${version}.0`);
  const gateway = world.of('Gateway')[0]!;
  return new Map(
    PREFIX_TABLE.map((path) => {
      const request = requestFor('GET', `http://${host}${path}`)!;
      const answer = host.includes('gateway')
        ? routeAtGateway(world, gateway, request)
        : routeByTraefikIngress(world, 'traefik', request);
      return [
        path,
        words(answer)[0]!
          .replace(/^1 (b[01] )?/, '')
          .replace(host, ''),
      ] as const;
    }),
  );
}

/** Where two of them differ. */
function between(version: '3.5' | '3.7', one: string, other: string): Record<string, readonly [string, string]> {
  const [first, second] = [table(version, one), table(version, other)];
  return Object.fromEntries(
    PREFIX_TABLE.flatMap((path) =>
      first.get(path) === second.get(path) ? [] : [[path, [first.get(path)!, second.get(path)!] as const]],
    ),
  );
}

describe.each(['3.5', '3.7'] as const)('an app under /app by Traefik %s', (version) => {
  test('sees its own paths', () => {
    const seen = table(version, 'all.gateway.prefix.test');
    const expected = {
      '/app': '/',
      '/app/': '/',
      '/app/x': '/x',
      '/app/x/': '/x/',
      '/app/x?q=1': '/x',
      '/app//x': '/x',
      '/app/x/../y': '/y',
      '/%61pp/x': '/x',
      '/app/a%20b': '/a%20b',
      '/app/x%3Fy': '/x%3Fy',
      '/application': '404',
      '/APP': '404',
      '/app/../x': '404',
      '/app../x': '404',
      '/app%2Fx': '404',
      '/x': '404',
    };
    expect(Object.fromEntries(Object.keys(expected).map((path) => [path, seen.get(path)]))).toEqual(expected);
  });

  test('HTTPRoute and Ingress differ in what is written encoded alone', () => {
    expect(between(version, 'all.gateway.prefix.test', 'all.ingress.prefix.test')).toEqual({
      '/app/%2F': ['/', '/%2F'],
      '/app/%2Fx': ['/x', '/%2Fx'],
      "/app/it's(x)": ['/it%27s%28x%29', "/it's(x)"],
    });
  });

  test('single paths are the same for both', () => {
    expect(between(version, 'some.gateway.prefix.test', 'some.ingress.prefix.test')).toEqual({});
    const open = [...table(version, 'some.gateway.prefix.test')].filter(([, seen]) => seen !== '404');
    expect(new Set(open.map(([, seen]) => seen))).toEqual(new Set(['/', '/x']));
  });

  test('an Ingress with the path /app, as one writes it by hand, takes what only begins with these letters', () => {
    expect(between(version, 'all.ingress.prefix.test', BY_HAND)).toEqual({
      '/application': ['404', '/lication'],
      '/apple/x': ['404', '/le/x'],
      // Before 3.7 the app gets a path that leads out of where it looks.
      '/app../x': ['404', version === '3.5' ? '/../x' : '400'],
      '/app./x': ['404', version === '3.5' ? '/./x' : '400'],
      '/app%2Fx': ['404', '/x'],
      '/app;v=1': ['404', '/;v=1'],
    });
  });
});
