import * as units from '@grafana/grafana-foundation-sdk/units';
import { kind } from '../../../clusters/kind';
import { Platform } from '../../../composition/platform';
import { components } from '../../../constructs/app/components';
import type { FlowEnd } from '../../../constructs/core/flow';
import { flowEndsIn } from '../../../constructs/core/flow';
import type { Dashboard, DashboardPanel } from '../../../constructs/monitoring/dashboards/dashboard';
import { queriesOf, uidOf } from '../../../constructs/monitoring/dashboards/dashboard';
import { dashboardJson } from '../../../constructs/monitoring/dashboards/dashboard-json';
import { dashboardsOf } from '../../../constructs/monitoring/dashboards/dashboards';
import { rolloutMarks } from '../../../constructs/monitoring/dashboards/rollouts';
import type { Watched } from '../../../constructs/monitoring/dashboards/watched';
import { podMatchersOf } from '../../../constructs/monitoring/dashboards/watched';
import { grafanasIn } from '../../../constructs/monitoring/grafana';
import { testedRules } from '../../../constructs/monitoring/rules';
import { ruleSetsIn, watchesIn } from '../../../constructs/monitoring/watch';
import { dev } from '../../../environments/dev';
import {
  alerting,
  autoscaling,
  grafana,
  kubeStateMetrics,
  metricsServer,
  nodeExporter,
  prometheus,
} from '../../../features';
import type { PlatformFeature } from '../../../features/feature';
import { features } from '../../../features/registry';
import type { Layer } from '../../../model/layers';
import { because } from '../../../model/layers';
import { resolveTarget } from '../../../model/target';
import { course } from '../../../platform';
import { isComponentMetric } from '../../../upstream/kubernetes/component-metrics';
import { queryOf, selectionsOf } from '../../../upstream/prometheus/query';
import type { DashboardFile } from '../../cluster/support/grafana-queries';
import { filled, labelValuesPath } from '../../cluster/support/grafana-queries';

const FORMS = ['minimal', 'discovery', 'operator'] as const;
const prometheusOperator = { kubeletService: { namespace: 'kube-system', labels: { 'k8s-app': 'kubelet' } } };

interface Made {
  readonly dashboards: readonly Dashboard[];
  readonly ends: readonly FlowEnd[];
  /** The names of what rules record. */
  readonly recorded: ReadonlySet<string>;
  readonly exposed: readonly string[];
}

function made(more: readonly PlatformFeature[], form: (typeof FORMS)[number], settings: Layer = {}): Made {
  const target = resolveTarget(
    {
      environment: dev,
      cluster: { ...kind, prometheusOperator },
      features: [prometheus, grafana, ...more],
      settings: { ...settings, prometheus: { ...settings.prometheus, form: because(form, 'a test') } },
    },
    components,
    features.map(({ settings: group }) => group.name),
  );
  const { app } = new Platform(target, course);
  const root = app.node.root;
  const { retention } = target.settings.prometheus!;
  const { groups } = testedRules({
    watches: watchesIn(root),
    sets: ruleSetsIn(root),
    retention,
    owner: 'a',
    runbooks: 'https://example.com/{alert}',
  });
  const ends = flowEndsIn(root);
  return {
    dashboards: grafanasIn(root)[0]!.dashboards,
    ends,
    recorded: new Set(groups.flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? rule.record : [])))),
    exposed: ends.flatMap(({ metrics }) => metrics?.exposes ?? []),
  };
}

const LONG: Layer = { prometheus: { retention: because('30d', 'a test') } };
const ALL = [nodeExporter, kubeStateMetrics, alerting, metricsServer, autoscaling] as const;
/** What a target may have, from nothing to everything. */
const TARGETS = [
  ...FORMS.map((form) => [`${form}, nothing more`, made([], form)] as const),
  ...FORMS.map((form) => [`${form}, everything`, made(ALL, form, LONG)] as const),
  ['discovery, nodes', made([nodeExporter], 'discovery')] as const,
  ['minimal, nodes and objects', made([nodeExporter, kubeStateMetrics], 'minimal')] as const,
];
const EVERYTHING = TARGETS.find(([name]) => name === 'discovery, everything')![1];

