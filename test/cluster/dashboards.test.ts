/**
 * The dashboards of the course's dev target on real nodes, with node-exporter and kube-state-metrics: each query of each panel, variable and
 * mark is taken out of the rendered ConfigMaps, filled as Grafana fills it, and sent to the real Prometheus from Grafana's place, by the
 * address of the provisioned data source. Grafana itself is a stand-in: its image cannot be had here.
 */
import { Platform } from '../../composition/platform';
import type { Dashboard } from '../../constructs/monitoring/dashboards/dashboard';
import { queriesOf } from '../../constructs/monitoring/dashboards/dashboard';
import { grafanasIn } from '../../constructs/monitoring/grafana';
import { grafana, kubeStateMetrics, networkPolicies, nodeExporter, prometheus } from '../../features';
import { because } from '../../index';
import { course } from '../../platform';
import { Cluster } from './support/cluster';
import type { DashboardFile } from './support/grafana-queries';
import { filled, labelValuesPath } from './support/grafana-queries';
import { request } from './support/http';
import { loadImages } from './support/images';
import type { KubernetesObject, Pod } from './support/kubernetes';
import { APP, applyInPlaceOf, monitored, objectsOfTarget, secondsSince } from './support/monitored';
import { NotTried, say, testOn } from './support/report';
import { steadilyDuring } from './support/traffic';
import { pause, waitFor } from './support/wait';
import { admitHost, settled } from './support/workloads';

/** As the tests set it. */
const SCRAPE_SECONDS = 5;
const WEB_PORT = 8080;

const composition = monitored('discovery', [prometheus, grafana, nodeExporter, kubeStateMetrics, networkPolicies], {
  kubeStateMetrics: { covers: because('cluster', 'nodes are shown, too') },
});
const objects = objectsOfTarget(composition);
const files = dashboardFiles(objects);
const model = modelOf();
const cluster = new Cluster('provedsh');
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
    const uids = (await asked(['/uids']))[0] as string[];
    expect([...uids].sort()).toEqual(files.map(({ uid }) => uid).sort());
    say(`${objects.length} objects, all pods ready: ${secondsSince(started)}`);
  },
);

proof('each query of each panel and variable returns data, but for what says itself why not', async () => {
  await cluster.apply(admitHost(APP, 'web', WEB_PORT, await cluster.hostAddress()));
  const agent = await cluster.agent(true);
  const pods = await cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=web');
  let turn = 0;
  await steadilyDuring(
    () => pause(45),
    () => request({ host: pods[turn++ % pods.length]!.status.podIP, port: WEB_PORT, path: '/', agent }),
    20,
  );
  // The first rates over five minutes need two evaluations of the rules behind the scrapes.
  let seen = { queries: 0, empty: [] as string[] };
  await waitFor('data', 120, async () => {
    seen = { queries: 0, empty: [] };
    const wrong: string[] = [];
    for (const file of files) {
      const found = await answersOf(file);
      wrong.push(...found.wrong);
      seen.queries += found.queries;
      seen.empty.push(...found.empty);
    }
    expect(wrong).toEqual([]);
  });
  say(`${seen.queries} queries of ${files.length} dashboards are answered; empty, as they may be:`);
  for (const line of seen.empty) say(`  ${line}`);
  expect(seen.queries).toBeGreaterThan(100);
});

const overview = files.find(({ uid }) => uid === 'overview')!;

