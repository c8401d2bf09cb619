import { regexProblem } from '../prometheus/regex';

/** Why Alertmanager refuses a string of matchers such as `severity="page", team=~"a|b"`; undefined where it takes it. */
export function matchersProblem(text: string): string | undefined {
  // It reads matchers with names in UTF-8, and falls back to how it read them before.
  const problem = newProblem(text);
  return problem === undefined || classicProblem(text) === undefined ? undefined : problem;
}

const TOKEN = /\s+|[{},]|=~|!=|!~|=|"(?:[^"\\]|\\.)*"|[^\s{}!=~,\\"'`]+/gsy;

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
}

function newProblem(text: string): string | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < text.length; end = TOKEN.lastIndex) {
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return `"${text.slice(end, end + 20)}" is not understood`;
    if (token.trim() !== '') tokens.push(token);
  }
  const cursor = { tokens, at: 0 };
  const braced = take(cursor, '{');
  while (cursor.at < tokens.length && tokens[cursor.at] !== '}') {
    const problem = matcherProblem(cursor);
    if (problem) return problem;
    if (!take(cursor, ',')) break;
  }
  if (take(cursor, '}') !== braced) return braced ? 'a } is missing' : 'a } has no {';
  return cursor.at < tokens.length ? `"${tokens[cursor.at]}" is too much` : undefined;
}

function take(cursor: Cursor, token: string): boolean {
  const is = cursor.tokens[cursor.at] === token;
  if (is) cursor.at++;
  return is;
}

function matcherProblem(cursor: Cursor): string | undefined {
  const [name = '', operator = '', value = ''] = cursor.tokens.slice(cursor.at, cursor.at + 3);
  if (isSign(name)) return 'the name of a label is missing';
  if (!/^(?:=|!=|=~|!~)$/.test(operator)) return `behind ${name} one of =, !=, =~ or !~ is missing`;
  if (value === '' || isSign(value)) return `behind ${name}${operator} the value is missing`;
  cursor.at += 3;
  for (const text of [name, value]) if (isBadlyQuoted(text)) return `${text} has an escape that Go does not know`;
  return operatorProblem(operator, value.startsWith('"') ? unescaped(value.slice(1, -1)) : value);
}

function isSign(token: string): boolean {
  return /^[{},=!~]+$/.test(token);
}

function operatorProblem(operator: string, value: string): string | undefined {
  const reason = operator.endsWith('~') ? regexProblem(value) : undefined;
  return reason && `the regular expression ${value} cannot be read: ${reason}`;
}

/** Quotes hold what Go's quotes hold: a line break is none of it. */
function isBadlyQuoted(token: string): boolean {
  return (
    token.startsWith('"') &&
    !/^"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|[0-3][0-7]{2}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))*"$/.test(token)
  );
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (sequence, letter: string) =>
    /[\\"]/.test(letter) ? letter : /[abfnrtvxuU0-7]/.test(letter) ? ' ' : sequence,
  );
}

/** How matchers were read before names could be of UTF-8: quotes are not needed, and escapes are what they look like. */
function classicProblem(text: string): string | undefined {
  return classicParts(text)
    .map(classicMatcherProblem)
    .find((problem) => problem !== undefined);
}

/** The single matchers of a text, as they were read before. */
function classicParts(text: string): readonly string[] {
  const inner = text.replace(/^\{/, '').replace(/\}$/, '');
  const parts: string[] = [''];
  let quoted = false;
  let escaped = false;
  for (const letter of inner) {
    if (letter === ',' && !quoted) {
      parts.push('');
      continue;
    }
    if (letter === '"') {
      if (!escaped) quoted = !quoted;
      escaped = false;
    } else escaped = letter === '\\' && !escaped;
    parts[parts.length - 1] += letter;
  }
  if (parts.at(-1)!.trim() === '') parts.pop();
  return parts;
}

function classicMatcherProblem(text: string): string | undefined {
  const matcher = classicMatcher(text);
  return typeof matcher === 'string' ? matcher : operatorProblem(matcher.operator, matcher.value);
}

/** A matcher, or what is wrong with it. */
function classicMatcher(text: string): AlertMatcher | string {
  const parts = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*$/s.exec(text);
  if (!parts) return `${text} is no matcher`;
  const [name, operator, raw] = [parts[1]!, parts[2] as AlertMatcher['operator'], parts[3]!];
  const quoted = raw.startsWith('"');
  const value = quoted ? raw.slice(1) : raw;
  const bare = value.replace(/\\./gs, '');
  if (quoted ? !/^[^"]*"$/.test(bare) : bare.includes('"')) return `${text} has a quote that is not escaped`;
  const meant = (quoted ? value.slice(0, -1) : value).replace(/\\(.)/gs, (sequence, letter: string) =>
    letter === 'n' ? '\n' : /[\\"]/.test(letter) ? letter : sequence,
  );
  return { name, operator, value: meant };
}

/** A condition on the value of a label; one that an alert does not have is empty. */
export interface AlertMatcher {
  readonly name: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/**
 * The matchers of a text that Alertmanager takes. What both ways of reading take is read the old way: where they differ, that is what
 * Alertmanager means.
 */
export function matchersOfText(text: string): readonly AlertMatcher[] {
  if (classicProblem(text) === undefined) return classicParts(text).map(classicMatcher) as AlertMatcher[];
  const tokens = (text.match(TOKEN) ?? []).filter((token) => token.trim() !== '' && !/^[{},]$/.test(token));
  const meant = (token: string) => (token.startsWith('"') ? unquoted(token) : token);
  return Array.from({ length: Math.floor(tokens.length / 3) }, (_, i) => ({
    name: meant(tokens[3 * i]!),
    operator: tokens[3 * i + 1] as AlertMatcher['operator'],
    value: meant(tokens[3 * i + 2]!),
  }));
}

const SHORT: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 };

/** A text in Go's quotes: escapes of two kinds stand for bytes, the others for letters. */
function unquoted(token: string): string {
  const parts =
    token.slice(1, -1).match(/\\(?:[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|.)|[^\\]+/gs) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return Buffer.from(part);
      const kind = part[1]!;
      if (/[0-7]/.test(kind)) return Buffer.from([Number.parseInt(part.slice(1), 8)]);
      if (kind === 'x') return Buffer.from([Number.parseInt(part.slice(2), 16)]);
      if (kind === 'u' || kind === 'U') return Buffer.from(String.fromCodePoint(Number.parseInt(part.slice(2), 16)));
      return Buffer.from([SHORT[kind]!]);
    }),
  ).toString();
}
