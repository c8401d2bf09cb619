import type { Path } from '../resource';

type Scalar = string | number | boolean;

/** A change of a text that makes a finding go away, and nothing else: certain, and at one place. */
export type Repair =
  /** Another value in the place of the one that is there. */
  | { readonly do: 'replace'; readonly from: Scalar; readonly with: Scalar }
  /** Quotes around the value as it is written: `1.10` is the number 1.1, and "1.10" is what was meant. */
  | { readonly do: 'quote' }
  /** Another name for the key. */
  | { readonly do: 'rename'; readonly to: string }
  /** A key that stands several times stands once: the last, which is the one that counts. */
  | { readonly do: 'remove-duplicates' }
  /** A new key in the mapping. */
  | { readonly do: 'insert'; readonly key: string; readonly value: Scalar };

/** A repair, and where: the document of a text, and the path from its top. */
export type PlacedRepair = Repair & { readonly document: number; readonly path: Path };
