const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUE_OF = new Int8Array(128);
for (let i = 0; i < DIGITS.length; i++) VALUE_OF[DIGITS.charCodeAt(i)] = i;
const [COMMA, SEMICOLON] = [44, 59];

/** A place in a source; lines and columns begin with 0. */
export interface OriginalPlace {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where in the sources a place of a bundle comes from (ECMA-426). Node's own `SourceMap` makes an object of every mapping, which takes a
 * tenth of a second where a few places are asked; here all are numbers in a row.
 */
export class BundleMap {
  /** By line of the bundle, its first mapping. */
  private readonly lines: number[] = [0];
  /** Four numbers for each mapping: column in the bundle, source (-1: none), line and column in it. */
  private readonly numbers: number[] = [];
  private readonly sources: readonly string[];

  constructor({ sources, mappings }: { readonly sources: readonly string[]; readonly mappings: string }) {
    this.sources = sources;
    let [column, source, line, originalColumn] = [0, 0, 0, 0];
    let at = 0;
    // Its lowest bit is the sign, and the highest one of each digit says whether there are more.
    const next = () => {
      let value = 0;
      let shift = 0;
      let digit = 32;
      while (digit & 32) {
        digit = VALUE_OF[mappings.charCodeAt(at++)]!;
        value += (digit & 31) << shift;
        shift += 5;
      }
      return value & 1 ? -(value >> 1) : value >> 1;
    };
    const isEnd = () => {
      const code = mappings.charCodeAt(at);
      return at === mappings.length || code === COMMA || code === SEMICOLON;
    };
    while (at < mappings.length) {
      const code = mappings.charCodeAt(at);
      if (code === COMMA) at++;
      else if (code === SEMICOLON) {
        at++;
        column = 0;
        this.lines.push(this.numbers.length / 4);
      } else {
        column += next();
        if (isEnd()) {
          this.numbers.push(column, -1, 0, 0);
          continue;
        }
        source += next();
        line += next();
        originalColumn += next();
        // Which of the names stood there.
        if (!isEnd()) next();
        this.numbers.push(column, source, line, originalColumn);
      }
    }
  }

  /** By the last mapping at a place or before it; undefined where that comes from no source. */
  placeOf(line: number, column: number): OriginalPlace | undefined {
    const { lines, numbers, sources } = this;
    const first = lines[line] ?? numbers.length / 4;
    let found = (lines[line + 1] ?? numbers.length / 4) - 1;
    while (found >= first && numbers[found * 4]! > column) found--;
    const source = sources[numbers[found * 4 + 1] ?? -1];
    return source === undefined
      ? undefined
      : { source, line: numbers[found * 4 + 2]!, column: numbers[found * 4 + 3]! };
  }
}
