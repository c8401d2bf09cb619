import type { Json } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import { someNames } from '../../../model/errors';
import type { MountedFile } from '../../../world/configuration-files';
import type { ProvisionedGrafana } from '../../../world/grafana';
import { dashboardFolders, dataSourcesOf, isInFolder, provisionedGrafanas } from '../../../world/grafana';
import { sourcesOf } from '../../../world/mounts';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (folder: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: provider, namespace: monitoring }
data:
  provider.yaml: |
    apiVersion: 1
    providers: [{ name: files, type: file, options: { path: ${folder} } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: monitoring }
data:
  web.json: '{ "uid": "web", "title": "Web", "schemaVersion": 42, "panels": [] }'
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: grafana, namespace: monitoring }
spec:
  selector: { matchLabels: { app: grafana } }
  template:
    metadata: { labels: { app: grafana } }
    spec:
      volumes: [{ name: provider, configMap: { name: provider } }, { name: web, configMap: { name: web } }]
      containers:
        - name: grafana
          image: docker.io/grafana/grafana:12.3.0
          volumeMounts:
            - { name: provider, mountPath: /etc/grafana/provisioning/dashboards }
            - { name: web, mountPath: /dashboards/web }
`;

export default check({
  id: 'grafana-provisioned',
  group: 'monitoring',
  description:
    'Grafana finds what it is given by files: data sources and providers in its provisioning folder, dashboards in a folder of a provider, and the data sources that panels name',
  severity: 'will-break',
  needs: [],
  source: 'https://grafana.com/docs/grafana/latest/administration/provisioning/',
  fix: 'mount the file where Grafana looks (provisioning/datasources, provisioning/dashboards, the path of a provider), and write the uid of a data source that is provisioned',
  example: {
    broken: manifests('/dashboard'),
    fails: ['ConfigMap/monitoring/provider data["provider.yaml"]', 'ConfigMap/monitoring/web data["web.json"]'],
    fixed: manifests('/dashboards'),
  },
  *judge(world) {
    for (const grafana of provisionedGrafanas(world)) {
      yield* judgeFiles(grafana);
      yield* judgeDashboards(world, grafana);
    }
  },
});

/** Files of provisioning that stand elsewhere, and providers of folders in which nothing is. */
function* judgeFiles(grafana: ProvisionedGrafana): Iterable<Finding> {
  const { files, folder, mounts, isStock, isHelped } = grafana;
  for (const [path, file] of files) {
    if (!/\.ya?ml$/.test(path)) continue;
    for (const [field, where] of [
      ['datasources', 'datasources'],
      ['providers', 'dashboards'],
    ] as const) {
      if (!isProvisioning(file, field) || isInFolder(path, `${folder}/${where}`)) continue;
      yield {
        ...placeOf(file),
        value: field,
        message: `Grafana sees it as ${path} and reads ${field} in ${folder}/${where} alone, so it has none of these`,
      };
    }
  }
  if (!isStock || isHelped) return;
  for (const { file, path } of dashboardFolders(grafana))
    if (!mounts.some(({ at }) => isInFolder(at, path) || isInFolder(path, at)))
      yield {
        ...placeOf(file),
        value: path,
        message: `nothing is mounted at ${path}, so this provider has no dashboards`,
      };
}

/** By what nothing else has: a list of mappings with a type, and the version of the format. */
function isProvisioning({ text, content }: MountedFile, field: string): boolean {
  if (!text.includes(field)) return false;
  const file = record(content);
  const entries = mappings(file?.[field]);
  return file?.['apiVersion'] === 1 && entries.length > 0 && entries.every(({ name }) => string(name) !== undefined);
}

function* judgeDashboards(world: World, grafana: ProvisionedGrafana): Iterable<Finding> {
  const { workload, files } = grafana;
  const folders = dashboardFolders(grafana).map(({ path }) => path);
  const uids = dataSourcesOf(grafana).map(({ uid }) => string(uid));
  for (const [path, file] of files) {
    const dashboard = dashboardIn(path, file);
    if (!dashboard) continue;
    if (folders.length > 0 && !folders.some((folder) => isInFolder(path, folder))) {
      yield {
        ...placeOf(file),
        value: string(dashboard['uid']),
        message: `Grafana sees it as ${path}, in no folder of a provider (${someNames(folders)}), so it is not shown`,
      };
      continue;
    }
    yield* judgeSources(grafana, file, dashboard, uids);
  }
  if (folders.length === 0) return;
  // Volumes that no container mounts.
  for (const volume of mappings(workload.podSpec['volumes']))
    for (const { from } of sourcesOf(volume)) {
      const found = from && world.find(from.kind, workload.namespace, from.name);
      if (found?.is !== 'present' || found.resource.kind !== 'ConfigMap' || isMounted(workload.containers, volume))
        continue;
      for (const [key, text] of Object.entries(record(found.resource.at(['data'])) ?? {}))
        if (typeof text === 'string' && isDashboard(key, text))
          yield {
            resource: found.resource,
            path: ['data', key],
            message: `${world.idOf(workload.resource)} has it in its volume ${String(volume['name'])}, which none of its containers mounts, so it is not shown`,
          };
    }
}

function isMounted(containers: ProvisionedGrafana['workload']['containers'], { name }: Json): boolean {
  return containers.some(({ json }) => mappings(json['volumeMounts']).some((mount) => mount['name'] === name));
}

function isDashboard(name: string, text: string): boolean {
  return name.endsWith('.json') && /"panels"\s*:/.test(text) && /"(?:schemaVersion|targets)"\s*:/.test(text);
}

function dashboardIn(path: string, { text, content }: MountedFile): Json | undefined {
  return isDashboard(path, text) ? record(content) : undefined;
}

/** Data sources that panels, variables and annotations name by a uid that none of those in the files has. */
function* judgeSources(
  { isLasting }: ProvisionedGrafana,
  file: MountedFile,
  dashboard: Json,
  uids: readonly (string | undefined)[],
): Iterable<Finding> {
  // A source without a uid gets one that nobody knows.
  if (uids.length === 0 || uids.includes(undefined)) return;
  const named = new Set(uidsIn(dashboard));
  for (const uid of named) {
    if (uids.includes(uid)) continue;
    yield {
      ...placeOf(file),
      value: uid,
      message: `the data source ${uid} is none of those that are provisioned (${someNames(uids.map(String))})${isLasting ? ', and whether somebody made it by hand is not known' : ', so its panels show an error'}`,
      ...(isLasting ? { verdict: 'unknown' as const, settledBy: 'program' as const } : {}),
    };
  }
}

/** Grafana's own: those without data, of several sources, and of another panel. */
const BUILT_IN: ReadonlySet<string> = new Set([
  'grafana',
  '-- Grafana --',
  '-- Mixed --',
  '-- Dashboard --',
  '__expr__',
  '-100',
]);

function* uidsIn(value: unknown): Iterable<string> {
  if (Array.isArray(value)) for (const each of value) yield* uidsIn(each);
  const json = record(value);
  if (!json) return;
  for (const [key, each] of Object.entries(json)) {
    const uid = key === 'datasource' ? string(record(each)?.['uid']) : undefined;
    // A variable may stand for any.
    if (uid && !BUILT_IN.has(uid) && !/\$|\[\[/.test(uid)) yield uid;
    else yield* uidsIn(each);
  }
}

function placeOf({ resource, path }: MountedFile) {
  return { resource, path };
}
