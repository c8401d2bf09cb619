import type { SyntaxNode } from '@lezer/common';
import { prometheusDuration } from './duration';

/** Milliseconds of the duration in a range or a step; undefined where it is worked out. */
export function durationAt(node: SyntaxNode | null, text: string): number | undefined {
  const written = node ? text.slice(node.from, node.to).trim() : '';
  // A plain number is seconds.
  return /^\d+(\.\d+)?$/.test(written) ? Number(written) * 1000 : prometheusDuration(written || 'none');
}
