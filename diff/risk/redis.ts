import { list, mappings, string } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { mountedTexts } from '../../world/configuration-files';
import type { World } from '../../world/world';

/** What decides of how much a Redis loses, and what it drops by itself. */
export interface RedisSettings {
  readonly appendonly: boolean;
  readonly appendfsync: string;
  /** Whether it makes snapshots by itself. */
  readonly saves: boolean;
  readonly policy: string;
}

const SERVER = /^(redis|valkey|keydb)-server$/;
const IMAGE = /(^|\/)(redis|valkey|keydb|redis-stack|redis-stack-server)([:@]|$)/;
const VARIABLES = /^((REDIS|VALKEY)_EXTRA_FLAGS|REDIS_ARGS)$/;

/** How much a container's Redis keeps; undefined where it runs none. */
export function settingsOfRedis(
  world: World,
  workload: WorkloadManifest,
  container: Container,
): RedisSettings | undefined {
  const settings = optionsOfRedis(world, workload, container);
  return (
    settings && {
      appendonly: settings.get('appendonly')?.toLowerCase() === 'yes',
      appendfsync: settings.get('appendfsync')?.toLowerCase() ?? 'everysec',
      saves: settings.get('save') !== '',
      policy: settings.get('maxmemory-policy')?.toLowerCase() ?? 'noeviction',
    }
  );
}

/** What a container's Redis is told, in its arguments or in the configuration file that they name; undefined where it runs none. */
export function optionsOfRedis(
  world: World,
  workload: WorkloadManifest,
  container: Container,
): ReadonlyMap<string, string> | undefined {
  const { json } = container;
  const words = [...list(json['command']), ...list(json['args'])].flatMap((word) => wordsOf(String(word)));
  const runs = words.some((word) => SERVER.test(word.slice(word.lastIndexOf('/') + 1)));
  if (!runs && !(IMAGE.test(string(json['image']) ?? '') && list(json['command']).length === 0)) return undefined;
  const settings = new Map<string, string>();
  const files = new Set(words.filter((word) => word.endsWith('.conf')));
  if (files.size > 0)
    for (const [at, { text }] of mountedTexts(world, workload, container)) if (files.has(at)) readFile(text, settings);
  readOptions(words, settings);
  for (const { name, value } of mappings(json['env'])) {
    if (VARIABLES.test(String(name))) readOptions(wordsOf(String(value)), settings);
    // Bitnami's images.
    if (/^(REDIS|VALKEY)_AOF_ENABLED$/.test(String(name))) settings.set('appendonly', String(value));
  }
  return settings;
}

/** An argument, or the words of a script that a shell is given; quotes around nothing stay as an empty word. */
function wordsOf(text: string): string[] {
  if (!/\s/.test(text)) return [text.replace(/^(["'])(.*)\1$/, '$2')];
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"';]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** The directives of a file; of several `save`, any that is not empty counts. */
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

const SYNC = ['no', 'everysec', 'always'];

/** What one Redis loses that the other one does not, in clauses. */
export function* lostBetween(was: RedisSettings, is: RedisSettings): Iterable<string> {
  if (was.appendonly && !is.appendonly)
    yield is.saves
      ? 'appendonly is no: what is written after the last snapshot is lost when Redis stops'
      : 'appendonly is no and no snapshots are made: all data are lost when Redis stops';
  else if (was.saves && !is.saves && !is.appendonly) yield 'no snapshots are made: all data are lost when Redis stops';
  const [old, now] = [was, is].map(({ appendfsync }) => SYNC.indexOf(appendfsync));
  if (is.appendonly && was.appendonly && now! < old! && now! >= 0)
    yield `appendfsync is ${is.appendfsync} in place of ${was.appendfsync}: ${is.appendfsync === 'no' ? 'what the kernel has not written to the disk' : 'up to a second of writes'} is lost when the node fails`;
  if (was.policy === 'noeviction' && is.policy !== 'noeviction')
    yield `maxmemory-policy is ${is.policy} in place of noeviction: keys may be evicted when memory is full`;
}
