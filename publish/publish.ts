import { hash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StrataError } from '../model/errors';
import type { Target } from '../model/target';
import type { TreeRequest } from '../render/plan-tree';
import { refuseNoTargets, refuseSharedObjects } from '../render/plan-tree';
import { INDEX_FILE } from '../render/tree';
import type { BranchPlan, PublishedTree } from './branch-plan';
import { planBranch } from './branch-plan';
import { withClaim } from './claim';
import { clonedRepository } from './clone';
import { makeCommit } from './commit';
import { Git } from './git';
import { handEdits, handEditsText } from './hand-edits';
import { noRepository, remoteRepository } from './remote';
import type { GitOpsRepository } from './repository';
import { pause } from './running';
import { withScratch } from './scratch';
import { HASH_TRAILER, SOURCE_TRAILER, withTrailers } from './trailers';

export interface PublishRequest<T extends Target>
  extends Omit<TreeRequest<T>, 'standing' | 'standingObjects' | 'earlier'> {
  /** A clone with its files, a bare repository, or a URL. */
  readonly repo: string;
  /** @default - the one that is checked out in a clone; of another repository the one that is read from, or its default branch */
  readonly branch?: string | undefined;
  /** The branch that the rendered tree is read from. @default - nobody said */
  readonly readFrom?: string | undefined;
  /** The folder of the tree in the repository. `''` is its root. */
  readonly folder: string;
  /** All targets in one branch, or a branch for each environment, called by this prefix and its name. */
  readonly layout: { readonly kind: 'folders' } | { readonly kind: 'branches'; readonly prefix: string };
  readonly push: boolean;
  /** What the commit says of the difference: a subject, and a body after an empty line. */
  readonly message: (before: PublishedTree, after: PublishedTree, changed: readonly string[]) => string;
  /** The commit that was rendered. @default - it is not said */
  readonly source?: (() => string | undefined) | undefined;
  /** Called for what is about to be committed; throws what must not be. @default - all may be */
  readonly judge?: ((rendered: BranchPlan<T>['tree']['rendered']) => void) | undefined;
  /** What speaks against a change, such as its risk. @default - nothing */
  readonly refuse?:
    | ((before: PublishedTree, after: PublishedTree, changed: readonly string[]) => StrataError | undefined)
    | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly progress?: ((text: string) => void) | undefined;
}

/** What happened to one branch. */
export interface PublishedBranch {
  readonly branch: string;
  readonly isNew: boolean;
  /** The new commit; undefined where nothing has changed. */
  readonly commit: string | undefined;
  readonly message: string;
  readonly written: number;
  readonly removed: number;
}

export interface PublishResult {
  readonly landed: GitOpsRepository['landed'];
  readonly branches: readonly PublishedBranch[];
}

/** So often it is begun anew when somebody else was faster. */
const TRIES = 12;

/** Publishes the rendered tree: one commit per branch with what has changed, all branches or none, and no commit where nothing has. */
export function publish<T extends Target>(request: PublishRequest<T>): PublishResult {
  const { repo, folder } = request;
  refuseNoTargets(request.targets);
  checkFolder(folder);
  return withScratch((scratch) =>
    withRepository(request, scratch, (repository) => {
      let lost = '';
      for (let i = 1; i <= TRIES; i++) {
        const outcome = tryOnce(request, repository, scratch);
        if (!('lost' in outcome)) return outcome;
        lost = outcome.lost;
        // Of two that met, one is to be first the next time.
        pause(Math.random() * 60 * i);
      }
      throw new StrataError(repo, `others published to it each time, ${TRIES} times (${lost})`, ['publish again']);
    }),
  );
}

function tryOnce<T extends Target>(
  request: PublishRequest<T>,
  repository: GitOpsRepository,
  scratch: string,
): PublishResult | { readonly lost: string } {
  const { git } = repository;
  const plans = plansFor(request, repository);
  const changed = plans.filter(({ changed }) => changed.length > 0);
  for (const { before, after, changed: files } of changed) {
    const refusal = request.refuse?.(before, after, files);
    if (refusal) throw refusal;
  }
  const rendered = changed.flatMap(({ tree, changed }) =>
    tree.rendered.filter(({ target }) => changed.some((path) => path.startsWith(`${target.path}/`))),
  );
  if (rendered.length > 0) request.judge?.(rendered);
  const source = changed.length > 0 ? request.source?.() : undefined;
  const branches = plans.map((plan): PublishedBranch => {
    const { base, before, after, changes, tree } = plan;
    const about = {
      branch: base.branch,
      isNew: base.isNew,
      written: changes.written.size,
      removed: changes.removed.length,
    };
    if (plan.changed.length === 0) return { ...about, commit: undefined, message: '' };
    const edited = handEditsText(handEdits(git, base.commit, request.folder && `${request.folder}/`, plan.changed));
    const said = [request.message(before, after, plan.changed).trimEnd(), edited].filter(Boolean).join('\n\n');
    const message = withTrailers(said, {
      [SOURCE_TRAILER]: source,
      [HASH_TRAILER]: `sha256:${hash('sha256', tree.files.get(INDEX_FILE)!)}`,
    });
    request.progress?.(`committing to ${base.branch}`);
    return { ...about, message, commit: makeCommit(git, { parent: base.commit, changes, message, scratch }) };
  });
  if (changed.length > 0) request.progress?.(`publishing to ${git.place}`);
  const landed = repository.land(
    plans.flatMap(({ base }, i) => {
      const { commit } = branches[i]!;
      // A branch without anything new is not begun.
      return commit === undefined && base.isNew ? [] : [{ base, commit: commit ?? base.commit }];
    }),
  );
  return landed === 'landed' ? { landed: repository.landed, branches } : landed;
}

