import type { PlannedPatch } from '../planned';
import { call, codeOf } from './print';
import { PATCHED_VERSIONS } from './types';

/** The call of `patch` that a planned patch is. */
export function patchCode(
  { object, change, reason, apiVersion, isTyped }: PlannedPatch,
  shown: (text: string, path: readonly string[]) => string | undefined,
  indent: string,
): string {
  const kind = object.slice(0, object.indexOf('/'));
  const version = PATCHED_VERSIONS[kind];
  const cast =
    version !== undefined && (version !== apiVersion || !isTyped) ? ' as Readonly<Record<string, unknown>>' : '';
  const code = codeOf(change, (text, path) => shown(text, ['patches', object, ...path]));
  return call('patch', [codeOf(object), { code, after: cast }, codeOf(reason)], indent, indent.length);
}
