import { Platform } from '../../../composition/platform';
import type { Dashboard } from '../../../constructs/monitoring/dashboards/dashboard';
import { queriesOf } from '../../../constructs/monitoring/dashboards/dashboard';
import { grafanasIn } from '../../../constructs/monitoring/grafana';
import { course } from '../../../platform';
import type { Cluster } from './cluster';
import type { DashboardFile } from './grafana-queries';
import { filled, labelValuesPath } from './grafana-queries';
import { request } from './http';
import type { KubernetesObject, Pod } from './kubernetes';
import type { monitored } from './monitored';
import { APP, objectsOfTarget } from './monitored';
import { say } from './report';
import { steadilyDuring } from './traffic';
import { pause, waitFor } from './wait';
import { admitHost } from './workloads';

/** As the tests set it. */
export const SCRAPE_SECONDS = 5;

export interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

/** The dashboards of a target whose Grafana runs, asked from its place. */
export class ShownDashboards {
  readonly files: readonly DashboardFile[];
  private readonly model: readonly Dashboard[];

  constructor(
    private readonly cluster: Cluster,
    composition: ReturnType<typeof monitored>,
  ) {
    this.files = dashboardFiles(objectsOfTarget(composition));
    // As they were meant, with the reasons why a query may be empty.
    const { app } = new Platform(composition.matrix.targets()[0]!, course);
    this.model = grafanasIn(app.node.root)[0]!.dashboards;
  }

  /** Waits until each query returns data, but for what says itself why not. */
  async expectData(): Promise<void> {
    let seen = { queries: 0, empty: [] as string[] };
    await waitFor('data', 120, async () => {
      seen = { queries: 0, empty: [] };
      const wrong: string[] = [];
      for (const file of this.files) {
        const found = await this.answersOf(file);
        wrong.push(...found.wrong);
        seen.queries += found.queries;
        seen.empty.push(...found.empty);
      }
      expect(wrong).toEqual([]);
    });
    say(`${seen.queries} queries of ${this.files.length} dashboards are answered; empty, as they may be:`);
    for (const line of seen.empty) say(`  ${line}`);
    expect(seen.queries).toBeGreaterThan(100);
  }

  /** Asks all that a dashboard asks, with everything chosen, and with the first value of each variable. */
  private async answersOf(file: DashboardFile) {
    const wrong: string[] = [];
    const empty: string[] = [];
    const all = new Map(file.templating.list.map(({ name, allValue }) => [name, allValue]));
    const first = new Map<string, string>();
    for (const { name, query } of file.templating.list) {
      const path = labelValuesPath(filled(query, first, SCRAPE_SECONDS));
      const [{ status, error, data = [] }] = (await this.asked([`/api/v1/${path}`])) as [
        { readonly status: string; readonly error?: string; readonly data?: readonly string[] },
      ];
      if (status !== 'success') wrong.push(`${file.title}, variable ${name}: ${error}`);
      if (data.length === 0) wrong.push(`${file.title}, variable ${name}: no values of ${query}`);
      first.set(name, data[0] ?? '');
    }
    const dashboard = this.model.find(({ uid }) => uid === file.uid)!;
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
      const answers = (await this.asked(
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

  /** What Grafana's pod is answered. */
  async asked(paths: readonly string[]): Promise<unknown[]> {
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
    return JSON.parse(
      await this.cluster.exec(APP, 'grafana-0', 'node', '-e', script, JSON.stringify(paths)),
    ) as unknown[];
  }
}

export function queryPath(query: string, instant: boolean): string {
  const now = Math.floor(Date.now() / 1000);
  const question = `query=${encodeURIComponent(query)}`;
  return instant
    ? `/api/v1/query?${question}&time=${now}`
    : `/api/v1/query_range?${question}&start=${now - 120}&end=${now}&step=15`;
}

function dashboardFiles(all: readonly KubernetesObject[]): DashboardFile[] {
  return all
    .filter(({ kind: of }) => of === 'ConfigMap')
    .flatMap((object) => Object.entries((object as unknown as { readonly data: Record<string, string> }).data))
    .filter(([key, text]) => key.endsWith('.json') && text.includes('"schemaVersion"'))
    .map(([, text]) => JSON.parse(text) as DashboardFile);
}

const WEB_PORT = 8080;

/** Somebody looks at the web app, again and again for so many seconds. */
export async function askWeb(cluster: Cluster, seconds: number): Promise<void> {
  await cluster.apply(admitHost(APP, 'web', WEB_PORT, await cluster.hostAddress()));
  const agent = await cluster.agent(true);
  const pods = await cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=web');
  let turn = 0;
  await steadilyDuring(
    () => pause(seconds),
    () => request({ host: pods[turn++ % pods.length]!.status.podIP, port: WEB_PORT, path: '/', agent }),
    20,
  );
}
