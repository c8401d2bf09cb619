import type { Fleet } from '../../diff/fleet/fleet';
import { diffHtml } from './html';
import { diffJson } from './json';
import { diffMarkdown } from './markdown';
import type { DiffTextOptions } from './text';
import { diffText } from './text';

/** Every form in which `strata diff` prints what changes. */
export const diffFormats = {
  text: diffText,
  json: (fleet, { unreadable }) => JSON.stringify(diffJson(fleet, unreadable), null, 2),
  markdown: (fleet, { unreadable }) => diffMarkdown(fleet, unreadable),
  html: (fleet, { unreadable }) => diffHtml(fleet, unreadable),
} as const satisfies Record<string, (fleet: Fleet, options: DiffTextOptions) => string>;

export type DiffFormat = keyof typeof diffFormats;
