import type { Document } from './document';
import type { YamlScalar } from './scalar';
import { plainScalar } from './scalar';

/** Anything but these is left to the whole parser: tabs, carriage returns, other line breaks, blanks that are none, what cannot be printed. */
const OTHER_CHARACTER = /[^\n\x20-\x7e\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff]/;
/** Deeper documents are left to the whole parser, which has a limit of its own. */
const DEEPEST = 50;
/** YAML limits a key to 1024 characters. */
const LONGEST_KEY = 1000;

const [NEWLINE, SPACE, DOUBLE, HASH, SINGLE, DASH, COLON] = [10, 32, 34, 35, 39, 45, 58];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_MAP, PIPE, CLOSE_MAP] = [91, 92, 93, 123, 124, 125];
const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./$';
/** By code: what a key without quotes may begin with, what may stand in it, and what a value without quotes may begin with. */
const [BEGINS_KEY, IN_KEY, BEGINS_PLAIN] = [WORD, `${WORD}-@+~`, `${WORD}(+~^=;\\`].map((characters) =>
  Uint8Array.from({ length: 128 }, (_, code) => Number(characters.includes(String.fromCharCode(code)))),
) as [Uint8Array, Uint8Array, Uint8Array];

const REFUSED = new Error('not in the form that most programs write');

/**
 * A document in the form in which kubectl, Kustomize, Helm's charts and this program's own render write: mappings and lists in blocks,
 * keys without quotes, scalars on one line or as a literal (`|`). It is read in one pass, several times as fast as by the parser of all
 * YAML. Undefined for a document with anything else in it, right or wrong: that parser then decides. What both read is the same, which
 * is tested on documents made at random.
 */
export function blockDocument(text: string): Document | undefined {
  if (!text.endsWith('\n') || OTHER_CHARACTER.test(text)) return undefined;
  try {
    return { value: new BlockReader(text).document(), duplicates: [] };
  } catch (error) {
    if (error !== REFUSED) throw error;
    return undefined;
  }
}

