import type { Json, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { queryOf } from '../../../upstream/prometheus/query';
import type { DashboardText } from '../../../world/dashboards';
import { dashboardsIn } from '../../../world/dashboards';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (metric: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: dashboards, namespace: monitoring, labels: { grafana_dashboard: '1' } }
data:
  web.json: |
    {
      "uid": "web",
      "title": "Web",
      "schemaVersion": 42,
      "panels": [
        {
          "type": "timeseries",
          "title": "Requests",
          "datasource": { "type": "prometheus", "uid": "prometheus" },
          "targets": [{ "refId": "A", "expr": "sum(rate(${metric}[$__rate_interval])" }]
        }
      ]
    }
`;

export default check({
  id: 'dashboard-valid',
  group: 'monitoring',
  description:
    "Grafana's dashboards are JSON with a title, a uid of their own that Grafana takes, and queries that Prometheus reads, with variables that the dashboard has",
  severity: 'will-break',
  needs: [],
  source: 'https://grafana.com/docs/grafana/latest/administration/provisioning/',
  fix: 'write it as Grafana exports it: JSON, a title, a uid of at most 40 letters, digits, hyphens and underscores; and the query as Prometheus reads it',
  example: {
    broken: manifests('http_requests_total'),
    fails: ['ConfigMap/monitoring/dashboards data["web.json"]'],
    fixed: manifests('http_requests_total').replace('[$__rate_interval])', '[$__rate_interval]))'),
  },
  *judge(world) {
    const dashboards = [...dashboardsIn(world)];
    for (const dashboard of dashboards) yield* judge(dashboard);
    yield* judgeTogether(world, dashboards);
  },
});

/** Letters that Grafana takes in a uid, and how many. */
const UID = /^[a-zA-Z0-9_-]{0,40}$/;

function* judge({ resource, path, file, content, problem }: DashboardText): Iterable<Finding> {
  const at = { resource, path };
  if (problem !== undefined) {
    yield { ...at, message: `${file} is no JSON, so Grafana leaves the dashboard out: ${problem}` };
    return;
  }
  // What the program exports for its interface wraps the dashboard, and other files are none.
  if (!content || !Array.isArray(content['panels'])) return;
  const [title, uid] = [content['title'], content['uid']];
  if (typeof title !== 'string' || title.trim() === '')
    yield { ...at, message: `${file} has no title, so Grafana refuses the dashboard` };
  if (typeof uid === 'string' && !UID.test(uid))
    yield {
      ...at,
      value: uid,
      message: `${file}: the uid ${uid} ${uid.length > 40 ? `has ${uid.length} characters, and Grafana takes 40` : 'holds other characters than letters, digits, hyphens and underscores'}, so Grafana refuses the dashboard`,
    };
  const known = variablesOf(content);
  for (const { expr, title: panel } of promqlIn(content)) {
    const stray = known && variablesIn(expr).find((name) => !known.has(name));
    if (known && stray !== undefined)
      yield {
        ...at,
        message: `${file}, panel ${panel}: $${stray} is no variable of the dashboard (${someNames([...known]) || 'it has none'}), so Grafana sends it as it stands there${near(stray, [...known])}`,
      };
    const [wrong] = (filled(expr) === undefined ? [] : queryOf(filled(expr)!).problems).filter(({ open }) => !open);
    if (wrong)
      yield {
        ...at,
        // Quotes in it are written with a backslash there.
        value: expr.includes('"') ? undefined : expr,
        message: `${file}, panel ${panel}: Prometheus refuses ${expr}: ${wrong.reason}; the panel shows an error`,
      };
  }
}

/** The variables of a dashboard by name; undefined where it does not list them. */
function variablesOf(dashboard: Json): ReadonlySet<string> | undefined {
  const listed = record(dashboard['templating'])?.['list'];
  return Array.isArray(listed) ? new Set(listed.map((entry) => string(record(entry)?.['name']) ?? '')) : undefined;
}

/** The variables that a query uses, but for those that Grafana sets itself, and for what stands for groups of a regular expression. */
function variablesIn(expr: string): string[] {
  if (expr.includes('(?P<')) return [];
  const found = expr.matchAll(/\$\{([A-Za-z_]\w*)(?:[.:][^}]*)?\}|\$([A-Za-z_]\w*)|\[\[([A-Za-z_]\w*)(?::\w+)?\]\]/g);
  return [...found].map(([, braced, plain, old]) => (braced ?? plain ?? old)!).filter((name) => !name.startsWith('__'));
}

/** Queries that are certainly Prometheus' own: Loki's stand in the same field. */
function* promqlIn(dashboard: Json): Iterable<{ readonly expr: string; readonly title: string }> {
  for (const entry of list(dashboard['panels'])) {
    const panel = record(entry);
    if (!panel) continue;
    const title = string(panel['title']) ?? 'without a title';
    for (const target of list(panel['targets']).map(record)) {
      const expr = string(target?.['expr']);
      const source = record(target?.['datasource']) ?? record(panel['datasource']);
      if (expr && source?.['type'] === 'prometheus') yield { expr, title };
    }
    // A row that is folded holds its panels.
    yield* promqlIn(panel);
  }
}

/** A query as it may be sent; undefined where a variable of the dashboard may stand for anything. */
function filled(expr: string): string | undefined {
  const text = expr
    .replace(/\$\{?__(?:interval_ms|range_s|range_ms|from|to)\b\}?/g, '300')
    .replace(/\$\{?__(?:rate_interval|interval|range|auto)\b\}?/g, '5m')
    // In quotes it is a part of a text.
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (quoted) =>
      quoted.replace(/\$\{[^}]*\}|\[\[[^\]]*\]\]|\$\w+/g, 'x'),
    );
  return /\$[\w{]|\[\[/.test(text) ? undefined : text;
}

/** Two of one uid that one Grafana reads: it then writes none of what it finds beside them. */
function* judgeTogether(world: World, dashboards: readonly DashboardText[]): Iterable<Finding> {
  const seen = new Map<string, DashboardText>();
  for (const dashboard of dashboards) {
    const uid = string(dashboard.content?.['uid']);
    if (!uid || dashboard.resource.kind !== 'ConfigMap') continue;
    for (const reader of readersOf(world, dashboard.resource)) {
      const key = `${reader} ${uid}`;
      const other = seen.get(key);
      if (!other) seen.set(key, dashboard);
      else
        yield {
          resource: dashboard.resource,
          path: dashboard.path,
          value: uid,
          message: `${dashboard.file} has the uid ${uid}, and so has ${other.file} in ${world.idOf(other.resource)}; Grafana then takes neither, nor others of their folder`,
        };
    }
  }
}

/** Who reads the dashboards of a ConfigMap: pods that mount it, or what gathers those with the label in its namespace. */
function* readersOf(world: World, resource: Resource): Iterable<string> {
  const namespace = world.namespaceOf(resource);
  if (resource.labels['grafana_dashboard'] !== undefined) yield `label ${namespace}`;
  for (const workload of world.workloads)
    if (workload.namespace === namespace && mounts(workload, resource.name)) yield world.idOf(workload.resource);
}

function mounts({ podSpec }: WorkloadManifest, name: string): boolean {
  return list(podSpec['volumes']).some((volume) =>
    [record(volume), ...list(record(record(volume)?.['projected'])?.['sources']).map(record)].some(
      (source) => record(source?.['configMap'])?.['name'] === name,
    ),
  );
}
