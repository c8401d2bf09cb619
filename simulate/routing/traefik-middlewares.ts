import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import type { GoRegExp } from '../../upstream/kubernetes/cel/regexp';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import { everyKnown } from '../../world/known';
import { isTraefik, isTraefikSince, traefikOf } from '../../world/traefik';
import type { World } from '../../world/world';
import type { GoPath } from './go-url';
import { cleanedGoPath, escapedPath, goPath } from './go-url';

/** What becomes of a request on its way through Middlewares; `answer`: one of them answers, and the backend sees nothing. */
export type Passed =
  | { readonly is: 'on'; readonly path: string; readonly unknown: string | undefined }
  | { readonly is: 'answer'; readonly status: 400 | 500; readonly why: string };

/** Middlewares in their order, from the path as it came, still encoded, to the one that they hand on; an empty one is sent as `/`. */
export type MiddlewareChain = (path: string) => Passed;

/** One Middleware; undefined where it neither changes the path nor answers by it. */
type Step = (path: GoPath) => GoPath | { readonly status: 400 | 500; readonly why: string };

/** Kinds of Middlewares that leave the path alone, and answer by nothing that is written here. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...['buffering', 'circuitBreaker', 'compress', 'contentType', 'grpcWeb', 'headers', 'inFlightReq'],
  ...['passTLSClientCert', 'rateLimit', 'retry'],
]);

/**
 * The Middlewares that an Ingress names by its annotation (`NAMESPACE-NAME@kubernetescrd`, several with commas); undefined where one
 * of them is not there, so that Traefik leaves its routers out.
 */
export function ingressMiddlewares(world: World, ingress: Resource): MiddlewareChain | undefined {
  const names = namesOf(ingress);
  return passage(
    world,
    names.map((name) => namedMiddleware(world, world.namespaceOf(ingress), name)),
  );
}

/**
 * The Middlewares of a route of an IngressRoute; undefined where one is not there, or is of another namespace and Traefik is not told to allow that
 * (makeMiddlewareKeys of pkg/provider/kubernetes/crd/kubernetes_http.go).
 */
export function routeMiddlewares(world: World, route: Resource, refs: readonly Json[]): MiddlewareChain | undefined {
  const own = world.namespaceOf(route);
  const crosses = traefikOf(world).allowCrossNamespace;
  const found = refs.map((ref): Found => {
    const name = string(ref['name']) ?? '';
    if (name.includes('@'))
      return name.endsWith('@kubernetescrd') && !crosses ? undefined : namedMiddleware(world, own, name);
    const namespace = string(ref['namespace']) || own;
    return namespace === own || crosses ? middlewareIn(world, namespace, name) : undefined;
  });
  return passage(world, found);
}

/** Names in that annotation that no Middleware has for certain. */
export function absentMiddlewares(world: World, ingress: Resource): readonly string[] {
  return namesOf(ingress).filter((name) => namedMiddleware(world, world.namespaceOf(ingress), name) === undefined);
}

