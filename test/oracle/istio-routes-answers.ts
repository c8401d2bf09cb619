import { createHash } from 'node:crypto';
import type { Json } from '../../manifests/resource';
import { Resource } from '../../manifests/resource';
import type { RoutedService, RoutedShare, RoutingAnswer } from '../../simulate/routing/answer';
import { routeAtIstioGateway } from '../../simulate/routing/istio-routing';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import type { RouteSet } from './istio-routes-cases';
import { SERVICES } from './istio-routes-cases';

/** What becomes of a request, as istiod's routes and ours are compared. */
export interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly shares?: Readonly<Record<string, number>>;
  readonly mirrors?: Readonly<Record<string, number>>;
  readonly path?: string;
  readonly host?: string;
  readonly aborted?: number;
  readonly abortStatus?: number;
}

const pods = (name: string, version: string): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `${name}-${version}`, namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: name, version } },
    template: {
      metadata: { labels: { app: name, version } },
      spec: { containers: [{ name, image: `${name}:1.0.0` }] },
    },
  },
});
const services: Json[] = Object.entries(SERVICES).flatMap(([name, ports]) => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { selector: { app: name }, ports: ports.map((port) => ({ name: `http-${port}`, port })) },
  },
  ...['v1', 'v2'].map((version) => pods(name, version)),
]);

function worldOf({ objects }: RouteSet): World {
  const all = [...services, ...objects].map((object, i) => new Resource(object, { file: 'a.yaml', text: '' }, i));
  return new World(all, new Facts([], undefined, [], true), []);
}

/** In Istio's own words: names of clusters. */
function cluster({ namespace, name, port, subset = '' }: RoutedService): string {
  return `outbound|${port}|${subset}|${namespace === '' ? name : `${name}.${namespace}.svc.cluster.local`}`;
}

function asAnswer({ rule, shares: all }: RoutingAnswer): Answer {
  const isAborted = ({ to }: RoutedShare) => to.is === 'error' && to.why.includes('fault.abort');
  const lost = all.find(isAborted);
  if (lost?.to.is !== 'error') return routed(rule, all);
  const { share, to } = lost;
  const others = all
    .filter((each) => !isAborted(each))
    .map((each) => ({ share: each.share / (1 - share), to: each.to }));
  return { ...(others.length > 0 ? routed(rule, others) : {}), aborted: share, abortStatus: to.status };
}

function routed(rule: RoutingAnswer['rule'], shares: readonly RoutedShare[]): Answer {
  const [first] = shares;
  if (first?.to.is === 'redirect') return { status: first.to.status, location: first.to.location };
  if (!rule) return { status: 404 };
  if (first?.to.is === 'error' && first.to.why.includes('directResponse')) return { status: first.to.status };
  const said: Record<string, number> = {};
  const mirrors: Record<string, number> = {};
  let [path, host] = ['', ''];
  for (const { share, to } of shares) {
    const name = to.is === 'backend' ? cluster(to.service) : '503';
    said[name] = (said[name] ?? 0) + share;
    if (to.is !== 'backend') continue;
    [path, host] = [to.path, to.host];
    for (const copy of to.mirrors) mirrors[cluster(copy.service)] = copy.share;
  }
  return { shares: said, path, host, ...(Object.keys(mirrors).length > 0 ? { mirrors } : {}) };
}

export function isSame(oracle: Answer, own: Answer): boolean {
  if (Math.abs((oracle.aborted ?? 0) - (own.aborted ?? 0)) > 1e-9 || oracle.abortStatus !== own.abortStatus)
    return false;
  // What becomes of others where there are none.
  if (oracle.aborted === 1) return true;
  if (oracle.status !== undefined || own.status !== undefined)
    return oracle.status === own.status && (oracle.location ?? '') === (own.location ?? '');
  const near = (a: Readonly<Record<string, number>> = {}, b: Readonly<Record<string, number>> = {}) =>
    Object.keys({ ...a, ...b }).every((name) => Math.abs((a[name] ?? 0) - (b[name] ?? 0)) < 1e-9);
  // Nobody sees the path of a request that fails as a whole.
  const isLost = own.path === '' && own.host === '';
  return (
    near(oracle.shares, own.shares) &&
    (isLost || (oracle.path === own.path && oracle.host === own.host && near(oracle.mirrors, own.mirrors)))
  );
}

/** What we say of the requests of a set, in their order. */
export function ownAnswers(set: RouteSet): readonly Answer[] {
  const world = worldOf(set);
  const gateway = world.of('Gateway').find(({ name }) => name === 'public')!;
  return set.requests.map(({ method, host, path, query, headers, port, tls }) =>
    asAnswer(
      routeAtIstioGateway(world, gateway, {
        ...{ method, host, path, query, port, scheme: tls ? 'https' : 'http' },
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      }),
    ),
  );
}

/** A few signs that are the same for the same answers. */
export function digestOf(answers: readonly Answer[]): string {
  return createHash('sha256').update(answers.map(textOf).join('\n')).digest('hex').slice(0, 8);
}

/** An answer without what nobody sees: the path of a request that fails as a whole. */
function textOf({ status, location = '', shares, mirrors, path, host, aborted = 0, abortStatus }: Answer): string {
  const parts = (of: Readonly<Record<string, number>> = {}) =>
    Object.entries(of)
      .filter(([, share]) => share > 0)
      .map(([name, share]) => `${name} ${share.toFixed(6)}`)
      .sort()
      .join();
  const abort = aborted > 0 ? `${aborted.toFixed(6)} ${abortStatus}` : '';
  if (aborted === 1) return abort;
  if (status !== undefined) return `${abort} ${status} ${location}`;
  const isLost = Object.keys(shares ?? {}).every((name) => name === '503');
  return `${abort} ${parts(shares)} ${isLost ? '' : `${host}${path} ${parts(mirrors)}`}`;
}
