import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Path, Resource, Source } from '../../resource';
import type { Chunk } from './documents';
import { chunksOf } from './documents';
import type { Parsed } from './events';
import { parse, placeOf, Unparsable } from './events';
import { plainScalar } from './scalar';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What says where in which text an object stands. */
type Placed = Pick<Resource, 'source' | 'document' | 'place'>;

/** A value with the places of all that is in it. */
interface Node {
  readonly start: number;
  /** Of a mapping: every key with its place, in their order. */
  readonly fields?: Field[];
  readonly items?: Node[];
}

interface Field {
  readonly key: string;
  readonly start: number;
  readonly merges: boolean;
  value: Node;
}

interface Known {
  readonly lines: readonly number[];
  readonly chunks: readonly Chunk[];
  /** Of the document that was asked for last: who asks goes through a source in order. */
  last?: { readonly document: number; readonly root: Node };
}

const known = new WeakMap<Source, Known>();

/** Where a field stands in its text, its key if it has one; else the nearest field above it that is there. */
export function positionOf({ source, document, place }: Placed, path: Path): Position {
  return positionAt(source, offsetsOf(source, document, [...place, ...path]).at(-1)!);
}

/** Where a key stands, every time that it stands there. */
export function positionsOf({ source, document, place }: Placed, path: Path): Position[] {
  return offsetsOf(source, document, [...place, ...path]).map((offset) => positionAt(source, offset));
}

/** The line and the column of a place in a text. */
export function positionAt(source: Source, offset: number): Position {
  const { lines } = knownOf(source);
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - lines[low]! + 1 };
}

function offsetsOf(source: Source, document: number, path: Path): number[] {
  const about = knownOf(source);
  const chunk = about.chunks[document];
  if (!chunk) return [0];
  if (about.last?.document !== document)
    about.last = { document, root: treeOf(source.text.slice(chunk.start, chunk.end)) };
  let node = about.last.root;
  let found = [node.start];
  for (const key of path) {
    const next = typeof key === 'number' ? item(node, key) : fieldsCalled(node, key);
    if (next.length === 0) break;
    found = next.map(({ start }) => start);
    const last = next.at(-1)!;
    node = 'value' in last ? last.value : last;
  }
  return found.map((offset) => chunk.start + offset);
}

function item({ items }: Node, index: number): Node[] {
  return items?.[index] ? [items[index]] : [];
}

/** The fields of a name; of those that `<<` brings only the one that counts. */
function fieldsCalled({ fields }: Node, key: string): Field[] {
  const own = fields?.filter((field) => !field.merges && field.key === key) ?? [];
  if (own.length > 0) return own;
  for (const { value } of fields?.filter(({ merges }) => merges) ?? []) {
    for (const source of value.items ?? [value]) {
      const inherited = fieldsCalled(source, key);
      if (inherited.length > 0) return inherited;
    }
  }
  return [];
}

function knownOf(source: Source): Known {
  let about = known.get(source);
  if (!about) {
    about = { lines: lineStarts(source.text), chunks: chunksOf(source.text) };
    known.set(source, about);
  }
  return about;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function treeOf(document: string): Node {
  let parsed: Parsed;
  try {
    parsed = parse(document);
  } catch (error) {
    if (error instanceof Unparsable) return { start: Math.max(0, document.search(/\S/)) };
    throw error;
  }
  const { events, text } = parsed;
  const anchors = new Map<string, Node>();
  const open: { readonly node: Node; pending: Field | undefined }[] = [];
  let root: Node = { start: 0 };
  let latest = 0;
  const add = (node: Node, key = '', merges = false) => {
    const frame = open.at(-1);
    if (!frame) root = node;
    else if (frame.node.items) frame.node.items.push(node);
    else if (frame.pending) {
      frame.pending.value = node;
      frame.node.fields!.push(frame.pending);
      frame.pending = undefined;
    } else frame.pending = { key, start: node.start, merges, value: node };
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        latest = placeOf(event) ?? latest;
        const node = { start: latest };
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
        const frame = open.at(-1);
        if (!frame?.node.fields || frame.pending) {
          add(node);
          break;
        }
        const key = getScalarValue(text, event);
        const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
        add(node, plain ? String(plainScalar(key)) : key, plain && key === '<<');
        break;
      }
      case EVENT_ID.ALIAS: {
        const anchored = anchors.get(text.slice(event.anchorStart, event.anchorEnd));
        add(anchored ?? { start: event.anchorStart - 1 });
        break;
      }
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        latest = event.start;
        const node: Node =
          event.type === EVENT_ID.MAPPING ? { start: event.start, fields: [] } : { start: event.start, items: [] };
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
        add(node);
        open.push({ node, pending: undefined });
        break;
      }
      case EVENT_ID.POP:
        open.pop();
    }
  }
  return root;
}
