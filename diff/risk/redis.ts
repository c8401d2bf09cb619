import { list, mappings, string } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { mountedTexts } from '../../world/configuration-files';
import type { World } from '../../world/world';
import type { RiskClass } from './classes';

/** What decides of how much a Redis loses, and what it drops by itself. */
export interface RedisSettings {
  readonly appendonly: boolean;
  readonly appendfsync: string;
  /** Whether it makes snapshots by itself. */
  readonly saves: boolean;
  readonly policy: string;
  /** How much it holds. @default - what it is told cannot be read here */
  readonly memory: Bound | undefined;
}

interface Bound {
  /** 0: as much as there is. */
  readonly bytes: number;
  readonly written: string;
}

const SERVER = /(^|\/)(redis|valkey|keydb)-server$/;
const IMAGE = /(^|\/)(redis|valkey|keydb|redis-stack|redis-stack-server)([:@]|$)/;
const VARIABLES = /^((REDIS|VALKEY)_EXTRA_FLAGS|REDIS_ARGS)$/;

/** How much a container's Redis keeps; undefined where it runs none. */
export function settingsOfRedis(
  world: World,
  workload: WorkloadManifest,
  container: Container,
): RedisSettings | undefined {
  const read = readRedis(world, workload, container);
  return (
    read && {
      appendonly: read.settings.get('appendonly')?.toLowerCase() === 'yes',
      appendfsync: read.settings.get('appendfsync')?.toLowerCase() ?? 'everysec',
      saves: read.settings.get('save') !== '',
      policy: read.settings.get('maxmemory-policy')?.toLowerCase() ?? 'noeviction',
      memory: boundOf(read.settings.get('maxmemory') ?? (read.isWhole ? '0' : '')),
    }
  );
}

/** What a container's Redis is told, in its arguments or in the configuration file that they name; undefined where it runs none. */
export function optionsOfRedis(
  world: World,
  workload: WorkloadManifest,
  container: Container,
): ReadonlyMap<string, string> | undefined {
  return readRedis(world, workload, container)?.settings;
}

