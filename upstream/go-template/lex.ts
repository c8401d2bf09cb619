/** What an action of a template is made of. */
export type TokenKind =
  | 'text'
  | 'comment'
  | 'open'
  | 'close'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'string'
  | 'variable'
  | 'field'
  | 'dot'
  | 'char'
  | 'number'
  | 'identifier'
  | 'bool'
  | 'keyword'
  | 'left'
  | 'right'
  | 'sign'
  | 'end';

export interface TemplateToken {
  readonly kind: TokenKind;
  readonly text: string;
}

/** A template that Go does not read, in its own words. */
export class TemplateError extends Error {}

const KEYWORDS = new Set('block break continue define else end if range nil template with'.split(' '));
const SPACE = /[ \t\r\n]/;
const TERMINATOR = /^(?:$|[ \t\r\n.,|:()]|\}\})/;
const WORD = /[\p{L}\p{Nd}_]+/uy;
/** As many digits as Go's lexer takes; whether they are a number is seen later. */
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
/** Texts and characters end on their own line. */
const QUOTED = { '"': /"(?:[^"\\\n]|\\[^\n])*"/y, "'": /'(?:[^'\\\n]|\\[^\n])*'/y, '`': /`[^`]*`/y } as const;
const UNTERMINATED = { '"': 'quoted string', "'": 'character constant', '`': 'raw quoted string' } as const;
const SINGLE: Readonly<Record<string, TokenKind>> = { '=': 'assign', '|': 'pipe' };

/** The tokens of a template of Go's package text/template; throws where there is none (parse/lex.go). */
export function* tokensOf(text: string): Generator<TemplateToken> {
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    const before = text.slice(at, open < 0 ? text.length : open);
    const trims = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    const shown = trims ? before.replace(/[ \t\r\n]+$/, '') : before;
    if (shown !== '') yield { kind: 'text', text: shown };
    if (open < 0) return yield { kind: 'end', text: 'EOF' };
    at = open + (trims ? 4 : 2);
    if (text.startsWith('/*', at)) {
      at = commentEnd(text, at);
      yield { kind: 'comment', text: '' };
    } else {
      yield { kind: 'open', text: '{{' };
      at = yield* action(text, at);
    }
  }
}

/** Behind the delimiter that closes a comment. */
function commentEnd(text: string, from: number): number {
  const end = text.indexOf('*/', from + 2);
  if (end < 0) throw new TemplateError('unclosed comment');
  const close = closing(text, end + 2);
  if (close === undefined) throw new TemplateError('comment ends before closing delimiter');
  return close;
}

/** Behind `}}` or ` -}}` and the spaces that it trims; undefined where neither stands. */
function closing(text: string, at: number): number | undefined {
  if (text.startsWith('}}', at)) return at + 2;
  if (!/^[ \t\r\n]-\}\}/.test(text.slice(at, at + 4))) return undefined;
  let end = at + 4;
  while (SPACE.test(text[end] ?? '')) end++;
  return end;
}

function* action(text: string, from: number): Generator<TemplateToken, number> {
  let at = from;
  let depth = 0;
  for (;;) {
    const end = closing(text, at);
    if (end !== undefined) {
      if (depth > 0) throw new TemplateError('unclosed left paren');
      yield { kind: 'close', text: '}}' };
      return end;
    }
    const token = tokenAt(text, at);
    if (token.kind === 'left') depth++;
    if (token.kind === 'right' && --depth < 0) throw new TemplateError('unexpected right paren');
    yield token;
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): TemplateToken {
  const first = text[at];
  if (first === undefined) throw new TemplateError('unclosed action');
  if (SPACE.test(first)) return { kind: 'space', text: spaceAt(text, at) };
  if (SINGLE[first]) return { kind: SINGLE[first], text: first };
  if (first === ':') {
    if (text[at + 1] !== '=') throw new TemplateError('expected :=');
    return { kind: 'declare', text: ':=' };
  }
  if (first === '"' || first === "'" || first === '`') {
    const whole = matchAt(QUOTED[first], text, at);
    if (whole === undefined) throw new TemplateError(`unterminated ${UNTERMINATED[first]}`);
    return { kind: first === "'" ? 'char' : 'string', text: whole };
  }
  if (first === '$') return named('variable', text, at);
  if (first === '.' && !/[0-9]/.test(text[at + 1] ?? '')) {
    if (at + 1 === text.length) throw new TemplateError('unclosed action');
    const token = named('field', text, at);
    return token.text === '.' ? { kind: 'dot', text: '.' } : token;
  }
  if (/[.+\-0-9]/.test(first)) return numberAt(text, at);
  if (matchAt(WORD, text, at) !== undefined) return wordAt(text, at);
  if (first === '(') return { kind: 'left', text: first };
  if (first === ')') return { kind: 'right', text: first };
  if (/[\x21-\x7e]/.test(first)) return { kind: 'sign', text: first };
  throw new TemplateError(`unrecognized character in action: ${JSON.stringify(first)}`);
}

/** A space before ` -}}` belongs to that. */
function spaceAt(text: string, at: number): string {
  let end = at;
  while (SPACE.test(text[end] ?? '')) end++;
  return text.slice(at, text.startsWith('-}}', end) && end - at > 1 ? end - 1 : end);
}

/** `.Field` or `$variable`, or their first character alone. */
function named(kind: TokenKind, text: string, at: number): TemplateToken {
  const name = text[at]! + (matchAt(WORD, text, at + 1) ?? '');
  mustEnd(text, at + name.length);
  return { kind, text: name };
}

function wordAt(text: string, at: number): TemplateToken {
  const word = matchAt(WORD, text, at)!;
  mustEnd(text, at + word.length);
  const kind = KEYWORDS.has(word) ? 'keyword' : word === 'true' || word === 'false' ? 'bool' : 'identifier';
  return { kind, text: word };
}

function numberAt(text: string, at: number): TemplateToken {
  let number = matchAt(NUMBER, text, at)!;
  if (/[+-]/.test(text[at + number.length] ?? '')) {
    number += matchAt(NUMBER, text, at + number.length)!;
    if (!number.endsWith('i')) throw new TemplateError(`bad number syntax: ${JSON.stringify(number)}`);
  }
  if (matchAt(WORD, text, at + number.length) !== undefined)
    throw new TemplateError(`bad number syntax: ${JSON.stringify(text.slice(at, at + number.length + 1))}`);
  return { kind: 'number', text: number };
}

function mustEnd(text: string, at: number): void {
  if (TERMINATOR.test(text.slice(at, at + 2))) return;
  throw new TemplateError(`bad character ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
