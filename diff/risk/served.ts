import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { meantBy } from '../../model/near';
import { holderOf, listenersOf } from '../../world/listeners';
import type { ParentRef } from '../../world/routes';
import { ingressesOf, isRoute, listenersMeant, parentRefsOf, routesOf } from '../../world/routes';
import { sendingsBy, sendingsOf } from '../../world/senders';
import type { World } from '../../world/world';
import type { Backend, Unanswered } from './dead-backends';
import { deadBackend } from './dead-backends';

/** Requests that an Ingress or a route takes. */
export interface ServedRequests {
  readonly resource: Resource;
  /** The Gateway, or the class of an Ingress. */
  readonly via: string;
  /** Which of its listeners; empty: any. */
  readonly section: string;
  /** `*`: any. */
  readonly host: string;
  readonly path: string;
  /** Whether it takes what begins with the path. */
  readonly prefix: boolean;
  /** Headers, methods and the like that have to match as well; empty: none. */
  readonly also: string;
  /** Where they go, `shop/web:80`. */
  readonly to: string;
  /** The places that some of them go to, each by itself; empty: to none, so that they get an error. */
  readonly targets: readonly string[];
  /** The same, and those whose weight is 0: a change of weights sends requests there. */
  readonly named: readonly string[];
  /** The places that some of them go to, each with its fields. */
  readonly backends: readonly Backend[];
}

/** What an object takes. */
export function servedBy(world: World, resource: Resource): ServedRequests[] {
  return resource.kind === 'Ingress' ? byIngress(world, resource) : byRoute(world, resource);
}

/** What the Ingresses and routes of a world take that may be requests for a host. */
export function servedFor(world: World, host: string): readonly ServedRequests[] {
  const { own, wide } = byHost(world);
  return [...(own.get(host) ?? []), ...wide];
}

const byHost = memo((world: World) => {
  const own = new Map<string, ServedRequests[]>();
  const wide: ServedRequests[] = [];
  for (const served of [...ingressesOf(world), ...routesOf(world)].flatMap((resource) => servedBy(world, resource)))
    if (served.host.startsWith('*')) wide.push(served);
    else addTo(own, served.host, served);
  return { own, wide };
});

/**
 * Whether one takes all that the other one does, and sends it to the same places: also to more of them, or to some of them alone. Who
 * splits requests between places has them answered by any.
 */
export function covers(one: ServedRequests, other: ServedRequests): boolean {
  if (!takes(one, other)) return false;
  const isIn = (some: ServedRequests, others: ServedRequests) =>
    some.targets.every((target) => others.targets.includes(target));
  return one.to === other.to || isIn(other, one) || (one.targets.length > 0 && isIn(one, other));
}

/** Whether one takes all that the other one does, and nothing but weights has moved the requests among places that both name. */
export function shifts(one: ServedRequests, other: ServedRequests): boolean {
  const isNamed = (some: ServedRequests, others: ServedRequests) =>
    some.targets.length > 0 && some.targets.every((target) => others.named.includes(target));
  return takes(one, other) && isNamed(one, other) && isNamed(other, one);
}

/** Why a part of the requests certainly gets no answer: by a Service that they did not go to before. */
export function partlyUnanswered(world: World, one: ServedRequests, before: ServedRequests): Unanswered | undefined {
  const known = new Set(before.backends.map((backend) => JSON.stringify(backend)));
  for (const backend of one.backends) {
    const dead = known.has(JSON.stringify(backend)) ? undefined : deadBackend(world, backend);
    if (dead) return dead;
  }
  return undefined;
}

/** Whether one takes all that the other one does. */
export function takes(one: ServedRequests, other: ServedRequests): boolean {
  return (
    one.via === other.via &&
    (one.section === '' || one.section === other.section) &&
    (one.host === other.host ||
      one.host === '*' ||
      (one.host.startsWith('*.') && other.host.endsWith(one.host.slice(1)))) &&
    (one.also === '' || one.also === other.also) &&
    (one.path === other.path
      ? one.prefix || !other.prefix
      : one.prefix && (one.path === '/' || other.path.startsWith(`${one.path.replace(/\/$/, '')}/`)))
  );
}

/** What is asked for by one, beyond what the other one asks for, where it takes a part of the same requests: `at this path itself, not below it`, `with header x-beta: 1`. */
export function partServed(one: ServedRequests, other: ServedRequests): string | undefined {
  if (takes(one, other) || !takes({ ...one, prefix: other.prefix, also: other.also }, other)) return undefined;
  const isAlone = one.path === other.path && other.prefix && !one.prefix;
  const texts = [
    ...(isAlone ? ['at this path itself, not below it'] : []),
    ...(one.also !== '' && one.also !== other.also ? [`with ${conditionsText(one.also)}`] : []),
  ];
  return texts.length > 0 ? texts.join(' and ') : undefined;
}

