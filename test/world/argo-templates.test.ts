import { templated } from '../../world/argo-templates';

const values = {
  name: 'shop',
  size: 3,
  on: true,
  off: false,
  none: '',
  nested: { env: 'Prod', list: ['a', 'b'] },
  files: ['x.yaml', 'y.yaml'],
  'with-dash': 'd',
};
const go = (text: string, { isWhole = true, failsOnMissing = true } = {}) =>
  templated(text, { values, isGo: true, isWhole, failsOnMissing });

describe("a template of Go's", () => {
  test.each([
    ['no braces', 'no braces'],
    ['{{.name}}-{{ .size }}-{{ .on }}', 'shop-3-true'],
    ['{{ .nested.env | lower }}', 'prod'],
    ['{{ index .nested.list 1 }}-{{ index . "with-dash" }}', 'b-d'],
    ['{{ printf "%s-%d" .name .size | trunc 6 }}', 'shop-3'],
    ['{{ trimSuffix "op" .name }}{{ .name | replace "s" "z" | quote }}', 'sh"zhop"'],
    ['{{ default "d" .none }}{{ .none | default .name }}', 'dshop'],
    ['{{ ternary "y" "n" .on }}{{ not .off | toString }}', 'ytrue'],
    ['{{ toJson .nested.list }}', '["a","b"]'],
    ['{{ normalize .nested.env }}', 'prod'],
    ['{{ (index .nested.list 0) | upper }}', 'A'],
    ['{{ $x := .name }}{{ $x }}-{{ $.size }}', 'shop-3'],
    ['a {{- /* not said */ -}} b', 'ab'],
    ['a {{- .name -}} b', 'ashopb'],
    ['{{ if .on }}a{{ else }}b{{ end }}{{ if eq .name "wiki" }}c{{ else if .off }}d{{ else }}e{{ end }}', 'ae'],
    ['{{ if and .on (eq .size 3) }}a{{ end }}{{ if or .off .none }}b{{ end }}', 'a'],
    ['{{ with .nested }}{{ .env }}{{ end }}{{ with .none }}a{{ else }}b{{ end }}', 'Prodb'],
    ['{{ range $i, $f := .files }}{{ $i }}={{ $f }};{{ end }}', '0=x.yaml;1=y.yaml;'],
    ['{{ range .files }}[{{ . }}]{{ end }}', '[x.yaml][y.yaml]'],
    ['{{ range $k, $v := .nested }}{{ $k }} {{ end }}', 'env list '],
    ['{{ "}}" }}', '}}'],
  ])('%s', (text, expected) => expect(go(text)).toBe(expected));

  test('what is not worked out stays, with the parameters in it that are known', () => {
    expect(go('{{ .name }}-{{ .name | genSignedCert }}')).toBe('shop-{{ "shop" | genSignedCert }}');
    expect(go('{{ .missing }}')).toBe('{{ .missing }}');
    expect(go('{{ .missing }}', { failsOnMissing: false })).toBe('<no value>');
    expect(go('{{ .missing }}', { failsOnMissing: false, isWhole: false })).toBe('{{ .missing }}');
    expect(go('{{ if .missing }}{{ .name }}{{ end }}!')).toBe('{{ if .missing }}{{ "shop" }}{{ end }}!');
    expect(go('{{ .nested }}')).toContain('{{');
    expect(go('{{ define "a" }}')).toBe('{{ define "a" }}');
    expect(go('{{ if .on }}')).toBe('{{ if true }}');
    expect(go('{{ trunc .name .name }}')).toBe('{{ trunc "shop" "shop" }}');
  });
});

test("without Go's templates, a name in braces stands for a text", () => {
  const fast = (text: string) =>
    templated(text, {
      values: { name: 'shop', 'values.env': 'prod', map: {} },
      isGo: false,
      isWhole: true,
      failsOnMissing: false,
    });
  expect(fast('{{name}}-{{ values.env }}')).toBe('shop-prod');
  expect(fast('{{.name}} {{ map }} {{ name | lower }}')).toBe('{{.name}} {{ map }} {{ name | lower }}');
});
