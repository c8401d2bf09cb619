import { capacityDashboard } from './capacity';
import type { Dashboard } from './dashboard';
import { nodesDashboard } from './nodes';
import { objectiveDashboard } from './objective';
import { overviewDashboard } from './overview';
import { scrapingDashboard } from './scraping';
import { answersRequests, serviceDashboard } from './service';
import type { Watched } from './watched';
import { measured } from './watched';

/** The dashboards of a target: of what it has, and in the order in which somebody looks. */
export function dashboardsOf(watched: Watched): Dashboard[] {
  const capacity = capacityDashboard(watched);
  return [
    overviewDashboard(watched),
    ...watched.workloads.filter(answersRequests).map((service) => serviceDashboard(service, watched)),
    ...watched.objectives.map((objective) => objectiveDashboard(objective, watched)),
    ...(measured(watched).nodes ? [nodesDashboard(watched)] : []),
    ...(capacity ? [capacity] : []),
    scrapingDashboard(),
  ];
}
