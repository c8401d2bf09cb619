import { containerOf } from '../../../manifests/programs';
import type { Path } from '../../../manifests/resource';
import { list, mappings, Resource, record, string } from '../../../manifests/resource';
import { WorkloadManifest } from '../../../manifests/workload';
import { misspellingOf } from '../../../model/misspelling';
import { near } from '../../../model/near';
import { goUrl } from '../../../upstream/prometheus/url';
import { filesIn } from '../../../world/configuration-files';
import type { DashboardText } from '../../../world/dashboards';
import { dashboardsIn } from '../../../world/dashboards';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { hostFinding } from '../../configured-hosts';
import { missing } from '../../missing';

const manifests = (host: string) => `
apiVersion: v1
kind: Service
metadata: { name: prometheus, namespace: monitoring }
spec: { selector: { app: prometheus }, ports: [{ port: 9090 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: datasources, namespace: monitoring, labels: { grafana_datasource: '1' } }
data:
  prometheus.yaml: |
    apiVersion: 1
    datasources:
      - name: Prometheus
        type: prometheus
        access: proxy
        url: http://${host}:9090
`;

export default check({
  id: 'datasource-resolves',
  group: 'monitoring',
  description:
    'the data sources of Grafana are Services that exist, at ports of theirs, and those that dashboards name are provisioned',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  fix: 'write SERVICE for a Service of the namespace of Grafana, SERVICE.NAMESPACE for one of another, and a port of the Service',
  example: {
    broken: manifests('promtheus.monitoring.svc'),
    fails: ['ConfigMap/monitoring/datasources data["prometheus.yaml"]'],
    fixed: manifests('prometheus.monitoring.svc'),
  },
  *judge(world) {
    for (const source of sourcesOf(world)) {
      const finding = judge(world, source);
      if (finding) yield { ...finding, message: `data source ${source.name}: ${finding.message}` };
    }
    const uids = provisionedUids(world);
    for (const dashboard of dashboardsIn(world)) yield* judgeDashboard(world, dashboard, uids);
  },
});

/** The uids of all data sources that are here; undefined where one has none and Grafana makes it up. */
function provisionedUids(world: World): readonly string[] | undefined {
  const entries = [...world.of('ConfigMap'), ...world.of('Secret')].flatMap((resource) =>
    resource.apiVersion === 'v1'
      ? [...filesIn(resource)].flatMap(([, file]) =>
          file.text.includes('datasources') ? mappings(record(file.content)?.['datasources']) : [],
        )
      : [],
  );
  const objects = world.of('GrafanaDatasource').map((resource) => record(resource.at(['spec', 'datasource'])) ?? {});
  const uids = [...entries, ...objects]
    .filter((entry) => string(entry['type']) !== undefined)
    .map((entry) => string(entry['uid']));
  return uids.includes(undefined) ? undefined : uids.flatMap((uid) => uid ?? []);
}

/** What Grafana has without being told: `pkg/tsdb/grafanads` and its frontend. */
const BUILT_IN = /^(-- (Grafana|Mixed|Dashboard|Public) --|grafana|__expr__|default)$/i;

/** The data sources of panels, queries and variables, by their uids. */
function* judgeDashboard(
  world: World,
  { resource, path, file, content }: DashboardText,
  uids: readonly string[] | undefined,
): Iterable<Finding> {
  if (!content) return;
  const variables = new Set(mappings(record(content['templating'])?.['list']).map(({ name }) => name));
  const said = new Set<string>();
  for (const { uid, place } of uidsIn(content)) {
    if (said.has(uid) || BUILT_IN.test(uid)) continue;
    said.add(uid);
    const at = { resource, path, value: uid };
    const where = place === undefined ? file : `${file}, panel ${place}`;
    const variable = /^\$\{?(\w+)(?::\w+)?\}?$/.exec(uid)?.[1];
    // Grafana's operator puts in what `spec.datasources` says.
    if (variable !== undefined && !variables.has(variable) && resource.kind === 'ConfigMap')
      yield {
        ...at,
        message: `${where} names the data source ${uid}, and the dashboard has no variable ${variable}: only the form for imports asks for it (__inputs), so Grafana does not find the data source and the panel shows an error`,
        fix: `add a variable ${variable} of type datasource (templating.list), or write the uid of the data source`,
      };
    if (uid.includes('$') || !uids || uids.length === 0 || uids.includes(uid)) continue;
    const has = `the data sources that are here have the uids ${uids.join(', ')}`;
    const isCertain = misspellingOf(uid, uids).length > 0 || world.declaredExternal !== undefined;
    yield {
      ...at,
      ...(isCertain ? {} : { verdict: 'unknown' as const }),
      message: isCertain
        ? `${where} names the data source ${uid}, and ${has}: Grafana does not find it and the panel shows an error${near(uid, uids)}`
        : `${where} names the data source ${uid}, and ${has}: whether another one is made elsewhere is not known, and if not, the panel shows an error; --declare it`,
      fix: 'write the uid of a data source, or give the data source this uid',
    };
  }
}

function* uidsIn(
  value: unknown,
  place?: string,
): Iterable<{ readonly uid: string; readonly place: string | undefined }> {
  const json = record(value);
  if (Array.isArray(value)) for (const entry of value) yield* uidsIn(entry, place);
  if (!json) return;
  const own = Array.isArray(json['targets']) || json['gridPos'] ? (string(json['title']) ?? place) : place;
  const uid = string(record(json['datasource'])?.['uid']);
  if (uid) yield { uid, place: own };
  for (const [key, inner] of Object.entries(json)) if (key !== 'datasource') yield* uidsIn(inner, own);
}

