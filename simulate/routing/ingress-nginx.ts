import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import type { World } from '../../world/world';
import type { RoutingAnswer } from './answer';
import { failing, sharesOf } from './answer';
import { canaryShare } from './nginx-canary';
import type { NginxPath } from './nginx-paths';
import { makesRegex, nginxPaths } from './nginx-paths';
import type { OutsideRequest } from './request';
import { nginxEncodedPath, nginxPath } from './request-path';

/** A location of nginx. */
interface Location {
  readonly of: NginxPath;
  /** How long it is, for the order. */
  readonly text: string;
  readonly kind: 'exact' | 'prefix' | 'regex';
  readonly takes: (path: string) => boolean;
}

/**
 * Which Service answers a request by the Ingresses of a class that ingress-nginx serves, up to its last release, 1.15.1 (its
 * documentation, "Ingress path matching" and "Canary"; the order of locations is nginx's own): one server for each host, in which an
 * exact location wins, then the longest prefix; where one Ingress of the host has `use-regex` or rewrites, all paths of the host are
 * regular expressions that ignore case and are tried by their length.
 */
export function routeByIngressNginx(world: World, className: string, request: OutsideRequest): RoutingAnswer {
  const servers = serversOf(world, className);
  const path = nginxPath(request.path);
  const server = servers.get(request.host) ?? servers.get(wildcardFor(servers, request.host) ?? '') ?? servers.get('');
  const location = server && locationFor(server, path);
  const none: RoutingAnswer = {
    dialect: 'ingress-nginx',
    rule: undefined,
    ties: [],
    shares: failing(404, 'no rule matches'),
  };
  if (!location) return none;
  const { of, kind, text } = location;
  const canary = canaryShare(world, className, of, request);
  const main = { weight: 1 - (canary?.share ?? 0), of: of.shares };
  const parts = canary ? [main, { weight: canary.share, of: canary.shares }] : [main];
  return {
    ...none,
    rule: {
      resource: of.ingress,
      path: of.at,
      because:
        kind === 'exact'
          ? `the exact path ${text}`
          : kind === 'prefix'
            ? `the longest prefix of the host, ${text}`
            : `the longest pattern of the host that matches, ^${text} without regard to case`,
    },
    shares: sharesOf(parts).map(({ share, to }) => ({
      share,
      to: to.is === 'backend' ? { ...to, host: request.host, path: rewritten(of, path) ?? request.path } : to,
    })),
  };
}

/** nginx takes the longest `*.` name, which stands for any number of labels. */
function wildcardFor(servers: ReadonlyMap<string, unknown>, host: string): string | undefined {
  const labels = host.split('.');
  for (let i = 1; i < labels.length; i++) {
    const name = `*.${labels.slice(i).join('.')}`;
    if (servers.has(name)) return name;
  }
  return undefined;
}

function locationFor(locations: readonly Location[], path: string): Location | undefined {
  const matching = locations.filter(({ takes }) => takes(path));
  return (
    matching.find(({ kind }) => kind === 'exact') ??
    // Locations stand by their length, so that the first is the longest.
    matching[0]
  );
}

/** The URI after `rewrite "(?i)PATH" TARGET break`, of which nginx replaces all; undefined where it is handed on as it came, `//` and `..` included. */
function rewritten({ rewrite, path }: NginxPath, arrived: string): string | undefined {
  if (rewrite === undefined || rewrite === path) return undefined;
  const groups = goRegExp(`(?i)${path}`)?.groups(arrived);
  return groups && nginxEncodedPath(rewrite.replace(/\$(\d)/g, (_, group: string) => groups.get(group) ?? ''));
}

const serversOf = memo((world: World, className: string): ReadonlyMap<string, readonly Location[]> => {
  const hosts = new Map<string, NginxPath[]>();
  for (const path of nginxPaths(world, className)) addTo(hosts, path.host, path);
  return new Map([...hosts].map(([host, paths]) => [host, locationsOf(paths)]));
});

/** The locations of one host, the longest first. */
function locationsOf(paths: readonly NginxPath[]): readonly Location[] {
  const regex = paths.some(makesRegex);
  const exact = new Set(paths.flatMap(({ type, path }) => (type === 'Exact' ? [path] : [])));
  const known = new Set<string>();
  const locations: Location[] = [];
  for (const of of paths) {
    // The first Ingress that names a path has it.
    const key = `${of.type} ${of.path}`;
    if (known.has(key)) continue;
    known.add(key);
    const add = (text: string, isExact: boolean) => locations.push(locationAt(of, text, isExact, regex));
    if (of.type === 'Exact') add(of.path, true);
    else if (of.type !== 'Prefix' || of.path === '/' || makesRegex(of)) add(of.path, false);
    else {
      // `/app` is written as `/app/` and `= /app`.
      const prefix = of.path.replace(/\/$/, '');
      add(`${prefix}/`, false);
      if (!exact.has(prefix)) add(prefix, true);
    }
  }
  return locations.sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? 1 : a.text > b.text ? -1 : 0));
}

function locationAt(of: NginxPath, text: string, isExact: boolean, regex: boolean): Location {
  if (regex) {
    const pattern = goRegExp(`(?i)^${text}`);
    return { of, text, kind: 'regex', takes: (path) => pattern?.test(path) ?? false };
  }
  return isExact
    ? { of, text, kind: 'exact', takes: (path) => path === text }
    : { of, text, kind: 'prefix', takes: (path) => path.startsWith(text) };
}
