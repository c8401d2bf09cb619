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
  const scraped = await api.byLabel(
    'sum by (job) (scrape_samples_post_metric_relabeling) + 5 * count by (job) (up)',
    'job',
  );
  expect(await api.values('count(container_memory_rss{container!=""})')).toEqual([]);
  const pods = Number((await api.values('count(container_memory_rss)'))[0]);
  let hidden = 0;
  const rows = estimate!.jobs.map(({ job, page }) => {
    let expected = page?.series;
    if (job === 'cadvisor') {
      hidden = expected! - pods * OF_CGROUP - page!.targets * 5;
      expected = expected! - hidden;
    }
    return { job, expected, found: scraped.get(job) };
  });
  const head = Number((await api.values('prometheus_tsdb_head_series'))[0]);
  rows.push({ job: 'all of the head', expected: estimate!.total - hidden, found: head });
  for (const { job, expected, found } of rows)
    say(
      `${job}: ${found} series, ${expected ?? 'nobody says how many'}${expected && found ? ` estimated (${percent(expected, found)})` : ''}`,
    );
  const wrong = rows.filter(
    ({ expected, found = 0 }) => expected !== undefined && Math.abs(expected - found) > MOST * found,
  );
  expect(wrong).toEqual([]);
  // The operator's jobs are called by their objects where nothing is scraped.
  expect([...scraped.keys()].filter((job) => !rows.some((row) => row.job === job))).toEqual([]);
}

function percent(expected: number, found: number): string {
  return `${expected >= found ? '+' : ''}${(((expected - found) / found) * 100).toFixed(0)} %`;
}
