import { StrataError } from '../model/errors';
import type { Git } from './git';
import { said } from './git-errors';
import type { Landed } from './repository';

export interface Pushed {
  /** The branch there. */
  readonly ref: string;
  /** Where it stands there; undefined: it is not there. */
  readonly old: string | undefined;
  readonly commit: string;
}

/** What git and servers say when a branch has moved since it was read. */
export const LOST =
  /stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|failed to lock|reference already exists|incorrect old value|remote ref updated since checkout/i;

/**
 * Pushes all or nothing, and only over what was read. To a repository on this disk the receiving half runs apart, as on a server: it
 * has taken locks there, and must not end in the middle because this program is killed.
 */
export function push(git: Git, remote: string, pushed: readonly Pushed[], isLocal: boolean): Landed {
  if (pushed.length === 0) return 'landed';
  const args = [
    'push',
    '--porcelain',
    ...(pushed.length > 1 ? ['--atomic'] : []),
    ...pushed.map(({ ref, old }) => `--force-with-lease=${ref}:${old ?? ''}`),
    '--',
    remote,
    ...pushed.map(({ ref, commit }) => `${commit}:${ref}`),
  ];
  const outcome = git.try(args, { apart: isLocal });
  if (outcome.status === 0) return 'landed';
  const { stderr } = outcome;
  // With several branches, those that were fine are refused because of the others.
  const refused = outcome.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('!') && !/atomic push fail|transaction failed/i.test(line));
  if (/Permission denied|insufficient permission|unable to create temporary|read-only/i.test(stderr))
    throw git.refusal(args, outcome);
  if (refused.length === 0 ? LOST.test(stderr) : refused.every((line) => LOST.test(line)))
    return { lost: said(stderr) };
  if (refused.length === 0) throw git.refusal(args, outcome);
  const reasons = refused.map((line) =>
    line
      .split('\t')
      .slice(1)
      .join(' ')
      .replace(/^\w{40,64}:/, ''),
  );
  throw new StrataError(remote, `refuses the push: ${reasons.join('; ')} (${said(stderr)})`, [
    'do what it says: a hook or a rule of the repository is in the way',
    'publish to a branch that it lets you push to, and open a pull request: --branch BRANCH',
  ]);
}