/** Who is marked now, by the marks of the overview. */
async function marked(): Promise<(string | undefined)[]> {
  const queries = overview.annotations.list.map(({ expr }) =>
    filled(expr, new Map([['namespace', '.*']]), SCRAPE_SECONDS),
  );
  const answers = (await asked(queries.map((query) => queryPath(query, true)))) as Answer[];
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

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

/** Asks all that a dashboard asks, with everything chosen, and with the first value of each variable. */
async function answersOf(file: DashboardFile) {
  const wrong: string[] = [];
  const empty: string[] = [];
  const all = new Map(file.templating.list.map(({ name, allValue }) => [name, allValue]));
  const first = new Map<string, string>();
  for (const { name, query } of file.templating.list) {
    const path = labelValuesPath(filled(query, first, SCRAPE_SECONDS));
    const [{ status, error, data = [] }] = (await asked([`/api/v1/${path}`])) as [
      { readonly status: string; readonly error?: string; readonly data?: readonly string[] },
    ];
    if (status !== 'success') wrong.push(`${file.title}, variable ${name}: ${error}`);
    if (data.length === 0) wrong.push(`${file.title}, variable ${name}: no values of ${query}`);
    first.set(name, data[0] ?? '');
  }
  const dashboard = model.find(({ uid }) => uid === file.uid)!;
  const mayBeEmpty = new Map(queriesOf(dashboard).map(({ expr, mayBeEmpty }) => [expr, mayBeEmpty]));
  const queries = file.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, instant = false }) => ({ title: `${file.title}, ${title}`, expr, instant })),
  );
  const marks = file.annotations.list.map(({ name, expr }) => ({
    title: `${file.title}, mark ${name}`,
    expr,
    instant: false,
  }));
  for (const { expr } of queries)
    if (!mayBeEmpty.has(expr)) wrong.push(`${file.title} asks ${expr}, which no model has`);
  for (const values of [all, first]) {
    const questions = [...queries, ...marks];
    const answers = (await asked(
      questions.map(({ expr, instant }) => queryPath(filled(expr, values, SCRAPE_SECONDS), instant)),
    )) as Answer[];
    for (const [i, { title, expr }] of questions.entries()) {
      const { status, error, data } = answers[i]!;
      if (status !== 'success') wrong.push(`${title}: ${error}`);
      // Chosen values need not go together: the first namespace may have no volume.
      else if (data!.result.length === 0 && values === all && i < queries.length) {
        const reason = mayBeEmpty.get(expr);
        if (reason === undefined) wrong.push(`${title}: nothing for ${expr}`);
        else empty.push(`${title}: ${reason}`);
      }
    }
  }
  return { wrong, empty, queries: file.templating.list.length + 2 * (queries.length + marks.length) };
}

function queryPath(query: string, instant: boolean): string {
  const now = Math.floor(Date.now() / 1000);
  const question = `query=${encodeURIComponent(query)}`;
  return instant
    ? `/api/v1/query?${question}&time=${now}`
    : `/api/v1/query_range?${question}&start=${now - 120}&end=${now}&step=15`;
}

/** What Grafana's pod is answered. */
async function asked(paths: readonly string[]): Promise<unknown[]> {
  const script = `
    (async () => {
      const answers = [];
      for (const path of JSON.parse(process.argv[1])) {
        const text = await (await fetch('http://localhost:3000' + path)).text();
        const answer = path.startsWith('/api') ? (() => { try { return JSON.parse(text); } catch { return { status: 'error', error: text }; } })() : JSON.parse(text);
        // Who there is, and not the values at each time.
        if (answer.data && answer.data.result) answer.data.result = answer.data.result.map(({ metric }) => ({ metric }));
        answers.push(answer);
      }
      console.log(JSON.stringify(answers));
    })();`;
  return JSON.parse(await cluster.exec(APP, 'grafana-0', 'node', '-e', script, JSON.stringify(paths))) as unknown[];
}

function dashboardFiles(all: readonly KubernetesObject[]): DashboardFile[] {
  return all
    .filter(({ kind: of }) => of === 'ConfigMap')
    .flatMap((object) => Object.entries((object as unknown as { readonly data: Record<string, string> }).data))
    .filter(([key, text]) => key.endsWith('.json') && text.includes('"schemaVersion"'))
    .map(([, text]) => JSON.parse(text) as DashboardFile);
}

/** The dashboards as they were meant, with the reasons why a query may be empty. */
function modelOf(): readonly Dashboard[] {
  const { app } = new Platform(composition.matrix.targets()[0]!, course);
  return grafanasIn(app.node.root)[0]!.dashboards;
}
