import type { Path, Source } from '../resource';
import { Resource, record, string } from '../resource';
import { decrypted } from './sops';
import { chunksOf } from './yaml/documents';
import { Unparsable } from './yaml/events';
import { parseJson } from './yaml/json';
import { parseYaml } from './yaml/parse';
import { positionAt } from './yaml/position';

/** A text, or a part of it, that could not be read. */
export interface Unreadable {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  /** It can be read, and is no Kubernetes object. */
  readonly foreign?: boolean;
}

export interface Reading {
  readonly resources: readonly Resource[];
  readonly unreadable: readonly Unreadable[];
  /** What is no Kubernetes object, but may say something of one, such as tests of rules. */
  readonly documents: readonly Resource[];
}

const duplicates = new WeakMap<Source, Map<number, readonly Path[]>>();

/** Texts to resources, as Kubernetes reads them. What cannot be read is said, and the rest is read all the same. */
export function readSources(sources: readonly Source[]): Reading {
  const resources: Resource[] = [];
  const unreadable: Unreadable[] = [];
  const documents: Resource[] = [];
  for (const source of sources) {
    const refuse = (offset: number, reason: string, foreign = false) =>
      unreadable.push({ file: source.file, ...positionAt(source, offset), reason, ...(foreign ? { foreign } : {}) });
    chunksOf(source.text).forEach(({ start, end, format, problem }, i) => {
      if (problem !== undefined) {
        refuse(start, problem);
        return;
      }
      try {
        const text = source.text.slice(start, end);
        const document = format === 'json' ? parseJson(text) : parseYaml(text);
        if (document.value === null) return;
        if (document.duplicates.length > 0) remember(source, i, document.duplicates);
        for (const object of objectsOf(document.value, [])) {
          if ('json' in object) resources.push(new Resource(decrypted(object.json), source, i, object.place));
          else {
            refuse(start + Math.max(0, text.search(/^[^#\s]/m)), object.wrong, object.foreign);
            const content = object.foreign ? record(document.value) : undefined;
            if (content) documents.push(new Resource(content, source, i));
          }
        }
      } catch (error) {
        if (!(error instanceof Unparsable)) throw error;
        const template = templateIn(source.text.slice(start, end));
        if (template === undefined) refuse(start + error.offset, error.reason);
        else
          refuse(
            start + template,
            'this is a template of Helm, not YAML: render it with `helm template` and judge what that prints',
          );
      }
    });
  }
  return { resources, unreadable, documents };
}

/** Where the first action of a Go template stands, as Helm's charts have them. */
function templateIn(text: string): number | undefined {
  return /\{\{-?\s*(?:[.$"(]|\/\*|(?:if|else|end|range|with|define|include|template|block|toYaml|printf|default|quote|tpl|required|lookup|and|or|not|eq|fail)\b)/.exec(
    text,
  )?.index;
}

/** The paths of keys that stand twice or more in one mapping of an object. Kubernetes takes the last. */
export function duplicateKeys({ source, document, place }: Resource): Path[] {
  const paths = duplicates.get(source)?.get(document) ?? [];
  return paths.filter((path) => place.every((key, i) => path[i] === key)).map((path) => path.slice(place.length));
}

/** Keys that stand twice, by document of a source. */
export function duplicatesOf(source: Source): Iterable<readonly [number, readonly Path[]]> {
  return duplicates.get(source) ?? [];
}

export function remember(source: Source, document: number, paths: readonly Path[]): void {
  const ofSource = duplicates.get(source) ?? new Map<number, readonly Path[]>();
  duplicates.set(source, ofSource.set(document, paths));
}

type Found =
  | { readonly json: NonNullable<ReturnType<typeof record>>; readonly place: Path }
  | { readonly wrong: string; readonly foreign: boolean };

/** A document's objects: itself, or the items of a List, which need not repeat their kind in a `PodList`. */
function objectsOf(value: unknown, place: Path): Found[] {
  const object = record(value);
  if (!object)
    return [
      {
        foreign: place.length === 0,
        wrong: `${place.length > 0 ? `${place.join(' ')} is` : 'this is'} no Kubernetes object, but ${Array.isArray(value) ? 'a list' : `the ${value === null ? 'value null' : typeof value} ${JSON.stringify(value)?.slice(0, 40)}`}`,
      },
    ];
  const kind = string(object['kind']);
  const apiVersion = string(object['apiVersion']);
  const items = object['items'];
  if (Array.isArray(items) && (kind === undefined || kind.endsWith('List'))) {
    const itemKind = kind === undefined || kind === 'List' ? undefined : kind.slice(0, -'List'.length);
    return items.flatMap((item: unknown, i) => {
      const entry = record(item);
      const named = entry && itemKind && !entry['kind'] ? { apiVersion, kind: itemKind, ...entry } : item;
      return objectsOf(named, [...place, 'items', i]);
    });
  }
  if (kind === undefined || kind === '')
    return [{ foreign: apiVersion === undefined, wrong: 'this is no Kubernetes object: it has no kind' }];
  if (apiVersion === undefined || apiVersion === '')
    return [{ foreign: false, wrong: `this ${kind} has no apiVersion: Kubernetes does not know what it is` }];
  return [{ json: object, place }];
}
