import { memo } from '../../../model/memo';
import type { ScrapeFlow } from '../../../simulate/network/scrapes';
import { scrapesOf } from '../../../simulate/network/scrapes';
import type { World } from '../../../world/world';
import type { WorldChange } from '../risk';

/** Whether the pods that are scraped are there no more: what comes in their place is scraped as the manifests say of that. */
export function isGone({ before, after }: WorldChange, { target }: ScrapeFlow): boolean {
  const id = before.idOf(target.workload.resource);
  return ![...after.workloads, ...after.operated].some(({ resource }) => after.idOf(resource) === id);
}

/** The pages that files say to read. */
export const pagesOfFiles = memo(
  (world: World): ReadonlySet<string> =>
    new Set(
      scrapesOf(world)
        .filter(({ resource }) => resource.group !== 'monitoring.coreos.com')
        .map((scrape) => pageOf(world, scrape)),
    ),
);

/** `Deployment/shop/web port 8080/metrics`. */
export function pageOf(world: World, { target, metricsPath }: ScrapeFlow): string {
  return `${world.idOf(target.workload.resource)} port ${target.number}${metricsPath ?? '/metrics'}`;
}
