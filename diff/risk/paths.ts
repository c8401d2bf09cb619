import { isMap } from '../../model/is-map';
import type { ChangeStep, FieldChange } from '../field-change';

/**
 * Whether a path begins with these steps; `*` stands for any, and what is left of the pattern behind a shorter path counts as well: a
 * container that comes or goes is a change of all of its fields.
 */
export function isAt({ path }: Pick<FieldChange, 'path'>, pattern: string): boolean {
  const steps = pattern.split('.');
  return steps.every((wanted, i) => {
    const step = path[i];
    return step === undefined || wanted === '*' || (!isMap(step) && step === wanted);
  });
}

/** Whether the whole pattern is in the path. */
export function isInside({ path }: Pick<FieldChange, 'path'>, pattern: string): boolean {
  return path.length >= pattern.split('.').length && isAt({ path }, pattern);
}

/** The last step, if it is the key of a map. */
export function lastKey(path: readonly ChangeStep[]): string | undefined {
  const last = path.at(-1);
  return typeof last === 'string' ? last : undefined;
}
