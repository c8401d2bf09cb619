/**
 * The routes that istiod makes for the Envoy of a Gateway as the oracle of simulate/routing/istio-routing: which Services answer random requests,
 * with which shares, hosts and paths, and where copies go.
 *
 *   npm run oracle:istio -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Json } from '../../manifests/resource';
import { Resource } from '../../manifests/resource';
import type { RoutedService, RoutedShare, RoutingAnswer } from '../../simulate/routing/answer';
import { routeAtIstioGateway } from '../../simulate/routing/istio-routing';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import type { RouteRequest, RouteSet } from './istio-routes-cases';
import { routeSets, SERVICES } from './istio-routes-cases';

interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly shares?: Readonly<Record<string, number>>;
  readonly mirrors?: Readonly<Record<string, number>>;
  readonly path?: string;
  readonly host?: string;
  readonly aborted?: number;
  readonly abortStatus?: number;
}

const [count = '400', seed = '1', out = 'oracle-istio-routes.json', oracle = ''] = process.argv.slice(2);
const sets = routeSets(Number(count), 40, Number(seed));

/** Services as Istio is told of them without a cluster. */
const entries: Json[] = Object.entries(SERVICES).map(([name, ports]) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name, namespace: 'shop' },
  spec: {
    hosts: [`${name}.shop.svc.cluster.local`],
    ports: ports.map((number) => ({ number, name: `http-${number}`, protocol: 'HTTP' })),
    resolution: 'STATIC',
    location: 'MESH_INTERNAL',
    endpoints: [{ address: '10.0.0.1' }],
  },
}));

const answers = execFileSync(oracle, {
  input: sets
    .map(({ objects, requests }) => `${JSON.stringify({ objects: [...entries, ...objects], requests })}\n`)
    .join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as readonly Answer[]);

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

function isSame(oracle: Answer, own: Answer): boolean {
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

const counts = { backend: 0, lost: 0, redirect: 0, none: 0 };
const wrong: { request: RouteRequest; oracle: Answer; own: Answer; objects: readonly Json[] }[] = [];
for (const [i, set] of sets.entries()) {
  const world = worldOf(set);
  const gateway = world.of('Gateway').find(({ name }) => name === 'public')!;
  for (const [j, request] of set.requests.entries()) {
    const { method, host, path, query, headers, port, tls } = request;
    const own = asAnswer(
      routeAtIstioGateway(world, gateway, {
        ...{ method, host, path, query, port, scheme: tls ? 'https' : 'http' },
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      }),
    );
    const oracleAnswer = answers[i]![j]!;
    if (oracleAnswer.location !== undefined) counts.redirect++;
    else if (oracleAnswer.status !== undefined) counts.none++;
    else if (oracleAnswer.shares?.['503'] !== undefined) counts.lost++;
    else counts.backend++;
    if (!isSame(oracleAnswer, own)) wrong.push({ request, oracle: oracleAnswer, own, objects: set.objects });
  }
}
writeFileSync(out, JSON.stringify(wrong, null, 1));
console.log(
  `${sets.length} sets of routes, ${sets.length * 40} requests (${counts.backend} to backends, ${counts.lost} lost in part, ${counts.redirect} sent elsewhere, ${counts.none} answered by Envoy): ${wrong.length} that we tell otherwise`,
);
for (const each of wrong.slice(0, 4))
  console.log(JSON.stringify([each.request, each.oracle, each.own]), JSON.stringify(each.objects));
process.exitCode = wrong.length > 0 ? 1 : 0;
