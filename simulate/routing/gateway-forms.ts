import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import { addTo } from '../../model/multimap';
import { knownIn } from '../../world/known';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';
import { canaryWeight } from './nginx-canary';
import type { NginxPath } from './nginx-paths';
import { canaryPaths, isSamePath, makesRegex, NGINX_PREFIX, nginxAnnotation, nginxPaths } from './nginx-paths';
import { GATEWAY_WAYS } from './nginx-ways';

/** The Gateway that the routes are for. */
export interface FormGateway {
  readonly namespace: string;
  readonly name: string;
}

/** Something that the routes do not do as ingress-nginx did, or that somebody has to write beside them. */
export interface GatewayLoss {
  readonly ingress: Resource;
  readonly path: Path;
  readonly text: string;
  /** Whether another Service may answer, or with another path, than before. @default false */
  readonly changesRouting?: true;
}

/** HTTPRoutes in place of the Ingresses of one host in one namespace. */
export interface GatewayForm {
  readonly namespace: string;
  /** Empty: every host. */
  readonly host: string;
  readonly ingresses: readonly Resource[];
  readonly routes: readonly Json[];
  readonly losses: readonly GatewayLoss[];
}

/**
 * The HTTPRoutes that do what the Ingresses of a class of ingress-nginx do, and what is lost on the way. Names and annotations are read as
 * `routeByIngressNginx` reads them; paths are compared by whole elements from then on.
 */
export function gatewayForms(world: World, className: string, gateway: FormGateway): readonly GatewayForm[] {
  const groups = new Map<string, NginxPath[]>();
  const known = new Set<string>();
  for (const path of nginxPaths(world, className)) {
    // The first Ingress that names a path has it.
    const key = `${path.host} ${path.type} ${path.path}`;
    if (known.has(key)) continue;
    known.add(key);
    addTo(groups, `${world.namespaceOf(path.ingress)} ${path.host}`, path);
  }
  const regexHosts = new Set(
    nginxPaths(world, className)
      .filter(makesRegex)
      .map(({ host }) => host),
  );
  return [...groups.values()].map((paths) => formOf(world, className, gateway, paths, regexHosts.has(paths[0]!.host)));
}

function formOf(
  world: World,
  className: string,
  gateway: FormGateway,
  paths: readonly NginxPath[],
  isRegex: boolean,
): GatewayForm {
  const [{ host, ingress: first }] = paths as [NginxPath, ...NginxPath[]];
  const namespace = world.namespaceOf(first);
  const losses: GatewayLoss[] = [];
  const canaries = canaryPaths(world, className).filter((canary) => world.namespaceOf(canary.ingress) === namespace);
  const taken = new Map<string, NginxPath>();
  const rules = paths.flatMap((path) => {
    const own = canaries.find((canary) => isSamePath(canary, path));
    const made = rulesOf(world, path, own, isRegex, losses);
    if (made.length === 0) return made;
    const key = JSON.stringify(mappings(made.at(-1)!['matches'])[0]);
    const earlier = taken.get(key);
    if (earlier) {
      losses.push({
        ...{ ingress: path.ingress, path: [...path.at, 'path'] },
        text: `${path.path} is left out: it is the same match as ${earlier.path} of Ingress ${earlier.ingress.name}, which comes before`,
        ...(earlier.type === 'Prefix' && path.type === 'Prefix' && !isRegex ? {} : { changesRouting: true }),
      });
      return [];
    }
    taken.set(key, path);
    return made;
  });
  if (isRegex) losses.push(...regexLosses(paths));
  const used = canaries.filter((canary) => paths.some((path) => isSamePath(canary, path)));
  const ingresses = [...new Set([...paths, ...used].map(({ ingress }) => ingress))];
  for (const ingress of ingresses) losses.push(...annotationLosses(world, ingress));
  const alias = ingresses.flatMap((ingress) =>
    (nginxAnnotation(ingress, 'server-alias') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
  const hostnames = [...(host === '' ? [] : [host]), ...alias.filter((name) => !name.startsWith('~'))];
  const sending = [...new Set(paths.map(({ ingress }) => ingress))].filter((ingress) => redirectsToTls(ingress, host));
  const sends = sending.length > 0;
  if (sends) losses.push(...tlsLosses(sending, paths));
  const listeners = listenersOf(world, gateway);
  const parent = (listener?: string) => ({ ...gateway, ...(listener === undefined ? {} : { sectionName: listener }) });
  const route = (name: string, parentRef: Json, of: readonly Json[]): Json => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: { parentRefs: [parentRef], ...(hostnames.length > 0 ? { hostnames } : {}), rules: of },
  });
  return {
    ...{ namespace, host, ingresses },
    losses: losses.filter(
      ({ text, ingress }, i) => losses.findIndex((other) => other.text === text && other.ingress === ingress) === i,
    ),
    routes: [
      ...(rules.length > 0 ? [route(first.name, parent(sends ? listeners.https : undefined), rules)] : []),
      ...(sends
        ? [
            route(`${first.name}-to-https`, parent(listeners.http), [
              { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] },
            ]),
          ]
        : []),
    ],
  };
}

