import type { Resource } from '../../../manifests/resource';
import { memo } from '../../../model/memo';
import { addTo } from '../../../model/multimap';
import { discoveryJobs, foundBy } from '../../../world/discovery-jobs';
import { scrapesOfComponents } from '../../../world/scrape-rights';
import type { World } from '../../../world/world';
import type { WorldChange } from '../risk';

/** What a Prometheus finds by itself, or asks a component of the cluster for, in whatever form; by the file or object that states it. */
export const foundIn = memo((world: World): ReadonlyMap<Resource, readonly string[]> => {
  const found = new Map<Resource, string[]>();
  for (const job of discoveryJobs(world)) {
    const text = foundBy(job);
    if (text !== undefined) addTo(found, job.resource, text);
  }
  for (const { resource, of, url } of scrapesOfComponents(world)) addTo(found, resource, `${of} ${url}`);
  return found;
});

/** Whether all that an object that goes makes Prometheus find, or ask a component of the cluster for, is found and asked for by another form. */
export function isFoundStill(diff: WorldChange, object: Resource): boolean {
  const found = foundIn(diff.before).get(object) ?? [];
  const now = new Set([...foundIn(diff.after).values()].flat());
  return found.length > 0 && found.every((each) => now.has(each));
}
