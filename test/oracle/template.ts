/**
 * Go's own reader of templates as the oracle of upstream/go-template: whether Prometheus reads the template of a label or an annotation.
 * Templates are put together from actions that are right, near the edge, and wrong, and then changed by some characters.
 *
 *   npm run oracle:template -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { templateProblem } from '../../upstream/prometheus/template';
import { random } from './mutate';

/** The first ones are right. */
const PARTS = [
  ...[
    '{{ $labels.job }} ',
    ' at {{ $value | humanize }}',
    '{{ $value | printf "%.2f" }}%',
    'plain } text { ',
    '{{ end }}',
  ],
  ...[
    '{{ if gt $value 0.5 }}',
    '{{ else }}',
    '{{ range $i, $e := query "up" }}',
    '{{ with .Labels }}',
    '{{- $labels.pod -}}',
  ],
  ...[
    '{{ else if eq $labels.job "a" }}',
    '{{/* a note */}}',
    '{{- /* b */ -}}',
    '{{ break }}',
    '{{ $x := first (query `up{a="}}"}`) }}',
  ],
  ...[
    '{{ $x }}',
    '{{ define "a" }}',
    '{{ template "a" . }}',
    '{{ block "b" . }}',
    '{{ (index $labels "a").b.c }}',
    '{{ true }}',
  ],
  ...[
    "{{ 'a' | print }}",
    '{{ print 1.5e3 0x1F 1_000 -3 +2 0b11 017 }}',
    '{{ print 1+2i }}',
    '{{ nil }}',
    '{{ . }}',
    '{{ $ }}',
    '{{ .A.B }}',
  ],
  ...[
    '{{ $labels. }}',
    '{{ }}',
    '{{ "a" "b" }}',
    '{{ 1 | 2 }}',
    '{{ $labels.job',
    '{{ $value: }}',
    '{{ foo }}',
    '{{ $nope }}',
    '{{ print 089 }}',
  ],
  ...[
    '{{ range }}',
    '{{ $x, $y := 1 }}',
    '{{ range $i, 3 }}',
    '{{ template a }}',
    '{{ "\\q" }}',
    '{{ "a\nb" }}',
    '{{ 1.a }}',
    '{{ "a".b }}',
  ],
  ...[
    '{{ print 99999999999999999999 }}',
    '{{ print 1e999 }}',
    '{{ print ( }}',
    '{{ print ) }}',
    '{{ $x = 2 }}',
    '{{ else with $value }}',
  ],
  ...[
    '{{ define x }}',
    '{{ end }}',
    '{{/* a */ }}',
    '{{ /* a */}}',
    '{{-$value}}',
    '{{ $value-}}',
    '{{ print ü é }}',
    '{{ $labels.ü }}',
    '{{ continue }}',
  ],
];
const SIGNS = [...'{}$.|()"`\'=:,;- \n_a1x0/*\\%+ie'];

const [, , count = '', seed = '', out = '', program = ''] = process.argv;
const next = random(Number(seed));
/** More often one of the first, which are right. */
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() ** 1.6 * values.length)]!;

/** A sign put in, dropped, or in the place of another. */
function changed(text: string): string {
  const at = Math.floor(next() * (text.length + 1));
  const kind = next();
  const sign = SIGNS[Math.floor(next() * SIGNS.length)]!;
  if (kind < 0.4) return text.slice(0, at) + sign + text.slice(at);
  return text.slice(0, at) + (kind < 0.7 ? '' : sign) + text.slice(at + 1);
}

const templates = new Set<string>();
while (templates.size < Number(count)) {
  let text = Array.from({ length: 1 + Math.floor(next() * 5) }, () => pick(PARTS)).join('');
  // What is opened is closed more often than not.
  const open =
    (text.match(/\{\{-? *(if|range|with|define|block)\b/g) ?? []).length - (text.match(/\{\{ end \}\}/g) ?? []).length;
  if (next() < 0.8) text += '{{ end }}'.repeat(Math.max(0, open));
  for (let changes = Math.floor(next() * 4); changes > 1; changes--) text = changed(text);
  templates.add(text);
}

const asked = [...templates];
const input = asked.map((text) => JSON.stringify(text)).join('\n');
const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
  .trim()
  .split('\n');
if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length} questions`);
const wrong = asked.flatMap((text, i) => {
  const theirs = JSON.parse(answers[i]!) as string;
  const ours = templateProblem(text)?.reason ?? '';
  return (theirs === '') === (ours === '') ? [] : [{ text, ours, theirs }];
});
const parsed = answers.filter((answer) => answer === '""').length;
console.log(`${asked.length} templates, ${parsed} parse: ${wrong.length} judged otherwise`);
for (const difference of wrong.slice(0, 20)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;
