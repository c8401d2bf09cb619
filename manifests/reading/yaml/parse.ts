import { blockDocument } from './block';
import { construct, places } from './construct';
import type { Document, Place } from './document';
import { parseEventsOf } from './events';

/** One document of YAML as sigs.k8s.io/yaml reads it. */
export function parseYaml(text: string): Document {
  return blockDocument(text) ?? construct(parseEventsOf(text));
}

/** Where the parts of a document stand. */
export function parsePlaces(text: string): Place {
  return places(parseEventsOf(text));
}
