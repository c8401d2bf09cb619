import { parseQuantity } from '../../manifests/quantity';
import type { Json, Resource } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import { goDuration } from '../../upstream/argo-rollouts/duration';
import type { ChangeStep } from '../field-change';

/** Something that a route, an Ingress or a rule of a mesh lets requests have at most. */
export interface RequestLimit {
  /** Whose requests: `requests for /api`; what has the same key before and after is of the same. */
  readonly at: string;
  readonly key: string;
  readonly path: readonly ChangeStep[];
  /** How much there is: less refuses more. Infinity: it is not limited. */
  readonly value: number;
  /** As it is written. @default - it is not */
  readonly written?: string | undefined;
  /** Whether it makes requests fail, so that it counts where the requests are new too. @default false */
  readonly fails?: true;
  /** What happens, with the value as it is and as it was. */
  readonly text: (is: string, was: string) => string;
}

type Limits = Omit<RequestLimit, 'at' | 'key' | 'path'> & { readonly name: string };

const NONE = 'no limit';

/** The limits that an object sets, by its kind; those that are not written stand for what holds without. */
export function requestLimits(resource: Resource): readonly RequestLimit[] {
  const { group, kind } = resource;
  if (kind === 'Ingress') return ofIngress(resource);
  if (group === 'gateway.networking.k8s.io' && (kind === 'HTTPRoute' || kind === 'GRPCRoute'))
    return ofRules(mappings(resource.at(['spec', 'rules'])), 'rules', ofGatewayRule);
  if (group === 'networking.istio.io' && kind === 'VirtualService')
    return ofRules(mappings(resource.at(['spec', 'http'])), 'http', ofIstioRoute);
  if (group === 'networking.istio.io' && kind === 'DestinationRule') return ofConnections(resource);
  if (group.startsWith('traefik.') && kind === 'Middleware') return ofMiddleware(resource);
  return [];
}

function ofRules(rules: readonly Json[], field: string, read: (rule: Json) => readonly Limits[]): RequestLimit[] {
  return rules.flatMap((rule) =>
    read(rule).map(({ name, ...limit }) => ({
      ...limit,
      at: `requests for ${matchText(rule)}`,
      key: `${string(rule['name']) ?? JSON.stringify(rule['matches'] ?? rule['match'] ?? [])} ${name}`,
      path: ['spec', field],
    })),
  );
}

