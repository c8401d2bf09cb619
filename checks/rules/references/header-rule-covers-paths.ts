import type { Path, Resource } from '../../../manifests/resource';
import { list, mappings, number, record, string } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import type { NamedMatch, WrittenMatch } from '../../../simulate/routing/http-matches';
import { matchesOf } from '../../../simulate/routing/http-matches';
import type { NginxPath } from '../../../simulate/routing/nginx-paths';
import { canaryPaths, isSamePath, nginxAnnotation, nginxPaths } from '../../../simulate/routing/nginx-paths';
import { ingressClassOf, ingressProgramOf } from '../../../world/ingress-classes';
import { hostnamesOf, ingressesOf, parentRefsOf, routesOf } from '../../../world/routes';
import { virtualServicesOf } from '../../../world/virtual-services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { matchPlace } from '../../route-words';

const manifests = (more: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public }]
  hostnames: [shop.example.com]
  rules:
    - matches: [{ headers: [{ name: X-Group, value: beta }] }]
      backendRefs: [{ name: web-next, port: 80 }]
    - backendRefs: [{ name: web, port: 80 }]${more}
    - matches: [{ path: { type: PathPrefix, value: /api } }]
      backendRefs: [{ name: web, port: 80 }]
`;

export default check({
  id: 'header-rule-covers-paths',
  group: 'references',
  description: 'a version that is chosen by a header or cookie is chosen on every path of its Service',
  severity: 'advice',
  needs: [],
  source: 'https://gateway-api.sigs.k8s.io/guides/traffic-splitting/',
  fix: 'write the match with the header for this path, too',
  example: {
    broken: manifests(''),
    fails: ['HTTPRoute/shop/web spec.rules[2].matches[0].path.value'],
    fixed: manifests(`
    - matches: [{ path: { type: PathPrefix, value: /api }, headers: [{ name: X-Group, value: beta }] }]
      backendRefs: [{ name: web-next, port: 80 }]`),
  },
  *judge(world) {
    const groups = new Map<string, RuleMatch[]>();
    for (const route of routesOf(world)) {
      if (route.kind !== 'HTTPRoute') continue;
      const parents = parentRefsOf(world, route).map(({ namespace, name }) => `${namespace}/${name}`);
      for (const host of hostnamesOf(route).length > 0 ? hostnamesOf(route) : ['*'])
        for (const parent of parents) {
          const key = `${parent} ${host.toLowerCase()}`;
          for (const match of matchesOf(route))
            addTo(groups, key, { match, route, services: servicesOf(world, route, match) });
        }
    }
    const reported = new Set<string>();
    for (const matches of groups.values())
      for (const finding of uncovered(world, matches)) {
        const key = `${world.idOf(finding.resource)} ${finding.path.join()}`;
        if (!reported.has(key)) yield finding;
        reported.add(key);
      }
    for (const route of virtualServicesOf(world)) yield* ofVirtualService(route);
    yield* ofCanaries(world);
  },
});

interface RuleMatch {
  readonly match: WrittenMatch;
  readonly route: Resource;
  /** The Services that get a share of the rule's requests, `shop/web:80`. */
  readonly services: ReadonlySet<string>;
}

function* uncovered(world: World, matches: readonly RuleMatch[]): Iterable<Finding> {
  const plain = matches.filter(({ match }) => match.headers.length === 0 && match.path.type !== 'RegularExpression');
  for (const chosen of matches) {
    const { headers, path } = chosen.match;
    if (headers.length === 0 || path.type !== 'PathPrefix') continue;
    // The rule that the header leads away from: the same path without it.
    const stable = plain.find(({ match }) => match.path.type === 'PathPrefix' && isSame(match.path.value, path.value));
    if (!stable || [...stable.services].every((service) => chosen.services.has(service))) continue;
    for (const other of plain) {
      if (other === stable || !isBelow(other.match.path.value, path.value)) continue;
      if (![...other.services].some((service) => stable.services.has(service))) continue;
      const isCovered = matches.some(
        ({ match }) =>
          match.headers.length > 0 &&
          conditions(match.headers) === conditions(headers) &&
          isSame(match.path.value, other.match.path.value),
      );
      if (isCovered) continue;
      const names = headers.map(({ name, value }) => `${name}: ${value}`).join(', ');
      const where =
        chosen.route === other.route
          ? `rule ${chosen.match.rule + 1}`
          : `${world.idOf(chosen.route)}, rule ${chosen.match.rule + 1}`;
      yield {
        resource: other.route,
        ...matchPlace(other.route, other.match.at),
        message: `requests with ${names} get ${[...chosen.services].join(' and ') || 'another answer'} on ${path.value} (${where}), but on ${other.match.path.value} they stay with ${[...other.services].join(' and ')}: the longer path wins, and has no rule for the header`,
      };
    }
  }
}

function conditions(headers: readonly NamedMatch[]): string {
  return JSON.stringify(headers.map(({ name, value, regex }) => [name.toLowerCase(), value, regex]).sort());
}

function isSame(a: string, b: string): boolean {
  return (a.replace(/\/$/, '') || '/') === (b.replace(/\/$/, '') || '/');
}

/** Whether a path is a longer one under a prefix. */
function isBelow(path: string, prefix: string): boolean {
  const start = prefix.replace(/\/$/, '');
  return !isSame(path, prefix) && path.startsWith(`${start}/`);
}

function servicesOf(world: World, route: Resource, { rule }: WrittenMatch): ReadonlySet<string> {
  const refs = mappings(route.at(['spec', 'rules', rule, 'backendRefs']));
  return new Set(
    refs.flatMap((ref) => {
      const name = string(ref['name']);
      if (name === undefined || ref['weight'] === 0) return [];
      return [`${string(ref['namespace']) || world.namespaceOf(route)}/${name}:${number(ref['port']) ?? ''}`];
    }),
  );
}

// ------------------------------------------------------------------ VirtualServices

/** A match of a rule of a VirtualService. */
interface IstioMatch {
  readonly rule: number;
  readonly at: Path;
  readonly path: string;
  readonly isPrefix: boolean;
  /** What it asks of headers, as text; empty: nothing. */
  readonly headers: string;
  /** Conditions beyond path and headers. */
  readonly others: boolean;
  readonly hosts: ReadonlySet<string>;
}

/** There the first rule that matches wins: one without the header that stands before takes its paths away from the version that a header chooses. */
function* ofVirtualService(route: Resource): Iterable<Finding> {
  const matches = list(route.at(['spec', 'http'])).flatMap((rule, i) => istioMatches(record(rule) ?? {}, i));
  for (const chosen of matches) {
    if (chosen.headers === '' || chosen.others) continue;
    // The rule that the header leads away from: the same path without it.
    const stable = matches.find(
      (each) => each.rule > chosen.rule && each.headers === '' && !each.others && isAlike(each, chosen),
    );
    if (!stable || [...stable.hosts].every((host) => chosen.hosts.has(host))) continue;
    for (const other of matches) {
      const isBefore = other.rule < chosen.rule && other.headers === '' && !other.others;
      if (!isBefore || !chosen.isPrefix || !other.path.startsWith(chosen.path)) continue;
      if (![...other.hosts].some((host) => stable.hosts.has(host))) continue;
      const isCovered = matches.some(
        (each) =>
          each.rule < other.rule &&
          each.headers === chosen.headers &&
          each.isPrefix &&
          other.path.startsWith(each.path),
      );
      if (
        isCovered ||
        matches.some((each) => each.rule < other.rule && each.headers === chosen.headers && isAlike(each, other))
      )
        continue;
      yield {
        resource: route,
        path: other.at,
        message: `requests that rule ${chosen.rule + 1} chooses by header for ${[...chosen.hosts].join(' and ')} stay with ${[...other.hosts].join(' and ')} on ${other.path}: this rule stands before, and the first that matches takes a request`,
        fix: 'put the rule with the header before this one',
      };
    }
  }
}

function isAlike(one: IstioMatch, other: IstioMatch): boolean {
  return one.path === other.path && one.isPrefix === other.isPrefix;
}

function istioMatches(rule: Readonly<Record<string, unknown>>, index: number): IstioMatch[] {
  const hosts = new Set(
    mappings(rule['route']).flatMap(({ destination, weight }) => {
      const { host, subset } = record(destination) ?? {};
      if (typeof host !== 'string' || weight === 0) return [];
      return [subset === undefined ? host : `${host} (subset ${String(subset)})`];
    }),
  );
  const matches = list(rule['match']);
  return (matches.length === 0 ? [{}] : matches).flatMap((value, j): IstioMatch[] => {
    const match = record(value) ?? {};
    const { uri, headers, ...others } = match;
    const path = record(uri);
    const [exact, prefix] = [string(path?.['exact']), path ? string(path['prefix']) : '/'];
    if (exact === undefined && prefix === undefined) return [];
    const at: Path = ['spec', 'http', index, ...(matches.length === 0 ? [] : ['match', j])];
    const asked = record(headers);
    return [
      {
        ...{ rule: index, at, hosts, path: exact ?? prefix!, isPrefix: exact === undefined },
        headers: asked && Object.keys(asked).length > 0 ? JSON.stringify(Object.entries(asked).sort()) : '',
        others: Object.keys(others).some((field) => field !== 'name'),
      },
    ];
  });
}

// ------------------------------------------------------------------ canaries of ingress-nginx

/** Paths of the main Ingress with the Service that a canary by header or cookie stands beside, and without a canary. */
function* ofCanaries(world: World): Iterable<Finding> {
  const classes = new Set(ingressesOf(world).map((ingress) => ingressClassOf(world, ingress) ?? ''));
  for (const className of classes) {
    if (ingressProgramOf(world, className)?.program !== 'ingress-nginx') continue;
    const [mains, canaries] = [nginxPaths(world, className), canaryPaths(world, className)];
    for (const canary of canaries) {
      const named = ['canary-by-header', 'canary-by-cookie'].flatMap(
        (name) => nginxAnnotation(canary.ingress, name) ?? [],
      );
      const main = mains.find((path) => isSamePath(canary, path));
      if (named.length === 0 || !main) continue;
      for (const other of mains) {
        if (other === main || other.host !== main.host || serviceText(other) !== serviceText(main)) continue;
        if (!isBelow(other.path, main.path) || canaries.some((path) => isSamePath(path, other))) continue;
        yield {
          resource: other.ingress,
          path: [...other.at, 'path'] as Path,
          value: other.path,
          message: `canary ${world.idOf(canary.ingress)} chooses a version by ${named.join(' and ')} on ${main.path}, and has no path ${other.path} of type ${other.type}, where requests stay with ${serviceText(other)}`,
          fix: 'add this path to the canary Ingress, too',
        };
      }
    }
  }
}

function serviceText({ ingress, at }: NginxPath): string {
  const service = ingress.at([...at, ...(at.at(-1) === 'defaultBackend' ? [] : ['backend']), 'service', 'name']);
  return `Service ${typeof service === 'string' ? service : ''}`;
}
