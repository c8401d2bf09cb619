/**
 * The readers of YAML in Go, which Kubernetes' tools have, as the oracle of render/yaml.ts: strings are written as items and as keys,
 * and must be read back. All strings of the signs that numbers and dates are made of, up to a length, then random ones: longer ones of
 * the same signs, and of all characters.
 *
 *   npm run oracle:yaml -- [LENGTH] [SEED]     five signs, 5.4 million strings, take some minutes (needs Go)
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { toYaml } from '../../render/yaml';
import { random } from './mutate';

const SIGNS = [...'01789+-._eExXoObBaf:in'];
/** Where dates, their zones and merge keys come from. */
const MORE_SIGNS = [...SIGNS, ...'TZtz 2~<=y_'];

interface Difference {
  readonly reader: string;
  readonly index: number;
  readonly read: string;
}
interface Wrong {
  readonly string: string;
  readonly reader: string;
  readonly read: string;
}

function* allStrings(longest: number): Generator<string> {
  yield '';
  let shorter: readonly string[] = [''];
  for (let length = 1; length <= longest; length++) {
    for (const start of shorter) for (const sign of SIGNS) yield start + sign;
    if (length < longest) shorter = shorter.flatMap((start) => SIGNS.map((sign) => start + sign));
  }
}

function* randomStrings(count: number, next: () => number): Generator<string> {
  const known = new Set<string>();
  const pick = (signs: readonly string[], longest: number) =>
    Array.from({ length: 1 + Math.floor(next() * longest) }, () => signs[Math.floor(next() * signs.length)]!).join('');
  const character = () => {
    const code = Math.floor(next() * (next() < 0.5 ? 0x100 : next() < 0.8 ? 0xd800 : 0x110000));
    return String.fromCodePoint(code >= 0xd800 && code < 0xe000 ? 0x20 : code);
  };
  while (known.size < count) {
    const kind = next();
    const string =
      kind < 0.5
        ? pick(MORE_SIGNS, 24)
        : pick([...Array.from({ length: 8 }, character), ' ', '\n', '\t', ':', '#', '-', "'", '"'], 12);
    if (known.has(string)) continue;
    known.add(string);
    yield string;
  }
}

/** Asks about documents of many strings; one that cannot be read at all, string by string. */
function ask(program: string, documents: readonly (readonly string[])[]): Wrong[] {
  if (documents.length === 0) return [];
  const input = documents.map((strings) =>
    JSON.stringify({
      text: toYaml({ items: strings, keys: Object.fromEntries(strings.map((string) => [string, 'x'])) }),
      strings,
    }),
  );
  const { stdout, status, stderr } = spawnSync(program, {
    input: input.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .flatMap((line, i) => {
      const strings = documents[i]!;
      const differences = JSON.parse(line) as Difference[];
      if (differences.some(({ index }) => index < 0) && strings.length > 1)
        return ask(
          program,
          strings.map((string) => [string]),
        );
      return differences.map(({ reader, index, read }) => ({ string: strings[Math.max(0, index)]!, reader, read }));
    });
}

function askAll(
  program: string,
  strings: Iterable<string>,
): { readonly asked: number; readonly wrong: readonly Wrong[] } {
  let documents: string[][] = [[]];
  let asked = 0;
  const wrong: Wrong[] = [];
  const flush = () => {
    wrong.push(
      ...ask(
        program,
        documents.filter((document) => document.length > 0),
      ),
    );
    documents = [[]];
  };
  for (const string of strings) {
    documents.at(-1)!.push(string);
    asked++;
    if (documents.at(-1)!.length === 1_000) documents.push([]);
    if (documents.length > 200) flush();
  }
  flush();
  return { asked, wrong };
}

const [, , length = '', seed = '', out = '', program = ''] = process.argv;
const all: Wrong[] = [];
for (const [what, strings] of [
  [`strings of up to ${length} signs`, allStrings(Number(length))],
  ['random strings', randomStrings(400_000, random(Number(seed)))],
  ['keys around the longest one', [1_022, 1_023, 1_024].map((size) => 'x'.repeat(size))],
] as const) {
  const { asked, wrong } = askAll(program, strings);
  console.log(`${asked.toLocaleString('en')} ${what}: ${wrong.length} read otherwise`);
  for (const { string, reader, read } of wrong.slice(0, 20))
    console.log(`  ${JSON.stringify(string)} by ${reader}: ${read}`);
  all.push(...wrong);
}
writeFileSync(out, JSON.stringify(all, null, 1));
process.exitCode = all.length > 0 ? 1 : 0;
