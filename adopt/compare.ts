import { isMap } from '../model/is-map';
import { entryName, idOf, isKeyed, shapeOf, standardEntries } from './entries';
import type { Expression, SettingType } from './expression';
import type { SharedImages } from './images';
import type { Instance } from './instance';
import { isNamespaceField, isNamespaceWord } from './namespace-reference';
import { repositoryIn } from './repository';
import type { SettingBook, Varying } from './setting-book';
import type { Piece } from './tokens';
import { commonPieces } from './tokens';

/** An object in some overlays. */
export interface Compared {
  readonly group: string;
  readonly key: string;
  readonly kind: string;
  readonly objectName: string;
  /** Maps at these paths cannot be patched, so that they differ by a setting or not at all. */
  readonly fixed: (path: string) => boolean;
  /** Whether a patch of an overlay says a field whatever its setting is, so that the setting is not for this overlay. */
  readonly isPatched?: (path: readonly string[], overlay: string) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What several overlays' values of one object have in common, as an expression: what differs in a value is computed from the overlay's
 * names or is a setting; what is there in some overlays only is taken as most of them have it, and left to patches.
 */
export class Comparison {
  constructor(
    private readonly object: Compared,
    private readonly book: SettingBook,
    private readonly images: SharedImages,
  ) {}

  /**
   * `standard` is the value that they have in common, as far as it is known; `isUnset` where other overlays have no value there, so
   * that the standard is still needed: whoever sets the field again starts from it.
   */
  of(
    values: readonly unknown[],
    places: readonly Instance[],
    standard: unknown,
    path: readonly string[] = [],
    isUnset = false,
  ): Expression {
    const own = places.flatMap(({ overlay }, i) => (this.object.isPatched?.(path, overlay) ? [] : [i]));
    if (own.length > 0 && own.length < values.length)
      return this.of(pick(values, own), pick(places, own), standard, path, isUnset);
    if (values.every(isMap)) return this.map(values, places, standard, path, isUnset);
    if (values.every(Array.isArray))
      return this.list(values as readonly (readonly unknown[])[], places, standard, path, isUnset);
    if (values.every((value) => typeof value === 'string'))
      return this.text(values as readonly string[], places, standard, path, isUnset);
    if (isSettled(values, standard, isUnset)) return { is: 'literal', value: values[0] };
    const type = typeOf(values);
    if (type) return this.setting(type, values, places, standard, path);
    const chosen = mostCommon(values, standard);
    const some = values.flatMap((value, i) => (same(value, chosen) ? [i] : []));
    return this.of(pick(values, some), pick(places, some), standard, path, isUnset);
  }

  private map(
    values: readonly Fields[],
    places: readonly Instance[],
    standard: unknown,
    path: readonly string[],
    isUnset: boolean,
  ): Expression {
    const known = isMap(standard) ? Object.keys(standard) : [];
    const there = new Set(values.flatMap((value) => Object.keys(value)));
    const keys = [...new Set([...known, ...there])].filter((key) => there.has(key));
    const differs = keys.some((key) => !values.every((value) => Object.hasOwn(value, key)));
    if (differs && this.object.fixed(path.join('.')) && values.every((value) => Object.values(value).every(isText)))
      return this.setting('map', values, places, standard, path);
    const fields: (readonly [string, Expression])[] = [];
    for (const key of keys) {
      const at = [...path, key];
      const has = values.flatMap((value, i) => (Object.hasOwn(value, key) ? [i] : []));
      const below = isMap(standard) && Object.hasOwn(standard, key) ? standard[key] : undefined;
      if (at.join('.') === 'metadata.namespace' && has.length < values.length) {
        const stated = values.every((value, i) => value[key] === places[i]!.tokens.namespace);
        if (stated) {
          fields.push([key, { is: 'namespace' }]);
          continue;
        }
      }
      // As it is in what they have in common, unless no overlay has it so.
      const isThere = isMap(standard)
        ? below !== undefined || has.length === values.length
        : has.length * 2 > values.length;
      if (isThere)
        fields.push([
          key,
          this.of(
            has.map((i) => values[i]![key]),
            pick(places, has),
            below,
            at,
            isUnset || has.length < values.length,
          ),
        ]);
    }
    if (fields.every(([, { is }]) => is === 'literal'))
      return {
        is: 'literal',
        value: Object.fromEntries(fields.map(([key, field]) => [key, (field as { value: unknown }).value])),
      };
    return { is: 'map', fields };
  }