interface DataSource {
  readonly resource: Resource;
  readonly path: Path;
  readonly name: string;
  readonly url: string;
  /** Who asks: Grafana, if it is among the manifests, else a pod of the namespace. */
  readonly grafana: WorkloadManifest;
  readonly isGrafanaKnown: boolean;
  /** Other checks read the files that a workload mounts, but for names without dots. */
  readonly isMounted: boolean;
}

function* sourcesOf(world: World): Iterable<DataSource> {
  for (const resource of [...world.of('ConfigMap'), ...world.of('Secret')]) {
    if (resource.apiVersion !== 'v1') continue;
    for (const [, file] of filesIn(resource)) {
      if (!file.text.includes('datasources')) continue;
      for (const entry of list(record(file.content)?.['datasources']))
        yield* sourceOf(world, resource, file.path, record(entry));
    }
  }
  for (const resource of world.of('GrafanaDatasource'))
    if (resource.group === 'grafana.integreatly.org')
      yield* sourceOf(world, resource, ['spec', 'datasource', 'url'], record(resource.at(['spec', 'datasource'])));
}

function* sourceOf(
  world: World,
  resource: Resource,
  path: Path,
  entry: ReturnType<typeof record>,
): Iterable<DataSource> {
  const url = string(entry?.['url']);
  // With `direct` the browser asks.
  if (!url || string(entry?.['type']) === undefined || entry?.['access'] === 'direct') return;
  const namespace = world.namespaceOf(resource);
  const mounting = world.workloads.find((workload) => workload.namespace === namespace && mounts(workload, resource));
  const running = world.workloads.filter(({ running }) => containerOf(running, 'grafana'));
  const grafana =
    mounting ??
    running.find((workload) => workload.namespace === namespace) ??
    (running.length === 1 ? running[0] : undefined);
  yield {
    ...{ resource, path, name: string(entry?.['name']) ?? url, url },
    grafana: grafana ?? podOf(resource, namespace),
    isGrafanaKnown: grafana !== undefined,
    isMounted: mounting !== undefined,
  };
}

function mounts({ podSpec }: WorkloadManifest, { kind, name }: Resource): boolean {
  const field = kind === 'Secret' ? 'secret' : 'configMap';
  return list(podSpec['volumes']).some((volume) =>
    [record(volume), ...list(record(record(volume)?.['projected'])?.['sources']).map(record)].some((source) => {
      const json = record(source?.[field]);
      return json?.['name'] === name || json?.['secretName'] === name;
    }),
  );
}

function podOf({ source }: Resource, namespace: string): WorkloadManifest {
  const pod = new Resource(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'grafana', namespace }, spec: {} },
    source,
    0,
  );
  return WorkloadManifest.of(pod, namespace)!;
}

function judge(
  world: World,
  { resource, path, url, grafana, isGrafanaKnown, isMounted }: DataSource,
): Finding | undefined {
  const parsed = goUrl(url);
  const parts =
    'problem' in parsed ? null : /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\.?(?::(\d{1,5}))?$/i.exec(parsed.host);
  if ('problem' in parsed || !parts || !/^https?$/.test(parsed.scheme)) return undefined;
  const [host, written] = [parts[1]!.toLowerCase(), parts[2]];
  const isQualified = host.includes('.');
  // Whose names without dots are meant is not known without Grafana; those with dots in mounted files are read by others.
  if ((!isQualified && !isGrafanaKnown) || host === 'localhost') return undefined;
  // The files of Secrets may be encoded, and hold passwords.
  const value = String(resource.at(path)).includes(url) ? url : undefined;
  const at = { resource, path, value };
  const service = serviceByHost(world, host, grafana.namespace);
  const port = written === undefined ? (parsed.scheme === 'https' ? 443 : 80) : Number(written);
  if (service?.headless && service.workloads.length > 0 && !service.port(port)) {
    const listening = service.workloads.flatMap((workload) => workload.ports.map((each) => each.number));
    if (!listening.includes(port))
      return {
        ...at,
        verdict: 'unknown',
        settledBy: 'program',
        message: `Service ${service.name} leads to its pods themselves, and neither they nor it name port ${port} (they name: ${[...new Set(listening)].join(', ') || 'none'}), so whether anybody answers there is not known`,
      };
  }
  if (isQualified && isMounted) return undefined;
  if (!service) {
    const use = { workload: grafana, host, text: host, resource, path, scheme: parsed.scheme };
    const found =
      hostFinding(world, { ...use, isPortWritten: written !== undefined, isFile: false, name: '' }) ??
      (isQualified
        ? undefined
        : missing(world, { ...at, kind: 'Service', namespace: grafana.namespace, name: host }, 'no panel shows data'));
    return found && { ...found, value };
  }
  const isElsewhere = service.headless || service.backing === 'external' || service.ports.length === 0;
  if (isElsewhere || service.port(port) || (isMounted && written !== undefined)) return undefined;
  return {
    ...at,
    message: `Service ${service.name} has no port ${port} (it has: ${service.portList}), so every query fails and no panel shows data`,
  };
}
