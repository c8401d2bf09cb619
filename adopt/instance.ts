import type { Tokens } from './tokens';

/** One overlay in a comparison. */
export interface Instance {
  readonly overlay: string;
  readonly tokens: Tokens;
  /** The keys of objects by their hashed names. */
  readonly hashed: ReadonlyMap<string, string>;
  /** The keys of objects whose names are hashed in other overlays, by their names. */
  readonly unhashed: ReadonlyMap<string, string>;
}