  private list(
    values: readonly (readonly unknown[])[],
    places: readonly Instance[],
    standard: unknown,
    path: readonly string[],
    isUnset: boolean,
  ): Expression {
    const lists = values.map((list) => shapeOf(list, path));
    const shape = mostCommon(lists, Array.isArray(standard) ? shapeOf(standard, path) : undefined);
    const some = lists.flatMap((own, i) => (own === shape ? [i] : []));
    const texts = isUnset && Array.isArray(standard) ? [...values, standard] : values;
    if (
      texts.every((list) => list.every(isText)) &&
      values.some((list) => list.length > 0) &&
      !this.isAlike(values as readonly (readonly string[])[], places, texts.slice(values.length) as string[][], path)
    )
      return this.setting('strings', values, places, standard, path);
    const usual = values[some[0]!]!;
    const chosen = standardEntries(values, usual, standard, path) ?? usual;
    const items = chosen.map((first, i) => {
      const id = isKeyed(chosen, path) ? idOf(first, path) : undefined;
      // An entry that has a key is the same one in lists that have others beside it.
      const entries = values.map((list, at) =>
        id === undefined ? (some.includes(at) ? list[i] : undefined) : list.find((entry) => idOf(entry, path) === id),
      );
      const has = entries.flatMap((entry, at) => (entry === undefined ? [] : [at]));
      const common = Array.isArray(standard) ? standard : [];
      return this.of(
        pick(entries, has),
        pick(places, has),
        id === undefined ? common[i] : common.find((entry) => idOf(entry, path) === id),
        [...path, entryName(first) ?? String(i)],
        isUnset || has.length < values.length,
      );
    });
    if (items.every(({ is }) => is === 'literal'))
      return { is: 'literal', value: items.map((item) => (item as { value: unknown }).value) };
    return { is: 'list', items };
  }

  /** Whether strings of lists are the same one by one, or differ in names or in the value of an option alone. */
  private isAlike(
    lists: readonly (readonly string[])[],
    places: readonly Instance[],
    standard: readonly (readonly string[])[],
    path: readonly string[],
  ): boolean {
    if ([...lists, ...standard].some((list) => list.length !== lists[0]!.length)) return false;
    return lists[0]!.every((_, i) => {
      const texts = lists.map((list) => list[i]!);
      return (
        [...texts, ...standard.map((list) => list[i]!)].every((text) => text === texts[0]) ||
        this.namesObject(texts, places) !== undefined ||
        this.piecesOf(texts, places, [...path, String(i)]) !== undefined ||
        optionIn(texts) !== undefined
      );
    });
  }

  private text(
    values: readonly string[],
    places: readonly Instance[],
    standard: unknown,
    path: readonly string[],
    isUnset: boolean,
  ): Expression {
    const of = this.namesObject(values, places);
    if (of !== undefined) return { is: 'name', of };
    const pieces = values.every((value) => value === values[0])
      ? this.isNamespace(path) && places.every(({ tokens }) => tokens.namespace === values[0])
        ? [{ token: 'namespace' } as Piece]
        : undefined
      : this.piecesOf(values, places, path);
    if (pieces) return { is: 'text', pieces: joined(pieces, places), at: path };
    const image = path.at(-1) === 'image' ? this.images.of(this.object.key, path, values, places) : undefined;
    if (image)
      return {
        ...{ is: 'text', at: path },
        pieces: image.head === '' ? [this.book.use(image)] : [image.head, this.book.use(image)],
      };
    if (isSettled(values, standard, isUnset)) return { is: 'literal', value: values[0] };
    const known = isUnset && typeof standard === 'string' ? [...values, standard] : values;
    const [head, called] = path.at(-1) === 'image' ? [repositoryIn(known), 'tag'] : [optionIn(known), optionIn(known)];
    if (head === undefined) return this.setting('text', values, places, standard, path);
    const tail = (value: unknown) =>
      typeof value === 'string' && value.startsWith(head) ? value.slice(head.length) : undefined;
    const setting = this.settingOf('text', values.map(tail), places, tail(standard), path, { called: called!, head });
    return { is: 'text', pieces: [head, setting], at: path };
  }

