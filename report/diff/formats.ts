import type { Fleet } from '../../diff/fleet';
import { diffHtml } from './html';
import { diffJson } from './json';
import { diffMarkdown } from './markdown';
import type { DiffTextOptions } from './text';
import { diffText } from './text';

/** Every form in which `strata diff` prints what changes. */
export const diffFormats = {
  text: diffText,
  json: (fleet) => JSON.stringify(diffJson(fleet), null, 2),
  markdown: (fleet) => diffMarkdown(fleet),
  html: (fleet) => diffHtml(fleet),
} as const satisfies Record<string, (fleet: Fleet, options: DiffTextOptions) => string>;

export type DiffFormat = keyof typeof diffFormats;