/** Names of the listeners for HTTPS and HTTP; those that they usually have where the Gateway is not known. */
function listenersOf(
  world: World,
  { namespace, name }: FormGateway,
): { readonly http: string; readonly https: string } {
  const gateway = knownIn(world, 'Gateway', namespace).find((each) => each.name === name);
  const listeners = mappings(gateway?.at(['spec', 'listeners']));
  const of = (protocol: string, usual: string) =>
    string(listeners.find((listener) => listener['protocol'] === protocol)?.['name']) ?? usual;
  return { http: of('HTTP', 'http'), https: of('HTTPS', 'https') };
}

function redirectsToTls(ingress: Resource, host: string): boolean {
  if (nginxAnnotation(ingress, 'force-ssl-redirect') === 'true') return true;
  const isTls = list(ingress.at(['spec', 'tls'])).some((entry) => {
    const hosts = list(record(entry)?.['hosts']);
    return hosts.length === 0 || hosts.includes(host);
  });
  return isTls && nginxAnnotation(ingress, 'ssl-redirect') !== 'false';
}

function tlsLosses([first, ...more]: readonly Resource[], paths: readonly NginxPath[]): GatewayLoss[] {
  const at = { ingress: first!, path: ['spec', 'tls'] };
  const others = new Set(paths.map(({ ingress }) => ingress)).size - more.length - 1;
  return [
    {
      ...at,
      text: 'requests without TLS are sent on with 301, where ingress-nginx answers 308; certificates belong to the listener of the Gateway',
    },
    ...(others > 0
      ? [
          {
            ...at,
            text: 'other Ingresses of the host also answer without TLS, and the routes send all requests of the host on',
            changesRouting: true as const,
          },
        ]
      : []),
  ];
}

