import { wordsOf } from '../../manifests/flags';
import { wholeQuantity } from '../../manifests/quantity';
import { list, mappings, string } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { mountedTexts } from '../../world/configuration-files';
import { resourcesOf } from '../../world/requests';
import { storeMemoryOf } from '../../world/store-memory';
import type { World } from '../../world/world';
import type { RiskClass } from './classes';

/** How much a program is told to hold, or to leave free, by a setting of its own. */
export interface ProgramBound {
  /** What is compared with each other: `memory of RabbitMQ`. */
  readonly what: string;
  /** As it is written, with the name of the setting. */
  readonly written: string;
  readonly amount: number;
  /** Which change of the amount is told. */
  readonly told: 'less' | 'more';
  readonly class: RiskClass;
  /** What happens at the bound. */
  readonly outcome: string;
  readonly advice: string;
}

/** The bounds of a container's programs, as far as they can be read. */
export function* programBounds(world: World, workload: WorkloadManifest, container: Container): Iterable<ProgramBound> {
  const files = [...mountedTexts(world, workload, container)];
  const limit = resourcesOf(world, workload, container).limits.get('memory');
  yield* ofMemcached(world, workload, container);
  const rabbit = files.filter(([at]) => /rabbitmq.*\.conf$/.test(at)).map(([, { text }]) => text);
  // Other images bring a file of their own.
  const isPlain = /(^|library\/)rabbitmq([:@]|$)/.test(string(container.json['image']) ?? '');
  const memory = limit === undefined ? undefined : Number(limit / wholeQuantity(1));
  if (rabbit.length > 0) yield* rabbitBounds(rabbit.join('\n'), memory, isPlain ? 50e6 : undefined);
  yield* ofHeaps(container, files);
}

