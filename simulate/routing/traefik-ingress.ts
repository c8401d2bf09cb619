import type { Path, Resource } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import { ingressesOfClass } from '../../world/ingress-classes';
import { isTraefikSince, traefikOf } from '../../world/traefik';
import type { World } from '../../world/world';
import type { RoutedShare, RoutingAnswer } from './answer';
import { allToService, failing } from './answer';
import type { OutsideRequest } from './request';
import { comparedPath, sanitizedPath } from './request-path';
import { serviceState } from './service-state';
import type { MiddlewareChain } from './traefik-middlewares';
import { ingressMiddlewares } from './traefik-middlewares';

/** A path of an Ingress as Traefik makes a router of it. */
interface IngressRouter {
  readonly resource: Resource;
  readonly path: Path;
  readonly rank: number;
  readonly because: string;
  readonly takes: (host: string, path: string) => boolean;
  readonly shares: readonly RoutedShare[];
  /** The Middlewares before the backend. */
  readonly middlewares: MiddlewareChain;
}

const ANNOTATION = 'traefik.ingress.kubernetes.io/router';

/**
 * Which Service answers a request by the Ingresses of a class that Traefik serves (pkg/provider/kubernetes/ingress/kubernetes.go, 3.5.0 to
 * 3.7.9): the longest rule text wins, `Prefix` is a prefix of the text and not of elements, and a path whose Service has no endpoints is
 * left out, so that a shorter rule takes its requests.
 */
export function routeByTraefikIngress(world: World, className: string, request: OutsideRequest): RoutingAnswer {
  const sanitized = sanitizedPath(request.path);
  const compared = comparedPath(sanitized);
  const matching = routersOf(world, className).filter(({ takes }) => takes(request.host, compared));
  const [first, ...others] = matching;
  const ties = others.filter(({ rank, shares }) => rank === first?.rank && shares !== first.shares);
  const arrived = ({ shares, middlewares }: IngressRouter): readonly RoutedShare[] => {
    const passed = middlewares(sanitized);
    if (passed.is === 'answer') return failing(passed.status, passed.why);
    const { path, unknown } = passed;
    return shares.map(({ share, to }) => ({
      share,
      to: to.is === 'backend' ? { ...to, host: request.host, path: path || '/', unknown } : to,
    }));
  };
  return {
    dialect: 'traefik-ingress',
    rule: first,
    ties: ties.map((rule) => ({ rule, shares: arrived(rule) })),
    shares: first ? arrived(first) : failing(404, 'no rule matches'),
  };
}

const routersOf = memo((world: World, className: string): readonly IngressRouter[] => {
  const routers = ingressesOfClass(world, className).flatMap((ingress) => [
    ...pathsOf(world, ingress),
    ...defaultOf(world, ingress),
  ]);
  return routers.sort((a, b) => b.rank - a.rank);
});

function pathsOf(world: World, ingress: Resource): IngressRouter[] {
  const priority = Number(ingress.annotations[`${ANNOTATION}.priority`] ?? 0);
  const matcher = ingress.annotations[`${ANNOTATION}.pathmatcher`];
  const strict = traefikOf(world).strictPrefixMatching;
  const since37 = isTraefikSince(world, 3, 7) !== false;
  const middlewares = ingressMiddlewares(world, ingress);
  if (!middlewares) return [];
  return list(ingress.at(['spec', 'rules'])).flatMap((entry, i) => {
    const rule = record(entry);
    const host = string(rule?.['host'])?.toLowerCase() ?? '';
    return list(record(rule?.['http'])?.['paths']).flatMap((item, j): IngressRouter[] => {
      const json = record(item);
      const written = string(json?.['path']) ?? '';
      const type = string(json?.['pathType']);
      const shares = serviceShares(world, ingress, record(json?.['backend']));
      if (!json || !shares || (!since37 && written.includes('`'))) return [];
      const own = type === undefined || type === 'ImplementationSpecific' ? matcher : undefined;
      const pathRule = ruleFor(written, type === 'Exact' ? 'Path' : (own ?? 'PathPrefix'), strict);
      if (!pathRule) return [];
      const text = [hostRule(host, since37), pathRule.text].filter(Boolean).join(' && ');
      const rank = priority || text.length;
      return [
        {
          resource: ingress,
          path: ['spec', 'rules', i, 'http', 'paths', j],
          rank,
          because: priority ? `priority ${priority}` : `the rule ${text} is ${rank} characters long`,
          takes: (asked, path) => takesHost(host, asked, since37) && pathRule.takes(path),
          shares,
          middlewares,
        },
      ];
    });
  });
}