const fileOf = (dashboard: Dashboard) => JSON.parse(dashboardJson(dashboard)) as Written;
const namesOf = ({ dashboards }: Made) => dashboards.map(({ uid }) => uid);
const titlesOf = ({ dashboards }: Made) =>
  dashboards.flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) => panels.map((each) => `${title}: ${each.title}`)),
  );

type PanelOf<F extends { readonly panels: readonly unknown[] }> = F['panels'][number];
type Written = Omit<DashboardFile, 'panels'> & { readonly panels: readonly (PanelOf<DashboardFile> & PanelOf<Laid>)[] };

interface Laid {
  readonly schemaVersion: number;
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly fieldConfig?: {
      readonly defaults: {
        readonly unit: string;
        readonly noValue?: string;
        readonly thresholds: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
      };
    };
  }[];
}

/** What Prometheus makes of every target itself. */
const ITS_OWN = [
  'up',
  'ALERTS',
  'scrape_duration_seconds',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];
/** What Prometheus serves of itself, whoever scrapes it. */
const OF_PROMETHEUS = ['prometheus_*', 'process_*'];

function expressionsOf(dashboard: Dashboard): { readonly what: string; readonly expr: string }[] {
  return [
    ...dashboard.rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ what: title, expr }))),
    ),
    ...dashboard.marks.map(({ name, expr }) => ({ what: name, expr })),
    ...dashboard.variables.map(({ name, of }) => ({ what: name, expr: of })),
  ];
}

