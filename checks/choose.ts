import { meantName, StrataError } from '../model/errors';
import type { Group, JudgingRule } from './check';
import { GROUPS } from './check';

/** The checks to run: all, or the named ones and those of the named groups, without what is skipped. */
export function chosenChecks<R extends JudgingRule>(
  all: readonly R[],
  only: readonly string[] | undefined,
  skip: readonly string[] | undefined,
): readonly R[] {
  const wanted = new Set(only?.flatMap((name) => checksCalled(all, name)) ?? all);
  const skipped = new Set(skip?.flatMap((name) => checksCalled(all, name)));
  const left = all.filter((check) => wanted.has(check) && !skipped.has(check));
  if (left.length === 0)
    throw new StrataError('--only and --skip', 'leave no check', ['name more with --only', 'name fewer with --skip']);
  return left;
}

/** The check with this id, or all of the group with this name. */
export function checksCalled<R extends JudgingRule>(all: readonly R[], name: string): readonly R[] {
  if (isGroup(name)) return all.filter(({ group }) => group === name);
  const check = all.find(({ id }) => id === name);
  if (check) return [check];
  throw new StrataError(name, 'there is no such check or group of checks', [
    `name a check (strata checks): ${meantName(name, [...GROUPS, ...all.map(({ id }) => id)]) || 'no name is similar'}`,
    `name a group: ${GROUPS.join(', ')}`,
  ]);
}

export function isGroup(name: string): name is Group | 'own' {
  return name === 'own' || GROUPS.some((group) => group === name);
}
