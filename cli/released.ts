import { isDeepStrictEqual } from 'node:util';
import type { Report } from '../checks/finding';
import { fleetOf } from '../diff/fleet/fleet-of';
import { podChecks, stageChecks, watchedIn } from '../diff/stage-checks';
import { targetChange } from '../diff/target-change';
import { controlledStages } from '../model/controlled-stages';
import { StrataError } from '../model/errors';
import type { CommittedRelease, ControlledRelease, ReleaseForm } from '../model/release';
import { isControlled } from '../model/release';
import type { ReleaseStage } from '../model/release-stages';
import { stagesOf } from '../model/release-stages';
import type { Target } from '../model/target';
import { withSetting } from '../render/explain/counterfactual';
import { planTarget } from '../render/plan';
import type { ControlledPlan } from '../report/controlled-plan';
import type { PlannedStage, ReleasePlan } from '../report/release-words';
import { nextOf } from '../report/release-words';
import { podsOf } from '../world/autoscalers';
import type { World } from '../world/world';
import type { Host, Project } from './command';
import type { Given } from './options/table';
import { plannedVerifier } from './planned-judging';
import type { ReleasedService } from './released-service';
import { serviceIn, sharesPods, versionsOf } from './released-service';
import type { plan } from './tables';

const COMMAND = 'strata plan release';

/** The states that a service goes through until its next version is alone, each rendered and judged as if it were committed. */
export function releasePlan<P>(
  project: Project<P>,
  [name, ...services]: readonly string[],
  values: Given<typeof plan>['values'],
  host: Host,
): ReleasePlan | ControlledPlan {
  if (name === undefined || services.length > 1)
    throw new StrataError(COMMAND, 'plans the release of one service in one target', [
      `write ${COMMAND} TARGET SERVICE`,
    ]);
  const [target, ...more] = project.matrix.targets([name]);
  if (!target || more.length > 0)
    throw new StrataError(COMMAND, `is about one target, and ${name} means ${more.length + 1}`, ['name one of them']);
  const service = serviceIn(target, services[0]);
  const { image, release } = service.settings;
  if (isControlled(release))
    return controlledPlan(project, target, { ...service, settings: { image, release } }, values, host);
  const at = judging(project, target, service.name, values, host);

  // As the sources say it: what cannot be rendered is said before anything is planned.
  const { world } = at(release, image);
  const versionsIn = (of: World) => versionsOf(of, service.name, [image, nextOf(release)]);
  const states = stagesOf(release, { byPods: sharesPods(versionsIn(world)), image });
  const isAtEnd = states[0]?.image !== undefined;
  const now = (stage: ReleaseStage) => isNow(stage, { release, image });
  // Of what has been before, only the state right before the one of now is told: it says what the sources change.
  const from = isAtEnd ? Math.max(states.findIndex(now), 0) : 0;
  const last = states[from - 1];
  let before = last ? at(last.release, last.image ?? image) : stateBefore(release, image, at);
  const stages = states.slice(from).map((stage): PlannedStage => {
    const after = at(stage.release, stage.image ?? image);
    const { world: was, findings } = before ?? after;
    // What is declared beside a render, and cannot be read, is the same before and after.
    const fleet = fleetOf([targetChange(target.name, was, after.world, { before: [], after: [] })]);
    const known = new Set(findings.map((finding) => JSON.stringify([finding.check, finding.object, finding.message])));
    const versions = versionsIn(after.world);
    const planned = {
      ...stage,
      fleet,
      isFromUnknown: before === undefined,
      checks: before ? stageChecks(fleet, after.world) : podChecks(after.world, versions),
      watched: watchedIn(versions),
      isNow: now(stage),
      problems: after.findings.filter(({ verdict, severity }) => verdict === 'fail' && severity === 'will-break'),
      advice: after.findings.filter(
        ({ check, object, message, severity, verdict }) =>
          verdict === 'fail' && severity === 'advice' && !known.has(JSON.stringify([check, object, message])),
      ),
    };
    before = after;
    return planned;
  });
  return {
    ...{ target: target.name, service: service.name, image, release, isAtEnd, stages },
    from: sourceOf(target, service.name),
  };
}