describe.each(TARGETS)('%s', (name, target) => {
  const values = new Map(['namespace', 'job', 'instance'].map((each) => [each, '.*']));

  test('every expression can be read, and uses no variable that its dashboard has not', () => {
    for (const dashboard of target.dashboards)
      for (const { what, expr } of expressionsOf(dashboard)) {
        const chosen = new Map(dashboard.variables.map((variable) => [variable.name, '.*']));
        const query = queryOf(filled(expr, chosen, 15));
        expect([dashboard.title, what, query.problems, query.experimental]).toEqual([dashboard.title, what, [], []]);
        expect(query.text).not.toContain('$');
      }
  });

  test('every series is recorded by a rule, or somebody who is scraped exposes it', () => {
    const names = target.dashboards.flatMap((dashboard) =>
      expressionsOf(dashboard).flatMap(({ expr }) => selectionsOf(queryOf(filled(expr, values, 15)))),
    );
    const patterns = [...target.exposed, ...OF_PROMETHEUS];
    const has = (metric: string) =>
      ITS_OWN.includes(metric) ||
      target.recorded.has(metric) ||
      patterns.some((pattern) =>
        pattern.endsWith('*')
          ? metric.startsWith(pattern.slice(0, -1))
          : metric.replace(/_(bucket|sum|count)$/, '') === pattern || metric === pattern,
      ) ||
      (!name.startsWith('minimal') && isComponentMetric(metric));
    const missing = [...new Set(names.map(({ metric }) => metric!))].filter((metric) => !has(metric));
    expect(missing).toEqual([]);
  });

  test('every job that is named is scraped', () => {
    const jobs = new Set([
      'prometheus',
      ...target.ends.flatMap(({ metrics }) => metrics?.job ?? []),
      ...(name.startsWith('minimal') ? [] : ['kubernetes-apiservers', 'kubelet', 'cadvisor', 'kubelet-probes']),
    ]);
    for (const dashboard of target.dashboards)
      for (const { expr } of expressionsOf(dashboard))
        for (const { equal } of selectionsOf(queryOf(filled(expr, values, 15))))
          if (equal['job'] !== undefined) expect(jobs).toContain(equal['job']);
  });

  test('uids are unique, and such as Grafana takes', () => {
    expect(new Set(namesOf(target)).size).toBe(target.dashboards.length);
    for (const uid of namesOf(target)) expect(uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
  });

  test('panels have a title, a description and a unit, no two the same title, and every query asks the data source', () => {
    for (const dashboard of target.dashboards) {
      const { panels, annotations, templating } = fileOf(dashboard);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const titles = panels.filter(({ type }) => type !== 'row').map(({ title }) => title);
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
      for (const panel of panels) {
        expect(panel.title).toMatch(/^\S.*\S$/);
        if (panel.type === 'row') continue;
        expect(panel.description).toMatch(/^[A-Z0-9].*\.$/);
        expect(Object.values(units)).toContain(panel.fieldConfig!.defaults.unit);
        expect(panel.targets!.length).toBeGreaterThan(0);
        for (const { refId, expr, datasource } of panel.targets!)
          expect([datasource.uid, refId, expr]).toEqual([
            'prometheus',
            expect.stringMatching(/^[A-Z]+$/),
            expect.any(String),
          ]);
        expect(new Set(panel.targets!.map(({ refId }) => refId)).size).toBe(panel.targets!.length);
      }
      for (const { datasource } of [...annotations.list, ...templating.list] as { datasource?: { uid: string } }[])
        expect(datasource).toEqual({ type: 'prometheus', uid: 'prometheus' });
      for (const { query } of templating.list) expect(labelValuesPath(query)).toMatch(/^label\/\w+\/values/);
    }
  });

  test('panels stand below and beside each other, and none on another', () => {
    for (const dashboard of target.dashboards) {
      const { panels } = fileOf(dashboard);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
      );
      expect(cells.filter((cell) => Number(cell.split(' ')[0]) >= 24)).toEqual([]);
      expect(cells.length).toBe(new Set(cells).size);
    }
  });

  test('labels in legends are labels that the query leaves', () => {
    const lost = target.dashboards.flatMap(({ title, rows }) =>
      rows.flatMap(({ panels }) =>
        panels.flatMap(({ title: panel, queries }) =>
          queries.flatMap(({ expr, legend }) => {
            const by = [...expr.matchAll(/\bby \(([^)]*)\)/g)].map((match) => match[1]!.split(/, */));
            const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!);
            const aggregated = /^(sum|avg|min|max|count|1 - min|topk|histogram_quantile)\b/.test(expr);
            return aggregated
              ? labels.filter((label) => !by[0]?.includes(label)).map((label) => `${title}, ${panel}: ${label}`)
              : [];
          }),
        ),
      ),
    );
    expect(lost).toEqual([]);
  });
});

test('a target has dashboards and panels of what it has, and of nothing else', () => {
  const of = (name: string) => TARGETS.find(([each]) => each === name)![1];
  const always = ['overview', 'service-web', 'objective-web-availability', 'objective-web-latency'];
  expect(namesOf(of('minimal, nothing more'))).toEqual([...always, 'scraping']);
  expect(namesOf(of('discovery, nothing more'))).toEqual([...always, 'capacity', 'scraping']);
  expect(namesOf(of('discovery, nodes'))).toEqual([...always, 'nodes', 'capacity', 'scraping']);
  for (const form of FORMS)
    expect(namesOf(of(`${form}, everything`))).toEqual([...always, 'nodes', 'capacity', 'scraping']);

  expect(titlesOf(of('discovery, everything'))).toEqual(titlesOf(of('operator, everything')));
  expect(titlesOf(EVERYTHING)).toEqual(
    expect.arrayContaining([
      'Overview: Error budgets left',
      'Overview: Containers that wait',
      'Overview: Pods of each node',
      'Service: web: CPU',
      'Service: web: Memory of redis',
      'Service: web: Restarts',
      'Service: web: How long answers take',
      'Objective: web-latency: Budget left',
      'Nodes: File systems in use',
      'Capacity: CPU that is asked for',
      'Capacity: Volumes in use',
    ]),
  );
  // Two days of samples say nothing of a budget of thirty.
  expect(titlesOf(of('discovery, nodes')).join()).not.toContain('udget left');
  expect(titlesOf(of('minimal, nothing more')).join()).not.toMatch(/Pods of each node|limit|Restarts|redis/);
  expect(titlesOf(of('minimal, nothing more'))).toContain('Service: web: Memory');
});

