import type { Json } from '../../manifests/resource';

type Next = () => number;
type Box = Record<string | number, unknown>;

export interface Mutation<T> {
  readonly result: T;
  /** What was done to it. */
  readonly what: string;
}

function pick<T>(from: readonly T[], next: Next): T {
  return from[Math.floor(next() * from.length)]!;
}

const TOKENS = /"[^"]*"|'[^']*'|`[^`]*`|[A-Za-z_:][\w:]*|\d[\w.]*|[=!<>]=|=~|!~|\s+|./gs;
/** What stands in expressions, and what somebody may take for it. */
const WORDS: readonly string[] = [
  ...'( ) { } [ ] , : + - * / % ^ == != > < >= <= =~ !~ = @ # .'.split(' '),
  ...'and or unless atan2 by without on ignoring group_left group_right bool offset start end inf nan'.split(' '),
  ...'sum avg min max count stddev stdvar group topk bottomk quantile count_values limitk'.split(' '),
  ...'rate irate increase delta deriv changes resets abs ceil round clamp clamp_max clamp_min absent absent_over_time avg_over_time quantile_over_time last_over_time histogram_quantile histogram_avg label_replace label_join predict_linear scalar vector time hour month sort sort_by_label timestamp holt_winters double_exponential_smoothing mad_over_time percentile average unknown_function'.split(
    ' ',
  ),
  ...'0 1 0.9 1e3 1e 0x1f 5m 1h30m 30 5x 1.5h 1m1h 0s -1 Inf NaN'.split(' '),
  ...[
    '[5m]',
    '[5]',
    '[0s]',
    '[5m:1m]',
    '[5m:]',
    '[:1m]',
    '[]',
    '{}',
    '{a="b"}',
    '{a=b}',
    '{a=~"("}',
    '{a=~"x(?!y)"}',
    '{a=~".*"}',
    '{a!=""}',
    '{"a-b"="c"}',
    '{"a.b"}',
    '{a="b" c="d"}',
    '{a=="b"}',
    '"text"',
    "'text'",
    '"',
    "'",
    '"\\d"',
    'a',
    'a-b',
    'a.b',
    'job:up:sum',
    '__name__',
    ' offset 5m',
    ' offset -1h',
    ' @ end()',
    ' @ 12',
    ' by (job)',
    ' by job',
    ' on (a)',
    ' group_left ()',
    ' bool ',
  ],
];
const WRAPPERS: readonly string[] = [
  'rate',
  'sum',
  'abs',
  'absent',
  'scalar',
  'vector',
  'avg_over_time',
  'topk',
  'histogram_quantile',
  'time',
  'label_replace',
  'month',
  'round',
  'count by (job)',
  'strange',
  '-',
  '',
];

type TextOperation = (tokens: string[], next: Next) => string[];

/** Operations on the tokens of an expression. */
const EXPRESSION_OPERATIONS: Readonly<Record<string, TextOperation>> = {
  drop: (tokens, next) => spliced(tokens, next, 1),
  repeat: (tokens, next) => {
    const i = Math.floor(next() * tokens.length);
    return tokens.toSpliced(i, 0, tokens[i]!);
  },
  replace: (tokens, next) => spliced(tokens, next, 1, pick(WORDS, next)),
  insert: (tokens, next) => spliced(tokens, next, 0, ` ${pick(WORDS, next)} `),
  swap: (tokens, next) => {
    const places = tokens.flatMap((token, i) => (/^\s+$/.test(token) ? [] : [i]));
    const at = Math.floor(next() * (places.length - 1));
    const [one, other] = [places[at]!, places[at + 1] ?? places[at]!];
    return tokens.with(one, tokens[other]!).with(other, tokens[one]!);
  },
  misspell: (tokens, next) => {
    const words = tokens.flatMap((token, i) => (/^[A-Za-z_]{2,}/.test(token) ? [i] : []));
    if (words.length === 0) return tokens;
    const i = pick(words, next);
    return tokens.with(i, misspelled(tokens[i]!, next));
  },
  wrap: (tokens, next) => [`${pick(WRAPPERS, next)}(`, ...tokens, ')'],
  'take the range of': (tokens) => [tokens.join('').replace(/\[[^\]]*\]/, '')],
  'give a range to': (tokens, next) => [...tokens, pick(['[5m]', '[5m:1m]', '[1h:]', '[5]'], next)],
};

function spliced(tokens: readonly string[], next: Next, count: number, ...added: readonly string[]): string[] {
  return tokens.toSpliced(Math.floor(next() * tokens.length), count, ...added);
}

function misspelled(word: string, next: Next): string {
  const i = Math.floor(next() * word.length);
  return pick(
    [
      word.slice(0, i) + word.slice(i + 1),
      word.slice(0, i) + word.charAt(i) + word.slice(i),
      word.charAt(0).toUpperCase() + word.slice(1),
      word.slice(0, i) + word.charAt(i + 1) + word.charAt(i) + word.slice(i + 2),
      `${word}s`,
    ],
    next,
  );
}

export function mutateExpression(expression: string, next: Next): Mutation<string> {
  const done: string[] = [];
  let text = expression;
  do {
    const [name, operation] = pick(Object.entries(EXPRESSION_OPERATIONS), next);
    text = operation(text.match(TOKENS) ?? [''], next).join('');
    done.push(name);
  } while (next() < 0.25);
  return { result: text, what: `${done.join(', ')}: ${text}` };
}

