import type { Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { mountedTexts } from './configuration-files';
import type { World } from './world';

/** How much memory a store is told to fill with data. */
export interface StoreMemory {
  readonly store: string;
  /** `--maxmemory 2gb` */
  readonly written: string;
  readonly bytes: bigint;
  /** The workload, or the ConfigMap or Secret with the configuration file. */
  readonly resource: Resource;
  readonly path: Path;
}

interface Store {
  readonly name: string;
  /** The program, and what its image is called. */
  readonly program: RegExp;
  readonly image: RegExp;
  /** The option with its amount, which may be the next word. */
  readonly option: RegExp;
  readonly bytes: (digits: bigint, unit: string) => bigint;
  /** The line of its configuration file. */
  readonly line?: RegExp;
  /** Variables with options for the program. */
  readonly variable?: RegExp;
}

const DECIMAL = { '': 1n, b: 1n, k: 1000n, m: 1000n ** 2n, g: 1000n ** 3n };
const BINARY = { kb: 1024n, mb: 1024n ** 2n, gb: 1024n ** 3n };

/** Stores that keep data in memory up to a bound which they are given as an option. */
const STORES: readonly Store[] = [
  {
    name: 'Redis',
    program: /^(redis|valkey|keydb)-server$/,
    image: /^(redis|valkey|keydb|redis-stack|redis-stack-server)$/,
    option: /(?:^|\s)--maxmemory[\s=]+["']?(\d+)([kmg]?b?)\b/i,
    // 1k is 1000 bytes and 1kb is 1024 (redis.conf).
    bytes: (digits, unit) => digits * ({ ...DECIMAL, ...BINARY }[unit.toLowerCase()] ?? 1n),
    line: /^[ \t]*maxmemory[ \t]+["']?(\d+)([kmg]?b?)["']?[ \t\r]*$/gim,
    variable: /^((REDIS|VALKEY)_EXTRA_FLAGS|REDIS_ARGS)$/,
  },
  {
    name: 'memcached',
    program: /^memcached$/,
    image: /^memcached$/,
    option: /(?:^|\s)(?:-m[\s=]*|--memory-limit[\s=]+)(\d+)()(?=\s|$)/,
    bytes: (digits) => digits * 1024n ** 2n,
  },
  {
    name: 'PostgreSQL',
    program: /^(postgres|postmaster)$/,
    image: /^(postgres|postgresql)$/,
    option: /(?:^|\s)(?:-c\s*|--)shared[_-]buffers=["']?(\d+)(kB|MB|GB)?(?=["'\s]|$)/,
    // Without a unit these are blocks of 8 kB.
    bytes: (digits, unit) => digits * (BINARY[unit.toLowerCase() as keyof typeof BINARY] ?? 8192n),
  },
  {
    name: 'MySQL',
    program: /^(mysqld|mariadbd)$/,
    image: /^(mysql|mariadb)$/,
    option: /(?:^|\s)--innodb[-_]buffer[-_]pool[-_]size[=\s]+["']?(\d+)([KMG]?)(?=["'\s]|$)/i,
    bytes: (digits, unit) => digits * 1024n ** BigInt(' kmg'.indexOf(unit.toLowerCase() || ' ')),
  },
];

/** What a container's store is told, in its arguments or in the configuration file that they name; undefined where it is told nothing. */
export function storeMemoryOf(world: World, workload: WorkloadManifest, container: Container): StoreMemory | undefined {
  const words = wordsOf(container);
  const store = STORES.find((one) => runs(one, container, words));
  if (!store) return undefined;
  return (
    inOptions(store, workload, container, words) ??
    (store.line ? inFile(store, store.line, world, workload, container, words) : undefined)
  );
}

interface Word {
  readonly text: string;
  readonly path: Path;
}

function wordsOf({ json, path }: Container): Word[] {
  return ['command', 'args'].flatMap((field) =>
    list(json[field]).map((word, i) => ({ text: String(word), path: [...path, field, i] })),
  );
}

/** By the program in the command, or by the image whose entry point starts it. */
function runs({ program, image }: Store, { json }: Container, words: readonly Word[]): boolean {
  const named = words.flatMap(({ text }) => text.split(/[\s;&|]+/)).some((word) => program.test(baseName(word)));
  if (named) return true;
  const isImage = image.test(baseName(string(json['image'])?.replace(/[@:][^/]*$/, '') ?? ''));
  // Arguments that are not options name another program.
  const first = words[0]?.text ?? '';
  return isImage && list(json['command']).length === 0 && /^$|^-|\.conf$/.test(first);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The last of several options counts. */
function inOptions(
  store: Store,
  { resource }: WorkloadManifest,
  { json, path }: Container,
  words: readonly Word[],
): StoreMemory | undefined {
  const variables = list(json['env']).flatMap((entry, i) => {
    const { name, value } = record(entry) ?? {};
    return typeof name === 'string' && typeof value === 'string' && store.variable?.test(name)
      ? [{ text: value, path: [...path, 'env', i, 'value'] }]
      : [];
  });
  let found: StoreMemory | undefined;
  for (const [i, { text, path: at }] of [...words, ...variables].entries()) {
    const alone = store.option.exec(text);
    const next = alone || i + 1 >= words.length ? undefined : words[i + 1];
    // An option whose amount is the next word.
    const match = alone ?? (next && !/\s/.test(text) ? store.option.exec(`${text} ${next.text}`) : null);
    if (match?.index !== 0 && !alone) continue;
    if (match)
      found = {
        store: store.name,
        written: match[0].trim(),
        bytes: store.bytes(BigInt(match[1]!), match[2] ?? ''),
        resource,
        path: alone ? at : next!.path,
      };
  }
  return found;
}

function inFile(
  store: Store,
  line: RegExp,
  world: World,
  workload: WorkloadManifest,
  container: Container,
  words: readonly Word[],
): StoreMemory | undefined {
  const named = new Set(words.flatMap(({ text }) => text.split(/[\s"';]+/)).filter((word) => word.endsWith('.conf')));
  if (named.size === 0) return undefined;
  for (const [file, { resource, path, text }] of mountedTexts(world, workload, container)) {
    const match = named.has(file) ? [...text.matchAll(line)].at(-1) : undefined;
    if (match)
      return {
        store: store.name,
        written: match[0].trim(),
        bytes: store.bytes(BigInt(match[1]!), match[2] ?? ''),
        resource,
        path,
      };
  }
  return undefined;
}
