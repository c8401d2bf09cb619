import { ApiObject } from 'cdk8s';
import type { ArgoRollouts } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { seconds } from '../../model/quantity';
import type {
  Ab,
  Canary,
  ControlledCanary,
  ControlledRelease,
  Mirror,
  Recreate,
  ReleaseForm,
  Rolling,
} from '../../model/release';
import { isControlled, rolling, stepShares } from '../../model/release';
import type { RouteTraffic } from '../../model/traffic';
import { sharesProblem } from '../../model/traffic';
import { Controller } from '../core/controller';
import type { RolloutProps } from '../core/rollout';
import type { Workload } from '../core/workload';

/** The annotation of a workload that gets copies: `own`, or why it does no harm that it writes where the first version does. */
const MIRRORED_STATE = 'strata/mirrored-state';

/** One version of a service that runs. */
export interface RunningVersion {
  /** What its workload is called. The names of the first version never change. */
  readonly id: string;
  readonly image: string;
  readonly replicas: number;
  /** The first version; undefined where it is that itself. */
  readonly first: Workload | undefined;
  /** How its own pods are replaced. */
  readonly release: Recreate | Rolling | ControlledRelease;
  /** By what a controller deals out shares of the requests. @default - by the number of pods, or there are none */
  readonly sharesBy?: RolloutProps['sharesBy'];
  /** The service that it is a version of: its pods say so, all versions alike. */
  readonly service: string;
  /** Whether what it writes is kept apart from what the first version writes. */
  readonly ownState: boolean;
}

type Fields = Partial<RunningVersion>;

/** What of a cluster decides how a release is carried out. */
export interface ReleaseMeans {
  /** What its route can tell requests apart by. @default - no Gateway serves it */
  readonly traffic?: RouteTraffic | undefined;
  /** @default - its controller does not run there */
  readonly argoRollouts?: ArgoRollouts | undefined;
}

/** Who keeps the pods of a version. `crowded`: where one pod more may find no room. */
export function keeperOf(
  { release, replicas, sharesBy }: RunningVersion,
  { revisionHistoryLimit, crowded = false }: { readonly revisionHistoryLimit: number; readonly crowded?: boolean },
): Controller {
  const shared = { replicas, revisionHistoryLimit };
  if (isControlled(release)) return Controller.rollout({ ...shared, release, sharesBy });
  return Controller.deployment({
    ...shared,
    release: crowded && release.way === 'rolling' ? { surge: 0, ...release } : release,
  });
}

/**
 * Runs a service as its release asks: one version, or two, and who gets which. `make` makes the workload of a version; what it gives back
 * is the service: flows to it lead to every version.
 */
export function released(
  id: string,
  release: ReleaseForm,
  own: Pick<RunningVersion, 'image' | 'replicas'>,
  make: (version: RunningVersion) => Workload,
  { traffic, argoRollouts }: ReleaseMeans = {},
): Workload {
  const version = (fields: Fields): RunningVersion => ({
    ...{ id, ...own, first: undefined, release: rolling(), service: id, ownState: false },
    ...fields,
  });
  const both = (one: Fields, other: Fields) => {
    const service = make(version(one));
    return { service, other: make(version({ ...other, first: service })) };
  };
  const withNext = (next: Fields, one: Fields = {}) => both(one, { id: `${id}-next`, ...next });

  if (release.way === 'recreate' || release.way === 'rolling') return make(version({ release }));

  if (isControlled(release)) {
    const sharesBy = release.way === 'canary' ? sharesOf(id, release, own.replicas, argoRollouts, traffic) : undefined;
    if (!argoRollouts) throw noController(id);
    const service = make(version({ release, sharesBy }));
    if (release.way === 'blueGreen') service.hasNext();
    else if (sharesBy) service.splits({ next: service.hasNext(), sharesBy });
    else service.isCounted('its release deals out requests by the number of pods');
    return service;
  }

  if (release.way === 'blueGreen') {
    const [blue, green] = [{ ...release.blue }, { id: `${id}-green`, ...release.green }];
    checkDifferent(
      id,
      ['blue', version(blue)],
      ['green', version(green)],
      'give the version that is not live the next image',
    );
    const { service, other } = both(blue, green);
    if (release.live === 'green') service.leadsTo(other);
    return service;
  }

  // At the end the first version becomes the same as the next one, while no request meets it, and gets the requests back.
  if (release.way !== 'canary' || (traffic && ![0, 100].includes(release.at ?? 0)))
    checkDifferent(id, ['the service itself', version({})], ['next', version(release.next)], 'give next another image');

  if (release.way === 'canary') {
    const { next, at = 0 } = release;
    const sticky = stickyOf(id, release, traffic);
    if (traffic) {
      const { service, other } = withNext(next);
      return service.splits({ to: other, share: at, sticky });
    }
    const pods = podsOf(id, release, own.replicas);
    const { service, other } = withNext({ ...next, replicas: pods }, { replicas: own.replicas - pods });
    for (const each of [service, other]) each.isCounted('its release deals out requests by the number of pods');
    return service.leadsToAll(at === 100 ? other : service);
  }

  const able = capable(id, release, traffic);
  if (release.way === 'ab') {
    const { service, other } = withNext(release.next);
    return service.splits({ to: other, when: release.when });
  }
  const { share = 100, methods = [], state, next } = release;
  const { service, other } = withNext({ ...next, ownState: state === 'own' });
  // For who reads the manifests alone, and sees that both are told of the same store.
  const object = other.node.children.find((child) => ApiObject.isApiObject(child));
  object?.metadata.addAnnotation(MIRRORED_STATE, state === 'own' ? 'own' : state.shared);
  return service.splits({ to: other, copies: share, methods, by: able.mirrorBy });
}

