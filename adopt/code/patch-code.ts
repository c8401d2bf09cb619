import type { PlannedPatch } from '../planned';
import { call, codeOf } from './print';
import { PATCHED_VERSIONS } from './types';

/** The call of `patch` that a planned patch is, or of `patchEach` as items of a list. */
export function patchCode(
  { object, others = [], change, reason, apiVersion, isTyped }: PlannedPatch,
  shown: (text: string, path: readonly string[]) => string | undefined,
  indent: string,
): string {
  const kind = object.slice(0, object.indexOf('/'));
  const version = PATCHED_VERSIONS[kind];
  const cast =
    version !== undefined && (version !== apiVersion || !isTyped) ? ' as Readonly<Record<string, unknown>>' : '';
  const code = codeOf(change, (text, path) => shown(text, ['patches', object, ...path]));
  if (others.length > 0)
    return call('...patchEach', [codeOf([object, ...others]), code, codeOf(reason)], indent, indent.length);
  return call('patch', [codeOf(object), { code, after: cast }, codeOf(reason)], indent, indent.length);
}

/** The functions of strata that patches need. */
export function patchFunctions(patches: readonly PlannedPatch[]): string[] {
  const names = patches.map(({ others = [] }) => (others.length > 0 ? 'patchEach' : 'patch'));
  return [...new Set(names)];
}