/** `header x-beta: 1, method GET`, of the conditions of a match beside its path. */
function conditionsText(also: string): string {
  const match = record(JSON.parse(also)) ?? {};
  const named = (field: string, what: string) =>
    mappings(match[field]).map(
      ({ name, value }) => `${what} ${String(name)}${value === undefined ? '' : `: ${String(value)}`}`,
    );
  const method = record(match['method']) ? JSON.stringify(match['method']) : string(match['method']);
  return [
    ...named('headers', 'header'),
    ...named('queryParams', 'parameter'),
    ...(method === undefined ? [] : [`method ${method}`]),
  ].join(', ');
}

/** Why requests certainly get no answer from a Service; undefined where one of the backends may answer. */
export function unanswered(world: World, { backends }: ServedRequests): Unanswered | undefined {
  const dead = backends.map((backend) => deadBackend(world, backend));
  return dead.length > 0 && dead.every((why) => why !== undefined) ? dead[0] : undefined;
}

/** Why no controller serves an Ingress; undefined where one may. */
export function classGone(world: World, { resource }: ServedRequests): Unanswered | undefined {
  const className = resource.kind === 'Ingress' ? string(resource.at(['spec', 'ingressClassName'])) : undefined;
  return className === undefined || world.find('IngressClass', '', className).is !== 'absent'
    ? undefined
    : {
        why: `there is no IngressClass ${className}`,
        meant: meantBy(className, world.namesOf('IngressClass', '')),
      };
}

/** `shop.example.com/api`, for messages. */
export function servedText({ host, path }: ServedRequests): string {
  return `${host === '*' ? 'any host, path ' : host}${path}`;
}

function byIngress(world: World, ingress: Resource): ServedRequests[] {
  const namespace = world.namespaceOf(ingress);
  const via = `class ${string(ingress.at(['spec', 'ingressClassName'])) ?? ingress.annotations['kubernetes.io/ingress.class'] ?? ''}`;
  const to = (backend: unknown) => {
    const service = record(record(backend)?.['service']);
    const port = record(service?.['port']);
    return service
      ? `${namespace}/${String(service['name'])}:${String(port?.['number'] ?? port?.['name'])}`
      : JSON.stringify(backend);
  };
  const servicesIn = (backend: unknown): Backend[] => {
    const service = record(record(backend)?.['service']);
    const port = record(service?.['port']);
    const name = string(service?.['name']);
    return name === undefined
      ? []
      : [{ kind: 'Service', namespace, name, port: number(port?.['number']) ?? string(port?.['name']) }];
  };
  const base = { resource: ingress, via, section: '', also: '' };
  const rules = mappings(ingress.at(['spec', 'rules'])).flatMap((rule) =>
    mappings(record(rule['http'])?.['paths']).map((path) => ({
      ...base,
      host: string(rule['host']) ?? '*',
      path: string(path['path']) ?? '/',
      prefix: path['pathType'] !== 'Exact',
      to: to(path['backend']),
      targets: [to(path['backend'])],
      named: [to(path['backend'])],
      backends: servicesIn(path['backend']),
    })),
  );
  const other = ingress.at(['spec', 'defaultBackend']);
  return other === undefined
    ? rules
    : [
        ...rules,
        {
          ...base,
          host: '*',
          path: '/',
          prefix: true,
          to: to(other),
          targets: [to(other)],
          named: [to(other)],
          backends: servicesIn(other),
        },
      ];
}

/** Whether its parent is here and has no such listener: the route is not accepted there. */
function lacksListener(world: World, ref: ParentRef): boolean {
  const parent = holderOf(world, ref);
  if (!parent || listenersMeant(parent, ref).length > 0) return false;
  // A Gateway may have all of its listeners from ListenerSets.
  return ref.sectionName !== undefined || ref.port !== undefined || listenersOf(parent).length > 0;
}

