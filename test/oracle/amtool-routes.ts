/**
 * amtool as the oracle of routing: random trees of routes and random labels, of which `amtool config routes test` says who is told, compared
 * with what simulate/alerting says. With FIXTURE=FILE the answers are kept, for a test that needs no amtool.
 *
 *   AMTOOL=/usr/bin/amtool npm run oracle:amtool -- [CASES] [SEED]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dump } from 'js-yaml';
import type { Json } from '../../manifests/resource';
import { addTo } from '../../model/multimap';
import type { AlertLabels } from '../../simulate/alerting/label-matching';
import { waysOf } from '../../simulate/alerting/routing';
import { random } from './mutate';

type Next = () => number;

/** A tree, labels, and who is told, in order. */
interface RoutingCase {
  readonly configuration: Json;
  readonly labels: AlertLabels;
  readonly receivers: string;
}

const NAMES = ['severity', 'team', 'job', 'näme', 'a b'];
const VALUES = ['page', 'ticket', 'db', 'db1', '', 'a"b', 'a\\b', 'ü', 'x,y', 'two\nlines'];
const REGEXES = [
  'page|ticket',
  'db.*',
  '[a-d]+',
  '.*',
  '.+',
  '',
  'd(b|c)1?',
  'x.y',
  '\\w+',
  '(?i)PAGE',
  'two.lines',
  '(?s)two.lines',
];

function one<T>(from: readonly T[], next: Next): T {
  return from[Math.floor(next() * from.length)]!;
}

/** A matcher in one of the ways of writing it: quoted, bare, in braces, with escapes. */
function matcherText(next: Next): string {
  const name = one(NAMES, next);
  const operator = one(['=', '!=', '=~', '!~'], next);
  const value = operator.endsWith('~') ? one(REGEXES, next) : one(VALUES, next);
  const shownName = /^\w+$/.test(name) && next() < 0.8 ? name : JSON.stringify(name);
  const style = next();
  const bare = /^[\w.|*+()[\]?-]+$/.test(value) && style < 0.3;
  // Escapes as the way of reading before took them: a backslash that escapes nothing is one.
  const classic =
    /^\w+$/.test(shownName) && style > 0.9 ? `"${value.replaceAll('"', '\\"').replaceAll('\n', '\\n')}"` : undefined;
  const text = `${shownName}${next() < 0.2 ? ' ' : ''}${operator}${bare ? value : (classic ?? JSON.stringify(value))}`;
  return next() < 0.15 ? `{${text}}` : text;
}

function routeTree(next: Next, depth: number): Json {
  const routes = Array.from({ length: depth > 0 ? Math.floor(next() * 4) : 0 }, () => routeTree(next, depth - 1));
  const matchers = Array.from({ length: Math.floor(next() * 3) }, () =>
    next() < 0.2
      ? `${matcherText(next).replace(/^\{|\}$/g, '')},${matcherText(next).replace(/^\{|\}$/g, '')}`
      : matcherText(next),
  );
  return {
    ...(next() < 0.7 ? { receiver: `r${Math.floor(next() * 6)}` } : {}),
    ...(matchers.length > 0 ? { matchers } : {}),
    ...(next() < 0.2 ? { match: { [one(['severity', 'team', 'job'], next)]: one(VALUES, next) } } : {}),
    ...(next() < 0.2 ? { match_re: { [one(['severity', 'team', 'job'], next)]: one(REGEXES, next) } } : {}),
    ...(next() < 0.3 ? { continue: true } : {}),
    ...(routes.length > 0 ? { routes } : {}),
  };
}

function configurationOf(next: Next): Json {
  const routes = Array.from({ length: 1 + Math.floor(next() * 4) }, () => routeTree(next, 2));
  return {
    route: { receiver: 'r0', routes },
    receivers: Array.from({ length: 6 }, (_, i) => ({ name: `r${i}` })),
  };
}

function labelsOf(next: Next): AlertLabels {
  return Object.fromEntries(NAMES.filter(() => next() < 0.6).map((name) => [name, one(VALUES, next)]));
}

/** A line for each tree, with all that was asked of it. */
function linesOf(told: readonly RoutingCase[]): string {
  const byTree = new Map<Json, RoutingCase[]>();
  for (const each of told) addTo(byTree, each.configuration, each);
  return [...byTree]
    .map(([configuration, cases]) => {
      const asked = cases.map(({ labels, receivers }) => ({ labels, receivers }));
      return `${JSON.stringify({ configuration, asked })}\n`;
    })
    .join('');
}

async function main(amtool: string, count: number, seed: number): Promise<void> {
  const next = random(seed);
  const folder = mkdtempSync(join(tmpdir(), 'routes-'));
  const ask = promisify(execFile);
  const told: RoutingCase[] = [];
  let different = 0;
  let refused = 0;
  const perTree = 4;
  const judge = async (i: number, configuration: Json, sets: readonly AlertLabels[]) => {
    const file = join(folder, `${i}.yml`);
    writeFileSync(file, dump(configuration));
    for (const labels of sets) {
      const args = Object.entries(labels).map(([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`);
      const answer = await ask(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...args]).catch(
        () => undefined,
      );
      if (!answer) {
        refused++;
        continue;
      }
      const receivers = answer.stdout.trim().split('\n').at(-1)!;
      told.push({ configuration, labels, receivers });
      const ours = waysOf(configuration, labels)
        .map(({ receiver }) => receiver)
        .join(',');
      if (ours === receivers) continue;
      if (different++ < 5) console.log(JSON.stringify({ labels, ours, receivers }), `\n${dump(configuration)}`);
    }
  };
  try {
    for (let i = 0; i * perTree < count; i += 4)
      await Promise.all(
        [0, 1, 2, 3].map((k) => {
          const configuration = configurationOf(next);
          return judge(
            i + k,
            configuration,
            Array.from({ length: perTree }, () => labelsOf(next)),
          );
        }),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${told.length} answers of amtool, ${different} differ from ours; ${refused} were refused; seed ${seed}`);
  const fixture = process.env['FIXTURE'];
  if (fixture !== undefined) writeFileSync(fixture, linesOf(told));
  if (different > 0 || told.length === 0) process.exitCode = 1;
}

const [, , amtool, count, seed] = process.argv;
void main(amtool!, Number(count), Number(seed));
