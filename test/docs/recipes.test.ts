import { readRepository } from '../support/repository';
import { follow, sectionsOf } from '../support/walkthrough';
import { followDocument } from './follow';
import { Remote } from './remote';
import { run, wholeness } from './whole';

const recipes = sectionsOf(readRepository('docs/recipes.md'));

describe('a reader who follows a recipe to the letter has a platform that is whole:', () => {
  const isWhole = wholeness();
  const remote = new Remote();
  afterAll(() => remote.remove());

  followDocument('docs/recipes.md', {
    needs: { 'Use a chart': 'helm' },
    env: remote.env,
    before: (project, { title, blocks }) => {
      if (!blocks.some(({ language, content }) => language === 'sh' && /\bgit\b|rendered\/tree/.test(content))) return;
      remote.begin(project);
      // A recipe that renders over the live tree stands on the one that makes it.
      if (title !== 'Feed Argo CD') follow(recipes.find((recipe) => recipe.title === 'Feed Argo CD')!.blocks, project);
      // What that recipe changes at its end is not what this one speaks of.
      if (title === 'Publish to the GitOps repository')
        run(project, 'git commit --quiet --all --message fed && npx strata publish --push');
    },
    after: isWhole,
  });
});
