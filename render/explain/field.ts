import { knownNames, StrataError } from '../../model/errors';
import { nearest } from '../../model/near';

/** One step of a field's path: a key of a mapping, an item of a list by its name, or by its number where items have no names. */
export type FieldStep = { readonly key: string } | { readonly item: string } | { readonly index: number };
export type FieldPath = readonly FieldStep[];

/** What a user wrote between dots and brackets. Only a word after a dot may be a part of a key that has dots in it. */
interface Token {
  readonly text: string;
  readonly joins: boolean;
  readonly quoted: boolean;
}

/**
 * Finds the field that a text names, in the first of several renders of one object that has it. Keys may have dots
 * (`metadata.labels.app.kubernetes.io/name`) or be quoted (`metadata.labels["app.kubernetes.io/name"]`), and items of lists are
 * named or numbered: `containers[0]`, `containers.0`, `containers[web]`, `containers.web`. A field that none of the renders has
 * is an error with the nearest names at that place.
 */
export function fieldNamed(text: string, object: string, renders: readonly unknown[]): FieldPath {
  const tokens = tokensOf(text, object);
  const missed: Place[] = [];
  for (const render of renders) {
    const found = find({ at: [], value: render, rest: tokens }, missed);
    if (found) return found;
  }
  throw unknownField(object, missed);
}

/** The value at a path; undefined where there is none. */
export function valueAtField(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if ('key' in step) at = isMapping(at) && Object.hasOwn(at, step.key) ? at[step.key] : undefined;
    else if ('item' in step) at = Array.isArray(at) ? at.find((item) => itemName(item) === step.item) : undefined;
    else at = Array.isArray(at) ? (at as unknown[])[step.index] : undefined;
  }
  return at;
}

/** `spec.template.spec.containers[web].image`; keys that are not plain words are quoted. */
export function fieldText(path: FieldPath): string {
  return path.reduce((all, step) => {
    if ('index' in step) return `${all}[${step.index}]`;
    if ('item' in step) return `${all}[${isPlain(step.item) ? step.item : JSON.stringify(step.item)}]`;
    if (!isPlain(step.key)) return `${all}[${JSON.stringify(step.key)}]`;
    return all === '' ? step.key : `${all}.${step.key}`;
  }, '');
}

function tokensOf(text: string, object: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\.?\[(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\]"']+))\]|(?:^|\.)([^.[\]]+)/gy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match)
      throw new StrataError(
        `${object} ${text}`,
        `is not the path of a field: it cannot be read from ${text.slice(at)} on`,
        [
          'write it like spec.template.spec.containers[web].image',
          'quote a key with dots or brackets in it: metadata.labels["app.kubernetes.io/name"]',
        ],
      );
    const [, double, single, bare, word] = match;
    if (word !== undefined) tokens.push({ text: word, joins: true, quoted: false });
    else if (double !== undefined)
      tokens.push({ text: JSON.parse(`"${double}"`) as string, joins: false, quoted: true });
    else tokens.push({ text: single ?? bare!, joins: false, quoted: single !== undefined });
  }
  return tokens;
}

/** A value on the way, and what is still to be read. */
interface Place {
  readonly at: FieldPath;
  readonly value: unknown;
  readonly rest: readonly Token[];
}

function find(place: Place, missed: Place[]): FieldPath | undefined {
  const { at, value, rest } = place;
  if (rest.length === 0) return at;
  for (const { step, size, next } of steps(value, rest)) {
    const found = find({ at: [...at, step], value: next, rest: rest.slice(size) }, missed);
    if (found) return found;
  }
  missed.push(place);
  return undefined;
}

/** Told at the place that was reached last, or at the last one where a similar name is known. */
function unknownField(object: string, missed: readonly Place[]): StrataError {
  const deepestFirst = [...missed].sort((a, b) => a.rest.length - b.rest.length);
  const told = deepestFirst.map(({ at, rest }) => {
    const path = fieldText(at);
    const names = [
      ...new Set(missed.filter((other) => fieldText(other.at) === path).flatMap(({ value }) => namesIn(value))),
    ];
    const end = rest.findIndex(({ joins }) => !joins);
    const joined = rest
      .slice(0, end < 0 ? rest.length : Math.max(end, 1))
      .map(({ text }) => text)
      .join('.');
    // Words are joined only where keys have dots.
    const tries = names.some((name) => name.includes('.')) ? [rest[0]!.text, joined] : [rest[0]!.text];
    const token = tries.find((name) => nearest(name, names) !== undefined);
    return { path, names, token, first: rest[0]!.text };
  });
  const { path, names, token, first } = told.find((place) => place.token !== undefined) ?? told[0]!;
  return new StrataError(
    `${object} ${path}`.trimEnd(),
    names.length > 0 ? `has no field ${token ?? first}` : `has no field ${first}: it is a single value`,
    [
      names.length > 0
        ? `name one of its fields: ${knownNames(token ?? first, names)}`
        : `name the field itself: ${path}`,
    ],
  );
}

/** Every way to read the next tokens at this value, the longest key first. */
function* steps(value: unknown, tokens: readonly Token[]): Generator<{ step: FieldStep; size: number; next: unknown }> {
  const [first] = tokens;
  if (Array.isArray(value)) {
    yield* itemSteps(value, first!);
  } else if (isMapping(value)) {
    const joined = first!.joins ? tokens.findIndex(({ joins }) => !joins) : 1;
    for (let size = joined < 0 ? tokens.length : joined; size > 0; size--) {
      const key = tokens
        .slice(0, size)
        .map(({ text }) => text)
        .join('.');
      if (Object.hasOwn(value, key) && value[key] !== undefined) yield { step: { key }, size, next: value[key] };
    }
  }
}

function* itemSteps(
  list: readonly unknown[],
  { text, quoted }: Token,
): Generator<{ step: FieldStep; size: number; next: unknown }> {
  const named = list.find((item) => itemName(item) === text);
  if (named !== undefined) yield { step: { item: text }, size: 1, next: named };
  if (quoted || !/^\d+$/.test(text) || Number(text) >= list.length) return;
  const next = list[Number(text)];
  const name = itemName(next);
  const isUnique = name !== undefined && list.filter((item) => itemName(item) === name).length === 1;
  yield { step: isUnique ? { item: name } : { index: Number(text) }, size: 1, next };
}

/** What may be written at this place. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.map((item, i) => itemName(item) ?? String(i));
  return isMapping(value) ? Object.keys(value).filter((key) => value[key] !== undefined) : [];
}

/** What an item of a list is called: by its own name, or as an object, such as the template of a claim. */
export function itemName(item: unknown): string | undefined {
  if (!isMapping(item)) return undefined;
  const name = item['name'] ?? (isMapping(item['metadata']) ? item['metadata']['name'] : undefined);
  return typeof name === 'string' ? name : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(word: string): boolean {
  return /^[A-Za-z_][\w-]*$/.test(word);
}
