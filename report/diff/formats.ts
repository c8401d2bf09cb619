import type { Fleet } from '../../diff/fleet';
import { diffJson } from './json';
import type { DiffTextOptions } from './text';
import { diffText } from './text';

/** Every form in which `strata diff` prints what changes. */
export const diffFormats = {
  text: diffText,
  json: (fleet) => JSON.stringify(diffJson(fleet), null, 2),
} as const satisfies Record<string, (fleet: Fleet, options: DiffTextOptions) => string>;

export type DiffFormat = keyof typeof diffFormats;
