import type { TemplateToken, TokenKind } from './lex';
import { TemplateError, tokensOf } from './lex';

/** What a template may name: functions and variables that whoever runs it provides. */
export interface TemplateNames {
  readonly functions: ReadonlySet<string>;
  /** With their `$`. */
  readonly variables: readonly string[];
}

/** A function that is not among those that are known. */
export class UnknownFunction extends TemplateError {}

/** Throws where Go's package text/template does not read a template (parse/parse.go). */
export function parseTemplate(text: string, names: TemplateNames): void {
  new Parser(text, names).template();
}

type Ending = 'end' | 'else';

/** What an operand can begin with. */
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'char',
  'dot',
  'field',
  'identifier',
  'number',
  'string',
  'variable',
  'left',
]);
/** Plain values: nothing can be passed to them, and no field can be asked of them. */
const INERT: ReadonlySet<TokenKind | 'nil'> = new Set<TokenKind | 'nil'>([
  'bool',
  'dot',
  'number',
  'char',
  'string',
  'nil',
]);
const STRING =
  /^(?:"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u(?!d[89a-f])[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4}))*"|`[^`]*`)$/i;
const CHARACTER =
  /^'(?:[^'\\\n]|\\(?:[abfnrtv\\']|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u(?!d[89a-f])[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4}))'$/iu;
const LARGEST_WHOLE = 2n ** 64n - 1n;
/** Parentheses within each other. Go takes 10,000 of them, and the stack of this program is smaller. */
const DEEPEST = 1000;

class Parser {
  private readonly tokens: Iterator<TemplateToken>;
  private readonly ahead: TemplateToken[] = [];
  private variables: string[];
  private ranges = 0;
  private depth = 0;
  /** Templates by name, and whether more than space is in them. */
  private readonly defined = new Map<string, boolean>();
  private filled = false;

  constructor(
    text: string,
    private readonly names: TemplateNames,
  ) {
    this.tokens = tokensOf(text);
    this.variables = ['$', ...names.variables];
  }

  template(): void {
    while (this.peek().kind !== 'end') {
      if (this.peek().kind === 'open') {
        const open = this.next();
        const spaces = this.takeSpaces();
        if (this.isKeyword('define')) {
          this.next();
          this.definition();
          continue;
        }
        this.ahead.unshift(open, ...spaces);
      }
      const ending = this.textOrAction();
      if (ending) throw new TemplateError(`unexpected {{${ending}}}`);
    }
  }

  private definition(): void {
    this.named(this.text('define clause'), () => {
      this.expect('close', 'define clause');
      this.body('define clause');
    });
  }

  /** A template within the template: it knows no variable but `$`. */
  private named(name: string, read: () => void): void {
    const { variables, filled, ranges } = this;
    this.variables = ['$'];
    this.filled = false;
    this.ranges = 0;
    read();
    if (this.defined.get(name) && this.filled) throw new TemplateError(`multiple definition of template ${name}`);
    this.defined.set(name, this.filled || (this.defined.get(name) ?? false));
    this.variables = variables;
    this.filled = filled;
    this.ranges = ranges;
  }

  /** Up to its `end`. */
  private body(context: string): void {
    const ending = this.list();
    if (ending !== 'end') throw new TemplateError(`unexpected {{${ending}}} in ${context}`);
  }

  private list(): Ending {
    for (;;) {
      this.takeSpaces();
      if (this.peek().kind === 'end') throw new TemplateError('unexpected EOF: an {{end}} is missing');
      const ending = this.textOrAction();
      if (ending) return ending;
    }
  }

  private textOrAction(): Ending | undefined {
    const token = this.nextNonSpace();
    if (token.kind === 'text') {
      if (/\S/.test(token.text)) this.filled = true;
      return undefined;
    }
    if (token.kind === 'comment') return undefined;
    if (token.kind !== 'open') throw unexpected(token, 'input');
    return this.action();
  }

  private action(): Ending | undefined {
    this.takeSpaces();
    const token = this.peek();
    const word = token.kind === 'keyword' && token.text !== 'nil' ? token.text : undefined;
    if (word !== 'end' && word !== 'else') this.filled = true;
    if (word === undefined) {
      this.pipeline('command', 'close');
      return undefined;
    }
    this.next();
    switch (word) {
      case 'end':
        this.expect('close', 'end');
        return 'end';
      case 'else':
        this.takeSpaces();
        if (!this.isKeyword('if') && !this.isKeyword('with')) this.expect('close', 'else');
        return 'else';
      case 'if':
      case 'with':
      case 'range':
        this.control(word);
        return undefined;
      case 'break':
      case 'continue':
        this.expect('close', `{{${word}}}`);
        if (this.ranges === 0) throw new TemplateError(`{{${word}}} outside {{range}}`);
        return undefined;
      case 'template':
        this.text('template clause');
        this.takeSpaces();
        if (this.peek().kind === 'close') this.next();
        else this.pipeline('template clause', 'close');
        return undefined;
      case 'block':
        this.block();
        return undefined;
      default:
        throw unexpected(token, 'command');
    }
  }

  private block(): void {
    const name = this.text('block clause');
    this.pipeline('block clause', 'close');
    this.named(name, () => this.body('block clause'));
    this.filled = true;
  }

  private control(context: 'if' | 'with' | 'range'): void {
    const known = this.variables.length;
    this.pipeline(context, 'close');
    if (context === 'range') this.ranges++;
    const ending = this.list();
    if (context === 'range') this.ranges--;
    if (ending === 'else') this.otherwise(context);
    this.variables.length = known;
  }

  private otherwise(context: 'if' | 'with' | 'range'): void {
    // The end of `else if` is that of the whole.
    if (context !== 'range' && this.isKeyword(context)) {
      this.next();
      this.control(context);
    } else if (this.list() !== 'end') throw new TemplateError('expected end; found {{else}}');
  }

  private pipeline(context: string, end: TokenKind): void {
    this.declarations(context);
    let commands = 0;
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === end) {
        if (commands === 0) throw new TemplateError(`missing value for ${context}`);
        return;
      }
      if (!OPERANDS.has(token.kind) && !isNil(token)) throw unexpected(token, context);
      this.ahead.unshift(token);
      const first = this.command();
      if (++commands > 1 && INERT.has(first))
        throw new TemplateError(`non executable command in pipeline stage ${commands}`);
    }
  }

  /** `$x :=`, `$x =`, or in a range `$key, $value :=`. */
  private declarations(context: string, before = 0): void {
    this.takeSpaces();
    if (this.peek().kind !== 'variable') return;
    const variable = this.next();
    const spaces = this.takeSpaces();
    const { kind, text } = this.peek();
    if (kind === 'assign' || kind === 'declare') {
      this.next();
      this.variables.push(variable.text);
    } else if (kind === 'sign' && text === ',') {
      this.next();
      this.variables.push(variable.text);
      if (context !== 'range' || before > 0) throw new TemplateError(`too many declarations in ${context}`);
      this.takeSpaces();
      if (!['variable', 'close', 'right'].includes(this.peek().kind))
        throw new TemplateError('range can only initialize variables');
      this.declarations(context, before + 1);
    } else this.ahead.unshift(variable, ...spaces);
  }

  /** What its first operand is. */
  private command(): TokenKind | 'nil' {
    let first: TokenKind | 'nil' | undefined;
    for (;;) {
      this.takeSpaces();
      const operand = this.operand();
      first ??= operand;
      const token = this.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'close' || token.kind === 'right') this.ahead.unshift(token);
      else if (token.kind !== 'pipe') throw unexpected(token, 'operand');
      break;
    }
    if (first === undefined) throw new TemplateError('empty command');
    return first;
  }

  private operand(): TokenKind | 'nil' | undefined {
    const term = this.term();
    if (term === undefined || this.peek().kind !== 'field') return term;
    while (this.peek().kind === 'field') this.next();
    if (INERT.has(term)) throw new TemplateError(`unexpected . after term`);
    return term === 'field' || term === 'variable' ? term : 'left';
  }

  private term(): TokenKind | 'nil' | undefined {
    const token = this.nextNonSpace();
    if (isNil(token)) return 'nil';
    switch (token.kind) {
      case 'identifier':
        if (!this.names.functions.has(token.text)) throw new UnknownFunction(`function "${token.text}" not defined`);
        return token.kind;
      case 'variable':
        if (!this.variables.includes(token.text)) throw new TemplateError(`undefined variable "${token.text}"`);
        return token.kind;
      case 'number':
        if (!isNumber(token.text)) throw new TemplateError(`illegal number syntax: "${token.text}"`);
        return token.kind;
      case 'char':
        if (!CHARACTER.test(token.text)) throw new TemplateError(`malformed character constant: ${token.text}`);
        return token.kind;
      case 'string':
        checkString(token.text);
        return token.kind;
      case 'left':
        if (++this.depth > DEEPEST) throw new TemplateError('max expression depth exceeded');
        this.pipeline('parenthesized pipeline', 'right');
        this.depth--;
        return token.kind;
      case 'dot':
      case 'field':
      case 'bool':
        return token.kind;
      default:
        this.ahead.unshift(token);
        return undefined;
    }
  }

  /** A text that is written out, such as the name of a template. */
  private text(context: string): string {
    const token = this.expect('string', context);
    checkString(token.text);
    return token.text.slice(1, -1);
  }

  private expect(kind: TokenKind, context: string): TemplateToken {
    const token = this.nextNonSpace();
    if (token.kind !== kind) throw unexpected(token, context);
    return token;
  }

  private isKeyword(word: string): boolean {
    const { kind, text } = this.peek();
    return kind === 'keyword' && text === word;
  }

  private peek(): TemplateToken {
    const [token] = this.ahead;
    if (token) return token;
    const read = this.tokens.next().value as TemplateToken;
    this.ahead.push(read);
    return read;
  }

  private next(): TemplateToken {
    const token = this.peek();
    this.ahead.shift();
    return token;
  }

  private takeSpaces(): TemplateToken[] {
    const spaces: TemplateToken[] = [];
    while (this.peek().kind === 'space') spaces.push(this.next());
    return spaces;
  }

  private nextNonSpace(): TemplateToken {
    this.takeSpaces();
    return this.next();
  }
}

function isNil({ kind, text }: TemplateToken): boolean {
  return kind === 'keyword' && text === 'nil';
}

function unexpected({ kind, text }: TemplateToken, context: string): TemplateError {
  return new TemplateError(`unexpected ${kind === 'end' ? text : JSON.stringify(text)} in ${context}`);
}

function checkString(text: string): void {
  if (!STRING.test(text)) throw new TemplateError('invalid syntax in a quoted string');
}

/** Whether Go reads it as a number: whole ones up to 64 bits, others with a point or an exponent, complex ones. */
function isNumber(text: string): boolean {
  const complex = /^(.*[^eEpP])([+-].*)i$/.exec(text);
  if (complex) return isFloat(complex[1]!) && isFloat(complex[2]!);
  if (text.endsWith('i') && isFloat(text.slice(0, -1))) return true;
  if (isFloat(text) && /[.eEpP]/.test(text.replace(/^[+-]?0[xX][^.pP]*$/, ''))) return true;
  const whole =
    /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/.exec(text);
  if (!whole) return false;
  const digits = whole[2]!.replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  const value = BigInt(digits);
  if (whole[1] === '') return value <= LARGEST_WHOLE;
  return value <= (whole[1] === '-' ? 2n ** 63n : 2n ** 63n - 1n);
}

const DIGITS = '\\d(?:_?\\d)*';
const HEX_DIGITS = '[0-9a-fA-F](?:_?[0-9a-fA-F])*';
const DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`);
const HEXADECIMAL = new RegExp(
  `^[+-]?0[xX](?:_?${HEX_DIGITS}\\.?(?:${HEX_DIGITS})?|\\.${HEX_DIGITS})[pP][+-]?${DIGITS}$`,
);

function isFloat(text: string): boolean {
  // Nothing that is written in figures is too large but by its exponent.
  return HEXADECIMAL.test(text) || (DECIMAL.test(text) && Number.isFinite(Number(text.replaceAll('_', ''))));
}
