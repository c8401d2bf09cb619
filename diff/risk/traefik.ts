import type { Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { isTraefik } from '../../world/traefik';
import type { World } from '../../world/world';

/** Middlewares that refuse somebody, by the field that makes them so (doc.traefik.io/traefik/middlewares/http/overview/). */
const GUARDS = ['basicAuth', 'digestAuth', 'forwardAuth', 'ipAllowList', 'ipWhiteList', 'plugin'];

/** A guard that requests pass: what kind it is of, and `shop/auth`; of kind `unknown` where its Middleware is not here. */
interface Guard {
  readonly kind: string;
  readonly name: string;
}

/** A route of Traefik that passes guards no more. */
export interface OpenedRoute {
  /** The rule of the route, as it is written. */
  readonly rule: string;
  /** The guards that it passes no more, `shop/auth (basicAuth)`. */
  readonly lost: readonly string[];
}

/** What a Middleware refuses somebody by; empty where it refuses nobody. */
export function guardFields(middleware: Resource): readonly string[] {
  const spec = record(middleware.at(['spec'])) ?? {};
  return GUARDS.filter((field) => spec[field] !== undefined);
}

/** The routes of an IngressRoute that are there on both sides, and pass fewer guards than before. */
export function openedRoutes(
  before: { readonly world: World; readonly resource: Resource },
  after: { readonly world: World; readonly resource: Resource },
): readonly OpenedRoute[] {
  const old = routesOf(before.world, before.resource);
  return routesOf(after.world, after.resource).flatMap(({ rule, guards }) => {
    const was = old.filter((route) => route.rule === rule);
    const lost = was
      .flatMap((route) => route.guards)
      .filter(
        (guard) =>
          // What is asked for by another Middleware of the kind, or by one that is not here, may be asked for still.
          !guards.some((is) => is.name === guard.name) &&
          !guards.some((is) => (is.kind === guard.kind || is.kind === UNKNOWN) && !isAmong(was, is)),
      );
    const texts = lost.map(({ kind, name }) => (kind === UNKNOWN ? name : `${name} (${kind})`));
    return texts.length === 0 ? [] : [{ rule, lost: [...new Set(texts)] }];
  });
}

const UNKNOWN = 'unknown';

interface GuardedRoute {
  readonly rule: string;
  readonly guards: readonly Guard[];
}

function isAmong(routes: readonly GuardedRoute[], guard: Guard): boolean {
  return routes.some(({ guards }) => guards.some(({ name }) => name === guard.name));
}

function routesOf(world: World, resource: Resource): GuardedRoute[] {
  const namespace = world.namespaceOf(resource);
  const kind = resource.kind === 'IngressRouteTCP' ? 'MiddlewareTCP' : 'Middleware';
  return mappings(resource.at(['spec', 'routes'])).map(({ match, middlewares }) => ({
    rule: string(match) ?? '',
    guards: guardsOf(world, kind, namespace, middlewares, new Set()),
  }));
}

/** The guards of a list of references; a chain is each of its own. */
function guardsOf(world: World, kind: string, namespace: string, refs: unknown, seen: Set<string>): Guard[] {
  return mappings(refs).flatMap((ref): Guard[] => {
    const name = string(ref['name']) ?? '';
    const place = string(ref['namespace']) ?? namespace;
    const full = `${place}/${name}`;
    if (seen.has(full)) return [];
    seen.add(full);
    const middleware = world
      .of(kind)
      .find((each) => isTraefik(each) && each.name === name && world.namespaceOf(each) === place);
    if (!middleware) return [{ kind: UNKNOWN, name: full }];
    const chain = record(middleware.at(['spec', 'chain']));
    if (chain) return guardsOf(world, kind, place, list(chain['middlewares']), seen);
    return guardFields(middleware).map((field) => ({ kind: field, name: full }));
  });
}
