import { containerOf } from '../../../manifests/programs';
import type { Path, Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { goUrl } from '../../../upstream/prometheus/url';
import { configuredAlertmanagers, operatorObjects } from '../../../world/alertmanager';
import { keysOf } from '../../../world/contents';
import type { MountedFolder } from '../../../world/mounted-files';
import { mountAt, mountedFolders } from '../../../world/mounted-files';
import { operatedBy } from '../../../world/operated-pods';
import { selectionsOfObject } from '../../../world/operator-selection';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { hostFinding } from '../../configured-hosts';
import { fieldsOf, secretKeyFindings } from '../../secret-keys';

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
  description:
    'the Secrets, keys and files from which receivers of alerts take their addresses and passwords exist, and the Services that they name',
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
      for (const field of fieldsOf(config.at(['spec', 'receivers']), ['spec', 'receivers']))
        yield* secretKeyFindings(world, config, field, REFUSED);
    for (const config of operatorObjects(world, 'AlertmanagerConfig')) {
      const taking = selectionsOfObject(world, config).find(({ is }) => is === 'yes');
      const path = ['spec', 'receivers'];
      if (taking) yield* judgeUrls(world, { resource: config, path }, config.at(path), taking.by);
    }
    for (const { file, by } of configuredAlertmanagers(world)) {
      const { resource, path, content } = file;
      if (world.isExternal(resource)) continue;
      // What a workload mounts, other checks read.
      yield* judgeUrls(world, { resource, path }, record(content)?.['receivers'], by);
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
const REFUSED = 'the operator rejects the object, and its alerts go nowhere';

/** URLs of receivers that are Services of the cluster. Who asks is an Alertmanager: of an AlertmanagerConfig the one that takes it. */
function* judgeUrls(
  world: World,
  holder: { readonly resource: Resource; readonly path: Path },
  receivers: unknown,
  by: Resource,
): Iterable<Finding> {
  const [workload] = operatedBy(world, by);
  if (!workload) return;
  const isFile = typeof holder.resource.at(holder.path) === 'string';
  for (const { path, value } of fieldsOf(receivers, isFile ? [] : holder.path)) {
    const url = typeof value === 'string' && /url$/i.test(String(path.at(-1))) ? goUrl(value) : undefined;
    if (!url || 'problem' in url || !/^https?$/.test(url.scheme)) continue;
    const [, host, port] = /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\.?(?::(\d{1,5}))?$/i.exec(url.host) ?? [];
    if (host === undefined) continue;
    const at = { resource: holder.resource, path: isFile ? holder.path : path };
    const use = { ...at, workload, host: host.toLowerCase(), text: String(value), scheme: url.scheme };
    const finding = hostFinding(world, { ...use, isPortWritten: port !== undefined, isFile: false, name: '' });
    if (finding) yield { ...finding, message: `${finding.message}: ${UNSENT}` };
    const service = finding ? undefined : serviceByHost(world, use.host, workload.namespace);
    const number = port === undefined ? (url.scheme === 'https' ? 443 : 80) : Number(port);
    const isElsewhere = !service || service.headless || service.backing === 'external' || service.ports.length === 0;
    if (!isElsewhere && !service.port(number))
      yield {
        ...at,
        value,
        message: `Service ${service.name} has no port ${number} (it has: ${service.portList}): ${UNSENT}`,
      };
  }
}

/** What is mounted in Alertmanager's container. */
function foldersOf(world: World, by: Resource): readonly MountedFolder[] {
  const workload = world.workloads.find(({ resource }) => resource === by);
  if (workload) {
    const container = containerOf(workload.running, 'alertmanager');
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
