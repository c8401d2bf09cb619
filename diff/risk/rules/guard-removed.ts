import type { Resource } from '../../../manifests/resource';
import { list, mappings, string } from '../../../manifests/resource';
import { listenersOf } from '../../../world/listeners';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

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
    for (const change of changesOf(diff, 'Gateway')) if (change.does === 'changed') yield* ofGateway(change);
    for (const change of changesOf(diff, 'PeerAuthentication')) if (change.does === 'changed') yield* ofMesh(change);
    for (const change of changesOf(diff, 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'))
      if (change.does === 'changed') yield* ofCilium(change);
    // Istio’s and the policies of gateways: what they asked for is asked no more.
    for (const change of diff.changes) {
      const { does, before } = change;
      if (does !== 'removed' || !before || !isGuard(before)) continue;
      yield { change, message: `${before.kind} ${before.name} guards nothing any more: who was refused may be let in` };
    }
  },
});

/** Annotations that keep requests away, by what they ask for. */
const GUARDS: readonly (readonly [RegExp, string])[] = [
  [/\/auth-(url|type|tls-secret|signin)$/, 'nobody is asked who he is any more'],
  [/\/(whitelist|allowlist)-source-range$/, 'requests from every address are passed on'],
  [/\/auth-tls-verify-client$/, 'clients need no certificate any more'],
  [/traefik\.ingress\.kubernetes\.io\/router\.middlewares$/, 'what the middlewares refused may be passed on'],
  [/alb\.ingress\.kubernetes\.io\/(auth-type|inbound-cidrs)$/, 'requests that were refused are passed on'],
  [/\/(force-)?ssl-redirect$/, 'requests without TLS may be answered'],
];

/** Istio: what asked for the certificate of the mesh. */
function* ofMesh(change: ObjectChange): Iterable<FoundRisk> {
  const path = ['spec', 'mtls', 'mode'];
  const [was, is] = [change.before, change.after].map((resource) => string(resource!.at(path)) ?? 'UNSET');
  if (was === 'STRICT' && is !== 'STRICT')
    yield {
      change,
      field: fieldAt(change, path),
      message: `mutual TLS is ${is} in place of STRICT: connections without a certificate of the mesh are taken`,
    };
}

/** Cilium: entities that stand for everybody. */
function* ofCilium(change: ObjectChange): Iterable<FoundRisk> {
  const entities = (resource: Resource | undefined) =>
    mappings(resource?.at(['spec', 'ingress'])).flatMap((rule) => list(rule['fromEntities']).map(String));
  const old = entities(change.before);
  const wide = entities(change.after).find((entity) => ['all', 'world'].includes(entity) && !old.includes(entity));
  if (wide !== undefined && !old.includes('all'))
    yield {
      change,
      field: fieldAt(change, ['spec', 'ingress']),
      message: `${wide === 'all' ? 'everybody' : 'everybody outside the cluster'} is let in (fromEntities: ${wide})`,
    };
}

function isGuard({ group, kind }: Resource): boolean {
  return (
    (group === 'security.istio.io' &&
      ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'].includes(kind)) ||
    (group === 'gateway.envoyproxy.io' && kind === 'SecurityPolicy')
  );
}

function* ofIngress(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change as { before: Resource; after: Resource };
  for (const [name, value] of Object.entries(before.annotations)) {
    const guard = GUARDS.find(([pattern]) => pattern.test(name));
    const now = after.annotations[name];
    const isGone =
      now === undefined ||
      (now === 'false' && value === 'true') ||
      /^0\.0\.0\.0\/0/.test(now) ||
      (now === 'off' && value !== 'off');
    if (guard && isGone && value !== 'false')
      yield {
        change,
        field: fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']),
        message: guard[1],
      };
  }
  const [was, is] = [before, after].map(hostsWithTls) as [ReadonlySet<string>, ReadonlySet<string>];
  const served = new Set(mappings(after.at(['spec', 'rules'])).map(({ host }) => string(host) ?? '*'));
  for (const host of was)
    if (!is.has(host) && !is.has('*') && (served.has(host) || host === '*'))
      yield {
        change,
        field: fieldAt(change, ['spec', 'tls']),
        message: `${host === '*' ? 'every host' : host} is served without its certificate: requests go unencrypted, or fail`,
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

function* ofGateway(change: ObjectChange): Iterable<FoundRisk> {
  const now = listenersOf(change.after!);
  for (const was of listenersOf(change.before!)) {
    const is = now.find(({ name }) => name === was.name);
    if (is && /^(HTTPS|TLS)$/.test(was.protocol) && /^(HTTP|TCP)$/.test(is.protocol))
      yield {
        change,
        field: fieldAt(change, ['spec', 'listeners', { name: was.name }, 'protocol']),
        message: `listener ${was.name} takes ${is.protocol} in place of ${was.protocol}: requests go unencrypted`,
      };
  }
}
