/**
 * promtool as the oracle of prom-config-rules-valid: valid expressions, rules and configurations are mutated at random, promtool
 * judges each, and its verdict is compared with ours.
 *
 *   PROMTOOL=/usr/bin/promtool npm run oracle:promtool -- [MUTATIONS] [SEED]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { readSources } from '../../manifests/reading/read';
import type { Json } from '../../manifests/resource';
import { pathText, record, string } from '../../manifests/resource';
import { configurationProblems } from '../../upstream/prometheus/configuration';
import type { Release } from '../../upstream/prometheus/release';
import { isOlderThan, versionIn } from '../../upstream/prometheus/release';
import { ruleFileProblems } from '../../upstream/prometheus/rule-file';
import { readContent } from '../../upstream/prometheus/yaml';
import type { Asked, Verdict } from './compare';
import { compare } from './compare';
import { mutate, random } from './mutate';
import { mutateExpression, mutateLine, spoil } from './promtool-mutations';
import {
  CONFIGURATION_TEXTS,
  CONFIGURATIONS,
  EXPRESSIONS,
  GROUPS,
  NEW_CONFIGURATIONS,
  RULE_TEXTS,
} from './promtool-seeds';

type Next = () => number;
type Kind = 'rules' | 'config';

interface Case extends Asked {
  readonly kind: Kind;
}

/** Valid configurations: ours, and those written for this. */
function configurations(files: readonly string[], release: Release): readonly Json[] {
  const rendered = files.flatMap((file) =>
    readSources([{ file, text: readFileSync(file, 'utf8') }]).resources.flatMap(
      (resource) => string(record(resource.object['data'])?.['prometheus.yml']) ?? [],
    ),
  );
  const isNew = isOlderThan(release, 3) === false;
  return [
    ...CONFIGURATIONS,
    ...(isNew ? NEW_CONFIGURATIONS : []),
    ...[...new Set(rendered)].map((content) => load(content) as Json),
  ];
}

const ruleFile = (group: Json): Json => ({ groups: [group] });
const withExpression = (expr: string): Json => ruleFile({ name: 'a', rules: [{ record: 'a:b', expr }] });

function* seeds(configs: readonly Json[]): Iterable<Case> {
  for (const expr of EXPRESSIONS)
    yield { kind: 'rules', topic: 'seed', what: expr, content: dump(withExpression(expr)) };
  for (const group of GROUPS)
    yield { kind: 'rules', topic: 'seed', what: String(group['name']), content: dump(ruleFile(group)) };
  for (const [i, config] of configs.entries())
    yield { kind: 'config', topic: 'seed', what: `configuration ${i}`, content: dump(config) };
  for (const content of CONFIGURATION_TEXTS) yield { kind: 'config', topic: 'seed', what: content, content };
  for (const content of RULE_TEXTS) yield { kind: 'rules', topic: 'seed', what: content, content };
}

/** Prometheus' own test files, whose names say whether it takes them: those of `config/testdata` in its Go module. */
function testdata(folder: string, release: Release): void {
  const told: Record<string, string[]> = { good: [], bad: [], 'found in bad': [], 'said of good': [], 'not found': [] };
  for (const name of readdirSync(folder).filter((file) => /\.(good|bad)\.ya?ml$/.test(file))) {
    const is = name.includes('.bad.') ? 'bad' : 'good';
    told[is]!.push(name);
    const own = ours(
      { kind: 'config', topic: '', what: '', content: readFileSync(join(folder, name), 'utf8') },
      release,
    );
    if (is === 'good' && own.is !== 'accepts') told['said of good']!.push(name);
    if (is === 'bad') told[own.is === 'refuses' ? 'found in bad' : 'not found']!.push(name);
  }
  for (const [what, names] of Object.entries(told)) console.log(`${what}: ${names.length}`);
  console.log(told['not found']!.concat(told['said of good']!).join('\n'));
}

