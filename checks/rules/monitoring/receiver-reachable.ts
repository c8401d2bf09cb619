import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { configuredAlertmanagers, operatorObjects } from '../../../world/alertmanager';
import { keysOf } from '../../../world/contents';
import type { MountedFolder } from '../../../world/mounted-files';
import { mountAt, mountedFolders } from '../../../world/mounted-files';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (key: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: pager, namespace: shop }
stringData: { routing-key: replace-me }
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: { name: team, namespace: shop }
spec:
  route: { receiver: team }
  receivers:
    - name: team
      pagerdutyConfigs: [{ routingKey: { name: pager, key: ${key} } }]
`;

export default check({
  id: 'receiver-reachable',
  group: 'monitoring',
  description: 'the Secrets, keys and files from which receivers of alerts take their addresses and passwords exist',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus.io/docs/alerting/latest/configuration/',
  fix: 'name an existing Secret and one of its keys; for a file, mount the Secret (spec.secrets of an Alertmanager object) and name one of its keys',
  example: {
    broken: manifests('routing_key'),
    fails: ['AlertmanagerConfig/shop/team spec.receivers[0].pagerdutyConfigs[0].routingKey.key'],
    fixed: manifests('routing-key'),
  },
  *judge(world) {
    for (const config of operatorObjects(world, 'AlertmanagerConfig'))
      for (const { path, value } of fieldsOf(config.at(['spec', 'receivers']), ['spec', 'receivers']))
        yield* judgeKey(world, config, path, record(value));
    for (const { file, by } of configuredAlertmanagers(world)) {
      const { resource, path, content } = file;
      if (world.isExternal(resource)) continue;
      const folders = foldersOf(world, by);
      const read = record(content);
      const told = new Set<string>();
      for (const part of ['global', 'receivers'])
        for (const field of fieldsOf(read?.[part], [part])) {
          const name = String(field.path.at(-1));
          if (!name.endsWith('_file') || typeof field.value !== 'string' || told.has(field.value)) continue;
          const problem = fileProblem(folders, field.value);
          if (!problem) continue;
          told.add(field.value);
          yield { resource, path, value: field.value, message: `${name}: ${problem}: ${UNSENT}` };
        }
    }
  },
});

const UNSENT = 'notifications of this receiver fail';

/** Every field of a value, however deep. */
function* fieldsOf(value: unknown, path: Path): Iterable<{ readonly path: Path; readonly value: unknown }> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const at = [...path, key];
    yield { path: at, value: inner };
    yield* fieldsOf(inner, at);
  }
}

/** A SecretKeySelector has a name and a key; the operator reads it in the namespace of the object. */
function* judgeKey(world: World, config: Resource, path: Path, value: ReturnType<typeof record>): Iterable<Finding> {
  const isSelector = value !== undefined && Object.keys(value).every((field) => /^(name|key|optional)$/.test(field));
  const [name, key] = [string(value?.['name']), string(value?.['key'])];
  if (!isSelector || !name || !key || value['optional'] === true) return;
  // The TLS settings of a receiver may take their certificates from a ConfigMap.
  const kind = path.at(-1) === 'configMap' ? 'ConfigMap' : 'Secret';
  const namespace = world.namespaceOf(config);
  const refused = 'the operator rejects the object, and its alerts go nowhere';
  const keys = keysOf(world, kind, namespace, name);
  if (keys === undefined) {
    const finding = missing(world, { resource: config, path: [...path, 'name'], kind, namespace, name }, refused);
    if (finding) yield finding;
  } else if (keys !== 'unknown' && !keys.has(key))
    yield {
      resource: config,
      path: [...path, 'key'],
      value: key,
      message: `${kind} ${name} has no key ${key} (it has: ${someNames([...keys], 8) || 'none'}), so ${refused}${near(key, [...keys])}`,
    };
}

/** What is mounted in Alertmanager's container. */
function foldersOf(world: World, by: Resource): readonly MountedFolder[] {
  const workload = world.workloads.find(({ resource }) => resource === by);
  if (workload) {
    const container = workload.running.find((each) =>
      /(^|\/)alertmanager(:|@|$)/.test(string(each.json['image']) ?? ''),
    );
    return container ? mountedFolders(world, workload, container) : [];
  }
  // The operator mounts what the object lists: `volumeMounts` and `containers` may add more.
  const namespace = world.namespaceOf(by);
  return (
    [
      ['secrets', 'Secret'],
      ['configMaps', 'ConfigMap'],
    ] as const
  ).flatMap(([field, kind]) => [
    ...list(by.at(['spec', field])).flatMap((name): MountedFolder[] => {
      if (typeof name !== 'string') return [];
      const keys = keysOf(world, kind, namespace, name);
      const files = keys === 'unknown' ? undefined : keys;
      return [{ folder: `/etc/alertmanager/${field.toLowerCase()}/${name}`, files, from: `${kind} ${name}` }];
    }),
    ...(by.at(['spec', 'volumeMounts']) === undefined && by.at(['spec', 'containers']) === undefined
      ? [{ folder: `/etc/alertmanager/${field.toLowerCase()}`, files: new Set<string>(), from: '' }]
      : []),
  ]);
}

function fileProblem(folders: readonly MountedFolder[], file: string): string | undefined {
  const mount = mountAt(folders, file);
  const rest = mount && file.slice(mount.folder.length + 1);
  if (!mount?.files || !rest || mount.files.has(rest)) return undefined;
  const files = [...mount.files];
  if (files.some((known) => known.startsWith(`${rest}/`))) return undefined;
  if (mount.from === '')
    return `the Alertmanager object does not list ${rest.split('/')[0]}, so nothing is mounted there`;
  return `${mount.from}, mounted at ${mount.folder}, has no key ${rest} (it has: ${someNames(files, 8) || 'none'})${near(rest, files)}`;
}