/** Every branch with what goes onto it. */
function plansFor<T extends Target>(request: PublishRequest<T>, repository: GitOpsRepository): BranchPlan<T>[] {
  const { targets, only, layout, folder } = request;
  const compose: typeof request.compose = (target) => {
    request.progress?.(`rendering ${target.name}`);
    return request.compose(target);
  };
  if (layout.kind === 'folders') {
    const branch = request.branch ?? repository.defaultBranch();
    checkBranch(repository.git, branch);
    const [base] = repository.bases([branch], 'default branch');
    return [planBranch(repository.git, base!, folder, { ...request, compose })];
  }
  const byBranch = new Map<string, T[]>();
  for (const target of targets) {
    const branch = layout.prefix + target.environment.name;
    byBranch.set(branch, [...(byBranch.get(branch) ?? []), target]);
  }
  const asked = [...byBranch].filter(([, own]) => !only || own.some(({ name }) => only.includes(name)));
  // An environment that left the matrix leaves its branch empty: that Argo CD prunes, and a branch that is gone it cannot read.
  const orphans = only ? [] : repository.branches(layout.prefix).filter((branch) => !byBranch.has(branch));
  const names = [...asked.map(([branch]) => branch), ...orphans];
  for (const name of names) checkBranch(repository.git, name);
  const plans = repository.bases(names, 'nothing').flatMap((base) => {
    const own = byBranch.get(base.branch) ?? [];
    const plan = planBranch(repository.git, base, folder, { ...request, compose, targets: own });
    // Somebody else's, who calls it alike.
    return own.length === 0 && plan.before.index === undefined ? [] : [plan];
  });
  const indexes = Object.assign({}, ...plans.map(({ tree }) => tree.index.targets));
  refuseSharedObjects(
    targets.filter(({ path }) => path in indexes),
    indexes,
  );
  return plans;
}

/** A clone is changed by one run at a time. */
function withRepository<T extends Target, R>(
  { repo, env, push, readFrom }: PublishRequest<T>,
  scratch: string,
  act: (repository: GitOpsRepository) => R,
): R {
  const git = new Git(repo, resolve(repo), env);
  if (!existsSync(repo)) {
    if (!/^[\w+.-]+:|^[\w.-]+@[\w.-]+:/.test(repo)) throw noRepository(repo);
    return act(remoteRepository(git, repo, { scratch, pushes: push, readFrom }));
  }
  if (!statSync(repo).isDirectory()) throw noRepository(repo);
  const folder = realpathSync(repo);
  const [isBare, isInside, gitFolder = '', common = ''] = git
    .text([
      'rev-parse',
      '--path-format=absolute',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--git-dir',
      '--git-common-dir',
    ])
    .split('\n');
  if (isBare === 'true') {
    if (gitFolder !== folder) throw notItsRoot(repo, gitFolder);
    return act(remoteRepository(git, folder, { scratch, pushes: push, readFrom }));
  }
  const root = isInside === 'true' ? git.text(['rev-parse', '--show-toplevel']) : undefined;
  if (root !== folder) throw notItsRoot(repo, root ?? join(gitFolder, '..'));
  return withClaim(repo, common, () => act(clonedRepository(git, { root, gitFolder, pushes: push })));
}

function notItsRoot(repo: string, root: string): StrataError {
  return new StrataError(`--repo ${repo}`, `is a folder inside of the repository ${root}`, [
    `name the root, and the folder with --folder: --repo ${root}`,
    'clone the repository that Argo CD reads, and name the clone',
  ]);
}

function checkBranch(git: Git, branch: string): void {
  if (git.try(['check-ref-format', `refs/heads/${branch}`]).status !== 0 || branch.startsWith('-'))
    throw new StrataError(`branch ${branch}`, 'is no name that git takes for a branch', [
      'use letters, digits, hyphens and slashes',
    ]);
}

function checkFolder(folder: string): void {
  const isFine =
    folder === '' || folder.split('/').every((part) => part !== '' && !/^\.{1,2}$|^\.git$|[\\\0\n]/i.test(part));
  if (!isFine)
    throw new StrataError(`--folder ${folder}`, 'is no folder inside of the repository', [
      'write it from the root of the repository, with slashes between names: --folder clusters/rendered',
    ]);
}