function byRoute(world: World, route: Resource): ServedRequests[] {
  const parents = parentRefsOf(world, route).filter((ref) => !lacksListener(world, ref));
  const hosts = list(route.at(['spec', 'hostnames'])).map(String);
  return list(route.at(['spec', 'rules'])).flatMap((entry, i) => {
    const rule = record(entry) ?? {};
    const refs = list(rule['backendRefs']).flatMap((value, j) => {
      const ref = record(value);
      return ref ? backendsOf(world, route, ref, ['spec', 'rules', i, 'backendRefs', j]) : [];
    });
    // A weight of 0 sends nothing there.
    const services = refs.flatMap(({ gets, backend }) => (gets === 'now' ? backend : []));
    const backends = [...new Set(services.map(backendText))];
    // Filters that answer need no backend; those that change requests on their way do.
    const answers = mappings(rule['filters']).filter(({ type }) => ANSWERING.test(String(type)));
    const targets =
      backends.length > 0 || answers.length === 0 ? backends.sort() : [answers.map(answerText).join(', ')];
    const to = targets.join(', ');
    const matches = mappings(rule['matches']);
    return (matches.length > 0 ? matches : [{}]).flatMap((match: Json) => {
      const { path: written, ...also } = match;
      const path = record(written);
      return parents.flatMap((parent) =>
        sectionsOf(world, parent).flatMap((section) =>
          (hosts.length > 0 ? hosts : ['*']).map((host) => ({
            resource: route,
            via: `${parent.kind} ${parent.namespace}/${parent.name}`,
            section,
            host,
            path: string(path?.['value']) ?? '/',
            prefix: (path?.['type'] ?? 'PathPrefix') === 'PathPrefix',
            also: Object.keys(also).length > 0 ? JSON.stringify(also) : '',
            to,
            targets,
            named: [...new Set([...targets, ...refs.map(({ backend }) => backendText(backend))])].sort(),
            backends: services,
          })),
        ),
      );
    });
  });
}

/** Where a backendRef leads: to the Services behind a TraefikService that is known, or to what it names itself. */
function backendsOf(
  world: World,
  route: Resource,
  ref: Json,
  at: Path,
): { readonly gets: 'now' | 'never'; readonly backend: Backend }[] {
  const led = sendingsBy(world, route).flatMap(({ path, gets, namespace, name, port }) =>
    gets === 'copy' || path.join() !== at.join() ? [] : [{ gets, backend: { kind: 'Service', namespace, name, port } }],
  );
  if (led.some(({ gets }) => gets === 'now')) return led;
  const backend = {
    kind: string(ref['kind']) ?? 'Service',
    namespace: string(ref['namespace']) || world.namespaceOf(route),
    name: String(ref['name']),
    port: number(ref['port']),
  };
  if (ref['weight'] === 0) return led.length > 0 ? led : [{ gets: 'never', backend }];
  return [...led, { gets: 'now', backend }];
}

/** `shop/web:80` */
export function backendText({ kind, namespace, name, port }: Backend): string {
  return kind === 'Service' ? `${namespace}/${name}:${port}` : `${kind} ${namespace}/${name}`;
}

/** The routes on one side of a change that lead through a TraefikService. */
export function routesThrough(world: World, traefikService: Resource): Resource[] {
  const found = sendingsOf(world).filter(({ from, via }) => isRoute(from) && via.includes(traefikService));
  return [...new Set(found.map(({ from }) => from))];
}

/** The listeners that a reference means, by their ports, whatever they are called; where the Gateway is not here, as it names them. */
function sectionsOf(world: World, ref: ParentRef): readonly string[] {
  const parent = holderOf(world, ref);
  const listeners = parent ? listenersMeant(parent, ref) : [];
  if (listeners.length > 0) return [...new Set(listeners.map(({ port, protocol }) => `${protocol} ${port ?? ''}`))];
  return [ref.sectionName ?? (ref.port === undefined ? '' : String(ref.port))];
}

/** Filters of routes that answer by themselves, or may do so. */
const ANSWERING = /^(RequestRedirect|ExtensionRef)$/;

/** `a redirect to https, port 8443 (301)`. */
function answerText({ requestRedirect, extensionRef }: Json): string {
  const extension = record(extensionRef);
  if (extension) return `${String(extension['kind'])} ${String(extension['name'])}`;
  const { scheme, hostname, port, path, statusCode } = record(requestRedirect) ?? {};
  const { replaceFullPath, replacePrefixMatch } = record(path) ?? {};
  const parts = [
    scheme,
    hostname,
    port === undefined ? undefined : `port ${String(port)}`,
    replaceFullPath === undefined ? undefined : `path ${String(replaceFullPath)}`,
    replacePrefixMatch === undefined ? undefined : `prefix ${String(replacePrefixMatch)}`,
  ].filter((part) => part !== undefined);
  return `a redirect${parts.length > 0 ? ` to ${parts.join(', ')}` : ''} (${String(statusCode ?? 302)})`;
}
