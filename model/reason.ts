import { StrataError } from './errors';

/** Throws unless something is said: a reason is part of the platform, and `explain` prints it. */
export function checkReason(place: string, reason: unknown): void {
  if (typeof reason === 'string' && reason.trim() !== '') return;
  throw new StrataError(place, `gives ${JSON.stringify(reason)} as its reason`, ['say why, in a few words']);
}