/** doc/memcached.1: 64 megabytes unless it is told; `-M` refuses in place of making room. */
function* ofMemcached(world: World, workload: WorkloadManifest, container: Container): Iterable<ProgramBound> {
  const told = storeMemoryOf(world, workload, container);
  const byImage = variable(container, /^MEMCACHED_CACHE_SIZE$/);
  if (told && told.store !== 'memcached') return;
  if (!told && byImage === undefined && !/(^|\/)memcached([:@]|$)/.test(string(container.json['image']) ?? '')) return;
  if (!told && list(container.json['command']).some((word) => !/(^|\/)memcached$|^-/.test(String(word)))) return;
  const size = told ? Number(told.bytes) : Number(byImage ?? 64) * 1024 ** 2;
  if (!Number.isFinite(size)) return;
  const refuses = wordsOf(container).some((word) => /^(-M|--disable-evictions)$/.test(word));
  yield {
    what: 'items of memcached',
    written: `${size / 1024 ** 2} MB`,
    amount: size,
    told: 'less',
    class: refuses ? 'disruption' : 'capacity',
    outcome: refuses
      ? 'memcached refuses to store what is beyond (-M)'
      : 'memcached makes room by evicting what was asked for least, so that more requests go to whatever is behind it',
    advice: 'compare it with what memcached holds: bytes and evictions of its command stats',
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** deps/rabbit/src/rabbit_resource_monitor_misc.erl: M and MiB are 1024 squared, MB is 1000 squared. */
function rabbitBytes(written: string): number | undefined {
  const [, digits, unit, rest] = /^(\d+)([kmg]?)(i?b)?$/i.exec(written) ?? [];
  if (digits === undefined) return undefined;
  const size = unit!.toLowerCase();
  return Number(digits) * (rest?.toLowerCase() === 'b' ? 1000 ** ' kmg'.indexOf(size || ' ') : UNITS[size]!);
}

/** What rabbitmq.conf says of the alarms at which publishers wait. A share counts of the memory that there is. */
export function* rabbitBounds(
  text: string,
  memory: number | undefined,
  freeByDefault: number | undefined,
): Iterable<ProgramBound> {
  const settings = new Map(
    [...text.matchAll(/^[ \t]*([a-z_.]+)[ \t]*=[ \t]*(\S+)[ \t\r]*$/gm)].map(([, name, value]) => [name!, value!]),
  );
  const given = settings.get('total_memory_available_override_value');
  const total = given === undefined ? memory : rabbitBytes(given);
  const read = (name: string): { readonly amount: number; readonly is: string; readonly form: string } | undefined => {
    const [share, size] = [settings.get(`${name}.relative`), settings.get(`${name}.absolute`)];
    // Of both the absolute one counts.
    const amount = size === undefined ? Number(share) * (total ?? 1) : rabbitBytes(size);
    if ((size ?? share) === undefined || amount === undefined || Number.isNaN(amount)) return undefined;
    // A share of what is not known compares with another share alone.
    return { amount, is: (size ?? share)!, form: size === undefined && total === undefined ? 'shares' : 'bytes' };
  };
  const waits = 'RabbitMQ blocks every connection that publishes until that is over';
  const high = read('vm_memory_high_watermark');
  if (high)
    yield {
      what: `${high.form} of memory of RabbitMQ`,
      written: `vm_memory_high_watermark ${high.is}`,
      amount: high.amount,
      told: 'less',
      class: 'disruption',
      outcome: `above it, ${waits}`,
      advice: 'compare it with what its nodes use: rabbitmq-diagnostics memory_breakdown',
    };
  const states = [...settings.keys()].some((name) => name.startsWith('disk_free_limit'));
  const byDefault = freeByDefault && { amount: freeByDefault, is: `${freeByDefault / 1e6}MB`, form: 'bytes' };
  const free = states ? read('disk_free_limit') : byDefault;
  if (free)
    yield {
      what: `${free.form} of free disk of RabbitMQ`,
      written: `disk_free_limit ${free.is}`,
      amount: free.amount,
      told: 'more',
      class: 'disruption',
      outcome: `with less than that free, ${waits}`,
      advice: 'compare it with what is free where its data are: rabbitmq-diagnostics status',
    };
}

const SEARCH = /(^|\/)(elasticsearch|opensearch)[^/]*$/;

/** The last heap that a variable, the arguments or a file of options gives a JVM or Node.js. */
function* ofHeaps(
  container: Container,
  files: readonly (readonly [string, { readonly text: string }])[],
): Iterable<ProgramBound> {
  const variables = mappings(container.json['env']).map(({ name, value }) => [String(name), string(value) ?? '']);
  const options = files
    .filter(([at]) => at.endsWith('.options'))
    .map(([at, { text }]) => [at, text.replace(/^#.*$/gm, '')]);
  const isSearch = SEARCH.test(string(container.json['image']) ?? '');
  for (const [where, text] of [['its arguments', wordsOf(container).join(' ')], ...variables, ...options]) {
    const jvm = /_HEAP_SIZE$/.test(where!) && isSearch ? `-Xmx${text}` : text!;
    const [xmx, digits, unit] = [...jvm.matchAll(/(?<=^|[\s"'=])-Xmx(\d+)([kmgt]?)(?=[\s"']|$)/gi)].at(-1) ?? [];
    if (xmx !== undefined)
      yield {
        what: `heap of the JVM in ${where}`,
        written: xmx,
        amount: Number(digits) * UNITS[unit!.toLowerCase()]!,
        told: 'less',
        class: 'disruption',
        outcome: isSearch
          ? 'requests that would fill more than 95% of the heap are refused by its circuit breaker (429)'
          : 'a program that needs more fails with OutOfMemoryError',
        advice: 'compare it with what is left in use after a garbage collection',
      };
    const [old, megabytes] =
      [...text!.matchAll(/(?<=^|[\s"'])--max[-_]old[-_]space[-_]size=(\d+)(?=[\s"']|$)/g)].at(-1) ?? [];
    if (old !== undefined)
      yield {
        what: `heap of Node.js in ${where}`,
        written: old,
        amount: Number(megabytes) * 1024 ** 2,
        told: 'less',
        class: 'disruption',
        outcome: 'Node.js ends when it needs more (JavaScript heap out of memory)',
        advice: 'compare it with the heap that is in use after a garbage collection',
      };
  }
}

function variable({ json }: Container, name: RegExp): string | undefined {
  const found = mappings(json['env']).find((entry) => name.test(String(entry['name'])));
  return string(found?.['value']);
}
