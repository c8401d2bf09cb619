import { ApiObject } from 'cdk8s';
import { StrataError } from '../../model/errors';
import { MIRRORED_STATE, SHARES_ANNOTATION } from '../../model/marks';
import type { Canary, ControlledRelease, Recreate, ReleaseForm, Rolling } from '../../model/release';
import { isControlled, rolling } from '../../model/release';
import { Controller } from '../core/controller';
import type { RolloutProps } from '../core/rollout';
import type { Workload } from '../core/workload';
import type { ReleaseMeans } from './release-means';
import { capable, checkPodShares, NO_ROUTE, noController, sharingOf, stickyOf } from './release-means';

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
    if (!argoRollouts) throw noController(id);
    const sharesBy = release.way === 'canary' ? sharingOf(id, release, own.replicas, argoRollouts, traffic) : undefined;
    const service = make(version({ release, sharesBy }));
    if (release.way === 'blueGreen') service.hasNext();
    else if (sharesBy) service.splits({ next: service.hasNext(), sharesBy });
    else service.isCounted('its release deals out requests by the number of pods');
    if (release.way === 'canary') mark(service, SHARES_ANNOTATION, sharesBy ? 'requests' : 'pods');
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
    checkDifferent(
      id,
      ['the service itself', version({})],
      ['next', version(release.next)],
      ...(release.way === 'canary'
        ? [
            'give the service itself the image before again, until next has all requests (at: 100)',
            'end the release: set at to 100, then to 0, then rolling()',
          ]
        : []),
      'give next another image',
    );

  if (release.way === 'canary') {
    const { next, at = 0 } = release;
    const sticky = stickyOf(id, release, traffic);
    if (traffic) {
      const { service, other } = withNext(next);
      mark(other, SHARES_ANNOTATION, 'requests');
      return service.splits({ to: other, share: at, sticky });
    }
    const pods = podsOf(id, release, own.replicas);
    const { service, other } = withNext({ ...next, replicas: pods }, { replicas: own.replicas - pods });
    for (const each of [service, other]) each.isCounted('its release deals out requests by the number of pods');
    mark(other, SHARES_ANNOTATION, 'pods');
    return service.leadsToAll(at === 100 ? other : service);
  }

  const able = capable(id, release, traffic);
  if (release.way === 'ab') {
    const { service, other } = withNext(release.next);
    return service.splits({ to: other, when: release.when });
  }
  const { share = 100, methods = [], state, next } = release;
  const { service, other } = withNext({ ...next, ownState: state === 'own' });
  // For who sees that both are told of the same store.
  mark(other, MIRRORED_STATE, state === 'own' ? 'own' : state.shared);
  return service.splits({ to: other, copies: share, methods, by: able.mirrorBy });
}

/** Says at a workload, for who reads the manifests alone, what its release has decided. */
function mark({ node }: Workload, annotation: string, value: string): void {
  node.children.find((child) => ApiObject.isApiObject(child))?.metadata.addAnnotation(annotation, value);
}

function checkDifferent(
  id: string,
  [one, { image }]: readonly [string, RunningVersion],
  [other, { image: next }]: readonly [string, RunningVersion],
  ...fixes: readonly string[]
): void {
  if (image !== next) return;
  throw new StrataError(`${id}, release`, `${one} and ${other} both run ${image}, so there is nothing to change to`, [
    ...fixes,
    'use rolling() while there is no next version',
  ]);
}

/** The pods of the next version, where a share of the requests is a share of the pods. */
function podsOf(id: string, { steps, at = 0, next }: Canary, replicas: number): number {
  if (next.replicas !== undefined)
    throw new StrataError(`${id}, release`, `gives next ${next.replicas} pods of its own: ${NO_ROUTE}`, [
      'remove replicas from next',
    ]);
  checkPodShares(id, steps, replicas, NO_ROUTE);
  return (replicas * at) / 100;
}