/**
 * The state before the first stage; undefined where the settings say no more what it was: of a service that is the next version itself, and of
 * a version of blue and green that stood idle before it was given the next image.
 */
function stateBefore(
  release: CommittedRelease,
  image: string,
  at: ReturnType<typeof judging>,
): JudgedState | undefined {
  const isLater = release.way === 'blueGreen' && (release.live === 'green' || release.blue?.image !== undefined);
  const isEnding = release.way === 'canary' && release.next.image === image;
  return isLater || isEnding ? undefined : at({ way: 'rolling' }, image);
}

/** Whether the sources say just this. Two stages may be alike, and nobody knows then which of them it is. */
function isNow(stage: ReleaseStage, { release, image }: ReleasedService<CommittedRelease>['settings']): boolean {
  const asSet =
    release.way === 'canary'
      ? { ...release, at: release.at ?? 0 }
      : release.way === 'mirror'
        ? { ...release, share: release.share ?? 100 }
        : release;
  return (stage.image ?? image) === image && isDeepStrictEqual(stage.release, asSet);
}

/** Where the release is set. */
function sourceOf<P>(target: Target<P>, service: string): string {
  const layer = layerOf(target, `${service}.release`);
  return layer ? `${service}.release (${layer})` : `${service}.release`;
}

/** The layer that sets a value; undefined where it is the default. */
function layerOf<P>({ history }: Target<P>, setting: string): string | undefined {
  return history.get(setting)?.at(-1)?.layer;
}

/** A release of which a commit changes the image, and a controller does the rest. */
function controlledPlan<P>(
  project: Project<P>,
  target: Target<P>,
  { name, settings: { image, release } }: ReleasedService<ControlledRelease>,
  values: Given<typeof plan>['values'],
  host: Host,
): ControlledPlan {
  const { findings, world } = judging(project, target, name, values, host)(release, image);
  const versions = versionsOf(world, name, [image]);
  const workload = versions.find(({ resource }) => resource.kind === 'Rollout');
  if (!workload)
    throw new StrataError(`${COMMAND} ${target.name}`, `renders no Rollout of ${name}`, [
      `hand the release of ${name} on to its service: keeperOf of strata/constructs/delivery/release`,
    ]);
  const { min: replicas, scaler } = podsOf(world, workload)!;
  const { resource, namespace } = workload;
  return {
    ...{ target: target.name, service: name, namespace, name: resource.name, image, release, replicas },
    isScaled: scaler !== undefined,
    stages: controlledStages(release, { replicas, byPods: sharesPods(versions) }),
    from: layerOf(target, `${name}.image`) ?? 'its default',
    problems: findings.filter(({ verdict, severity }) => verdict === 'fail' && severity === 'will-break'),
  };
}

/** A state of the target: what is said of it, and its world, as it was judged. */
interface JudgedState {
  readonly findings: Report['findings'];
  readonly world: World;
}

/** Renders a target with other settings and judges it: a state that comes again is the same, since a render depends on nothing but its settings. */
function judging<P>(
  project: Project<P>,
  target: Target<P>,
  service: string,
  values: Given<typeof plan>['values'],
  host: Host,
): (release: ReleaseForm, image: string) => JudgedState {
  const { judge } = plannedVerifier(project, values, host, ({ cluster }) => cluster);
  const known = new Map<string, JudgedState>();
  return (release, image) => {
    const key = JSON.stringify([release, image]);
    const before = known.get(key);
    if (before) return before;
    const twin = withSetting(withSetting(target, `${service}.release`, release), `${service}.image`, image);
    let world: World | undefined;
    const { findings } = judge([{ target, planned: planTarget(twin, project.compose(twin)) }], (judged) => {
      world = judged;
    });
    const state = { findings, world: world! };
    known.set(key, state);
    return state;
  };
}
