import { posix } from 'node:path';
import { containerOf } from '../../../manifests/programs';
import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { configFileOf } from '../../../world/configuration-files';
import type { MountedFolder } from '../../../world/mounted-files';
import { mountAt, mountedFolders } from '../../../world/mounted-files';
import type { ConfiguredPrometheus } from '../../../world/prometheus';
import { configuredPrometheuses, globOf } from '../../../world/prometheus';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { fieldsOf } from '../../secret-keys';

const manifests = (file: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: shipper, namespace: logging }
data: { fluent-bit.conf: '[SERVICE]' }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: shipper, namespace: logging }
spec:
  selector: { matchLabels: { app: shipper } }
  template:
    metadata: { labels: { app: shipper } }
    spec:
      containers:
        - name: shipper
          image: fluent-bit:3.1.9
          args: ['--config=/etc/shipper/${file}']
          volumeMounts: [{ name: config, mountPath: /etc/shipper }]
      volumes: [{ name: config, configMap: { name: shipper } }]
`;

export default check({
  id: 'config-file-exists',
  group: 'references',
  description:
    'a file that arguments, variables or a prometheus.yml name below a mounted ConfigMap or Secret is a key of it',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/',
  fix: 'write the name of a key, or add the key to the ConfigMap or Secret',
  example: {
    broken: manifests('fluentbit.conf'),
    fails: ['DaemonSet/logging/shipper spec.template.spec.containers[0].args[0]'],
    fixed: manifests('fluent-bit.conf'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const container of workload.containers) {
        const folders = mountedFolders(world, workload, container);
        if (!folders.some(({ files }) => files !== undefined)) continue;
        for (const { file, path, value } of pathsIn(container)) {
          const absent = absentAt(folders, file);
          if (absent !== undefined)
            yield {
              resource: workload.resource,
              path,
              value,
              message: absent(`container ${container.name} does not find ${file}`),
            };
        }
      }
    }
    for (const prometheus of configuredPrometheuses(world)) yield* judgePrometheus(world, prometheus);
  },
});

/** What is to be said of a file that is not there, with what follows from it; undefined where it is there, or not known. */
function absentAt(folders: readonly MountedFolder[], file: string): ((consequence: string) => string) | undefined {
  const mount = mountAt(folders, file);
  const rest = mount && file.slice(mount.folder.length + 1);
  if (!mount?.files || !rest || rest.startsWith('..')) return undefined;
  const { files } = mount;
  // A folder of items is there too.
  if (files.has(rest) || [...files].some((known) => known.startsWith(`${rest}/`))) return undefined;
  return (consequence) =>
    `${mount.from}, mounted at ${mount.folder}, has no file ${rest} (it has: ${someNames([...files], 8) || 'none'}), so ${consequence}${near(rest, [...files])}`;
}

/** The same of a pattern, where all files of its folder are known. */
function unmatchedAt(folders: readonly MountedFolder[], pattern: string): ReturnType<typeof absentAt> {
  const [beforePattern = ''] = /^[^*?[\\]*/.exec(pattern) ?? [];
  const mount = mountAt(folders, beforePattern.replace(/\/[^/]*$/, ''));
  const [glob] = [globOf(pattern)].flat();
  // Another volume may be mounted below, where the pattern looks.
  if (!mount?.files || !glob || folders.some(({ folder }) => folder.startsWith(`${mount.folder}/`))) return undefined;
  const files = [...mount.files];
  if (files.some((file) => glob.test(`${mount.folder}/${file}`))) return undefined;
  return (consequence) =>
    `no file of ${mount.from}, mounted at ${mount.folder}, is ${pattern} (it has: ${someNames(files, 8) || 'none'}), so ${consequence}`;
}

function holdsRules({ content }: { readonly content?: unknown }): boolean {
  return Array.isArray(record(content)?.['groups']);
}

/** The files that a prometheus.yml names: certificates and passwords, rules and jobs. */
function* judgePrometheus(world: World, prometheus: ConfiguredPrometheus): Iterable<Finding> {
  const { workload, configuration, rules, unread } = prometheus;
  const container = containerOf(workload.running, 'prometheus');
  const { resource, path, content } = configuration;
  if (!container || world.isExternal(resource)) return;
  const folders = mountedFolders(world, workload, container);
  const folder = posix.dirname(configFileOf(container, '/etc/prometheus/prometheus.yml'));
  const said = new Set<string>();
  const named = [...fieldsOf(content, [])].flatMap(({ path: at, value }) => {
    const field = String(at.at(-1));
    if (field === 'rule_files' || field === 'scrape_config_files')
      return list(value).map((entry) => ({ field, entry }));
    return field.endsWith('_file') ? [{ field, entry: value }] : [];
  });
  for (const { field, entry } of named) {
    if (typeof entry !== 'string' || entry === '' || said.has(entry)) continue;
    said.add(entry);
    const file = posix.resolve(folder, entry);
    const isPattern = field.endsWith('_files');
    // A folder may be there for rules of later. What is sure is that somebody meant those that are there, or any at all.
    const isMeant = field === 'rule_files' && (rules.length === 0 || unread.some(holdsRules));
    const absent = !/[*?[\\]/.test(entry)
      ? absentAt(folders, file)
      : isPattern && isMeant
        ? unmatchedAt(folders, file)
        : undefined;
    if (absent !== undefined)
      yield {
        ...{ resource, path, value: entry },
        message: absent(
          isPattern
            ? `${field} ${entry} of Prometheus finds nothing and nothing of it is loaded`
            : `Prometheus does not find its ${field}, and every request that needs it fails`,
        ),
      };
  }
}

/** Words and values that are a path and nothing else, or a flag with one. Scripts look for files that need not be there. */
function* pathsIn({
  json,
  path: place,
}: Container): Iterable<{ readonly file: string; readonly path: Path; readonly value: string }> {
  const of = (value: string, path: Path) => {
    const [, file] =
      /^(?:--?[A-Za-z][\w.-]*[= ])?(?:file:(?:\/\/)?)?(\/[^\s$*?{}[\]<>|&;,:'"`()]+[^/\s$*?{}[\]<>|&;,:'"`()])$/.exec(
        value,
      ) ?? [];
    return file === undefined ? [] : [{ file: posix.normalize(file), path: [...place, ...path], value }];
  };
  for (const field of ['command', 'args'])
    for (const [i, word] of list(json[field]).entries()) if (typeof word === 'string') yield* of(word, [field, i]);
  for (const [i, entry] of list(json['env']).entries()) {
    const variable = record(entry);
    const value = string(variable?.['value']);
    // What a program writes, or looks for first of several places, is named by variables too.
    if (value !== undefined && /CONF|CERT|KEY|CA|FILE|PATH/i.test(string(variable?.['name']) ?? ''))
      yield* of(value, ['env', i, 'value']);
  }
}
