import { parseQuantity } from '../../manifests/quantity';
import { list } from '../../manifests/resource';
import type { Container } from '../../manifests/workload';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { prometheusSize } from '../../upstream/prometheus/size';

/** For how long, or up to which size, a program keeps what it stores. */
export interface Retention {
  /** `time`, `size` */
  readonly what: string;
  /** As it is written; undefined where the program's default counts. */
  readonly written: string | undefined;
  /** Milliseconds or bytes; infinite: nothing is deleted for this reason. */
  readonly amount: number;
}

interface Option {
  readonly what: string;
  readonly flag: RegExp;
  readonly read: (value: string) => number | undefined;
  /** What counts without the flag. */
  readonly absent: number;
}

const DAY = 86_400_000;
/** A duration of Prometheus; 0 is no bound where `zero` says so. */
function time(value: string): number | undefined {
  return prometheusDuration(value);
}

const endless = (value: string) => (time(value) === 0 ? Number.POSITIVE_INFINITY : time(value));

/** VictoriaMetrics: a number alone counts months. */
function months(value: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 31 * DAY : time(value);
}

/** The options of programs that say how much is kept. */
const OPTIONS: readonly Option[] = [
  // Prometheus; without both bounds it keeps 15 days, see retentionsOf.
  { what: 'time', flag: /^--?storage\.tsdb\.retention(?:\.time)?$/, read: endless, absent: Number.POSITIVE_INFINITY },
  { what: 'size', flag: /^--?storage\.tsdb\.retention\.size$/, read: prometheusSize, absent: Number.POSITIVE_INFINITY },
  { what: 'time', flag: /^--?data\.retention$/, read: time, absent: 5 * DAY },
  { what: 'time', flag: /^--?retentionPeriod$/, read: months, absent: 31 * DAY },
  { what: 'time', flag: /^--?tsdb\.retention$/, read: endless, absent: 2 * DAY },
  {
    what: 'time of raw samples',
    flag: /^--?retention\.resolution-raw$/,
    read: endless,
    absent: Number.POSITIVE_INFINITY,
  },
  {
    what: 'time of samples of 5 minutes',
    flag: /^--?retention\.resolution-5m$/,
    read: endless,
    absent: Number.POSITIVE_INFINITY,
  },
  {
    what: 'time of samples of an hour',
    flag: /^--?retention\.resolution-1h$/,
    read: endless,
    absent: Number.POSITIVE_INFINITY,
  },
];

/** What a container's options say of how much it keeps; those that the other one may have as well have their defaults. */
export function retentionsOf(container: Container, programs: ReadonlySet<Option>): Map<Option, Retention> {
  const words = wordsOf(container);
  const found = new Map<Option, Retention>();
  for (const option of programs) {
    const written = valueIn(words, option.flag);
    const amount = written === undefined ? option.absent : option.read(written);
    if (amount !== undefined) found.set(option, { what: option.what, written, amount });
  }
  const [age, size] = OPTIONS;
  const [old, bytes] = [found.get(age!), found.get(size!)];
  if (old && bytes && old.written === undefined && bytes.written === undefined)
    found.set(age!, { what: 'time', written: undefined, amount: 15 * DAY });
  return found;
}

/** The options that any of these containers gives, and those that go with them. */
export function optionsIn(...containers: readonly Container[]): ReadonlySet<Option> {
  const words = containers.map(wordsOf);
  const used = OPTIONS.filter(({ flag }) => words.some((each) => valueIn(each, flag) !== undefined));
  const isPrometheus = used.some((option) => OPTIONS.indexOf(option) < 2);
  return new Set([...used, ...(isPrometheus ? OPTIONS.slice(0, 2) : [])]);
}

function wordsOf({ json }: Container): string[] {
  return [...list(json['command']), ...list(json['args'])].flatMap((word) => String(word).split(/\s+/));
}

/** The last of several counts. */
function valueIn(words: readonly string[], flag: RegExp): string | undefined {
  let value: string | undefined;
  for (const [i, word] of words.entries()) {
    const [, name = word, own] = /^(--?[\w.-]+)=(.*)$/.exec(word) ?? [];
    if (flag.test(name)) value = own ?? words[i + 1];
  }
  return value?.replace(/^(["'])(.*)\1$/, '$2');
}

/** Bytes of a quantity or of a size of Prometheus. */
export function sizeOf(value: unknown): number | undefined {
  const quantity = parseQuantity(value);
  return prometheusSize(String(value)) ?? (quantity === undefined ? undefined : Number(quantity / 1_000_000_000n));
}

/** Milliseconds of a duration of Go, Prometheus or an operator; undefined for what is none. */
export function durationOf(value: unknown): number | undefined {
  return typeof value === 'string' ? time(value) : undefined;
}