function noController(id: string): StrataError {
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
function stickyOf(
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
function sharesOf(
  id: string,
  release: ControlledCanary,
  replicas: number,
  argoRollouts: ArgoRollouts | undefined,
  traffic: RouteTraffic | undefined,
): RolloutProps['sharesBy'] {
  if (!argoRollouts) throw noController(id);
  const { sharesBy } = argoRollouts;
  if (sharesBy !== undefined && traffic?.sharedBy.includes(sharesBy)) {
    const problem = sharesProblem(argoRollouts);
    if (problem === undefined) return sharesBy;
    throw new StrataError(`${id}, release`, `is a canary by 'argo-rollouts', and ${problem}`, [
      'update its controller, and say so in the file of the cluster: argoRollouts.version',
      'leave argoRollouts.sharesBy out: a share is one of the pods then',
    ]);
  }
  checkPodShares(id, release.steps, replicas);
  return undefined;
}

function checkDifferent(
  id: string,
  [one, { image }]: readonly [string, RunningVersion],
  [other, { image: next }]: readonly [string, RunningVersion],
  fix: string,
): void {
  if (image !== next) return;
  throw new StrataError(`${id}, release`, `${one} and ${other} both run ${image}, so there is nothing to change to`, [
    fix,
    'use rolling() while there is no next version',
  ]);
}

const BY_PODS = 'no route of this cluster deals out shares of requests, so a share is one of the pods';

/** The pods of the next version, where a share of the requests is a share of the pods. */
function podsOf(id: string, { steps, at = 0, next }: Canary, replicas: number): number {
  if (next.replicas !== undefined)
    throw new StrataError(`${id}, release`, `gives next ${next.replicas} pods of its own: ${BY_PODS}`, [
      'remove replicas from next',
    ]);
  checkPodShares(id, steps, replicas);
  return (replicas * at) / 100;
}

/** Throws where a step is no whole number of pods. */
function checkPodShares(id: string, steps: Canary['steps'], replicas: number): void {
  const shares = stepShares(steps);
  const odd = shares.find((share) => (replicas * share) % 100 !== 0);
  if (odd === undefined) return;
  const possible = Array.from({ length: 99 }, (_, i) => i + 1).filter((share) => (replicas * share) % 100 === 0);
  const enough = Array.from({ length: 100 }, (_, i) => i + 1).find((pods) =>
    shares.every((share) => (pods * share) % 100 === 0),
  )!;
  throw new StrataError(`${id}, release`, `gives ${odd} % of ${replicas} pods: ${BY_PODS}`, [
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
function capable(id: string, release: Ab | Mirror, traffic: RouteTraffic | undefined): RouteTraffic {
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
