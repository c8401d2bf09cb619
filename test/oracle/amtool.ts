/**
 * amtool as the oracle of alertmanager-config-valid: configurations that Alertmanager takes are mutated at random, amtool judges each, and its
 * verdict is compared with ours. ALERTMANAGER_TESTDATA names Alertmanager's own test files (`config/testdata` in its Go module).
 *
 *   AMTOOL=/usr/bin/amtool npm run oracle:amtool -- [MUTATIONS] [SEED]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Json } from '../../manifests/resource';
import { pathText } from '../../manifests/resource';
import { alertmanagerProblems } from '../../upstream/alertmanager/configuration';
import type { Release } from '../../upstream/prometheus/release';
import { versionIn } from '../../upstream/prometheus/release';
import { readContent } from '../../upstream/prometheus/yaml';
import { ALERTMANAGER_CONFIGURATIONS, MATCHERS } from './amtool-seeds';
import type { Asked, Verdict } from './compare';
import { compare } from './compare';
import { mutate, random } from './mutate';
import { mutateLine, spoil } from './promtool-mutations';

type Next = () => number;

function* testdata(folder: string): Iterable<Asked> {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yml')))
    yield { topic: 'testdata', what: name, content: readFileSync(join(folder, name), 'utf8') };
}

function* mutations(count: number, configs: readonly Json[], next: Next): Iterable<Asked> {
  const one = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  for (let i = 0; i < count; i++) {
    const config = one(configs);
    const share = next();
    if (share < 0.45) {
      const { result, what } = spoil(config, next);
      yield { topic: 'value', what, content: dump(result) };
    } else if (share < 0.75) {
      const { object, what } = mutate(config, undefined, next);
      yield { topic: 'object', what, content: dump(object) };
    } else if (share < 0.9) {
      const matchers = scrambled(one(MATCHERS), next);
      const content = dump({
        route: { receiver: 'a', routes: [{ matchers: [matchers] }] },
        receivers: [{ name: 'a' }],
      });
      yield { topic: 'matchers', what: matchers, content };
    } else {
      const { result, what } = mutateLine(dump(config), next);
      yield { topic: 'YAML', what, content: result };
    }
  }
}

/** Up to two characters left out, doubled or put in. */
function scrambled(text: string, next: Next): string {
  for (let times = Math.floor(next() * 3); times > 0; times--) {
    const at = Math.floor(next() * (text.length + 1));
    const sign = [...'"\'{},=!~ \\a(.*`é'][Math.floor(next() * 16)]!;
    text = text.slice(0, at) + (next() < 0.6 ? sign : '') + text.slice(next() < 0.5 ? at + 1 : at);
  }
  return text;
}

function ours(content: string, release: Release): Verdict {
  const { content: value, problem } = readContent(content);
  if (problem !== undefined) return { is: 'refuses', words: problem };
  const problems = [...alertmanagerProblems(value, release)];
  const words = problems.map(({ path, reason }) => `${pathText(path)}: ${reason}`).join('; ');
  return { is: problems.length === 0 ? 'accepts' : problems.every(({ open }) => open) ? 'unknown' : 'refuses', words };
}

const BATCH = 300;

function theirs(amtool: string, cases: readonly Asked[], folder: string): (Verdict | undefined)[] {
  const verdicts = new Map<string, Verdict>();
  const names = cases.map((_, i) => `${i}.yml`);
  for (const [i, { content }] of cases.entries()) writeFileSync(join(folder, names[i]!), content);
  for (let from = 0; from < names.length; ) {
    const batch = names.slice(from, from + BATCH);
    const said = spawnSync(amtool, ['check-config', ...batch], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
    const parts = said.stdout.split(/^Checking '/m).slice(1);
    let asked = 0;
    for (const part of parts) {
      const [, name = '', words = ''] = /^([^']*)'\s*(.*)/s.exec(part) ?? [];
      if (!/^(FAILED|SUCCESS)/.test(words)) continue;
      verdicts.set(name, {
        is: words.startsWith('FAILED') ? 'refuses' : 'accepts',
        words: words.replace(/^FAILED:\s*/, '').trim(),
      });
      asked++;
    }
    // Where amtool itself crashes, it goes on behind that file.
    from += asked < batch.length ? asked + 1 : batch.length;
  }
  return names.map((name) => verdicts.get(name));
}

function main(amtool: string, count: number, seed: number, out: string, folder: string): void {
  const said = execFileSync(amtool, ['--version'], { encoding: 'utf8' }).split('\n')[0]!;
  const version = versionIn(/version (\S+)/.exec(said)?.[1] ?? '');
  const files = process.env['ALERTMANAGER_TESTDATA'] ? [...testdata(process.env['ALERTMANAGER_TESTDATA'])] : [];
  const seeds = ALERTMANAGER_CONFIGURATIONS.map((config, i) => ({
    topic: 'seed',
    what: `${i}`,
    content: dump(config),
  }));
  const good = files
    .filter(({ content }) => ours(content, {}).is === 'accepts')
    .map(({ content }) => load(content) as Json);
  const cases = [...files, ...seeds, ...mutations(count, [...ALERTMANAGER_CONFIGURATIONS, ...good], random(seed))];
  mkdirSync(folder, { recursive: true });
  const release = version ? { version } : {};
  compare(said, cases, theirs(amtool, cases, folder), ({ content }) => ours(content, release), out);
}

const [amtool = 'amtool', count = '5000', seed = '1', out = 'oracle-amtool.json', folder = 'oracle-amtool'] =
  process.argv.slice(2);
main(amtool, Number(count), Number(seed), out, folder);