/** `/api`, `any path`: which requests a rule is about. */
export function matchText(rule: Json): string {
  const matches = [...mappings(rule['matches']), ...mappings(rule['match'])];
  const paths = matches.flatMap((match) => {
    const uri = record(match['uri']) ?? record(match['path']);
    const text = string(uri?.['value']) ?? string(uri?.['prefix']) ?? string(uri?.['exact']) ?? string(uri?.['regex']);
    return text === undefined ? [] : [text];
  });
  return paths.length > 0 ? [...new Set(paths)].join(', ') : 'any path';
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** What holds where nothing is written. @default - no limit */
type Unset = Pick<Limits, 'value' | 'written'>;

function time(name: string, value: unknown, unset: Unset = { value: UNLIMITED }, what = 'what takes'): Limits {
  const text = (is: string, was: string) => `${what} longer than ${is} gets an error (504), and it was ${was} before`;
  const written = typeof value === 'number' ? `${value}s` : string(value)?.replace(/^\d+$/, '$&s');
  const seconds = written === undefined ? undefined : goDuration(written);
  if (seconds === undefined) return { name, text, ...unset };
  // Nothing is waited for that long where it is 0.
  return { name, text, value: seconds === 0 ? UNLIMITED : seconds, written };
}

const tries = (written: unknown, unset: number): Limits => ({
  name: 'retries',
  value: number(written) ?? unset,
  text: (is, was) => `a request that fails is tried again ${is} times in place of ${was}`,
});

/** Implementations wait for 15 s, a minute, or without end: more than a minute is not seen as less. */
const OF_CONTROLLER: Unset = { value: 60, written: 'up to its controller' };

/** gateway-api.sigs.k8s.io/reference/spec/#httproutetimeouts: what holds without is up to the implementation. */
function ofGatewayRule(rule: Json): Limits[] {
  const timeouts = record(rule['timeouts']);
  const attempts = record(rule['retry'])?.['attempts'];
  return [
    time('request', timeouts?.['request'], OF_CONTROLLER),
    time('backendRequest', timeouts?.['backendRequest'], OF_CONTROLLER),
    ...(attempts === undefined ? [] : [tries(attempts, 0)]),
  ];
}

/** istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute: without a timeout there is none, and two tries without retries. */
function ofIstioRoute(rule: Json): Limits[] {
  const fault = record(rule['fault']);
  const [abort, delay] = [record(fault?.['abort']), record(fault?.['delay'])];
  const status = abort?.['httpStatus'] ?? abort?.['grpcStatus'] ?? abort?.['http2Error'];
  return [
    time('timeout', rule['timeout']),
    time('perTryTimeout', record(rule['retries'])?.['perTryTimeout'], undefined, 'a try that takes'),
    tries(record(rule['retries'])?.['attempts'], 2),
    {
      name: 'abort',
      fails: true,
      value: -percentOf(abort),
      written: `${percentOf(abort)}%`,
      text: (is, was) => `${is} of them get ${String(status)} on purpose (fault.abort), and ${was} before`,
    },
    {
      name: 'delay',
      fails: true,
      value: -percentOf(delay),
      written: `${percentOf(delay)}%`,
      text: (is, was) =>
        `${is} of them wait ${String(delay?.['fixedDelay'])} on purpose (fault.delay), and ${was} before`,
    },
  ];
}

/** How many of 100 requests have a fault; all of them where it is not said (pilot/pkg/networking/core/route, translateFault). */
function percentOf(fault: Json | undefined): number {
  return fault ? (number(record(fault['percentage'])?.['value']) ?? number(fault['percent']) ?? 100) : 0;
}

/** istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings */
function ofConnections(resource: Resource): RequestLimit[] {
  const policies = [
    ['', record(resource.at(['spec', 'trafficPolicy']))] as const,
    ...mappings(resource.at(['spec', 'subsets'])).map(
      ({ name, trafficPolicy }) => [` of subset ${String(name)}`, record(trafficPolicy)] as const,
    ),
  ];
  return policies.flatMap(([subset, policy]) => {
    const pool = record(policy?.['connectionPool']);
    const [tcp, http] = [record(pool?.['tcp']), record(pool?.['http'])];
    const of = (name: string, value: unknown, what: string): RequestLimit => ({
      ...{ at: `${String(resource.at(['spec', 'host']))}${subset}`, key: `${subset} ${name}`, path: ['spec'] },
      value: number(value) ?? UNLIMITED,
      text: (is, was) => `more than ${is} ${what} get an error (503), and it was ${was} before (${name})`,
    });
    return [
      of('maxConnections', tcp?.['maxConnections'], 'connections of one client'),
      of('http1MaxPendingRequests', http?.['http1MaxPendingRequests'], 'requests that wait'),
      of('http2MaxRequests', http?.['http2MaxRequests'], 'requests at once'),
    ];
  });
}

/** doc.traefik.io/traefik/middlewares/http: an average of 0 limits nothing. */
function ofMiddleware(resource: Resource): RequestLimit[] {
  const spec = record(resource.at(['spec'])) ?? {};
  const at = (kind: string, field: string) => record(spec[kind])?.[field];
  const of = (name: string, value: unknown, text: RequestLimit['text']): RequestLimit => ({
    ...{ at: 'requests that pass it', key: name, path: ['spec'], text },
    value: Number(value ?? 0) > 0 ? Number(value) : UNLIMITED,
  });
  return [
    of(
      'rateLimit',
      at('rateLimit', 'average'),
      (is, was) => `more than ${is} in a period are refused (429), and it was ${was} before`,
    ),
    of(
      'inFlightReq',
      at('inFlightReq', 'amount'),
      (is, was) => `more than ${is} at once are refused (429), and it was ${was} before`,
    ),
    of(
      'buffering',
      at('buffering', 'maxRequestBodyBytes'),
      (is, was) => `bodies of more than ${is} bytes are refused (413), and it was ${was} before`,
    ),
  ];
}

/** What ingress-nginx does without an annotation (kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap). */
const NGINX: Readonly<Record<string, (name: string, written: string | undefined) => Limits>> = {
  'proxy-read-timeout': (name, written) => time(name, written ?? '60'),
  'proxy-send-timeout': (name, written) => time(name, written ?? '60'),
  'proxy-connect-timeout': (name, written) => time(name, written ?? '5'),
  'proxy-body-size': (name, written) => ({
    ...{ name, written: written ?? '1m' },
    value: sizeOf(written ?? '1m'),
    text: (is, was) => `bodies of more than ${is} are refused (413), and it was ${was} before`,
  }),
  ...Object.fromEntries(
    [
      ['limit-rps', 'requests of one client in a second'],
      ['limit-rpm', 'requests of one client in a minute'],
      ['limit-connections', 'connections of one client'],
    ].map(([field, what]) => [
      field,
      (name: string, written: string | undefined): Limits => ({
        name,
        value: Number(written ?? 0) > 0 ? Number(written) : UNLIMITED,
        text: (is, was) => `more than ${is} ${what} are refused (503), and it was ${was} before`,
      }),
    ]),
  ),
};

function ofIngress({ annotations }: Resource): RequestLimit[] {
  return Object.entries(NGINX).map(([field, read]) => {
    const annotation = `nginx.ingress.kubernetes.io/${field}`;
    const { name, ...limit } = read(field, annotations[annotation]);
    return { ...limit, at: 'its requests', key: name, path: ['metadata', 'annotations', annotation] };
  });
}

/** `50m`, in the way of nginx; 0 limits nothing. */
function sizeOf(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return Number.NaN;
  const bytes = Number(parseQuantity(`${digits}${unit === '' ? '' : `${unit.toUpperCase()}i`}`) ?? 0n);
  return bytes === 0 ? UNLIMITED : bytes;
}

/** How much a limit lets requests have, for messages. */
export function limitText({ value, written }: RequestLimit): string {
  if (value === UNLIMITED) return NONE;
  return written ?? String(value);
}
