/**
 * Prometheus' own relabeling as the oracle of upstream/prometheus/relabel: which targets are kept, and with which labels. Then some values
 * are not known, and what is said of the rest must agree with what becomes of the whole.
 *
 *   npm run oracle:relabel -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Json } from '../../manifests/resource';
import { relabel } from '../../upstream/prometheus/relabel';
import { random } from './mutate';

const NAMES = [
  '__address__',
  '__meta_kubernetes_namespace',
  '__meta_kubernetes_pod_label_app',
  'port',
  'job',
  'a',
  'b_1',
];
const VALUES = ['web', 'db', '10.0.0.1:80', '10.0.0.1', '9100', 'true', 'web-7f9', 'Ärger', 'a;b', 'x\ny', '$1'];
const REGEXES = [
  '(.*)',
  '.*',
  '.+',
  '',
  'web',
  'web|db',
  '(.+):(\\d+)',
  '([^:]+)(?::\\d+)?;(\\d+)',
  '(?P<host>[^:]+).*',
  '(?i)WEB.*',
  '__meta_(.+)',
  '(a|b)(_1)?',
  '(',
];
const REPLACEMENTS = [
  '$1',
  '$2',
  '${1}',
  '${1}_x',
  '$1x',
  '$host',
  '${host}:9100',
  '$$1',
  '',
  'fixed',
  '$1:$2',
  '$',
  '$0',
];
const TARGETS = ['a', 'b_1', '__address__', 'new', '${1}', 'x_$1'];
const ACTIONS = [
  undefined,
  'replace',
  'replace',
  'replace',
  'keep',
  'drop',
  'Keep',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];

const [, , count = '', seed = '', out = '', program = ''] = process.argv;
const next = random(Number(seed));
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
const some = <T>(values: readonly T[]): T[] => values.filter(() => next() < 0.4);

function rule(): Json {
  const action = pick(ACTIONS);
  const isOfNames = action !== undefined && /^label/.test(action);
  const equal = action !== undefined && /equal$/.test(action);
  return {
    ...(action === undefined ? {} : { action }),
    ...(isOfNames ? {} : { source_labels: some(NAMES) }),
    ...(isOfNames || equal || next() < 0.3 ? {} : { separator: pick([';', ':', '']) }),
    ...(equal || (!isOfNames && next() < 0.3) ? {} : { regex: pick(REGEXES) }),
    ...(isOfNames || /^(keep|drop|Keep)$/.test(action ?? '') ? {} : { target_label: pick(TARGETS) }),
    ...(action === 'hashmod' ? { modulus: 1 + Math.floor(next() * 9) } : {}),
    ...(action !== undefined && !/^(replace|labelmap)$/.test(action)
      ? {}
      : next() < 0.4
        ? {}
        : { replacement: pick(REPLACEMENTS) }),
  };
}

const asked = Array.from({ length: Number(count) }, () => ({
  labels: Object.fromEntries(NAMES.filter(() => next() < 0.7).map((name) => [name, pick(VALUES)])),
  rules: Array.from({ length: 1 + Math.floor(next() * 4) }, rule),
}));
const input = asked.map(({ labels, rules }) => JSON.stringify({ labels, rules: JSON.stringify(rules) })).join('\n');
const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
  .trim()
  .split('\n');
if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length} questions`);

const counts = { kept: 0, dropped: 0, refused: 0, certainWithout: 0 };
const wrong: object[] = [];
for (const [i, { labels, rules }] of asked.entries()) {
  const theirs = JSON.parse(answers[i]!) as Record<string, string> | null | string;
  if (typeof theirs === 'string') {
    counts.refused++;
    continue;
  }
  counts[theirs === null ? 'dropped' : 'kept']++;
  const ours = relabel(new Map(Object.entries(labels)), rules);
  const text = (of: Readonly<Record<string, string | undefined>> | null) =>
    of === null ? 'dropped' : JSON.stringify(Object.entries(of).sort());
  if (
    text(ours === 'dropped' ? null : Object.fromEntries(ours.labels)) !== text(theirs) ||
    (ours !== 'dropped' && !ours.isCertain)
  )
    wrong.push({ labels, rules, theirs, ours: ours === 'dropped' ? null : Object.fromEntries(ours.labels) });

  // A part of the values is not known: whatever is said for certain is so.
  const hidden = new Set(some(Object.keys(labels)));
  const partly = new Map(Object.entries(labels).map(([name, value]) => [name, hidden.has(name) ? undefined : value]));
  const said = relabel(partly, rules);
  if (said === 'dropped' || said.isCertain) counts.certainWithout++;
  const isWrong =
    said === 'dropped'
      ? theirs !== null
      : (said.isCertain && theirs === null) ||
        (theirs !== null && [...said.labels].some(([name, value]) => value !== undefined && theirs[name] !== value)) ||
        (theirs !== null && Object.keys(theirs).some((name) => !said.labels.has(name) && said.isCertain));
  if (isWrong)
    wrong.push({
      labels,
      rules,
      hidden: [...hidden],
      theirs,
      said: said === 'dropped' ? null : { is: said.isCertain, of: Object.fromEntries(said.labels) },
    });
}
console.log(
  `${asked.length} targets: ${counts.kept} kept, ${counts.dropped} dropped, ${counts.refused} with rules that are refused; ${counts.certainWithout} told for certain with a part of the values: ${wrong.length} told otherwise`,
);
for (const difference of wrong.slice(0, 10)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;
