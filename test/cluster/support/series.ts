import { OF_SCRAPE } from '../../../simulate/monitoring/pages';
import { seriesEstimates } from '../../../simulate/monitoring/series-estimate';
import { worldOf } from '../../checks/judging';
import type { Cluster } from './cluster';
import type { KubernetesObject } from './kubernetes';
import type { PrometheusApi } from './monitored';
import { say } from './report';

/** How far an estimate may be from what Prometheus has. */
const MOST = 0.2;
/** Series of each cgroup, as simulate/monitoring/pages counts them. */
const OF_CGROUP = 44;

/**
 * Compares the series that are estimated from manifests and facts with those of the running Prometheus, job by job and in all. Kubelets here
 * name the cgroups of pods alone, not those of sandboxes and containers, and what is dropped for that is taken from the estimate.
 */
export async function compareSeries(
  cluster: Cluster,
  api: PrometheusApi,
  objects: readonly KubernetesObject[],
  {
    others = [],
    isUsed = false,
  }: {
    /** Jobs of pods that are not among the objects. */
    readonly others?: readonly string[];
    /** Whether more was done there than to apply the objects: some of what comes with time is there then. */
    readonly isUsed?: boolean;
  } = {},
): Promise<void> {
  const facts = JSON.parse(
    await cluster.kubectl('get', 'nodes,pods,replicasets,namespaces', '-A', '-o', 'json'),
  ) as KubernetesObject & { items: KubernetesObject[] };
  const definitions = (await cluster.kubectl('get', 'crd', '-o', 'name')).split('\n').filter(Boolean);
  facts.items.push(
    ...definitions.map((name) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: name.replace(/^.*\//, '') },
    })),
  );
  const world = worldOf(objects.map((object) => JSON.stringify(object)).join('\n---\n'), {
    facts: JSON.stringify(facts),
  });
  const [estimate] = seriesEstimates(world)!;
  // A Prometheus that was started anew still answers for the targets that it had before.
  const active = new Set((await api.activeTargets()).map(({ labels }) => `${labels.job} ${labels.instance}`));
  const scraped = new Map<string, number>();
  for (const { metric, value } of await api.series('scrape_samples_post_metric_relabeling'))
    if (active.has(`${metric.job} ${metric.instance}`))
      scraped.set(metric.job!, (scraped.get(metric.job!) ?? 0) + value + OF_SCRAPE);
  expect(await api.values('count(container_memory_rss{container!=""})')).toEqual([]);
  const pods = Number((await api.values('count(container_memory_rss)'))[0]);
  let hidden = 0;
  const rows = estimate!.jobs.map(({ job, page }) => {
    let expected = page?.series;
    if (job === 'cadvisor') {
      hidden = expected! - pods * OF_CGROUP - page!.targets * OF_SCRAPE;
      expected = expected! - hidden;
    }
    return { job, expected, later: isUsed ? (page?.later ?? 0) : 0, found: scraped.get(job) };
  });
  const head = Number((await api.values('prometheus_tsdb_head_series{job="prometheus"}'))[0]);
  const later = isUsed ? estimate!.later - estimate!.total : 0;
  rows.push({ job: 'all of the head', expected: estimate!.total - hidden, later, found: head });
  for (const { job, expected, later, found } of rows)
    say(
      `${job}: ${found} series, ${expected ?? 'nobody says how many'}${later > 0 ? ` to ${expected! + later}` : ''}${expected && found ? ` estimated (${percent(expected, found)})` : ''}`,
    );
  const wrong = rows.filter(
    ({ expected, later, found = 0 }) =>
      expected !== undefined && (expected + later < (1 - MOST) * found || expected > (1 + MOST) * found),
  );
  expect(wrong).toEqual([]);
  expect([...scraped.keys()].filter((job) => !rows.some((row) => row.job === job))).toEqual(others);
}

function percent(expected: number, found: number): string {
  return `${expected >= found ? '+' : ''}${(((expected - found) / found) * 100).toFixed(0)} %`;
}
