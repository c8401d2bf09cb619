import { addTo } from '../../model/multimap';
import { queryOf, selectionsOf } from '../../upstream/prometheus/query';
import { alertingRulesOf } from '../../world/alerting-rules';
import type { World } from '../../world/world';
import { linksOfAlert } from './alert-links';
import { autoscalerLinks, autoscalerNames } from './autoscaler-links';
import { exposersOf } from './exposers';
import type { Link } from './link';
import type { Use } from './metric-chains';
import { recordings, usesOf } from './metric-chains';
import { linksOfExpression, linksOfMetric } from './series-links';

/** The chains of whatever has a name: alerts, dashboards, autoscalers and their metrics, series; none where nothing here is called so. */
export function chainsNamed(world: World, name: string): Link[] {
  return [
    ...linksOfAlert(world, name),
    ...dashboardLinks(world, name),
    ...autoscalerLinks(world, name),
    ...metricLinks(world, name),
  ];
}

/** Every name that there is a chain of. */
export function chainNames(world: World): string[] {
  const alerts = alertingRulesOf(world).map((alert) => alert.name);
  const metrics = usesOf(world).flatMap(({ expr }) =>
    selectionsOf(queryOf(expr)).flatMap(({ metric }) => metric ?? []),
  );
  const stated = [...dashboards(world).keys(), ...recordings(world).keys(), ...autoscalerNames(world)];
  return [...new Set([...alerts, ...stated, ...metrics])].sort();
}

/** The expressions of each dashboard, by the name of its file. */
function dashboards(world: World): ReadonlyMap<string, readonly Use[]> {
  const byName = new Map<string, Use[]>();
  for (const use of usesOf(world)) {
    const [, name] = /^dashboard (.*)\.json$/.exec(use.name) ?? [];
    if (name !== undefined) addTo(byName, name, use);
  }
  return byName;
}

function dashboardLinks(world: World, name: string): Link[] {
  const uses = dashboards(world).get(name.replace(/\.json$/, '')) ?? [];
  return uses.map((use) => ({
    text: `${use.name}${use.place === undefined ? '' : `, panel ${use.place}`}`,
    at: use,
    ...(use.place === undefined ? {} : { names: [use.place] }),
    links: linksOfExpression(world, use.expr),
  }));
}

function metricLinks(world: World, metric: string): Link[] {
  const readers = usesOf(world).filter(({ expr }) =>
    selectionsOf(queryOf(expr)).some((selection) => selection.metric === metric),
  );
  if (readers.length === 0 && !recordings(world).has(metric) && exposersOf(world, metric).length === 0) return [];
  const seen = new Set<string>();
  return [
    {
      text: metric,
      ...linksOfMetric(world, metric),
    },
    ...readers.flatMap(({ name, place, resource, path }): Link[] => {
      const text = `${metric} read by ${name}${place === undefined ? '' : `, panel ${place}`}`;
      if (seen.has(text)) return [];
      seen.add(text);
      return [{ text, at: { resource, path }, links: [] }];
    }),
  ];
}