function namesOf(ingress: Resource): readonly string[] {
  return (ingress.annotations['traefik.ingress.kubernetes.io/router.middlewares'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The Middleware that an ExtensionRef of an HTTPRoute names; undefined where it is not there. */
export function extensionMiddleware(world: World, namespace: string, filter: Json): MiddlewareChain | undefined {
  const name = string(record(filter['extensionRef'])?.['name']) ?? '';
  return passage(world, [middlewareIn(world, namespace, name)]);
}

/** A Middleware, one that nothing shows here, or none. */
type Found = Resource | { readonly unseen: string } | undefined;

/** Names of other providers and namespaces may be those of objects that are not here. */
function namedMiddleware(world: World, own: string, name: string): Found {
  const [id = '', provider] = name.split('@');
  // Without a provider it is one of the Ingress provider, which has none.
  if (provider === undefined) return undefined;
  if (provider !== 'kubernetescrd') return { unseen: name };
  const found = everyKnown(world, 'Middleware').find(
    (each) => isTraefik(each) && `${world.namespaceOf(each)}-${each.name}` === id,
  );
  if (found) return found;
  return id.startsWith(`${own}-`) ? middlewareIn(world, own, id.slice(own.length + 1)) : { unseen: name };
}

function middlewareIn(world: World, namespace: string, name: string): Found {
  const found = world.find('Middleware', namespace, name);
  if (found.is === 'present' && isTraefik(found.resource)) return found.resource;
  return found.is === 'unknown' ? { unseen: `${namespace}/${name}` } : undefined;
}

function passage(
  world: World,
  middlewares: readonly Found[],
  above: readonly Resource[] = [],
): MiddlewareChain | undefined {
  const passages: MiddlewareChain[] = [];
  for (const found of middlewares) {
    if (found === undefined) return undefined;
    if ('unseen' in found) {
      const unknown = `Middleware ${found.unseen} is not among these, and may change the path`;
      passages.push((path) => ({ is: 'on', path, unknown }));
      continue;
    }
    // Traefik refuses Middlewares that lead to themselves.
    if (above.includes(found)) return undefined;
    const chain = record(found.at(['spec', 'chain']));
    const next = chain
      ? passage(world, chained(world, found, chain), [...above, found])
      : single(found, isTraefikSince(world, 3, 7) !== false);
    if (!next) return undefined;
    passages.push(next);
  }
  return (path) => {
    let passed: Passed = { is: 'on', path, unknown: undefined };
    for (const next of passages) {
      const { unknown }: { unknown: string | undefined } = passed;
      passed = next(passed.path);
      if (passed.is === 'answer') return passed;
      passed = { ...passed, unknown: unknown ?? passed.unknown };
    }
    return passed;
  };
}

function chained(world: World, middleware: Resource, chain: Json): Found[] {
  return mappings(chain['middlewares']).map((ref) => {
    const name = string(ref['name']) ?? '';
    if (name.includes('@')) return namedMiddleware(world, world.namespaceOf(middleware), name);
    return middlewareIn(world, string(ref['namespace']) || world.namespaceOf(middleware), name);
  });
}

function single(middleware: Resource, since37: boolean): MiddlewareChain {
  const spec = record(middleware.at(['spec'])) ?? {};
  const [kind = ''] = Object.keys(spec);
  const step = stepOf(kind, record(spec[kind]) ?? {}, since37);
  if (step === 'as it came') return (path) => ({ is: 'on', path, unknown: undefined });
  if (step === 'unknown') {
    const unknown = `Middleware ${middleware.name} (${kind}) may answer itself`;
    return (path) => ({ is: 'on', path, unknown });
  }
  return (path) => {
    const next = step(goPath(path));
    if ('status' in next) return { is: 'answer', ...next, why: `Middleware ${middleware.name}: ${next.why}` };
    return { is: 'on', path: escapedPath(next), unknown: undefined };
  };
}

/** As pkg/middlewares of Traefik has them, 3.5.0 to 3.7.9. */
function stepOf(kind: string, spec: Json, since37: boolean): Step | 'as it came' | 'unknown' {
  switch (kind) {
    case 'addPrefix': {
      const prefix = string(spec['prefix']) ?? '';
      return ({ path, raw }) => ({
        path: withSlash(prefix + path),
        raw: raw === '' ? '' : withSlash(prefix + raw),
      });
    }
    case 'replacePath': {
      const raw = string(spec['path']) ?? '';
      return () => unescaped(raw);
    }
    case 'replacePathRegex': {
      const pattern = goRegExp(string(spec['regex']) ?? '');
      const replacement = string(spec['replacement']) ?? '';
      if (!pattern) return 'unknown';
      return (given) => {
        const current = given.raw || escapedPath(given);
        if (!pattern.test(current)) return given;
        const next = unescaped(pattern.replaceAll(current, replacement));
        return since37 && !('status' in next) ? kept(next) : next;
      };
    }
    case 'stripPrefix': {
      const prefixes = list(spec['prefixes']).map((prefix) => (since37 ? String(prefix).trim() : String(prefix)));
      return (given) =>
        stripped(
          given,
          prefixes.find((prefix) => given.path.startsWith(prefix)),
          since37,
        );
    }
    case 'stripPrefixRegex': {
      const patterns = list(spec['regex']).flatMap((text) => goRegExp(String(text).trim()) ?? []);
      return (given) => stripped(given, matchedPrefix(patterns, given.path), since37);
    }
    default:
      return NEUTRAL.has(kind) ? 'as it came' : 'unknown';
  }
}

function matchedPrefix(patterns: readonly GoRegExp[], path: string): string | undefined {
  return patterns.map((pattern) => pattern.find(path)).find((found) => found !== '' && path.startsWith(found));
}

/** By the letter: `/app` is taken from `/application`, too. Since 3.7 what is left must be clean, as otherwise `/app../x` would leave it. */
function stripped(
  given: GoPath,
  prefix: string | undefined,
  since37: boolean,
): GoPath | { readonly status: 400; readonly why: string } {
  if (prefix === undefined) return given;
  const path = withSlash(given.path.slice(prefix.length));
  if (given.raw === '') return since37 ? kept({ path, raw: '' }) : { path, raw: '' };
  const written = since37
    ? given.raw.slice(encodedLength(given.raw, prefix))
    : given.raw.startsWith(prefix)
      ? given.raw.slice(prefix.length)
      : given.raw;
  const next = { path, raw: withSlash(written) };
  return since37 ? kept(next) : next;
}

function kept(given: GoPath): GoPath | { readonly status: 400; readonly why: string } {
  if (given.path === '') return given;
  const clean = cleanedGoPath(given);
  return clean.path === given.path ? clean : { status: 400, why: `${given.path} is not a clean path` };
}

/** How many characters of an encoded path a decoded prefix is. */
function encodedLength(raw: string, prefix: string): number {
  let at = 0;
  for (let decoded = 0; at < raw.length && decoded < Buffer.byteLength(prefix); decoded++)
    at += raw[at] === '%' ? 3 : 1;
  return at;
}

function unescaped(raw: string): GoPath | { readonly status: 500; readonly why: string } {
  if (/%(?![\da-f]{2})/i.test(raw)) return { status: 500, why: `${raw} is no encoded path` };
  return { path: goPath(raw).path, raw };
}

function withSlash(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`;
}
