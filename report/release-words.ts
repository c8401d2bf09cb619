import type { ReportedFinding } from '../checks/finding';
import type { Fleet } from '../diff/fleet/fleet';
import type { StageCheck, WatchedQuery } from '../diff/stage-checks';
import type { CommittedRelease } from '../model/release';
import type { ReleaseStage } from '../model/release-stages';

/** A state of the release: what becomes different, and what is found wrong with it. */
export interface PlannedStage extends ReleaseStage {
  /** Against the stage before; nothing where that is not known. */
  readonly fleet: Fleet;
  /** Whether the settings say no more what was before it. */
  readonly isFromUnknown: boolean;
  /** What is looked at in the cluster before it goes on. */
  readonly checks: readonly StageCheck[];
  /** What is watched of the next version; undefined where nothing says it. */
  readonly watched: WatchedQuery | undefined;
  /** Whether the sources say just this. */
  readonly isNow: boolean;
  /** What would break in it. */
  readonly problems: readonly ReportedFinding[];
  /** What is advised of it and was not of the stage before. */
  readonly advice: readonly ReportedFinding[];
}

export interface ReleasePlan {
  readonly target: string;
  readonly service: string;
  /** The image of the service itself. */
  readonly image: string;
  readonly release: CommittedRelease;
  /** Whether the service itself is the next version already: the stages are those that remain, and the one of now. */
  readonly isAtEnd: boolean;
  readonly stages: readonly PlannedStage[];
  /** Where the release is set. */
  readonly from: string;
}

export function isReady({ stages }: ReleasePlan): boolean {
  return stages.every(({ problems }) => problems.length === 0);
}

/** The image that gets the requests before the release. `image`: that of the service itself. */
export function liveOf(release: CommittedRelease, image: string): string {
  return (release.way === 'blueGreen' ? release[release.live]?.image : undefined) ?? image;
}

/** The image that comes; undefined: that of the service itself. */
export function nextOf(release: CommittedRelease): string | undefined {
  if (release.way === 'rolling' || release.way === 'recreate') return undefined;
  if (release.way !== 'blueGreen') return release.next.image;
  return release.live === 'blue' ? release.green.image : release.blue?.image;
}

/** What a stage is called. */
export function titleOf({ does, release, image }: ReleaseStage): string {
  switch (does) {
    case 'pods':
      return 'The pods of the next version start, and get no request';
    case 'share':
      return release.way === 'canary' && release.at === 100
        ? 'All requests go to the next version'
        : `${release.way === 'canary' ? release.at : 0} % of the ${
            release.way === 'canary' && release.sticky ? 'clients that are new' : 'requests'
          } go to the next version`;
    case 'switch':
      return 'All requests go to the other version';
    case 'match':
      return 'The next version gets the requests of which it is said';
    case 'copies':
      return 'The next version gets copies of requests, and nobody its answers';
    case 'quiet':
      return 'No request is copied any more';
    case 'first':
      return 'The pods of the service itself become the next version, and get no request meanwhile';
    case 'back':
      return release.way === 'canary' && (release.at ?? 0) > 0
        ? `The service itself, which is the next version now, has ${100 - release.at!} % of the pods`
        : 'All requests go back to the service itself, which is the next version now';
    case 'end':
      return release.way === 'rolling' && image === undefined
        ? 'The service is alone again, as it was'
        : 'The service is alone again, and is the next version';
  }
}

/** What is set in a stage, as the sources say it. */
export function settingOf({ release, image }: ReleaseStage): string {
  const form =
    release.way === 'rolling'
      ? 'release: rolling()'
      : release.way === 'canary'
        ? `release: canary({ …, at: ${release.at} })`
        : release.way === 'mirror'
          ? `release: mirror({ …, share: ${release.share} })`
          : release.way === 'blueGreen'
            ? `release: blueGreen({ …, live: '${release.live}' })`
            : `release: ${release.way}({ … })`;
  return image === undefined ? form : `${form}, image: '${image}'`;
}
