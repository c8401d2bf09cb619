import { TemplateError } from '../../../upstream/go-template/lex';
import { parseTemplate, UnknownFunction } from '../../../upstream/go-template/parse';

const NAMES = { functions: new Set(['printf', 'eq', 'len', 'query']), variables: ['$labels', '$value'] };

function problem(text: string): string | undefined {
  try {
    parseTemplate(text, NAMES);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
  return undefined;
}

test.each([
  '',
  'no action } at all {',
  '{{ $labels.job }} at {{ $value | printf "%.2f" }}%',
  '{{- $labels.pod -}}  {{/* a note */}} {{- /* another */ -}}',
  '{{ if eq $labels.job "a" }}a{{ else if $value }}b{{ else }}c{{ end }}',
  '{{ with .Labels }}{{ . }}{{ else with $value }}{{ end }}',
  '{{ range $i, $e := query `up{a="}}"}` }}{{ $e.Value }}{{ break }}{{ else }}{{ end }}',
  '{{ $x := 1 }}{{ $x = 2 }}{{ $x }}',
  '{{ define "a" }}{{ $ }}{{ end }}{{ template "a" }}{{ template "a" . }}{{ block "b" . }}x{{ end }}',
  "{{ printf `%v` 'a' '\\n' 1.5e3 0x1F 1_000 -3 +2 0b11 017 0x1p4 1+2i 3i true nil }}",
  '{{ (query "up").Value }} {{ (len "a") | printf "%d" }}',
  // What is empty may be defined once more, before and after.
  '{{ define "a" }} {{ end }}{{ define "a" }}y{{ end }}{{ define "a" }}{{ end }}',
  '{{ -9223372036854775808 }} {{ 18446744073709551615 }}',
])('Go reads %s', (text) => expect(problem(text)).toBeUndefined());

test.each([
  ['{{ $value', 'unclosed action'],
  ['{{ $value }: {{ $value }}', 'unexpected "}" in operand'],
  ['{{ $labels.job } }}', 'unexpected "}" in operand'],
  ['{{ }}', 'missing value for command'],
  ['{{ if }}{{ end }}', 'missing value for if'],
  ['{{ if $value }}', 'unexpected EOF: an {{end}} is missing'],
  ['{{ end }}', 'unexpected {{end}}'],
  ['{{ else }}', 'unexpected {{else}}'],
  ['{{ if $value }}{{ else }}{{ else }}{{ end }}', 'expected end; found {{else}}'],
  ['{{ range $value }}{{ else if $value }}{{ end }}', 'unexpected "if" in input'],
  ['{{ break }}', '{{break}} outside {{range}}'],
  ['{{ range . }}{{ else }}{{ break }}{{ end }}', '{{break}} outside {{range}}'],
  ['{{ range . }}{{ block "a" . }}{{ continue }}{{ end }}{{ end }}', '{{continue}} outside {{range}}'],
  ['{{ -9223372036854775809 }}', 'illegal number syntax'],
  ['{{ range . }}{{ define "a" }}{{ end }}{{ end }}', 'unexpected "define" in command'],
  ['{{ define "a" }}{{ $value }}{{ end }}', 'undefined variable "$value"'],
  ['{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}', 'multiple definition of template a'],
  ['{{ template a }}', 'unexpected "a" in template clause'],
  ['{{ if $value }}{{ $x := 1 }}{{ end }}{{ $x }}', 'undefined variable "$x"'],
  ['{{ $x, $y := 1 }}', 'too many declarations in command'],
  ['{{ range $i, 3 }}{{ end }}', 'range can only initialize variables'],
  ['{{ $value | "a" }}', 'non executable command in pipeline stage 2'],
  ['{{ "a".b }}', 'unexpected . after term'],
  ['{{ printf ( }}', 'unclosed left paren'],
  ['{{ printf ) }}', 'unexpected right paren'],
  ['{{ "a }}', 'unterminated quoted string'],
  ['{{ "\\q" }}', 'invalid syntax in a quoted string'],
  ["{{ 'ab' }}", 'malformed character constant'],
  ['{{ 089 }}', 'illegal number syntax'],
  ['{{ 99999999999999999999 }}', 'illegal number syntax'],
  ['{{ 1x }}', 'bad number syntax'],
  ['{{/* a */ }}', 'comment ends before closing delimiter'],
  ['{{/* a }}', 'unclosed comment'],
  ['{{ $value : 1 }}', 'expected :='],
  ['{{ \u00a7 }}', 'unrecognized character in action'],
])('and does not read %s', (text, reason) => expect(problem(text)).toContain(reason));

test('parentheses count within each other, not one after the other', () => {
  expect(problem('{{ (1) }}'.repeat(1001))).toBeUndefined();
  expect(problem(`{{ ${'('.repeat(1000)}1${')'.repeat(1000)} }}`)).toBeUndefined();
  expect(problem(`{{ ${'('.repeat(1001)}1${')'.repeat(1001)} }}`)).toBe('max expression depth exceeded');
});

test('a function that is not known is told apart: another version may have it', () => {
  expect(() => parseTemplate('{{ humanise 1 }}', NAMES)).toThrow(UnknownFunction);
  expect(() => parseTemplate('{{ $x }}', NAMES)).not.toThrow(UnknownFunction);
});