/** The same, and whether all of its files are among the manifests. */
function readRedis(world: World, workload: WorkloadManifest, container: Container) {
  const { json } = container;
  const texts = new Map([...mountedTexts(world, workload, container)].map(([at, { text }]) => [at, text]));
  const given = [...list(json['command']), ...list(json['args'])].flatMap((word) => wordsOf(String(word)));
  // Bitnami's chart starts it by a script of a ConfigMap.
  const scripts = given.flatMap((word) => (texts.has(word) && !word.endsWith('.conf') ? [texts.get(word)!] : []));
  const words = [...given, ...scripts.flatMap((script) => wordsOf(script.replace(/^\s*#.*$/gm, '')))].map((word) =>
    expanded(word, json),
  );
  // The image's entry point takes another first word for another program.
  const isImage = IMAGE.test(string(json['image']) ?? '') && /^$|^-|\.conf$/.test(given[0] ?? '');
  if (!words.some((word) => SERVER.test(word)) && !(isImage && list(json['command']).length === 0)) return undefined;
  const settings = new Map<string, string>();
  const isWhole = readFiles(new Set(words.filter((word) => word.endsWith('.conf'))), texts, settings, () =>
    workload.containers.flatMap((each) => [...mountedTexts(world, workload, each)]),
  );
  readOptions(words, settings);
  for (const { name, value } of mappings(json['env'])) {
    if (VARIABLES.test(String(name))) readOptions(wordsOf(String(value)), settings);
    // Bitnami's images.
    if (/^(REDIS|VALKEY)_AOF_ENABLED$/.test(String(name))) settings.set('appendonly', String(value));
  }
  return { settings, isWhole };
}

/** With the variables that stand for themselves, as kubelet and shell put them in. */
function expanded(word: string, json: Container['json']): string {
  if (!word.includes('$')) return word;
  const values = new Map(mappings(json['env']).map(({ name, value }) => [name, string(value)]));
  return word.replace(/\$(?:\((\w+)\)|\{(\w+)\}|(\w+))/g, (all, a, b, c) => values.get(a ?? b ?? c) ?? all);
}

/** An argument, or the words of a script that a shell is given; quotes around nothing stay as an empty word. */
function wordsOf(text: string): string[] {
  if (!/\s/.test(text)) return [text.replace(/^(["'])(.*)\1$/, '$2')];
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"';]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** Whether all of them were found: where they are mounted, or in a volume from which an init container copies one of the same name. */
function readFiles(
  files: ReadonlySet<string>,
  texts: ReadonlyMap<string, string>,
  settings: Map<string, string>,
  ofPod: () => readonly (readonly [string, { readonly text: string }])[],
): boolean {
  const read = new Set<string>();
  for (const file of files) {
    const text = texts.get(file);
    if (text === undefined) continue;
    readFile(text, settings);
    read.add(baseOf(file));
  }
  for (const name of [...files].map(baseOf)) {
    if (read.has(name)) continue;
    const copied = new Set(ofPod().flatMap(([at, { text }]) => (baseOf(at) === name ? [text] : [])));
    if (copied.size !== 1) return false;
    readFile([...copied][0]!, settings);
    read.add(name);
  }
  return true;
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The directives of a file: the last one counts, and an empty `save` takes those before it back. */
function readFile(text: string, settings: Map<string, string>): void {
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([a-z][a-z-]*)\s+(.*?)\s*$/i.exec(line) ?? [];
    if (name !== undefined) settings.set(name.toLowerCase(), value!.replace(/^(["'])(.*)\1$/, '$2'));
  }
}

function readOptions(words: readonly string[], settings: Map<string, string>): void {
  for (const [i, word] of words.entries()) {
    const [, name, own] = /^--([a-z][a-z-]*)(?:=(.*))?$/i.exec(word) ?? [];
    if (name !== undefined) settings.set(name.toLowerCase(), own ?? words[i + 1] ?? '');
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, k: 1000, m: 1000 ** 2, g: 1000 ** 3 },
  ...{ kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 },
};

/** redis src/util.c, memtoull: 1k is 1000 bytes, 1kb is 1024. */
function boundOf(written: string): Bound | undefined {
  const [, digits, unit] = /^(\d+)([kmg]?b?)$/i.exec(written) ?? [];
  return digits === undefined ? undefined : { bytes: Number(digits) * UNITS[unit!.toLowerCase()]!, written };
}

/** What a Redis loses or refuses that did not before. */
export interface RedisLoss {
  readonly class?: RiskClass;
  /** In a clause. */
  readonly message: string;
  readonly advice?: string;
}

const SYNC = ['no', 'everysec', 'always'];

/** What one Redis loses that the other one does not. */
export function* lostBetween(was: RedisSettings, is: RedisSettings): Iterable<RedisLoss> {
  if (was.appendonly && !is.appendonly)
    yield {
      message: is.saves
        ? 'appendonly is no: what is written after the last snapshot is lost when Redis stops'
        : 'appendonly is no and no snapshots are made: all data are lost when Redis stops',
    };
  else if (was.saves && !is.saves && !is.appendonly)
    yield { message: 'no snapshots are made: all data are lost when Redis stops' };
  const [old, now] = [was, is].map(({ appendfsync }) => SYNC.indexOf(appendfsync));
  if (is.appendonly && was.appendonly && now! < old! && now! >= 0)
    yield {
      message: `appendfsync is ${is.appendfsync} in place of ${was.appendfsync}: ${is.appendfsync === 'no' ? 'what the kernel has not written to the disk' : 'up to a second of writes'} is lost when the node fails`,
    };
  yield* whenFull(was, is);
}

/** What becomes of keys and writes when memory is full, sooner than before or in another way. Without maxmemory it never is. */
function* whenFull(was: RedisSettings, is: RedisSettings): Iterable<RedisLoss> {
  const [old, now] = [was.memory, is.memory];
  if (now?.bytes === 0) return;
  const isLess = now !== undefined && old !== undefined && (old.bytes === 0 || now.bytes < old.bytes);
  const size = isLess
    ? `maxmemory is ${now.written} in place of ${old.bytes === 0 ? 'no bound' : old.written}`
    : undefined;
  const policy = was.policy === is.policy ? undefined : `maxmemory-policy is ${is.policy} in place of ${was.policy}`;
  const [evicted, evicts] = [evictionBy(was.policy), evictionBy(is.policy)];
  const what = [policy, size].filter(Boolean).join(' and ');
  const advice = 'compare maxmemory with what Redis holds: used_memory of INFO memory';
  if (evicts !== 'none' && (evicted === 'none' || size !== undefined))
    yield {
      message: `${what}: ${evicts === 'some' ? 'keys that expire' : 'keys'} may be evicted when memory is full${evicts === 'some' && size !== undefined ? ', and writes are refused when none of them are left' : ''}`,
      ...(size === undefined ? {} : { advice }),
    };
  else if (size !== undefined || (ORDER.indexOf(evicts) < ORDER.indexOf(evicted) && old?.bytes !== 0))
    yield {
      class: 'disruption',
      message: `${what}: commands that write are refused when memory is full${evicts === 'some' ? ' and no keys that expire are left' : ''}`,
      advice,
    };
}

const ORDER = ['none', 'some', 'all'] as const;

/** Which keys a policy evicts: `volatile-*` those that expire. */
function evictionBy(policy: string): (typeof ORDER)[number] {
  return policy === 'noeviction' ? 'none' : policy.startsWith('volatile-') ? 'some' : 'all';
}
