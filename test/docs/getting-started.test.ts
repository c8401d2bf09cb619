import { readRepository, repositoryFiles } from '../support/repository';
import { blocksOf } from '../support/walkthrough';
import { followDocument } from './follow';

describe('a newcomer who does what is written under the title of docs/getting-started.md, from top to bottom:', () => {
  followDocument('docs/getting-started.md', { heading: '# ' });
});

test('the diagram names folders of the project', () => {
  const diagram = blocksOf(readRepository('docs/getting-started.md')).find(({ language }) => language === 'mermaid')!;
  const folders = [...diagram.content.matchAll(/\b(\w+)\/(?=[,<])/g)].map(([, folder]) => folder!);
  expect(folders.length).toBeGreaterThan(9);
  expect(folders.filter((folder) => !repositoryFiles.some((file) => file.startsWith(`${folder}/`)))).toEqual([]);
});
