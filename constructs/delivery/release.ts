import { StrataError } from '../../model/errors';
import type { Recreate, ReleaseForm, Rolling } from '../../model/release';
import { rolling } from '../../model/release';
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
}

/**
 * Runs a service as its release asks: one version, or two of which the Service leads to one. `make` makes the workload of a version; what
 * it gives back is the service: flows to it lead to every version.
 */
export function released(
  id: string,
  release: ReleaseForm,
  own: Pick<RunningVersion, 'image' | 'replicas'>,
  make: (version: RunningVersion) => Workload,
): Workload {
  if (release.way !== 'blueGreen') return make({ id, ...own, first: undefined, release });
  const blue = { id, ...own, ...release.blue, first: undefined, release: rolling() };
  const green = { id: `${id}-green`, ...own, ...release.green, release: rolling() };
  if (blue.image === green.image)
    throw new StrataError(`${id}, release`, `blue and green both run ${blue.image}, so there is nothing to change to`, [
      'give the version that is not live the next image',
      'use rolling() while there is no next version',
    ]);
  const service = make(blue);
  const other = make({ ...green, first: service });
  if (release.live === 'green') service.live = other;
  return service;
}
