import type { Path } from '../../resource';
import type { Document } from './document';
import { MAX_DEPTH, Unparsable } from './events';
import { parseYaml } from './parse';

/** A JSON document that is known to be well-formed. Its duplicate keys are looked for only where keys got lost. */
export function parseJson(text: string): Document {
  const value: unknown = JSON.parse(text);
  const keys = countKeys(value, 0);
  return { value, duplicates: keys === writtenKeys(text) ? [] : duplicatesOf(text) };
}

function countKeys(value: unknown, depth: number): number {
  if (value === null || typeof value !== 'object') return 0;
  if (depth >= MAX_DEPTH) throw new Unparsable(0, `nested more than ${MAX_DEPTH} levels deep`);
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item, depth + 1);
    return count;
  }
  for (const field of Object.values(value)) count += 1 + countKeys(field, depth + 1);
  return count;
}

function writtenKeys(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) count++;
  return count;
}

function duplicatesOf(text: string): readonly Path[] {
  try {
    return parseYaml(text).duplicates;
  } catch (error) {
    if (error instanceof Unparsable) return [];
    throw error;
  }
}
