import { Resource } from '../../manifests/resource';
import type { RoutingAnswer } from '../../simulate/routing/answer';
import { routeByIngressRoutes } from '../../simulate/routing/traefik-routes';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { random } from './mutate';

let next = random(1);
const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
const chance = (share: number) => next() < share;

const HOSTS = ['shop.test', 'SHOP.test', 'api.shop.test', '*.test', '*.shop.test', '*', 'shop.test.', 'test'];
const PATHS = ['/', '/app', '/app/', '/app/x', '/a b', '/apple', '/é', '/a%2Fb', '/APP'];
const PATTERNS = ['^/app', 'a', '^[a-z.]+$', '[0-9]', '.*', '^$', '(', 'x{2}', '\\.test$'];
const NAMES = ['X-A', 'x-a', 'X-B', 'Host', 'q', 'r'];
const VALUES = ['1', 'b', 'beta', 'B', 'ü'];

function text(value: string): string {
  const quoted = JSON.stringify(value);
  return chance(0.8) && !value.includes('`') ? `\`${value}\`` : chance(0.5) ? quoted : quoted.replace(/a/g, '\\x61');
}

function matcher(): string {
  const [name, ...values] = any<() => readonly string[]>([
    () => ['Host', any(HOSTS)],
    () => ['Host', any(HOSTS)],
    () => ['HostRegexp', any(PATTERNS)],
    () => ['Path', any(PATHS)],
    () => ['PathPrefix', any(PATHS)],
    () => ['PathPrefix', any(PATHS)],
    () => ['PathRegexp', any(PATTERNS)],
    () => ['Method', any(['GET', 'post', 'POST'])],
    () => ['Header', any(NAMES), any(VALUES)],
    () => ['HeaderRegexp', any(NAMES), any(PATTERNS)],
    () => ['Query', any(NAMES), ...(chance(0.7) ? [any(VALUES)] : [])],
    () => ['QueryRegexp', any(NAMES), ...(chance(0.7) ? [any(PATTERNS)] : [])],
    () => (chance(0.1) ? [any(['Hosts', 'Headers', 'Path']), 'a', 'b'] : ['PathPrefix', '/']),
  ])() as [string, ...string[]];
  const spelling = any([name, name, name, name.toLowerCase(), name.toUpperCase()]);
  return `${spelling}(${values.map(text).join(any([',', ', ']))})`;
}

function rule(depth = 0): string {
  if (depth > 2 || chance(0.45)) return `${chance(0.15) ? '!' : ''}${matcher()}`;
  const inner = `${rule(depth + 1)} ${any(['&&', '&&', '||'])} ${rule(depth + 1)}`;
  return chance(0.4) ? `${chance(0.2) ? '!' : ''}(${inner})` : inner;
}

/** Random rules of several IngressRoutes, and requests. */
export const ruleCases = (count: number, seed: number) => {
  next = random(seed);
  return Array.from({ length: count }, () => ({
    rules: Array.from({ length: 1 + Math.floor(next() * 5) }, () => ({
      rule: rule(),
      priority: chance(0.2) ? any([5, 30, 200, -1]) : 0,
    })),
    requests: Array.from({ length: 20 }, () => ({
      method: any(['GET', 'GET', 'POST']),
      host: any(['shop.test', 'shop.test', 'api.shop.test', 'a.api.shop.test', 'test', 'other.org']),
      path: any(['/', '/app', '/app/', '/app/x', '/a%20b', '/apple', '/%C3%A9', '/a%2Fb', '/app/12', '/APP']),
      query: any(['', '', 'q=1', 'q=', 'q=a&q=1', 'r=beta', 'q=b&r=1']),
      headers: chance(0.5)
        ? { 'X-A': [any(VALUES), ...(chance(0.3) ? ['b'] : [])], ...(chance(0.3) ? { 'X-B': ['1'] } : {}) }
        : {},
    })),
  }));
};

type RuleCase = ReturnType<typeof ruleCases>[number];

/** A world with the rules in the routes of one IngressRoute. */
function worldOf(rules: RuleCase['rules']): World {
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'traefik', namespace: 'edge' },
      spec: { template: { spec: { containers: [{ name: 'traefik', image: 'traefik:v3.7.9' }] } } },
    },
    {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        routes: rules.map(({ rule: match, priority }, i) => ({
          ...{ match, kind: 'Rule', services: [{ name: `web${i}`, port: 80 }] },
          ...(priority === 0 ? {} : { priority }),
        })),
      },
    },
  ];
  return new World(
    objects.map((object, i) => new Resource(object, { file: 'a.yaml', text: '' }, i)),
    new Facts([]),
  );
}

/** The rules that may answer: several of one rank stand in any order. */
function taking({ rule: first, ties }: RoutingAnswer): readonly string[] {
  return first ? [first, ...ties.map((tie) => tie.rule)].map(({ path }) => String(path[2])) : [''];
}

/** For each request the rules that may answer; the empty text: none. */
export function ownTakers({ rules, requests }: RuleCase): readonly (readonly string[])[] {
  const world = worldOf(rules);
  return requests.map(({ headers, ...request }) => {
    const lower = Object.fromEntries(
      Object.entries<string[]>(headers).map(([name, values]) => [name.toLowerCase(), values]),
    );
    return taking(routeByIngressRoutes(world, '', { ...request, headers: lower }));
  });
}