function rulesOf(
  world: World,
  path: NginxPath,
  canary: NginxPath | undefined,
  isRegex: boolean,
  losses: GatewayLoss[],
): Json[] {
  const { ingress, at } = path;
  const redirect = redirectOf(ingress);
  const matched = matchOf(path, isRegex, losses);
  const root = nginxAnnotation(ingress, 'app-root');
  const toRoot: Json[] =
    root && path.path === '/'
      ? [
          ruleOf({ path: { type: 'Exact', value: '/' } }, [], {
            filters: [
              {
                type: 'RequestRedirect',
                requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: root }, statusCode: 302 },
              },
            ],
          }),
        ]
      : [];
  if (redirect) return [ruleOf({ path: matched.path }, [], { filters: [redirect] })];
  const main = backendOf(world, path);
  if (!main) {
    losses.push({
      ...{ ingress, path: [...at, 'path'], changesRouting: true },
      text: `the path ${path.path} is left out: the number of its Service's port is not known; judge the Service along with it`,
    });
    return [];
  }
  const filters = [...matched.filters, ...mirrorsOf(world, ingress)];
  const plain = (backendRefs: readonly Json[]): Json => ({ ...(filters.length > 0 ? { filters } : {}), backendRefs });
  const match = { path: matched.path };
  const next = canary && backendOf(world, canary);
  if (!canary || !next) return [...toRoot, ruleOf(match, [], plain([main]))];
  const asked = chosenBy(canary.ingress, losses).map(({ header, gets }) =>
    ruleOf(match, [header], plain([gets === 'canary' ? next : main])),
  );
  const { weight: part, total } = canaryWeight(canary.ingress);
  const weighted =
    part === 0
      ? [main]
      : [
          { ...main, weight: total - part },
          { ...next, weight: part },
        ];
  return [...toRoot, ...asked, ruleOf(match, [], plain(weighted))];
}

function ruleOf(match: Json, headers: readonly Json[], rest: Json): Json {
  return { matches: [{ ...match, ...(headers.length > 0 ? { headers } : {}) }], ...rest };
}

/** Whom a header or a cookie chooses, in the order in which ingress-nginx asks. */
function chosenBy(
  canary: Resource,
  losses: GatewayLoss[],
): { readonly header: Json; readonly gets: 'canary' | 'main' }[] {
  const header = nginxAnnotation(canary, 'canary-by-header');
  const value = nginxAnnotation(canary, 'canary-by-header-value');
  const pattern = nginxAnnotation(canary, 'canary-by-header-pattern');
  const cookie = nginxAnnotation(canary, 'canary-by-cookie');
  const exact = (name: string, text: string) => ({ type: 'Exact', name, value: text });
  const regex = (name: string, text: string, annotation: string) => {
    losses.push({
      ...{ ingress: canary, path: ['metadata', 'annotations', NGINX_PREFIX + annotation] },
      text: `${annotation} becomes a match of type RegularExpression, which implementations may lack: strata verify tells where its Gateway is known`,
    });
    return { type: 'RegularExpression', name, value: text };
  };
  const withCookie = (name: string, text: string) =>
    `^(.*;\\s*)?${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}=${text}(;.*)?$`;
  return [
    ...(header === undefined
      ? []
      : value
        ? [{ header: exact(header, value), gets: 'canary' as const }]
        : pattern
          ? // Implementations search for the expression or match the whole value: this means the same to both.
            [{ header: regex(header, `^.*(?:${pattern}).*$`, 'canary-by-header-pattern'), gets: 'canary' as const }]
          : (['always', 'never'] as const).map((text) => ({
              header: exact(header, text),
              gets: text === 'always' ? ('canary' as const) : ('main' as const),
            }))),
    ...(cookie === undefined
      ? []
      : (['always', 'never'] as const).map((text) => ({
          header: regex('Cookie', withCookie(cookie, text), 'canary-by-cookie'),
          gets: text === 'always' ? ('canary' as const) : ('main' as const),
        }))),
  ];
}

/** A pattern that is a prefix and what follows it: `/app(/|$)(.*)`, `/app/(.*)`, `/app/?(.*)`. */
const PREFIX_PATTERN = /^(\/[\w\-./]*?)(\(\/\|\$\)\(\.\*\)|\/\(\.\*\)|\/\?\(\.\*\))$/;
const PLAIN = /^\/[\w\-./%~]*$/;

interface Matched {
  readonly path: Json;
  readonly filters: readonly Json[];
}

