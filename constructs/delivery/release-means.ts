import type { ArgoRollouts } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { seconds } from '../../model/quantity';
import type { Ab, Canary, ControlledCanary, Mirror } from '../../model/release';
import { stepShares } from '../../model/release';
import type { RouteTraffic } from '../../model/traffic';
import { sharesProblem } from '../../model/traffic';
import type { RolloutProps } from '../core/rollout';

/** What of a cluster decides how a release is carried out. */
export interface ReleaseMeans {
  /** What its route can tell requests apart by. @default - no Gateway serves it */
  readonly traffic?: RouteTraffic | undefined;
  /** @default - its controller does not run there */
  readonly argoRollouts?: ArgoRollouts | undefined;
}

export function noController(id: string): StrataError {
  return new StrataError(
    `${id}, release`,
    "is by 'argo-rollouts', and nobody says that its controller runs in this cluster",
    [
      "say so in the file of the cluster: argoRollouts: { version: '1.9', pods: … }",
      "leave by out: the cluster's own means carry it out, a commit for each step",
    ],
  );
}

/** The cookie of a canary that keeps its clients, where something can carry it out. */
export function stickyOf(
  id: string,
  { sticky }: Canary,
  traffic: RouteTraffic | undefined,
): { readonly cookie: string; readonly seconds: number | undefined } | undefined {
  if (!sticky) return undefined;
  const { cookie = `${id}-version`, for: time } = sticky;
  if (traffic?.sessionAffinity) return { cookie, seconds: time === undefined ? undefined : seconds(time) };
  throw new StrataError(
    `${id}, release`,
    `is a canary that keeps clients with their version (sticky), and ${
      traffic
        ? `${traffic.by} is not known to: sessionPersistence of the Gateway API is experimental, and Istio's consistentHash chooses a pod of one version, not a version`
        : 'no Gateway of this cluster serves it: a share of the pods is met by connections, and sessionAffinity of a Service keeps an address with one pod'
    }`,
    [
      "serve it by a Gateway of Traefik with its provider kubernetesCRD, which does it by a TraefikService: gateway.implementation: { name: 'traefik', …, traefikServices: true }",
      'use ab: a cookie or a header that the app itself sets decides, by any Gateway that matches it',
      'remove sticky: each request may meet another version',
    ],
  );
}

/** By what a controller deals out the shares of a canary here. */
export function sharingOf(
  id: string,
  release: ControlledCanary,
  replicas: number,
  argoRollouts: ArgoRollouts,
  traffic: RouteTraffic | undefined,
): RolloutProps['sharesBy'] {
  const { sharesBy } = argoRollouts;
  const place = `${id}, release`;
  if (!traffic || sharesBy === undefined) {
    const because = traffic
      ? 'nobody says by what Argo Rollouts deals out requests here, so a share is one of the pods'
      : NO_ROUTE;
    checkPodShares(id, release.steps, replicas, because);
    return undefined;
  }
  const problem = traffic.sharedBy.includes(sharesBy)
    ? sharesProblem(argoRollouts)
    : `it deals out requests by ${sharesBy} here, which ${traffic.by} is not known to have`;
  if (problem === undefined) return sharesBy;
  throw new StrataError(place, `is a canary by 'argo-rollouts', and ${problem}`, [
    `say what it can be, and which version is there, in the file of the cluster: argoRollouts: { sharesBy: '${traffic.sharedBy.join("' or '")}', … }`,
    'leave argoRollouts.sharesBy out: a share is one of the pods then',
  ]);
}

/** Why a share of the requests is one of the pods. */
export const NO_ROUTE = 'no route of this cluster deals out shares of requests, so a share is one of the pods';

/** Throws where a step is no whole number of pods. */
export function checkPodShares(id: string, steps: Canary['steps'], replicas: number, because: string): void {
  const shares = stepShares(steps);
  const odd = shares.find((share) => (replicas * share) % 100 !== 0);
  if (odd === undefined) return;
  const possible = Array.from({ length: 99 }, (_, i) => i + 1).filter((share) => (replicas * share) % 100 === 0);
  const enough = Array.from({ length: 100 }, (_, i) => i + 1).find((pods) =>
    shares.every((share) => (pods * share) % 100 === 0),
  )!;
  throw new StrataError(`${id}, release`, `gives ${odd} % of ${replicas} pods: ${because}`, [
    ...(possible.length > 0
      ? [
          `use ${nearest(possible, odd)
            .map((share) => `share(${share})`)
            .join(' or ')}`,
        ]
      : []),
    `run ${enough} pods, of which each of these shares is a whole number`,
    'serve it by a Gateway: its route deals out requests, however many pods there are',
  ]);
}

/** The two values on either side of one. */
function nearest(values: readonly number[], wanted: number): number[] {
  const [below, above] = [values.filter((each) => each < wanted).at(-1), values.find((each) => each > wanted)];
  return [below, above].filter((each) => each !== undefined);
}

/** What the route can do, if that is enough. */
export function capable(id: string, release: Ab | Mirror, traffic: RouteTraffic | undefined): RouteTraffic {
  const lack = lackOf(release, traffic);
  if (traffic && lack === undefined) return traffic;
  throw new StrataError(`${id}, release`, `is ${release.way}, and ${lack}`, [
    ...(traffic
      ? [
          'say what implements the Gateway, and which features it has: gateway.implementation in the file of the cluster',
        ]
      : ["serve it by a Gateway: gateway in the file of the cluster, and route.through 'auto' or 'gateway'"]),
    `use what this cluster can carry out: ${possibleBy(traffic).join(', ')}`,
  ]);
}

function lackOf(release: Ab | Mirror, traffic: RouteTraffic | undefined): string | undefined {
  if (!traffic) return 'no Gateway of this cluster serves it: a Service and an Ingress do not look into requests';
  if (release.way === 'ab')
    return release.when.by === 'header' || traffic.cookies
      ? undefined
      : `${traffic.by} is not known to match cookies: that takes headers by regular expression, which the Gateway API leaves to implementations`;
  if (traffic.mirrors === 'none') return `${traffic.by} is not known to copy requests: ${NO_COPIES}`;
  if (traffic.mirrors === 'all' && ![0, 100].includes(release.share ?? 100))
    return `${traffic.by} copies all requests or none, and not ${release.share} % of them: use share: 100`;
  return undefined;
}

const NO_COPIES =
  'HTTPRouteRequestMirror is an optional feature of the Gateway API, and Traefik does it by TraefikServices alone (traefikServices)';

function possibleBy(traffic: RouteTraffic | undefined): string[] {
  return [
    ...['rolling', 'recreate', 'blueGreen', traffic ? 'canary by weights' : 'canary by the number of pods'],
    ...(traffic ? [traffic.cookies ? 'ab by header or cookie' : 'ab by header'] : []),
    ...(traffic && traffic.mirrors !== 'none' ? ['mirror'] : []),
  ];
}
