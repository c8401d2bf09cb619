import { Git } from '../../publish/git';
import { Snapshot } from '../../publish/snapshot';
import { commitsAt, ENV, git, published, repositories } from './support';

const [FIRST, SECOND] = ['1'.repeat(40), '2'.repeat(40)];
const madeFrom = (repo: string, folder: string) =>
  new Snapshot(new Git(repo, repo, ENV), git(repo, 'rev-parse', 'main'), 'main', 'tree').madeFrom(folder);

describe('the sources that a target was rendered from', () => {
  test('are those of the last commit that touched its own folder', () => {
    const { bare } = repositories();
    published(bare, { 'dev@kind': { web: 'one' }, 'prod@cloud': { web: 'one' } }, { source: () => FIRST });
    published(bare, { 'dev@kind': { web: 'two' }, 'prod@cloud': { web: 'one' } }, { source: () => SECOND });
    expect(commitsAt(bare)).toBe(3);
    expect(madeFrom(bare, 'kind/dev')).toBe(SECOND);
    expect(madeFrom(bare, 'cloud/prod')).toBe(FIRST);
    expect(madeFrom(bare, 'cloud/dev')).toBeUndefined();
  });

  test('are not known where the last commit does not say them, or nothing is there', () => {
    const { bare } = repositories();
    published(bare, { 'dev@kind': { web: 'one' } }, { source: () => FIRST });
    published(bare, { 'dev@kind': { web: 'two' } }, { source: () => undefined });
    expect(madeFrom(bare, 'kind/dev')).toBeUndefined();
    expect(new Snapshot(new Git(bare, bare, ENV), undefined, 'main', 'tree').madeFrom('kind/dev')).toBeUndefined();
  });
});