test('lines of what pods ask for and may use are those of the pods', () => {
  const linesOf = (made: Made) => {
    const panels = made.dashboards.find(({ uid }) => uid === 'service-web')!.rows.flatMap((row) => row.panels);
    return ['CPU', 'Memory'].flatMap((title) =>
      panels.find((panel) => panel.title === title)!.queries.map(({ expr }) => expr),
    );
  };
  const { resources } = (
    EVERYTHING.ends.find(({ app }) => app === 'web') as unknown as {
      readonly pod: { readonly container: { readonly resources: { readonly cpu: string; readonly memory: string } } };
    }
  ).pod.container;
  expect([resources.cpu, resources.memory]).toEqual(['50m', '96Mi']);
  const known = linesOf(TARGETS.find(([name]) => name === 'minimal, nothing more')![1]);
  expect(known).toEqual(expect.arrayContaining(['vector(0.05)', `vector(${96 * 2 ** 20})`]));
  // Where the objects themselves tell it, another request is no other dashboard.
  const told = linesOf(EVERYTHING);
  expect(told.join()).not.toContain('vector(');
  for (const resource of ['cpu', 'memory'])
    expect(told.join()).toMatch(
      new RegExp(`max\\(sum by \\(pod\\) \\(kube_pod_container_resource_requests\\{.*resource="${resource}"\\}\\)\\)`),
    );
  expect(told.join()).toMatch(/kube_pod_container_resource_limits\{.*resource="memory"/);
});

test('rollouts are marked where objects are measured, and alerts always', () => {
  const marksOf = (target: Made, uid: string) =>
    target.dashboards.find((dashboard) => dashboard.uid === uid)!.marks.map(({ name }) => name);
  expect(marksOf(EVERYTHING, 'service-web')).toEqual(['Rollouts of Deployments', 'Alerts']);
  expect(marksOf(EVERYTHING, 'overview')).toHaveLength(3);
  expect(marksOf(made([nodeExporter], 'discovery'), 'service-web')).toEqual(['Alerts']);
});

test('no mark of a rollout follows a number that a scaling moves', () => {
  const marks = rolloutMarks({ matchers: '' });
  const metrics = marks.flatMap(({ expr }) => selectionsOf(queryOf(expr)).map(({ metric }) => metric));
  expect([...new Set(metrics)]).toEqual([
    'kube_deployment_annotations',
    'kube_statefulset_status_update_revision',
    'kube_daemonset_metadata_generation',
  ]);
});

test('the names of pods are those that their controllers give, and of no other workload', () => {
  const web = EVERYTHING.ends.find(({ app }) => app === 'web')!;
  const redis = EVERYTHING.ends.find(({ app }) => app === 'redis')!;
  const matches = (end: FlowEnd, pod: string) =>
    new RegExp(`^(?:${/pod=~"([^"]*)"/.exec(podMatchersOf(end))![1]})$`).test(pod);
  expect(matches(web, 'web-5d4f8b7c9d-x2k7m')).toBe(true);
  expect(matches(web, 'web-admin-5d4f8b7c9d-x2k7m')).toBe(false);
  expect(matches(web, 'web-0')).toBe(false);
  expect(matches(redis, 'redis-0')).toBe(true);
  expect(matches(redis, 'redis-sentinel-0')).toBe(false);
});

test('uids are cut to what Grafana takes, and stay apart', () => {
  const long = 'a-workload-with-a-name-that-is-far-too-long';
  expect(uidOf('service', 'web')).toBe('service-web');
  expect(uidOf('service', long)).toHaveLength(40);
  expect(uidOf('service', `${long}-1`)).not.toBe(uidOf('service', `${long}-2`));
  expect(uidOf('service', 'a.b')).toMatch(/^service-a-b-[0-9a-f]{8}$/);
});

describe('what is written', () => {
  const panel = (more: Partial<DashboardPanel>): DashboardPanel => ({
    kind: 'graph',
    title: 'A title',
    description: 'A description.',
    unit: 'short',
    queries: [{ expr: 'up', legend: '{{job}}' }],
    ...more,
  });
  const written = (...panels: DashboardPanel[]) =>
    fileOf({ uid: 'a', title: 'A', description: 'A.', variables: [], marks: [], rows: [{ title: 'Row', panels }] });
  const stepsOf = (more: Partial<DashboardPanel>) =>
    written(panel(more)).panels[1]!.fieldConfig!.defaults.thresholds.steps.map(
      ({ value, color }) => `${value} ${color}`,
    );

  test('limits are colours from the lowest value up, whichever end is bad', () => {
    expect(stepsOf({ kind: 'figure', limits: [1, 5] })).toEqual(['null green', '1 orange', '5 red']);
    expect(stepsOf({ kind: 'figure', limits: [0.25, 0], lowIsBad: true })).toEqual([
      'null red',
      '0 orange',
      '0.25 green',
    ]);
    expect(stepsOf({ limits: [1] })).toEqual(['null transparent', '1 red']);
  });

  test('a figure asks for the last value, a graph for all of a time', () => {
    const [, graph, figure] = written(panel({}), panel({ kind: 'figure', title: 'B' })).panels;
    expect([graph!.type, graph!.targets![0]]).toEqual([
      'timeseries',
      expect.objectContaining({ range: true, instant: false }),
    ]);
    expect([figure!.type, figure!.targets![0]]).toEqual([
      'stat',
      expect.objectContaining({ range: false, instant: true }),
    ]);
  });

  test('a panel that may be empty says why, if each of its queries may', () => {
    const empty = { expr: 'a', legend: 'a', mayBeEmpty: 'nobody asks' };
    const noValueOf = (queries: DashboardPanel['queries']) =>
      written(panel({ queries })).panels[1]!.fieldConfig!.defaults.noValue;
    expect(noValueOf([empty])).toBe('nobody asks');
    expect(noValueOf([empty, { expr: 'b', legend: 'b' }])).toBeUndefined();
  });

  test('more than 26 queries have names, too', () => {
    const queries = Array.from({ length: 28 }, (_, i) => ({ expr: `vector(${i})`, legend: String(i) }));
    expect(
      written(panel({ queries }))
        .panels[1]!.targets!.slice(25)
        .map(({ refId }) => refId),
    ).toEqual(['Z', 'AA', 'AB']);
  });

  test('the same dashboard gives the same text, a panel that changes a few lines', () => {
    const [first] = EVERYTHING.dashboards;
    expect(dashboardJson(first!)).toBe(dashboardJson(made(ALL, 'discovery', LONG).dashboards[0]!));
    expect(JSON.parse(dashboardJson(first!))).toMatchObject({ uid: 'overview', editable: false });
  });
});

test('reasons for nothing are few, and said in words', () => {
  const queries = EVERYTHING.dashboards.flatMap(queriesOf);
  const open = queries.filter(({ mayBeEmpty }) => mayBeEmpty !== undefined);
  for (const { mayBeEmpty } of open) expect(mayBeEmpty).toMatch(/^[a-z][a-z0-9 ,.]{10,}$/);
  expect(open.length / queries.length).toBeLessThan(0.3);
});

test('a platform of nothing has the dashboards of Prometheus itself', () => {
  const watched: Watched = { workloads: [], objectives: [], retention: '7d', cluster: false };
  expect(dashboardsOf(watched).map(({ uid }) => uid)).toEqual(['overview', 'scraping']);
});
