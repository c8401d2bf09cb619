import type { Resource } from '../../../manifests/resource';
import { list, mappings, string } from '../../../manifests/resource';
import { blockTexts, without } from '../../../simulate/network/addresses';
import { isTraefik } from '../../../world/traefik';
import type { ObjectChange } from '../../object-change';
import { sourceBlocks } from '../balancers';
import { LOGIN, listedAddresses } from '../ingress-guards';
import { changesOf } from '../kinds';
import { meshServerOf } from '../mesh-servers';
import { asksForMutualTls, modeChanges, strictness } from '../mutual-tls';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { guardFields, openedRoutes } from '../traefik';

const ingress = (annotations: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop, annotations: { team: a${annotations} } }
spec:
  ingressClassName: nginx
  rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
`;

export default riskRule({
  id: 'guard-removed',
  class: 'exposure',
  description: 'an Ingress, a route or a listener that asks no more who somebody is, or that no longer encrypts',
  reason: 'Requests that were refused before are passed on, or are read by whoever is on the way.',
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
  advice: 'make sure that the program itself asks, or that it is meant for everybody',
  example: {
    before: ingress(", nginx.ingress.kubernetes.io/auth-url: 'https://login.example.com/auth'"),
    after: ingress(''),
    finds: ['Ingress/shop/web metadata.annotations["nginx.ingress.kubernetes.io/auth-url"]'],
    harmless: ingress(", nginx.ingress.kubernetes.io/auth-url: 'https://login.example.com/check'"),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Ingress')) if (change.does === 'changed') yield* ofIngress(change);
    for (const change of changesOf(diff, 'HTTPRoute', 'GRPCRoute'))
      if (change.does === 'changed') yield* ofRoute(change);
    for (const change of changesOf(diff, 'PeerAuthentication', 'DestinationRule'))
      if (change.after) yield* ofMesh(diff, change);
    for (const change of changesOf(diff, 'Service')) if (change.does === 'changed') yield* ofBalancer(change);
    for (const change of changesOf(diff, 'RequestAuthentication'))
      if (change.does === 'changed') yield* ofTokens(change);
    for (const change of changesOf(diff, 'IngressRoute', 'IngressRouteTCP'))
      if (change.before && change.after && isTraefik(change.after)) yield* ofTraefik(diff, change);
    for (const change of changesOf(diff, 'Middleware', 'MiddlewareTCP'))
      if (change.before && change.after && isTraefik(change.after)) yield* ofMiddleware(change);
    // Istio’s and the policies of gateways: what they asked for is asked no more.
    for (const change of diff.changes) {
      const { does, before } = change;
      if (does !== 'removed' || !before || !isGuard(before)) continue;
      if (before.kind === 'BackendTLSPolicy')
        yield {
          change,
          class: 'disruption',
          message: `${before.name} goes: the gateway speaks to what it was for without TLS: requests fail where that asks for TLS, and go unencrypted where it does not`,
          advice: 'let the program take requests without TLS first, or keep the policy',
        };
      else
        yield {
          change,
          message: `${before.kind} ${before.name} guards nothing any more: who was refused may be let in`,
        };
    }
  },
});

const UNENCRYPTED = 'requests without TLS may be answered';
const ENCRYPT = 'keep TLS where anybody may be on the way: let whoever comes without it be sent to https';

/** Annotations that keep requests away, by what they ask for. */
const GUARDS: readonly (readonly [RegExp, string])[] = [
  [/\/auth-tls-verify-client$/, 'clients need no certificate any more'],
  [LOGIN, 'nobody is asked who he is any more'],
  [/\/proxy-ssl-verify$/, 'nobody looks any more at the certificate of the program behind'],
  [/traefik\.ingress\.kubernetes\.io\/router\.middlewares$/, 'what the middlewares refused may be passed on'],
  [/traefik\.ingress\.kubernetes\.io\/router\.tls$/, UNENCRYPTED],
  [/konghq\.com\/plugins$/, 'what the plugins refused may be passed on'],
  [/alb\.ingress\.kubernetes\.io\/(auth-type|security-groups)$/, 'requests that were refused are passed on'],
  [
    /\/(enable-modsecurity|modsecurity-snippet|enable-owasp-(core|modsecurity-crs)(-rules)?|waf|wafv2-acl-arn|waf-policy-for-path)$/,
    'no firewall looks at the requests any more',
  ],
  [/\/(force-)?ssl-redirect$|alb\.ingress\.kubernetes\.io\/ssl-redirect$/, UNENCRYPTED],
];

/** What stands there where the annotation says nothing: the controller redirects by itself. */
const OPENING: readonly (readonly [RegExp, string, string])[] = [
  [/^nginx\.ingress\.kubernetes\.io\/ssl-redirect$/, 'false', UNENCRYPTED],
  [
    /^nginx\.ingress\.kubernetes\.io\/ssl-passthrough$/,
    'true',
    'TLS is passed through: certificates of clients, paths and headers are not looked at here any more',
  ],
  [/^nginx\.ingress\.kubernetes\.io\/satisfy$/, 'any', 'one guard that lets somebody in is enough, where all had to'],
  [/^nginx\.ingress\.kubernetes\.io\/enable-global-auth$/, 'false', 'nobody is asked who he is any more'],
];

/** Istio: what asks for the certificate of the mesh, and how sidecars connect. */
function* ofMesh({ after: world }: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const isServer = change.after!.kind === 'PeerAuthentication';
  // What nobody takes without a certificate tells nobody anything.
  if (!isServer && meshServerOf(world, change.after!)?.mode === 'STRICT') return;
  for (const { at, was, is } of modeChanges(change)) {
    if (strictness(is, isServer) >= strictness(was, isServer)) continue;
    // What is not set is that of the namespace or the mesh, which is mostly lenient.
    const what = isServer
      ? `connections without a certificate of the mesh ${was === 'UNSET' ? 'may be' : 'are'} taken`
      : 'requests go out without a certificate of the mesh, or unencrypted';
    yield {
      change,
      field: fieldAt(change, ['spec']),
      message: `mutual TLS is ${is} in place of ${was}${at && ` on ${at}`}: ${what}`,
    };
  }
}

/** A certificate that a load balancer of a cloud has no more. */
function* ofBalancer(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change as { before: Resource; after: Resource };
  const name = 'service.beta.kubernetes.io/aws-load-balancer-ssl-cert';
  if (before.annotations[name] && !after.annotations[name] && after.at(['spec', 'type']) === 'LoadBalancer')
    yield {
      change,
      field: fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']),
      message: 'the load balancer has no certificate any more: requests go unencrypted, or fail',
    };
}

/** Traefik: middlewares that requests pass no more, and TLS that asks for no certificate of the client. */
function* ofTraefik({ before, after }: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const [was, is] = [change.before!, change.after!];
  for (const { rule, lost } of openedRoutes({ world: before, resource: was }, { world: after, resource: is }))
    yield {
      change,
      field: fieldAt(change, ['spec', 'routes']),
      message: `${rule} passes ${lost.join(', ')} no more: who was refused by it may be let in`,
    };
  const [old, now] = [was, is].map((route) => string(route.at(['spec', 'tls', 'options', 'name'])));
  if (old !== undefined && now === undefined)
    yield {
      change,
      field: fieldAt(change, ['spec', 'tls']),
      message: `TLSOption ${old} holds no more: clients may need no certificate, and older versions of TLS may do`,
    };
}

/** Traefik: a Middleware that refuses nobody any more, or fewer addresses. */
function* ofMiddleware(change: ObjectChange): Iterable<FoundRisk> {
  const [before, after] = [change.before!, change.after!];
  const now = guardFields(after);
  const field = fieldAt(change, ['spec']);
  for (const guard of guardFields(before)) {
    const ranges = (middleware: Resource) =>
      sourceBlocks(list(middleware.at(['spec', guard, 'sourceRange'])).map(String));
    if (!now.includes(guard) && now.length === 0)
      yield { change, field, message: `it is no ${guard} any more: who was refused by it may be let in` };
    else if (/^ip(Allow|White)List$/.test(guard) && now.includes(guard)) {
      const opened = without(ranges(after), ranges(before));
      if (opened.length > 0)
        yield {
          change,
          field,
          message: `requests from ${firstNames(blockTexts(opened))} are passed on, which were refused`,
        };
    }
  }
}

/** Istio: an issuer whose tokens are checked no more. */
function* ofTokens(change: ObjectChange): Iterable<FoundRisk> {
  const issuers = (resource: Resource | undefined) =>
    mappings(resource?.at(['spec', 'jwtRules'])).map(({ issuer }) => String(issuer));
  const now = issuers(change.after);
  for (const issuer of issuers(change.before))
    if (!now.includes(issuer))
      yield {
        change,
        field: fieldAt(change, ['spec', 'jwtRules']),
        message: `tokens of ${issuer} are not checked any more: who was refused may be let in`,
      };
}

function isGuard(resource: Resource): boolean {
  const { group, kind } = resource;
  return (
    (group === 'security.istio.io' &&
      (kind === 'RequestAuthentication' || (kind === 'PeerAuthentication' && asksForMutualTls(resource)))) ||
    (group === 'gateway.envoyproxy.io' && kind === 'SecurityPolicy') ||
    (group === 'gateway.networking.k8s.io' && kind === 'BackendTLSPolicy')
  );
}

function* ofIngress(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change as { before: Resource; after: Resource };
  for (const [name, value] of Object.entries(before.annotations)) {
    const guard = GUARDS.find(([pattern]) => pattern.test(name));
    const now = after.annotations[name];
    const isGone =
      now === undefined ||
      now === '' ||
      (now === 'false' && value === 'true') ||
      (/^(off|none)$/.test(now) && !/^(off|none)$/.test(value));
    if (guard && isGone && !/^(false|off|none|)$/.test(value))
      yield {
        change,
        field: fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']),
        message: guard[1],
        ...(guard[1] === UNENCRYPTED ? { advice: ENCRYPT } : {}),
      };
  }
  for (const [name, value] of Object.entries(after.annotations)) {
    const opening = OPENING.find(([pattern, opens]) => pattern.test(name) && value === opens);
    if (opening && before.annotations[name] === undefined)
      yield { change, field: fieldAt(change, ['metadata', 'annotations']), message: opening[2] };
  }
  for (const { name, opened } of listedAddresses(before, after))
    if (opened !== undefined)
      yield {
        change,
        field: fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']),
        message: `requests from ${opened} are passed on, which were refused`,
      };
  const [was, is] = [before, after].map(hostsWithTls) as [ReadonlySet<string>, ReadonlySet<string>];
  const served = new Set(mappings(after.at(['spec', 'rules'])).map(({ host }) => string(host) ?? '*'));
  for (const host of was)
    if (!is.has(host) && !is.has('*') && (served.has(host) || host === '*'))
      yield {
        change,
        field: fieldAt(change, ['spec', 'tls']),
        message: `${host === '*' ? 'every host' : host} is served without its certificate: requests go unencrypted, or fail`,
        advice: ENCRYPT,
      };
}

function hostsWithTls(ingress: Resource): ReadonlySet<string> {
  return new Set(
    mappings(ingress.at(['spec', 'tls'])).flatMap(({ hosts }) =>
      list(hosts).length > 0 ? list(hosts).map(String) : ['*'],
    ),
  );
}

/** Filters that an implementation adds: authentication, as a rule. */
function* ofRoute(change: ObjectChange): Iterable<FoundRisk> {
  const refs = (route: Resource | undefined) =>
    mappings(route?.at(['spec', 'rules'])).flatMap((rule) =>
      mappings(rule['filters']).flatMap(({ type, extensionRef }) =>
        type === 'ExtensionRef' ? [JSON.stringify(extensionRef)] : [],
      ),
    );
  const now = refs(change.after);
  for (const was of refs(change.before))
    if (!now.includes(was))
      yield {
        change,
        field: fieldAt(change, ['spec', 'rules']),
        message: `a filter is no longer passed (${was}): what it refused may be let through`,
      };
}
