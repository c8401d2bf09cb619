import { goRegExp } from '../kubernetes/cel/regexp';

/** Why Go's regular expressions, which Prometheus has, refuse one; undefined where they take it. */
export function regexProblem(regex: string): string | undefined {
  return goRegExp(regex) ? undefined : (reasonOf(regex) ?? 'it is no regular expression of Go');
}

/** What is wrong with one that is refused, in words that say what to change: a parser names the position alone. */
function reasonOf(regex: string): string | undefined {
  let depth = 0;
  // Something stands before that can be repeated; after a repetition only a `?`.
  let before: 'nothing' | 'something' | 'repeated' = 'nothing';
  for (let i = 0; i < regex.length; ) {
    const rest = regex.slice(i, i + 200);
    const [token, kind] = tokenAt(rest, regex, i);
    if (kind === 'wrong') return token;
    if (kind === 'repeat') {
      if (before === 'nothing') return `nothing stands before ${token}`;
      if (before === 'repeated') return `${token} stands after another repetition`;
      before = 'repeated';
      i += token.length;
      if (regex[i] === '?') i++;
      continue;
    }
    if (kind === 'open') depth++;
    if (kind === 'close' && --depth < 0) return 'it has a ) too much';
    before = kind === 'open' || kind === 'bar' ? 'nothing' : kind === 'flags' ? before : 'something';
    i += token.length;
  }
  return depth > 0 ? 'a ) is missing' : undefined;
}

type Kind = 'something' | 'repeat' | 'open' | 'close' | 'bar' | 'flags' | 'wrong';

function tokenAt(rest: string, regex: string, i: number): readonly [string, Kind] {
  switch (rest[0]) {
    case '\\':
      return escapeAt(rest, regex, i);
    case '[':
      return classAt(regex, i);
    case '(':
      return groupAt(rest);
    case ')':
      return [')', 'close'];
    case '|':
      return ['|', 'bar'];
    case '*':
    case '+':
    case '?':
      return [rest[0], 'repeat'];
    case '{':
      return countAt(rest);
    default:
      return [rest[0]!, 'something'];
  }
}

function escapeAt(rest: string, regex: string, i: number): readonly [string, Kind] {
  if (rest.startsWith('\\Q')) {
    const end = regex.indexOf('\\E', i);
    return [regex.slice(i, end < 0 ? undefined : end + 2), 'something'];
  }
  const known =
    /^\\(?:[pP](?:\{\^?\w+\}|[A-Z])|x(?:\{[\da-fA-F]{1,6}\}|[\da-fA-F]{2})|0[0-7]{0,2}|[1-7][0-7]{1,2}|[AabBdDfnrsStvwWz]|[^\w\s]|[\s_])/u.exec(
      rest,
    )?.[0];
  if (known) return [known, 'something'];
  if (rest === '\\') return ['it ends with a \\', 'wrong'];
  return [
    /^\\[1-9k]/.test(rest)
      ? `${rest.slice(0, 2)} refers back to a group, which Go's regular expressions cannot`
      : `${rest.slice(0, 2)} is no escape of Go's regular expressions`,
    'wrong',
  ];
}

function groupAt(rest: string): readonly [string, Kind] {
  if (!rest.startsWith('(?')) return ['(', 'open'];
  if (/^\(\?<?[=!]/.test(rest))
    return [`${rest.slice(0, rest[2] === '<' ? 4 : 3)} looks around, which Go's regular expressions cannot`, 'wrong'];
  const named = /^\(\?P?<\w+>/.exec(rest)?.[0];
  if (named) return [named, 'open'];
  const flags = /^\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?([:)])/.exec(rest);
  if (!flags || flags[0] === '(?)') return [`${rest.slice(0, 3)} is no group of Go's regular expressions`, 'wrong'];
  return [flags[0], flags[1] === ':' ? 'open' : 'flags'];
}

/** `{2,3}`; other braces stand for themselves. */
function countAt(rest: string): readonly [string, Kind] {
  const count = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
  if (!count) return ['{', 'something'];
  const [whole, least, most] = [count[0], Number(count[1]), count[2] ? Number(count[2]) : undefined];
  if (least > 1000 || (most ?? 0) > 1000) return [`${whole} repeats more than 1000 times`, 'wrong'];
  return most !== undefined && most < least
    ? [`${whole} has its limits the wrong way round`, 'wrong']
    : [whole, 'repeat'];
}

function classAt(regex: string, i: number): readonly [string, Kind] {
  // A ] at its beginning stands for itself.
  const content = /\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]/uy;
  content.lastIndex = i;
  const found = content.exec(regex)?.[0];
  if (found === undefined) return ['a ] is missing', 'wrong'];
  const inside = found.slice(1, -1).replace(/\[:\^?\w+:\]/g, '');
  for (const [range, from, to] of inside.matchAll(/([^\\\]\-^])-([^\\\]-])/gu))
    if (from! > to!) return [`the range ${range} is the wrong way round`, 'wrong'];
  return [found, 'something'];
}
