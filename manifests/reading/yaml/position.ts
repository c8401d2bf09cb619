import { memo } from '../../../model/memo';
import type { Path, Resource, Source } from '../../resource';
import type { Place, PlaceEntry } from './document';
import type { Chunk } from './documents';
import { chunksOf } from './documents';
import { Unparsable } from './events';
import { parsePlaces } from './parse';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What says where in which text an object stands. */
type Location = Pick<Resource, 'source' | 'document' | 'place'>;

/** Where a field stands in its text, its key if it has one; else the nearest field above it that is there. */
export function positionOf({ source, document, place }: Location, path: Path): Position {
  return positionAt(source, offsetsOf(source, document, [...place, ...path]).at(-1)!);
}

/** Where a key stands, every time that it stands there. */
export function positionsOf({ source, document, place }: Location, path: Path): Position[] {
  return offsetsOf(source, document, [...place, ...path]).map((offset) => positionAt(source, offset));
}

/** A plain scalar as it is written, `1.10` for the number 1.1; undefined for what is quoted, no scalar, or not there. */
export function writtenAt({ source, document, place }: Location, path: Path): string | undefined {
  const chunk = chunks(source)[document];
  let found: Place | undefined = chunk && rootOf(source, document, chunk);
  for (const key of [...place, ...path])
    found = typeof key === 'number' ? found?.entries?.[key]?.place : entriesCalled(found, key).at(-1)?.place;
  return found?.plainEnd === undefined
    ? undefined
    : source.text.slice(chunk!.start + found.start, chunk!.start + found.plainEnd);
}

/** A key that is written without quotes and that YAML reads as another one, with the key that it reads. */
export interface RespeltKey {
  /** The path of the field, with the key as it is read. */
  readonly path: Path;
  readonly written: string;
}

/** The keys of an object that YAML reads otherwise than they are written: `ON` is true, `1.30` is 1.3, `012` is 10. */
export function respeltKeys({ source, document, place }: Location): RespeltKey[] {
  const chunk = mayRespell(source) ? chunks(source)[document] : undefined;
  let at: Place | undefined = chunk && rootOf(source, document, chunk);
  for (const key of place)
    at = typeof key === 'number' ? at?.entries?.[key]?.place : entriesCalled(at, key).at(-1)?.place;
  return at === undefined ? [] : [...respeltIn(at, [])];
}

function* respeltIn(place: Place, path: Path): Iterable<RespeltKey> {
  for (const [i, { key, written, place: below }] of (place.entries ?? []).entries()) {
    // Items of lists have no key.
    const at = [...path, key === '' ? i : key];
    if (written !== undefined) yield { path: at, written };
    if (below) yield* respeltIn(below, at);
  }
}

/** Whether any key of a text looks like a number or a word of YAML 1.1: most texts have none, and are not taken apart for it. */
const mayRespell = memo(({ text }: Source) =>
  /(?:^|[\s{,?])(?:y|n|yes|no|on|off|true|false|[-+.]?\d[\w.+-]*)[ \t]*:(?:\s|$)/im.test(text),
);

/** The line and the column of a place in a text. */
export function positionAt(source: Source, offset: number): Position {
  const lines = lineStarts(source);
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - lines[low]! + 1 };
}

function offsetsOf(source: Source, document: number, path: Path): readonly number[] {
  const chunk = chunks(source)[document];
  if (!chunk) return [0];
  let place: Place | undefined = rootOf(source, document, chunk);
  let found: readonly number[] = [place.start];
  for (const key of path) {
    const entries: readonly PlaceEntry[] =
      typeof key === 'number' ? [place?.entries?.[key] ?? []].flat() : entriesCalled(place, key);
    if (entries.length === 0) break;
    found = entries.map(({ start }) => start);
    place = entries.at(-1)!.place;
  }
  return found.map((offset) => chunk.start + offset);
}

function rootOf(source: Source, document: number, chunk: Chunk): Place {
  const cache = lastDocument(source);
  if (cache.document !== document) {
    cache.document = document;
    cache.root = placesIn(source.text.slice(chunk.start, chunk.end));
  }
  return cache.root;
}

/** The fields of a name, of which the last counts. */
function entriesCalled(place: Place | undefined, key: string): readonly PlaceEntry[] {
  const all = place?.entries?.filter((entry) => entry.key === key) ?? [];
  return all.slice(
    Math.max(
      0,
      all.findLastIndex(({ again }) => !again),
    ),
  );
}

const chunks = memo((source: Source) => chunksOf(source.text));

const lineStarts = memo(({ text }: Source): readonly number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
});

/** Cache of the last document: positions are asked for in document order, and the places of all documents would take much memory. */
const lastDocument = memo((_: Source): { document: number | undefined; root: Place } => ({
  document: undefined,
  root: { start: 0 },
}));

function placesIn(document: string): Place {
  try {
    return parsePlaces(document);
  } catch (error) {
    // Of a document that Kubernetes refuses only the beginning is known.
    if (error instanceof Unparsable) return { start: Math.max(0, document.search(/\S/)) };
    throw error;
  }
}