function* mutations(count: number, configs: readonly Json[], next: Next): Iterable<Case> {
  const one = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const changed = (object: Json): { readonly result: Json; readonly what: string } => {
    if (next() < 0.5) return spoil(object, next);
    const { object: result, what } = mutate(object, undefined, next);
    return { result, what };
  };
  for (let i = 0; i < count; i++) {
    const share = next();
    if (share < 0.4) {
      const { result, what } = mutateExpression(one(EXPRESSIONS), next);
      yield { kind: 'rules', topic: 'expression', what, content: dump(withExpression(result)) };
    } else if (share < 0.53) {
      const { result, what } = changed(ruleFile(one(GROUPS)));
      yield { kind: 'rules', topic: 'rule file', what, content: dump(result) };
    } else if (share < 0.9) {
      const { result, what } = changed(one(configs));
      yield { kind: 'config', topic: 'configuration', what, content: dump(result) };
    } else {
      const kind = one<Kind>(['rules', 'config']);
      const texts = kind === 'rules' ? RULE_TEXTS : CONFIGURATION_TEXTS;
      const text = next() < 0.3 ? one(texts) : dump(kind === 'rules' ? ruleFile(one(GROUPS)) : one(configs));
      const { result, what } = mutateLine(text, next);
      yield { kind, topic: 'YAML', what, content: result };
    }
  }
}

function ours({ kind, content }: Case, release: Release): Verdict {
  const { content: value, problem } = readContent(content);
  if (problem !== undefined)
    return { is: 'refuses', words: problem, halfRead: /document separator|single document/.test(problem) };
  const problems = [...(kind === 'config' ? configurationProblems(value, release) : ruleFileProblems(value, release))];
  const words = problems.map(({ path, reason }) => `${pathText(path)}: ${reason}`).join('; ');
  return { is: problems.length === 0 ? 'accepts' : problems.every(({ open }) => open) ? 'unknown' : 'refuses', words };
}

const BATCH = 400;

/** What promtool says of each case; undefined where it says nothing. */
function theirs(promtool: string, cases: readonly Case[], folder: string): (Verdict | undefined)[] {
  const verdicts = new Map<string, Verdict>();
  const nameOf = (i: number) => `${i}.yml`;
  for (const [i, { content }] of cases.entries()) writeFileSync(join(folder, nameOf(i)), content);
  for (const kind of ['rules', 'config'] as const) {
    const names = cases.flatMap((entry, i) => (entry.kind === kind ? [nameOf(i)] : []));
    for (let from = 0; from < names.length; ) {
      const batch = names.slice(from, from + BATCH);
      let asked = 0;
      for (const [name, verdict] of ask(promtool, kind, batch, folder)) {
        verdicts.set(name, verdict);
        asked++;
      }
      // Where promtool itself crashes, it goes on behind that file.
      from += asked < batch.length ? asked + 1 : batch.length;
    }
  }
  return cases.map((_, i) => verdicts.get(nameOf(i)));
}

/** One call for many files. Both outputs go into one file: their order tells which words belong to which file. */
function* ask(promtool: string, kind: Kind, names: readonly string[], folder: string): Iterable<[string, Verdict]> {
  const out = join(folder, 'out');
  const descriptor = openSync(out, 'w');
  spawnSync(promtool, ['check', kind, '--lint=none', ...(kind === 'config' ? ['--syntax-only'] : []), ...names], {
    cwd: folder,
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  for (const part of readFileSync(out, 'utf8')
    .split(/^Checking /m)
    .slice(1)) {
    const [name = '', ...lines] = part.split('\n');
    const words = lines.join('\n').trim();
    if (/^\s*(FAILED|SUCCESS)/m.test(words))
      yield [
        name,
        {
          is: /^\s*FAILED/m.test(words) ? 'refuses' : 'accepts',
          words: words.replace(/^\s*FAILED:\s*/, '').replaceAll(`${name}: `, ''),
        },
      ];
  }
}

function main(
  promtool: string,
  count: number,
  seed: number,
  out: string,
  folder: string,
  files: readonly string[],
): void {
  const said = execFileSync(promtool, ['--version'], { encoding: 'utf8' }).split('\n')[0]!;
  const version = versionIn(/version (\S+)/.exec(said)?.[1] ?? '');
  const release: Release = { ...(version ? { version } : {}), features: new Set(), agent: false };
  const folderOfTests = process.env['PROMETHEUS_TESTDATA'];
  if (folderOfTests) testdata(folderOfTests, release);
  const configs = configurations(files, release);
  const cases = [...seeds(configs), ...mutations(count, configs, random(seed))];
  mkdirSync(folder, { recursive: true });
  const answers = theirs(promtool, cases, folder);
  compare(said, cases, answers, (entry) => ours(entry, release), out);
}

const [
  promtool = 'promtool',
  count = '5000',
  seed = '1',
  out = 'oracle-promtool.json',
  folder = 'oracle-promtool',
  ...files
] = process.argv.slice(2);
main(promtool, Number(count), Number(seed), out, folder, files);
