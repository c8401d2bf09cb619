import { StrataError } from '../../model/errors';
import type { Ab, Canary, Mirror, Recreate, ReleaseForm, Rolling } from '../../model/release';
import { rolling, stepShares } from '../../model/release';
import type { RouteTraffic } from '../../model/traffic';
import type { Workload } from '../core/workload';

/** One version of a service that runs. */
export interface RunningVersion {
  /** What its workload is called. The names of the first version never change. */
  readonly id: string;
  readonly image: string;
  readonly replicas: number;
  /** The first version; undefined where it is that itself. */
  readonly first: Workload | undefined;
  /** How its own pods are replaced. */
  readonly release: Recreate | Rolling;
  /** The service that it is a version of: its pods say so, all versions alike. */
  readonly service: string;
  /** Whether what it writes is kept apart from what the first version writes. */
  readonly ownState: boolean;
}

type Fields = Partial<RunningVersion>;

/**
 * Runs a service as its release asks: one version, or two, and who gets which. `make` makes the workload of a version; what it gives back
 * is the service: flows to it lead to every version. `traffic` is what its route can tell requests apart by.
 */
export function released(
  id: string,
  release: ReleaseForm,
  own: Pick<RunningVersion, 'image' | 'replicas'>,
  make: (version: RunningVersion) => Workload,
  traffic?: RouteTraffic | undefined,
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
    if (traffic) {
      const { service, other } = withNext(next);
      return service.splits({ to: other, share: at });
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
  return service.splits({ to: other, copies: share, methods, by: able.mirrorBy });
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

/** The pods of the next version, where a share of the requests is a share of the pods. */
function podsOf(id: string, { steps, at = 0, next }: Canary, replicas: number): number {
  const place = `${id}, release`;
  const because = 'no route of this cluster deals out shares of requests, so a share is one of the pods';
  if (next.replicas !== undefined)
    throw new StrataError(place, `gives next ${next.replicas} pods of its own: ${because}`, [
      'remove replicas from next',
    ]);
  const shares = stepShares(steps);
  const odd = shares.find((share) => (replicas * share) % 100 !== 0);
  if (odd === undefined) return (replicas * at) / 100;
  const possible = Array.from({ length: 99 }, (_, i) => i + 1).filter((share) => (replicas * share) % 100 === 0);
  const enough = Array.from({ length: 100 }, (_, i) => i + 1).find((pods) =>
    shares.every((share) => (pods * share) % 100 === 0),
  )!;
  throw new StrataError(place, `gives ${odd} % of ${replicas} pods: ${because}`, [
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
