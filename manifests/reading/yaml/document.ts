import type { Path } from '../../resource';

/** A document's value. */
export interface Document {
  readonly value: unknown;
  /** Where a key stands twice in a mapping; Kubernetes takes the last. */
  readonly duplicates: readonly Path[];
}

/** Where a value stands, and what is in it. */
export interface Place {
  readonly start: number;
  /** The end of a scalar that is written without quotes. */
  readonly plainEnd?: number;
  /** The fields of a mapping in the order of their keys, or the items of a list. */
  readonly entries?: PlaceEntry[];
}

/** A field of a mapping, which is at its key, or an item of a list. What `<<` brings is where it is written. */
export interface PlaceEntry {
  /** Empty for items. */
  readonly key: string;
  readonly start: number;
  /** The key as it is written without quotes, where YAML reads another one: `ON` as true, `1.30` as 1.3. */
  readonly written?: string;
  /** Whether the key stands in the mapping before. */
  readonly again: boolean;
  /** Undefined for a scalar in quotes. */
  place: Place | undefined;
}
