import type { WorkloadManifest } from '../manifests/workload';
import { StrataError } from '../model/errors';
import { SERVICE_LABEL, SHARES_ANNOTATION } from '../model/marks';
import { misspellingOf } from '../model/misspelling';
import type { ReleaseForm } from '../model/release';
import { isControlled } from '../model/release';
import { stagesOf } from '../model/release-stages';
import type { Target } from '../model/target';
import type { World } from '../world/world';

const COMMAND = 'strata plan release';

/** A service whose settings say how it is released, under its name there. */
export interface ReleasedService<Form = ReleaseForm> {
  readonly name: string;
  readonly settings: { readonly image: string; readonly release: Form };
}

/** The service that is meant: one whose settings say how it is released. */
export function serviceIn<P>(target: Target<P>, wanted: string | undefined): ReleasedService {
  const groups = Object.entries(
    target.settings as unknown as Readonly<Record<string, Partial<ReleasedService['settings']>>>,
  );
  const all = groups.flatMap(([name, { image, release }]): ReleasedService[] =>
    typeof image === 'string' && release?.way !== undefined ? [{ name, settings: { image, release } }] : [],
  );
  const inStages = all.filter(({ settings: { release } }) => isControlled(release) || stagesOf(release).length > 0);
  const names = all.map(({ name }) => name);
  if (wanted === undefined && inStages.length === 1) return inStages[0]!;
  if (wanted === undefined && inStages.length > 1)
    throw new StrataError(
      `${COMMAND} ${target.name}`,
      'plans the release of one service, and several are released in steps',
      [`name one of ${inStages.map(({ name }) => name).join(', ')}`],
    );
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

/**
 * The workloads of a service: those whose pods say that they are a version of it. Where none says so, as a service may be called otherwise in
 * the settings, those that run one of its images.
 */
export function versionsOf(world: World, name: string, images: readonly (string | undefined)[]): WorkloadManifest[] {
  const labelled = world.workloads.filter(({ podLabels }) => podLabels[SERVICE_LABEL] === name);
  if (labelled.length > 0) return labelled;
  const running = world.workloads.filter(({ containers }) =>
    containers.some(({ json: { image } }) => images.includes(image as string)),
  );
  const services = new Set(running.map(({ podLabels }) => podLabels[SERVICE_LABEL]));
  if (services.size <= 1) return running;
  throw new StrataError(
    COMMAND,
    `finds no pods with the label ${SERVICE_LABEL}: ${name}, and those of ${[...services].join(' and ')} run its image`,
    [`call the service the same in its settings and in released('${name}', …) of strata/constructs/delivery/release`],
  );
}

/** Whether a share of its requests is one of its pods, as its release has decided. */
export function sharesPods(versions: readonly WorkloadManifest[]): boolean {
  return versions.some(({ resource }) => resource.annotations[SHARES_ANNOTATION] === 'pods');
}