  /** Whether a field says the namespace of its object, or of one that it names. */
  private isNamespace(path: readonly string[]): boolean {
    return path.join('.') === 'metadata.namespace' || isNamespaceField(this.object.kind, path);
  }

  private piecesOf(values: readonly string[], places: readonly Instance[], path: readonly string[]) {
    return commonPieces(
      values,
      places.map(({ tokens }) => tokens),
      {
        whole: isNamespaceField(this.object.kind, path),
        word: (before, after) => isNamespaceWord(before, after, path),
      },
    );
  }

  private namesObject(values: readonly string[], places: readonly Instance[]): string | undefined {
    const hashed = values.map((value, i) => places[i]!.hashed.get(value));
    const known = hashed.find((key) => key !== undefined);
    if (known === undefined) return undefined;
    const isSame = hashed.every((key, i) => (key ?? places[i]!.unhashed.get(values[i]!)) === known);
    return isSame ? known : undefined;
  }

  private setting(
    type: SettingType,
    values: readonly unknown[],
    places: readonly Instance[],
    standard: unknown,
    path: readonly string[],
  ): Expression {
    return { is: 'setting', setting: this.settingOf(type, values, places, standard, path), at: path };
  }

  private settingOf(
    type: SettingType,
    values: readonly unknown[],
    places: readonly Instance[],
    standard: unknown,
    path: readonly string[],
    more: Pick<Varying, 'called' | 'head'> = {},
  ) {
    return this.book.use({
      ...this.object,
      path,
      type,
      standard:
        typeOf([standard]) === type || (type === 'number' && typeof standard === 'number')
          ? standard
          : mostCommon(values, undefined),
      values: new Map(values.map((value, i) => [places[i]!.overlay, value])),
      ...more,
    });
  }
}

/** Pieces without the prefix and the suffix of names that no overlay has. */
function joined(pieces: readonly Piece[], places: readonly Instance[]): readonly Piece[] {
  return pieces.filter(
    (piece) => typeof piece === 'string' || places.some(({ tokens }) => (tokens[piece.token] ?? '') !== ''),
  );
}

/** Whether all are the same, and nothing else is to be remembered. */
function isSettled(values: readonly unknown[], standard: unknown, isUnset: boolean): boolean {
  if (!values.every((value) => same(value, values[0]))) return false;
  return !isUnset || standard === undefined || same(values[0], standard) || typeOf([...values, standard]) === undefined;
}

/** `--log-level=`, where all begin so. */
function optionIn(values: readonly string[]): string | undefined {
  const head = /^--?[A-Za-z][\w.-]*=/.exec(values[0]!)?.[0];
  return head !== undefined && values.every((value) => value.startsWith(head) && !value.includes('\n'))
    ? head
    : undefined;
}

function typeOf(values: readonly unknown[]): SettingType | undefined {
  if (values.every((value) => Number.isSafeInteger(value) && (value as number) >= 0)) return 'whole';
  if (values.every((value) => typeof value === 'number' && Number.isFinite(value))) return 'number';
  if (values.every((value) => typeof value === 'boolean')) return 'flag';
  if (values.every(isText)) return 'text';
  if (values.every((value) => Array.isArray(value) && value.every(isText))) return 'strings';
  if (values.every((value) => isMap(value) && Object.values(value).every(isText))) return 'map';
  return undefined;
}

/** The standard where some value is the same, else the value that stands most often, the first of several. */
export function mostCommon<T>(values: readonly T[], standard: T | undefined): T {
  const usual = values.find((value) => standard !== undefined && same(value, standard));
  if (usual !== undefined) return usual;
  const counts = new Map<string, { readonly value: T; count: number }>();
  for (const value of values) {
    const mark = JSON.stringify(value);
    const known = counts.get(mark) ?? { value, count: 0 };
    known.count += 1;
    counts.set(mark, known);
  }
  const most = Math.max(...[...counts.values()].map(({ count }) => count));
  return [...counts.values()].find(({ count }) => count === most)!.value;
}

/** Equal as data: the order of keys does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

const isText = (value: unknown): value is string => typeof value === 'string';

function pick<T>(list: readonly T[], indices: readonly number[]): T[] {
  return indices.map((i) => list[i]!);
}
