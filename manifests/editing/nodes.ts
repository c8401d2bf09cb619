import type { ScalarEvent } from 'js-yaml';
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { keyText } from '../reading/yaml/construct';
import { parseEventsOf, startOfScalar } from '../reading/yaml/events';
import { plainScalar } from '../reading/yaml/scalar';
import type { Path } from '../resource';

/** A part of a document as it is written. Aliases are not followed and `<<` brings nothing: what is not written here cannot be edited here. */
export interface YamlNode {
  readonly kind: 'scalar' | 'mapping' | 'list' | 'alias';
  /** The first character, quotes included, without anchor and tag. Undefined where nothing is written. */
  readonly start: number | undefined;
  /** Behind the last character that is known: of a flow collection, its last entry. */
  end: number | undefined;
  /** Of scalars. */
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** Of collections: `{}` or `[]`. */
  readonly isFlow: boolean;
  readonly entries: YamlEntry[];
}

export interface YamlEntry {
  /** Undefined for the items of a list. */
  readonly key: YamlNode | undefined;
  /** The key as Kubernetes reads it. */
  readonly name: string | undefined;
  readonly value: YamlNode;
}

const STYLES = new Map<number, YamlNode['style']>([
  [SCALAR_STYLE.PLAIN, 'plain'],
  [SCALAR_STYLE.SINGLE_QUOTED, 'single'],
  [SCALAR_STYLE.DOUBLE_QUOTED, 'double'],
]);

/** The nodes of one document, undefined for an empty one. */
export function writtenNodes(document: string): YamlNode | undefined {
  const { events, text } = parseEventsOf(document);
  const stack: YamlNode[] = [];
  let root: YamlNode | undefined;
  let key: { readonly node: YamlNode; readonly name: string | undefined }[] = [];
  const add = (node: YamlNode, name: string | undefined) => {
    const parent = stack.at(-1);
    if (!parent) root ??= node;
    else if (parent.kind === 'list') parent.entries.push({ key: undefined, name: undefined, value: node });
    else if (key[stack.length] === undefined) key[stack.length] = { node, name };
    else {
      const { node: written, name: called } = key[stack.length]!;
      parent.entries.push({ key: written, name: called, value: node });
      key = key.slice(0, stack.length);
    }
    if (parent && node.end !== undefined) parent.end = Math.max(parent.end ?? 0, node.end);
  };
  for (const event of events) {
    if (event.type === EVENT_ID.SCALAR) add(scalarNode(event), nameOf(text, event));
    else if (event.type === EVENT_ID.ALIAS)
      add({ ...EMPTY, kind: 'alias', start: event.anchorStart - 1, end: event.anchorEnd, entries: [] }, undefined);
    else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      const kind = event.type === EVENT_ID.MAPPING ? 'mapping' : 'list';
      stack.push({
        ...EMPTY,
        kind,
        start: event.start,
        end: event.start,
        isFlow: event.style === COLLECTION_STYLE.FLOW,
        entries: [],
      });
    } else if (event.type === EVENT_ID.POP) {
      const node = stack.pop();
      if (node) add(node, undefined);
    }
  }
  return root;
}

const EMPTY = { style: 'plain', isFlow: false } as const;

function scalarNode(event: ScalarEvent): YamlNode {
  const style = STYLES.get(event.style) ?? 'block';
  const start = startOfScalar(event);
  const end = start === undefined ? undefined : event.valueEnd + (style === 'single' || style === 'double' ? 1 : 0);
  return { kind: 'scalar', start, end, style, isFlow: false, entries: [] };
}

function nameOf(text: string, event: ScalarEvent): string {
  const source = getScalarValue(text, event);
  return event.style === SCALAR_STYLE.PLAIN ? keyText(plainScalar(source)) : source;
}

/** The entry at a path; undefined where it is not written, or comes from an alias or from `<<`. Of equal keys the last. */
export function entryAt(root: YamlNode | undefined, path: Path): YamlEntry | undefined {
  let found: YamlEntry | undefined = root && { key: undefined, name: undefined, value: root };
  for (const key of path) {
    const entries: readonly YamlEntry[] = found?.value.entries ?? [];
    found = typeof key === 'number' ? entries[key] : entries.findLast(({ name }) => name === key);
  }
  return found;
}