class BlockReader {
  /** Where the next line begins that is neither empty nor a comment, after its indentation. */
  private position = 0;
  /** Its indentation; -1 at the end of the text. */
  private column = -1;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    this.toContent(0);
    if (this.column !== 0) throw REFUSED;
    const value = this.block();
    // A scalar that goes on in another line, or an indentation that fits no mapping or list above it, ends them all.
    if (!this.isAtEnd()) throw REFUSED;
    return value;
  }

  private isAtEnd(): boolean {
    return this.column === -1;
  }

  /** Goes to the next line with content. */
  private toContent(line: number): void {
    const { text } = this;
    while (line < text.length) {
      let at = line;
      while (text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (code !== NEWLINE && code !== HASH) {
        this.position = at;
        this.column = at - line;
        return;
      }
      line = text.indexOf('\n', at) + 1;
    }
    this.column = -1;
  }

  /** The mapping or list that begins here. */
  private block(): unknown {
    if (++this.depth > DEEPEST) throw REFUSED;
    const value = this.isItem(this.position) ? this.list(this.column) : this.mapping(this.column);
    this.depth--;
    return value;
  }

  private list(column: number): unknown[] {
    const items: unknown[] = [];
    do {
      const at = this.afterSpaces(this.position + 1);
      if (this.text.charCodeAt(at) === NEWLINE) {
        this.toContent(at + 1);
        items.push(this.column > column ? this.block() : null);
      } else if (this.isItem(at) || this.endOfKey(at) >= 0) {
        this.column += at - this.position;
        this.position = at;
        items.push(this.block());
      } else items.push(this.scalar(at, column));
    } while (this.column === column && this.isItem(this.position));
    return items;
  }

  private mapping(column: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    do {
      const end = this.endOfKey(this.position);
      if (end < 0) throw REFUSED;
      const key = this.text.slice(this.position, end);
      // A key that is no string, that is there already, or that every object has, such as __proto__.
      if (plainScalar(key) !== key || fields[key] !== undefined) throw REFUSED;
      fields[key] = this.value(this.afterSpaces(end + 1), column);
    } while (this.column === column);
    return fields;
  }

  private value(at: number, column: number): unknown {
    if (this.text.charCodeAt(at) !== NEWLINE) return this.scalar(at, column);
    this.toContent(at + 1);
    if (this.column > column) return this.block();
    // The items of a list may stand as far left as the key that holds it.
    return this.column === column && this.isItem(this.position) ? this.list(column) : null;
  }

  /** A value on the line of its key or dash, or an empty mapping or list; goes on to the next line. */
  private scalar(at: number, column: number): unknown {
    switch (this.text.charCodeAt(at)) {
      case PIPE:
        return this.literal(at, column);
      case SINGLE:
        return this.singleQuoted(at);
      case DOUBLE:
        return this.doubleQuoted(at);
      case OPEN_MAP:
        if (this.text.charCodeAt(at + 1) !== CLOSE_MAP) throw REFUSED;
        this.endLine(at + 2);
        return {};
      case OPEN_LIST:
        if (this.text.charCodeAt(at + 1) !== CLOSE_LIST) throw REFUSED;
        this.endLine(at + 2);
        return [];
      default:
        return this.plain(at);
    }
  }

  private plain(at: number): YamlScalar {
    const { text } = this;
    const first = text.charCodeAt(at);
    const begins = first === DASH || first === COLON ? !isBlank(text.charCodeAt(at + 1)) : BEGINS_PLAIN[first] === 1;
    if (!begins) throw REFUSED;
    const line = text.indexOf('\n', at);
    for (let i = at; i < line; i++) {
      const code = text.charCodeAt(i);
      if (code === COLON && isBlank(text.charCodeAt(i + 1))) throw REFUSED;
      if (code === HASH && text.charCodeAt(i - 1) === SPACE) throw REFUSED;
    }
    let end = line;
    while (text.charCodeAt(end - 1) === SPACE) end--;
    const value = plainScalar(text.slice(at, end));
    if (typeof value === 'number' && !Number.isFinite(value)) throw REFUSED;
    this.toContent(line + 1);
    return value;
  }

  private singleQuoted(at: number): string {
    const { text } = this;
    let end = text.indexOf("'", at + 1);
    while (end >= 0 && text.charCodeAt(end + 1) === SINGLE) end = text.indexOf("'", end + 2);
    const value = text.slice(at + 1, end);
    if (end < 0 || value.includes('\n')) throw REFUSED;
    this.endLine(end + 1);
    return value.replaceAll("''", "'");
  }

  private doubleQuoted(at: number): string {
    const { text } = this;
    let end = at + 1;
    let isEscaped = false;
    for (let code = text.charCodeAt(end); code !== DOUBLE; code = text.charCodeAt(++end)) {
      if (code === NEWLINE) throw REFUSED;
      if (code !== BACKSLASH) continue;
      // These mean the same in JSON.
      if (!'"\\nrt'.includes(text[++end]!)) throw REFUSED;
      isEscaped = true;
    }
    this.endLine(end + 1);
    return isEscaped ? (JSON.parse(text.slice(at, end + 1)) as string) : text.slice(at + 1, end);
  }

  private literal(at: number, column: number): string {
    const { text } = this;
    const header = text.indexOf('\n', at);
    const chomping = text.slice(at + 1, header).trimEnd();
    if (chomping !== '' && chomping !== '-' && chomping !== '+') throw REFUSED;
    const first = this.afterSpaces(header + 1);
    const indentation = first - header - 1;
    // The first line tells the indentation.
    if (indentation <= column || text.charCodeAt(first) === NEWLINE) throw REFUSED;
    const lines: string[] = [];
    let line = header + 1;
    for (; line < text.length; line = text.indexOf('\n', line) + 1) {
      const content = this.afterSpaces(line);
      const isEmpty = text.charCodeAt(content) === NEWLINE;
      if (content - line < indentation && !isEmpty) break;
      lines.push(text.slice(Math.min(line + indentation, content), text.indexOf('\n', content)));
    }
    this.toContent(line);
    const value = lines.join('\n');
    if (chomping === '+') return `${value}\n`;
    const end = value.replace(/\n+$/, '');
    return chomping === '-' ? end : `${end}\n`;
  }

  /** Nothing but blanks may follow what is closed. */
  private endLine(at: number): void {
    const end = this.afterSpaces(at);
    if (this.text.charCodeAt(end) !== NEWLINE) throw REFUSED;
    this.toContent(end + 1);
  }

  /** The colon after the key that begins here, -1 where none does. */
  private endOfKey(at: number): number {
    const { text } = this;
    if (BEGINS_KEY[text.charCodeAt(at)] !== 1) return -1;
    let end = at + 1;
    while (IN_KEY[text.charCodeAt(end)] === 1) end++;
    const isKey = text.charCodeAt(end) === COLON && isBlank(text.charCodeAt(end + 1)) && end - at <= LONGEST_KEY;
    return isKey ? end : -1;
  }

  private isItem(at: number): boolean {
    return this.text.charCodeAt(at) === DASH && isBlank(this.text.charCodeAt(at + 1));
  }

  private afterSpaces(at: number): number {
    while (this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === NEWLINE;
}