function matchOf(path: NginxPath, isRegex: boolean, losses: GatewayLoss[]): Matched {
  const { ingress, at, type, rewrite } = path;
  const place = { ingress, path: [...at, 'path'] };
  const vhost = nginxAnnotation(ingress, 'upstream-vhost');
  const rewriting = (change: Json | undefined): Json[] => [
    ...(change || vhost
      ? [
          {
            type: 'URLRewrite',
            urlRewrite: { ...(vhost ? { hostname: vhost } : {}), ...(change ? { path: change } : {}) },
          },
        ]
      : []),
    ...prefixHeader(ingress),
  ];
  const prefix = (value: string) => ({ type: 'PathPrefix', value: value.replace(/(.)\/$/, '$1') || '/' });
  const isRewritten = rewrite !== undefined && rewrite !== path.path;
  if (!isRewritten && PLAIN.test(path.path)) {
    const isPrefix = type !== 'Exact' || isRegex;
    if (isPrefix && !isRegex && type !== 'Prefix' && path.path !== '/')
      losses.push({
        ...place,
        text: `${path.path} of type ${type} also takes paths such as ${path.path}x, which PathPrefix does not`,
        changesRouting: true,
      });
    return { path: isPrefix ? prefix(path.path) : { type: 'Exact', value: path.path }, filters: rewriting(undefined) };
  }
  const [, start = '', rest = ''] = PREFIX_PATTERN.exec(path.path) ?? [];
  const group = rest === '(/|$)(.*)' ? '$2' : '$1';
  const target = rewrite?.endsWith(group) ? rewrite.slice(0, -group.length) : undefined;
  const isHeld = target !== undefined && !target.includes('$') && target.startsWith('/') && target.endsWith('/');
  if (isRewritten && rest !== '' && isHeld) {
    if (rest !== '(/|$)(.*)')
      losses.push({
        ...place,
        text:
          rest === '/(.*)'
            ? `${path.path} does not take ${start || '/'} itself, which PathPrefix does`
            : `${path.path} also takes paths such as ${start}x, which PathPrefix does not`,
        changesRouting: true,
      });
    const replacement = target.replace(/(.)\/$/, '$1');
    if (replacement !== '/')
      losses.push({
        ...place,
        text: `${start || '/'} itself reaches the Service as ${replacement}, and not as ${target}`,
        changesRouting: true,
      });
    return {
      path: prefix(start || '/'),
      filters: rewriting({ type: 'ReplacePrefixMatch', replacePrefixMatch: replacement }),
    };
  }
  if (isRewritten && PLAIN.test(path.path) && !rewrite.includes('$'))
    return {
      path: prefix(path.path),
      filters: rewriting({
        type: 'ReplaceFullPath',
        replaceFullPath: rewrite.startsWith('/') ? rewrite : `/${rewrite}`,
      }),
    };
  losses.push({
    ...place,
    text: isRewritten
      ? `rewrite-target ${rewrite} of ${path.path} has no form in the Gateway API: the path reaches the Service as it came`
      : `${path.path} becomes a match of type RegularExpression, which implementations may lack and read in other ways`,
    changesRouting: true,
  });
  return { path: { type: 'RegularExpression', value: `(?i)^${path.path}.*` }, filters: rewriting(undefined) };
}

function prefixHeader(ingress: Resource): Json[] {
  const value = nginxAnnotation(ingress, 'x-forwarded-prefix');
  return value
    ? [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value }] } }]
    : [];
}

/** One Ingress with `use-regex` or a rewrite makes all paths of the host patterns that ignore case, the longest text first. */
function regexLosses(paths: readonly NginxPath[]): GatewayLoss[] {
  const cause = paths.find(makesRegex) ?? paths[0]!;
  const at = { ingress: cause.ingress, path: ['metadata', 'annotations'] };
  const start = ({ path }: NginxPath) => (PREFIX_PATTERN.exec(path)?.[1] ?? path).replace(/(.)\/$/, '$1').length;
  const byText = [...paths].sort((a, b) => b.path.length - a.path.length);
  const isInOrder = byText.every((path, i) => i === 0 || start(byText[i - 1]!) >= start(path));
  return [
    {
      ...at,
      text: 'all paths of the host are patterns that ignore case and also take /APP and /applet for /app: PathPrefix takes neither',
      changesRouting: true,
    },
    ...(isInOrder
      ? []
      : [
          {
            ...at,
            text: 'the longest text wins there, and in the Gateway API the longest prefix: another rule may take a request',
            changesRouting: true as const,
          },
        ]),
  ];
}