/** The rule's own text, whose length is its rank, and what it matches; undefined where Traefik has no such matcher here. */
function ruleFor(
  written: string,
  matcher: string,
  strict: boolean,
): { readonly text: string; readonly takes: (path: string) => boolean } | undefined {
  if (written === '') return { text: '', takes: () => true };
  if (matcher === 'Path') return { text: `Path(\`${written}\`)`, takes: (path) => path === written };
  if (matcher === 'PathRegexp') {
    const pattern = goRegExp(written);
    return pattern && { text: `PathRegexp(\`${written}\`)`, takes: (path) => pattern.test(path) };
  }
  if (matcher !== 'PathPrefix') return undefined;
  if (!strict || written === '/')
    return { text: `PathPrefix(\`${written}\`)`, takes: (path) => path.startsWith(written) };
  const prefix = written.replace(/\/$/, '');
  return {
    text: `(Path(\`${prefix}\`) || PathPrefix(\`${prefix}/\`))`,
    takes: (path) => path === prefix || path.startsWith(`${prefix}/`),
  };
}

/** Since 3.7 a star is written as it is, so that it makes a rule no longer than the host that it takes. */
function hostRule(host: string, since37: boolean): string {
  if (host === '') return '';
  if (since37 || !host.startsWith('*.')) return `Host(\`${host}\`)`;
  // regexp.QuoteMeta, and the star in place of one label.
  const quoted = host.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&').replace('\\*\\.', '[a-zA-Z0-9-]+\\.');
  return `HostRegexp(\`^${quoted}$\`)`;
}

/** A star stands for one label. */
function takesHost(host: string, asked: string, since37: boolean): boolean {
  if (host === '') return true;
  if (!host.startsWith('*.')) return host === asked;
  if (since37) return asked.replace(/^[^.]*/, '*') === host;
  return asked.endsWith(host.slice(1)) && /^[a-zA-Z0-9-]+$/.test(asked.slice(0, asked.length - host.length + 1));
}

/** The default backend counts in an Ingress without rules alone. */
function defaultOf(world: World, ingress: Resource): IngressRouter[] {
  const backend = record(ingress.at(['spec', 'defaultBackend']));
  if (!backend || list(ingress.at(['spec', 'rules'])).length > 0) return [];
  const shares = serviceShares(world, ingress, backend);
  const middlewares = ingressMiddlewares(world, ingress);
  return shares && middlewares
    ? [
        {
          resource: ingress,
          path: ['spec', 'defaultBackend'],
          rank: Number.MIN_SAFE_INTEGER,
          because: 'the default backend comes last',
          takes: () => true,
          shares,
          middlewares,
        },
      ]
    : [];
}

/** Undefined where Traefik leaves the path out. */
function serviceShares(
  world: World,
  ingress: Resource,
  backend: Readonly<Record<string, unknown>> | undefined,
): readonly RoutedShare[] | undefined {
  const service = record(backend?.['service']);
  const name = string(service?.['name']);
  if (name === undefined) return undefined;
  const namespace = world.namespaceOf(ingress);
  const port = number(record(service?.['port'])?.['number']) ?? string(record(service?.['port'])?.['name']);
  const state = serviceState(world, namespace, name, port);
  switch (state.is) {
    case 'there':
    case 'unseen':
      return allToService({ namespace, name, port: port ?? 0 }, state.is === 'unseen' || state.assumed);
    case 'no endpoints':
    case 'no slices':
      return traefikOf(world).allowEmptyServices.ingress ? failing(503, state.why) : undefined;
    default:
      return undefined;
  }
}
