import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string, strings } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import type { Content } from '../upstream/prometheus/yaml';
import { readContent } from '../upstream/prometheus/yaml';
import type { World } from './world';

/** A YAML file that a container sees, and the key of the ConfigMap or Secret that it comes from. */
export interface MountedFile extends Content {
  readonly resource: Resource;
  readonly path: Path;
  readonly text: string;
}

/** The file that `--config.file` names. */
export function configFileOf({ json }: Container, byDefault: string): string {
  const words = [...list(json['command']), ...list(json['args'])].map(String);
  for (const [i, word] of words.entries()) {
    const given = /^--?config\.file(?:=(.*))?$/.exec(word);
    if (given) return given[1] ?? words[i + 1] ?? '';
  }
  return byDefault;
}

/** The files of ConfigMaps and Secrets by the path at which the container sees them. */
export function* mountedFiles(
  world: World,
  workload: WorkloadManifest,
  { json }: Container,
): Iterable<[string, MountedFile]> {
  const volumes = new Map(
    list(workload.podSpec['volumes']).map((entry) => [string(record(entry)?.['name']), record(entry)]),
  );
  for (const entry of list(json['volumeMounts'])) {
    const mount = record(entry);
    const folder = string(mount?.['mountPath'])?.replace(/\/$/, '');
    const volume = volumes.get(string(mount?.['name']));
    if (!volume || folder === undefined) continue;
    const sub = string(mount?.['subPath']);
    for (const source of [volume, ...list(record(volume['projected'])?.['sources']).map(record)]) {
      for (const { name, file } of filesOf(world, workload, source)) {
        if (sub === undefined) yield [`${folder}/${name}`, file];
        else if (sub === name) yield [folder, file];
      }
    }
  }
}

function* filesOf(
  world: World,
  { namespace }: WorkloadManifest,
  volume: Json | undefined,
): Iterable<{ readonly name: string; readonly file: MountedFile }> {
  const secret = record(volume?.['secret']);
  const source = record(volume?.['configMap']) ?? secret;
  // A volume has secretName, a projected source has name.
  const name = string(source?.['name']) ?? string(source?.['secretName']);
  const found = name ? world.find(secret ? 'Secret' : 'ConfigMap', namespace, name) : undefined;
  if (found?.is !== 'present') return;
  const names = new Map(
    list(source?.['items']).map((item) => [string(record(item)?.['key']), string(record(item)?.['path'])]),
  );
  for (const [key, file] of filesIn(found.resource)) {
    const path = names.size === 0 ? key : names.get(key);
    if (path !== undefined) yield { name: path, file };
  }
}

/** The files of a ConfigMap or Secret by key. */
export function* filesIn(resource: Resource): Iterable<[string, MountedFile]> {
  const plain = resource.kind === 'Secret' ? 'stringData' : 'data';
  const texts = strings(resource.at([plain]));
  for (const [key, text] of Object.entries(texts))
    yield [key, { resource, path: [plain, key], text, ...readContent(text) }];
  if (resource.kind !== 'Secret') return;
  for (const [key, encoded] of Object.entries(strings(resource.at(['data'])))) {
    // stringData wins, and what is no base64 is another check's.
    if (texts[key] !== undefined || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(encoded)) continue;
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    yield [key, { resource, path: ['data', key], text, ...readContent(text) }];
  }
}