function redirectOf(ingress: Resource): Json | undefined {
  const permanent = nginxAnnotation(ingress, 'permanent-redirect');
  const to = permanent ?? nginxAnnotation(ingress, 'temporal-redirect');
  if (!to) return undefined;
  const [, scheme, hostname, port, path] = /^(?:(https?):\/\/([^/:]+)(?::(\d+))?)?(\/[^?]*)?/.exec(to) ?? [];
  const asked = Number(
    nginxAnnotation(ingress, permanent === undefined ? 'temporal-redirect-code' : 'permanent-redirect-code'),
  );
  return {
    type: 'RequestRedirect',
    requestRedirect: {
      ...(scheme ? { scheme } : {}),
      ...(hostname ? { hostname } : {}),
      ...(port ? { port: Number(port) } : {}),
      path: { type: 'ReplaceFullPath', replaceFullPath: path ?? '/' },
      statusCode: [301, 302].includes(asked) ? asked : permanent === undefined ? 302 : 301,
    },
  };
}

/** `http://web-next.shop.svc.cluster.local$request_uri`: copies to a Service of the same namespace. */
function mirrorsOf(world: World, ingress: Resource): Json[] {
  const target = nginxAnnotation(ingress, 'mirror-target');
  const [, name, namespace, port = '80'] =
    /^http:\/\/([a-z][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc(?:\.[\w.]+)?(?::(\d+))?\$request_uri$/.exec(target ?? '') ??
    [];
  if (!name || namespace !== world.namespaceOf(ingress)) return [];
  return [{ type: 'RequestMirror', requestMirror: { backendRef: { name, port: Number(port) } } }];
}

function backendOf(world: World, { ingress, at }: NginxPath): Json | undefined {
  const service = record(ingress.at([...at, ...(at.at(-1) === 'defaultBackend' ? [] : ['backend']), 'service']));
  const name = string(service?.['name']);
  if (name === undefined) return undefined;
  const named = string(record(service?.['port'])?.['name']);
  const port =
    number(record(service?.['port'])?.['number']) ??
    (named === undefined ? undefined : serviceOf(world, world.namespaceOf(ingress), name)?.port(named)?.number);
  return port === undefined ? undefined : { name, port };
}

/** Annotations that somebody has to write in another form, or that have none. */
function annotationLosses(world: World, ingress: Resource): GatewayLoss[] {
  return Object.entries(ingress.annotations).flatMap(([key, value]): GatewayLoss[] => {
    if (!key.startsWith(NGINX_PREFIX)) return [];
    const name = key.slice(NGINX_PREFIX.length);
    const way = GATEWAY_WAYS[name];
    const at = { ingress, path: ['metadata', 'annotations', key] };
    if (way?.written)
      return isUnwritten(world, ingress, name, value)
        ? [{ ...at, text: `${name}: ${value} is not written: ${way.form}` }]
        : [];
    return [
      {
        ...at,
        text: way
          ? `${name}: ${value} becomes ${way.form}`
          : `${name}: ${value} is no annotation of ingress-nginx 1.15`,
      },
    ];
  });
}

/** Values of annotations that are written, which are not. */
function isUnwritten(world: World, ingress: Resource, name: string, value: string): boolean {
  if (name === 'mirror-target') return mirrorsOf(world, ingress).length === 0;
  if (name === 'server-alias') return value.split(',').some((alias) => alias.trim().startsWith('~'));
  if (name.endsWith('-redirect-code')) return value !== '301' && value !== '302';
  return false;
}
