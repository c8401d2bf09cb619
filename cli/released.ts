import type { Report } from '../checks/finding';
import { fleetOf } from '../diff/fleet/fleet-of';
import { stageChecks, watchedIn } from '../diff/stage-checks';
import { targetChange } from '../diff/target-change';
import { controlledStages } from '../model/controlled-stages';
import { StrataError } from '../model/errors';
import { misspellingOf } from '../model/misspelling';
import type { CommittedRelease, ControlledRelease, ReleaseForm } from '../model/release';
import { isControlled } from '../model/release';
import type { ReleaseStage } from '../model/release-stages';
import { stagesOf } from '../model/release-stages';
import type { Target } from '../model/target';
import { withSetting } from '../render/explain/counterfactual';
import { planTarget } from '../render/plan';
import type { ControlledPlan } from '../report/controlled-plan';
import type { PlannedStage, ReleasePlan } from '../report/release-words';
import { podsOf } from '../world/autoscalers';
import { sendingsOf, sendingsTo } from '../world/senders';
import type { World } from '../world/world';
import type { Host, Project } from './command';
import type { Given } from './options/table';
import { plannedVerifier } from './planned-judging';
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

  const stages: PlannedStage[] = [];
  let before = at({ way: 'rolling' }, image);
  // Where the next version gets all requests, some route leads to it, or its pods are the share: before that a route may not name it yet.
  const byPods = release.way === 'canary' && !isRouted(before.world, at({ ...release, at: 100 }, image).world);
  for (const stage of stagesOf(release, { byPods })) {
    const after = at(stage.release, stage.image ?? image);
    // What is declared beside a render, and cannot be read, is the same before and after.
    const fleet = fleetOf([targetChange(target.name, before.world, after.world, { before: [], after: [] })]);
    const known = new Set(
      before.findings.map((finding) => JSON.stringify([finding.check, finding.object, finding.message])),
    );
    stages.push({
      ...stage,
      fleet,
      checks: stageChecks(fleet, after.world),
      watched: watchedIn(after.world),
      // What is set while its pods start may be set once more at the end: the release begins with the first.
      isNow: isNow(stage, release) && !stages.some((earlier) => earlier.isNow),
      problems: after.findings.filter(({ verdict, severity }) => verdict === 'fail' && severity === 'will-break'),
      advice: after.findings.filter(
        ({ check, object, message, severity, verdict }) =>
          verdict === 'fail' && severity === 'advice' && !known.has(JSON.stringify([check, object, message])),
      ),
    });
    before = after;
  }
  return { target: target.name, service: service.name, image, release, stages, from: sourceOf(target, service.name) };
}

/** Whether a route leads to a Service that none led to before: that of the next version. */
function isRouted(before: World, after: World): boolean {
  return sendingsOf(after).some(({ namespace, name }) => sendingsTo(before, namespace, name).length === 0);
}

function isNow(stage: ReleaseStage, release: CommittedRelease): boolean {
  const asSet =
    release.way === 'canary'
      ? { ...release, at: release.at ?? 0 }
      : release.way === 'mirror'
        ? { ...release, share: release.share ?? 100 }
        : release;
  return stage.image === undefined && JSON.stringify(stage.release) === JSON.stringify(asSet);
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

interface ReleasedService<Form = ReleaseForm> {
  readonly name: string;
  readonly settings: { readonly image: string; readonly release: Form };
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
  const workload = world.workloads.find(
    ({ resource, containers }) => resource.kind === 'Rollout' && containers.some(({ json }) => json['image'] === image),
  );
  if (!workload)
    throw new StrataError(`${COMMAND} ${target.name}`, `renders no Rollout that runs ${image}`, [
      `hand the release of ${name} on to its service: keeperOf of strata/constructs/delivery/release`,
    ]);
  const { min: replicas, scaler } = podsOf(world, workload)!;
  const { resource, namespace } = workload;
  const byPods = resource.at(['spec', 'strategy', 'canary', 'trafficRouting']) === undefined;
  return {
    ...{ target: target.name, service: name, namespace, name: resource.name, image, release, replicas },
    isScaled: scaler !== undefined,
    stages: controlledStages(release, { replicas, byPods }),
    from: layerOf(target, `${name}.image`) ?? 'its default',
    problems: findings.filter(({ verdict, severity }) => verdict === 'fail' && severity === 'will-break'),
  };
}

/** The service that is meant: one whose settings say how it is released. */
function serviceIn<P>(target: Target<P>, wanted: string | undefined): ReleasedService {
  const groups = Object.entries(
    target.settings as unknown as Readonly<Record<string, Partial<ReleasedService['settings']>>>,
  );
  const all = groups.flatMap(([name, { image, release }]): ReleasedService[] =>
    typeof image === 'string' && release?.way !== undefined ? [{ name, settings: { image, release } }] : [],
  );
  const inStages = all.filter(({ settings: { release } }) => isControlled(release) || stagesOf(release).length > 0);
  const names = all.map(({ name }) => name);
  if (wanted === undefined && inStages.length === 1) return inStages[0]!;
  const found = all.find(({ name }) => name === wanted);
  if (wanted !== undefined && !found) {
    const [meant] = misspellingOf(wanted, names);
    throw new StrataError(`${COMMAND} ${target.name}`, `there is no service ${wanted} whose settings have a release`, [
      meant === undefined
        ? `name one of ${names.join(', ') || 'none: this platform has no such service'}`
        : `write ${meant}`,
    ]);
  }
  if (found && inStages.includes(found)) return found;
  const way = found ? found.settings.release.way : 'rolling or recreate';
  throw new StrataError(
    `${COMMAND} ${target.name}`,
    `${found ? `${found.name} is` : 'its services are'} released by ${way}: that is one commit, which changes the image`,
    [
      'see what the commit does: strata diff; and how its pods are replaced: strata simulate rollout',
      "release it in steps: canary, blueGreen, ab or mirror (docs/recipes.md, 'Give the next version a share of the requests')",
    ],
  );
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
