/**
 * The dashboards of the course's dev target on real nodes, with node-exporter and kube-state-metrics: each query of each panel, variable and
 * mark is taken out of the rendered ConfigMaps, filled as Grafana fills it, and sent to the real Prometheus from Grafana's place, by the
 * address of the provisioned data source. Grafana itself is a stand-in: its image cannot be had here.
 */
import { grafana, kubeStateMetrics, networkPolicies, nodeExporter, prometheus } from '../../features';
import { because } from '../../index';
import { Cluster } from './support/cluster';
import type { Answer } from './support/dashboards';
import { askWeb, queryPath, SCRAPE_SECONDS, ShownDashboards } from './support/dashboards';
import { filled } from './support/grafana-queries';
import { loadImages } from './support/images';
import {
  APP,
  applyInPlaceOf,
  monitored,
  objectsOfTarget,
  PrometheusApi,
  prometheusPod,
  secondsSince,
} from './support/monitored';
import { NotTried, say, testOn } from './support/report';
import { compareSeries } from './support/series';
import { pause, waitFor } from './support/wait';
import { settled } from './support/workloads';

const composition = monitored('discovery', [prometheus, grafana, nodeExporter, kubeStateMetrics, networkPolicies], {
  kubeStateMetrics: { covers: because('cluster', 'nodes are shown, too') },
});
const objects = objectsOfTarget(composition);
const cluster = new Cluster('provedsh');
const shown = new ShownDashboards(cluster, composition);
const { files } = shown;
let ready: number | undefined;

const proof = (name: string, run: () => Promise<void>, minutes = 10) =>
  testOn(
    cluster,
    name,
    async () => {
      if (ready !== undefined) return run();
      throw new NotTried('the target did not become ready');
    },
    minutes,
  );

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 2 });
  await loadImages(cluster, objects);
  say(`a cluster of two nodes with its images: ${secondsSince(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

testOn(
  cluster,
  'the target is applied, and Grafana finds its password, its data source and its dashboards',
  async () => {
    const started = Date.now();
    await applyInPlaceOf(cluster, objects, []);
    await settled(cluster, objects);
    ready = Date.now();
    const uids = (await shown.asked(['/uids']))[0] as string[];
    expect([...uids].sort()).toEqual(files.map(({ uid }) => uid).sort());
    say(`${objects.length} objects, all pods ready: ${secondsSince(started)}`);
  },
);

proof('each query of each panel and variable returns data, but for what says itself why not', async () => {
  await askWeb(cluster, 45);
  // The first rates over five minutes need two evaluations of the rules behind the scrapes.
  await shown.expectData();
});

proof('the series are as many as the plan says, job by job and in all', async () => {
  await compareSeries(cluster, new PrometheusApi(cluster, prometheusPod('discovery')), objects);
});

const overview = files.find(({ uid }) => uid === 'overview')!;

/** Who is marked now, by the marks of the overview. */
async function marked(): Promise<(string | undefined)[]> {
  const queries = overview.annotations.list.map(({ expr }) =>
    filled(expr, new Map([['namespace', '.*']]), SCRAPE_SECONDS),
  );
  const answers = (await shown.asked(queries.map((query) => queryPath(query, true)))) as Answer[];
  return answers.flatMap(({ data }) =>
    data!.result.map(({ metric }) => metric.deployment ?? metric.statefulset ?? metric.daemonset),
  );
}
const kubectl = (...args: string[]) => cluster.kubectl(...args, '-n', APP);
const rolledOut = (what: string) => kubectl('rollout', 'status', what, '--timeout=180s');

proof('nothing is marked that is new itself, or scaled', async () => {
  expect(overview.annotations.list.map(({ name }) => name)).toEqual([
    'Rollouts of Deployments',
    'Rollouts of StatefulSets',
    'Rollouts of DaemonSets',
  ]);
  expect(await marked()).toEqual([]);
  // From here on there is something to compare with.
  await pause(Math.max(0, 330 - (Date.now() - ready!) / 1000));
  expect(await marked()).toEqual([]);
  for (const replicas of ['3', '0', '1']) await kubectl('scale', 'deployment/web', `--replicas=${replicas}`);
  for (const replicas of ['0', '1']) await kubectl('scale', 'statefulset/redis', `--replicas=${replicas}`);
  await rolledOut('deployment/web');
  await rolledOut('statefulset/redis');
  await pause(4 * SCRAPE_SECONDS);
  expect(await marked()).toEqual([]);
});

proof(
  'rollouts are marked, for as long as they are said to be',
  async () => {
    await kubectl('set', 'env', 'deployment/web', 'GREETING=again');
    await kubectl('rollout', 'restart', 'statefulset/redis');
    await cluster.kubectl('rollout', 'restart', 'daemonset/node-exporter', '-n', `${APP}-nodes`);
    await waitFor('the marks', 90, async () => expect(await marked()).toEqual(['web', 'redis', 'node-exporter']));
    await rolledOut('deployment/web');
    await rolledOut('statefulset/redis');
    const started = Date.now();
    await waitFor('their end', 420, async () => expect(await marked()).toEqual([]), 5);
    say(`rollouts of a Deployment, a StatefulSet and a DaemonSet are marked, for ${secondsSince(started)}`);
  },
  15,
);

proof('a rollback is a rollout, too', async () => {
  await kubectl('rollout', 'undo', 'deployment/web');
  await waitFor('the mark', 90, async () => expect(await marked()).toEqual(['web']));
});