const VALUES: readonly unknown[] = [
  ...['5m', '1h30m', '0', '0s', '5', '1.5h', '5 m', '1m1h', '-5m', '500ms', '1d', '10y', '1000y', '5min', ''],
  ...['keep', 'Drop', 'labelmapp', 'LABELDROP', 'replace'],
  ...['job', 'a-b', 'a.b', '1a', 'a b', '__name__', 'ä', '$1', '${1}_a', '__tmp_x'],
  ...['(', '[a', 'a{2,1}', 'x(?!y)', '(?i)a', '*', 'a**', '\\d+', '\\1', '(?P<a>b)', '.*'],
  ...[
    '{{ $labels.job }}',
    '{{ $label.job }}',
    '{{ .Labels.job',
    '{{ humanise 1 }}',
    '{{ end }}',
    '{{ if }}',
    '{{',
    '}}',
  ],
  ...[
    'http://web:80/metrics',
    'web',
    'web:80',
    'web:http',
    'web/metrics',
    ':80',
    '::1',
    'web:99999',
    '://',
    'http',
    'HTTPS',
    'ftp',
    '/x',
    'a?b',
    'pod',
    'Pod',
    'ingress',
    '10MB',
    '10X',
    'TLS12',
    'TLS1.2',
    'PrometheusProto',
    'prometheusproto',
    'legacy',
    'utf8',
    'allow-utf-8',
    'http://a b/',
    'http://a:b/',
    'http://a/%zz',
    'https://',
    'a:b:c',
    'Basic',
    'Authorization',
    'app=',
    'app in (a',
    'a/*/b',
    'a/*.yml',
  ],
  ...[
    0,
    1,
    -1,
    1.5,
    1e6,
    true,
    false,
    null,
    [],
    {},
    ['a'],
    [null],
    { a: 'b' },
    { 'a-b': 'c' },
    { __name__: 'c' },
    [{}],
  ],
];

/** Fields of HTTP clients and of their neighbours, which exclude each other. */
const ADDITIONS: Json = {
  basic_auth: { username: 'a', password: 'b' },
  authorization: { credentials: 'a' },
  oauth2: { client_id: 'a', client_secret: 'b', token_url: 'http://c' },
  bearer_token: 'a',
  bearer_token_file: '/a',
  proxy_url: 'http://a:3128',
  no_proxy: 'a',
  proxy_from_environment: true,
  proxy_connect_header: { a: ['b'] },
  tls_config: { cert_file: '/a' },
  http_headers: { Host: { values: ['a'] } },
  headers: { Authorization: 'a' },
  kubeconfig_file: '/a',
  api_server: 'https://a',
  username_file: '/u',
  password: 'a',
  credentials_file: '/a',
  name: 'a',
  token: 'a',
  selectors: [{ role: 'pod' }, { role: 'pod' }],
  namespaces: { own_namespace: true },
  consult_sd_configs: [{ server: 'a' }],
  kubernetes_sd_config: [{ role: 'pod' }],
};

/** A field that does not belong there, or not beside the others. */
function addition(object: Json, next: Next): Mutation<Json> {
  const copy = structuredClone(object);
  const boxes = [...places({ root: copy }, '')].flatMap(([box, key, path]) => {
    const value = box[key];
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? [[value as Box, path] as const] : [];
  });
  const [box, path] = pick(boxes, next);
  const name = pick(Object.keys(ADDITIONS), next);
  box[name] = structuredClone(ADDITIONS[name]);
  return { result: copy, what: `add ${name} to ${path}` };
}

/** One value replaced by another that might stand there, or a field added. */
export function spoil(object: Json, next: Next): Mutation<Json> {
  if (next() < 0.3) return addition(object, next);
  const copy = structuredClone(object);
  const [box, key, path] = pick([...places(copy, '')], next);
  box[key] = structuredClone(pick(VALUES, next));
  return { result: copy, what: `spoil ${path} to ${JSON.stringify(box[key])}` };
}

function* places(value: unknown, path: string): Iterable<[Box, string | number, string]> {
  if (value === null || typeof value !== 'object') return;
  for (const key of Object.keys(value)) {
    yield [value as Box, key, `${path}.${key}`];
    yield* places((value as Box)[key], `${path}.${key}`);
  }
}

type LineOperation = (line: string, next: Next) => readonly string[];

/** Operations on a line of YAML. */
const LINE_OPERATIONS: Readonly<Record<string, LineOperation>> = {
  'leave out': () => [],
  repeat: (line) => [line, line],
  indent: (line) => [`  ${line}`],
  'indent by one': (line) => [` ${line}`],
  'indent less': (line) => [line.replace(/^ {1,2}/, '')],
  'indent with a tab': (line) => [line.replace(/^ */, '\t')],
  'leave out a character of': (line, next) => {
    const i = Math.floor(next() * line.length);
    return [line.slice(0, i) + line.slice(i + 1)];
  },
  'add a character to': (line, next) => {
    const i = Math.floor(next() * (line.length + 1));
    return [line.slice(0, i) + pick([...'"\'[]{}:,#-*&!|>%@`? '], next) + line.slice(i)];
  },
};

/** One line of a YAML file changed. */
export function mutateLine(text: string, next: Next): Mutation<string> {
  const lines = text.split('\n');
  const i = Math.floor(next() * (lines.length - 1));
  const [name, operation] = pick(Object.entries(LINE_OPERATIONS), next);
  return {
    result: lines.toSpliced(i, 1, ...operation(lines[i]!, next)).join('\n'),
    what: `${name} line ${i + 1}: ${lines[i]!.trim()}`,
  };
}
