import { flagValues, wordsOf } from '../manifests/flags';
import type { Path, Resource } from '../manifests/resource';
import { strings } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import type { Content } from '../upstream/prometheus/yaml';
import { readContent } from '../upstream/prometheus/yaml';
import { mountsOf, sourcesOf } from './mounts';
import type { World } from './world';

/** A file that a container sees, and the key of the ConfigMap or Secret that it comes from. */
export interface MountedText {
  readonly resource: Resource;
  readonly path: Path;
  readonly text: string;
}

/** The same of a YAML file, read. */
export interface MountedFile extends MountedText, Content {}

/** The file that `--config.file` names. */
export function configFileOf(container: Container, byDefault: string): string {
  return flagValues(wordsOf(container), 'config.file')[0] ?? byDefault;
}

/** The files of ConfigMaps and Secrets by the path at which the container sees them. */
export function* mountedFiles(
  world: World,
  workload: WorkloadManifest,
  container: Container,
): Iterable<[string, MountedFile]> {
  for (const [at, text] of mountedTexts(world, workload, container)) yield [at, { ...text, ...readContent(text.text) }];
}

/** The same, as texts that are no YAML. */
export function* mountedTexts(
  world: World,
  workload: WorkloadManifest,
  container: Container,
): Iterable<[string, MountedText]> {
  for (const { at, subPath, isExpanded, volume } of mountsOf(workload, container)) {
    if (!volume || isExpanded) continue;
    for (const { from, paths } of sourcesOf(volume)) {
      const found = from && world.find(from.kind, workload.namespace, from.name);
      if (found?.is !== 'present') continue;
      for (const [key, text] of textsIn(found.resource)) {
        const name = paths ? paths.get(key) : key;
        if (name === undefined) continue;
        if (subPath === undefined) yield [`${at}/${name}`, text];
        else if (subPath === name) yield [at, text];
      }
    }
  }
}

/** A file whose text is parsed when its content is asked for: most are of no interest to whoever looks through them. */
class UnreadFile implements MountedFile {
  private known: Content | undefined;

  constructor(
    readonly resource: Resource,
    readonly path: Path,
    readonly text: string,
  ) {}

  get content(): unknown {
    return this.read.content;
  }

  get problem(): string | undefined {
    return this.read.problem;
  }

  get ignoresRest(): true | undefined {
    return this.read.ignoresRest;
  }

  private get read(): Content {
    return (this.known ??= readContent(this.text));
  }
}

/** The files of a ConfigMap or Secret by key. */
export function* filesIn(resource: Resource): Iterable<[string, MountedFile]> {
  for (const [key, text] of textsIn(resource)) yield [key, new UnreadFile(text.resource, text.path, text.text)];
}

function* textsIn(resource: Resource): Iterable<[string, MountedText]> {
  const [plain, encoded] = resource.kind === 'Secret' ? ['stringData', 'data'] : ['data', 'binaryData'];
  const texts = strings(resource.at([plain]));
  for (const [key, text] of Object.entries(texts)) yield [key, { resource, path: [plain, key], text }];
  for (const [key, base64] of Object.entries(strings(resource.at([encoded])))) {
    // stringData wins, and what is no base64 is another check's.
    if (texts[key] !== undefined || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64)) continue;
    yield [key, { resource, path: [encoded, key], text: Buffer.from(base64, 'base64').toString('utf8') }];
  }
}
