import { isAbsolute, join } from 'node:path';
import { StrataError } from '../model/errors';
import type { Target } from '../model/target';
import type { PublishedBranch, PublishResult } from '../publish/publish';
import { publish as publishTree } from '../publish/publish';
import { sourceCommit } from '../publish/source';
import { count } from '../report/show';
import type { Host, Project } from './command';
import { plannedDelivery } from './delivery-files';
import type { Given, Run } from './options/table';
import { judgePlanned } from './planned-judging';
import { publishedChanges } from './published-change';
import type { publish } from './tables';

export const command: Run<typeof publish> = (project, { values }, host) => publishProject(project, values, host);

function publishProject<P>(project: Project<P>, values: Given<typeof publish>['values'], host: Host): number {
  const { matrix, compose, delivery } = project;
  const repo = values.repo ?? delivery?.repoUrl;
  if (repo === undefined || repo === '')
    throw new StrataError('strata publish', 'does not know the repository to publish to', [
      'name it: --repo DIR, or --repo URL',
      'give the composition in main.ts its `delivery`, which says what Argo CD reads',
    ]);
  if (values.layout === 'branches' && values.branch !== undefined)
    throw new StrataError(
      `--branch ${values.branch}`,
      'means nothing with --layout branches: each environment has its own',
      ['leave one of the two out', 'call the branches by another prefix: --prefix PREFIX'],
    );
  if (values.layout === 'branches') checkRevisions(project, values, host);
  const judged = judgePlanned(project, values, host);
  const change = publishedChanges(project, values, host);
  let result: PublishResult;
  try {
    result = publishTree<Target<P>>({
      repo,
      branch: values.branch,
      readFrom: delivery?.revision,
      folder: values.folder ?? delivery?.folder ?? '',
      layout: values.layout === 'branches' ? { kind: 'branches', prefix: values.prefix } : { kind: 'folders' },
      push: values.push,
      targets: matrix.targets(),
      ...(values.target ? { only: matrix.targets(values.target).map(({ name }) => name) } : {}),
      compose,
      deliver: plannedDelivery(project),
      message: change.message,
      refuse: change.refuse,
      source: () => sourceCommit(project.root, isAbsolute(repo) ? repo : join(process.cwd(), repo), host.env),
      judge: judged.judge,
      env: host.env,
      progress: host.progress,
    });
  } catch (error) {
    const code = judged.code || change.refused.code;
    if (code === 0) throw error;
    host.printError(`error: ${(error as Error).message}`);
    return code;
  }
  for (const branch of result.branches) for (const line of linesOf(branch, result)) host.print(line);
  return 0;
}

/** The prefix that is taken unless somebody names another one. */
const PREFIX = 'environment/';

/** Each target must be read from the branch that its environment is published to; else it would never get what is published. */
function checkRevisions<P>(
  { matrix, readFrom }: Project<P>,
  { prefix, target: only }: Given<typeof publish>['values'],
  host: Host,
): void {
  for (const target of only ? matrix.targets(only) : matrix.targets()) {
    const [revision, branch] = [readFrom?.(target), prefix + target.environment.name];
    if (revision === undefined || revision.replace(/^refs\/heads\//, '') === branch || isPinned(revision)) continue;
    const found = `publishes to ${branch}, and ${target.name} is read from ${revision}`;
    // Under another prefix it may be a proposal, that somebody merges into the branch that is read.
    if (prefix !== PREFIX) {
      host.printError(`--prefix ${prefix}: ${found}`);
      continue;
    }
    throw new StrataError('strata publish --layout branches', found, [
      `set delivery.revision of environment ${target.environment.name} to '${branch}'`,
      'publish all targets to one branch: --layout folders',
    ]);
  }
}

/** A commit or a tag: somebody moves it by hand to what is published. */
function isPinned(revision: string): boolean {
  return /^[0-9a-f]{40}$|^refs\/tags\/|^v?\d+\.\d+/.test(revision);
}

function linesOf(
  { branch, commit, isNew, written, removed, message }: PublishedBranch,
  { landed }: PublishResult,
): string[] {
  if (commit === undefined) return [`${branch}: nothing has changed`];
  const files = [`${count(written, 'file')} written`, ...(removed > 0 ? [`${removed} removed`] : [])].join(', ');
  const done = { pushed: 'pushed', committed: 'committed, not pushed', shown: 'would be pushed with --push' }[landed];
  return [
    `${branch}${isNew ? ' (new)' : ''}: ${files}, ${done}`,
    ...message
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `    ${line}`)),
  ];
}
