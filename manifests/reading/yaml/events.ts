import type { Event, ScalarEvent } from 'js-yaml';
import { parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { strayTab } from './tabs';

/** Nothing that Kubernetes knows is nested nearly as deep. */
export const MAX_DEPTH = 1000;

/** A text that is no document for Kubernetes. */
export class Unparsable extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export interface Parsed {
  readonly events: readonly Event[];
  /** What the offsets of the events mean: as long as the text was. */
  readonly text: string;
}

/** A document that is relaxed is parsed anew, place by place: this many characters, and no more. */
const MAX_PARSED = 10_000_000;

/** The parser's events. What is wrong is told with its place. */
export function parseEventsOf(text: string): Parsed {
  for (let parsed = text.length; ; parsed += text.length) {
    try {
      const events = parseEvents(text, { maxDepth: MAX_DEPTH });
      const tab = /^\t/m.test(text) ? strayTab(text, events) : undefined;
      if (tab !== undefined)
        throw new Unparsable(tab, 'a tab on an empty line, which kubectl takes for indentation: remove it');
      return { events, text };
    } catch (error) {
      if (error instanceof RangeError) throw new Unparsable(0, `nested more than ${MAX_DEPTH} levels deep`);
      if (!(error instanceof YAMLException)) throw error;
      const place = error.mark?.position ?? 0;
      const next = error.reason === 'deficient indentation' && parsed < MAX_PARSED ? relax(text, place) : text;
      if (next === text) throw new Unparsable(place, error.reason);
      text = next;
    }
  }
}

/**
 * Between brackets and in quotes Kubernetes' reader does not look at indentation, and YAML 1.2, which our parser reads, does:
 *
 *     args: [
 *       web
 *     ]
 *
 * The white space before the place becomes as many blanks on one line, which means the same there.
 */
function relax(text: string, place: number): string {
  let start = place;
  for (;;) {
    while (start > 0 && /\s/.test(text[start - 1]!)) start--;
    const comment = commentBefore(text, start);
    if (comment === undefined) break;
    start = comment;
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const line = text.slice(lineStart, start);
  const head = /["']/.test(line) ? line : line.replaceAll('\t', ' ');
  return text.slice(0, lineStart) + head + ' '.repeat(place - start) + text.slice(place);
}

/** Where the comment begins that ends a line. */
function commentBefore(text: string, end: number): number | undefined {
  if (text[end] !== '\n' && text[end] !== '\r' && !/^[ \t]+\r?\n/.test(text.slice(end, end + 200))) return undefined;
  const lineStart = text.lastIndexOf('\n', end - 1) + 1;
  const line = text.slice(lineStart, end);
  for (const token of line.matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|(?:^|\s)#/g)) {
    if (token[0].endsWith('#')) return lineStart + token.index + token[0].length - 1;
  }
  return undefined;
}

/** Where a scalar begins, its quote included; undefined for one that is not written. */
export function startOfScalar(event: ScalarEvent): number | undefined {
  if (event.valueStart < 0) return undefined;
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
    ? event.valueStart - 1
    : event.valueStart;
}
