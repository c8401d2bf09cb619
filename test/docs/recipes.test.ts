import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRepository } from '../support/repository';
import { follow, sectionsOf } from '../support/walkthrough';
import { followDocument } from './follow';
import { run, wholeness } from './whole';

const recipes = sectionsOf(readRepository('docs/recipes.md'));

describe('a reader who follows a recipe to the letter has a platform that is whole:', () => {
  const isWhole = wholeness();
  // The repository that environments/delivery.ts names, on this machine.
  const remotes = mkdtempSync(join(tmpdir(), 'strata-remotes-'));
  const remote = join(remotes, 'course-rendered.git');
  afterAll(() => rmSync(remotes, { recursive: true, force: true }));

  followDocument('docs/recipes.md', {
    needs: { 'Use a chart': 'helm' },
    env: {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: `url.${remotes}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://git.example.com/platform/',
      GIT_CONFIG_KEY_1: 'init.defaultBranch',
      GIT_CONFIG_VALUE_1: 'main',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((role) => [
          [`GIT_${role}_NAME`, 'a reader'],
          [`GIT_${role}_EMAIL`, 'reader@example.com'],
        ]),
      ),
    },
    before: (project, { title, blocks }) => {
      if (!blocks.some(({ language, content }) => language === 'sh' && /\bgit\b|rendered\/tree/.test(content))) return;
      run(project, "git init --quiet && git add --all -- . ':!node_modules' && git commit --quiet --message first");
      rmSync(remote, { recursive: true, force: true });
      run(project, `git init --quiet --bare ${remote}`);
      // A recipe that renders over the live tree stands on the one that makes it.
      if (title !== 'Feed Argo CD') follow(recipes.find((recipe) => recipe.title === 'Feed Argo CD')!.blocks, project);
    },
    after: isWhole,
  });
});
