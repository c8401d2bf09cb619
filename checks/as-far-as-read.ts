import type { World } from '../world/world';
import type { Finding } from './check';

/** A finding that something is not there, however near a name is: unknown while a part could not be read, which may hold it. */
export function asFarAsRead(world: World, finding: Finding): Finding;
export function asFarAsRead(world: World, finding: Finding | undefined): Finding | undefined;
export function asFarAsRead(world: World, finding: Finding | undefined): Finding | undefined {
  if (finding === undefined || finding.verdict === 'unknown' || world.unread.length === 0) return finding;
  const { repair: _, ...rest } = finding;
  return { ...rest, verdict: 'unknown', settledBy: 'external' };
}
