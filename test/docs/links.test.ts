import { join } from 'node:path';
import { repositoryFiles as files, readRepository as read } from '../support/repository';

describe('links between documents', () => {
  const documents = files.filter((file) => file.endsWith('.md') && !file.startsWith('test/golden'));
  const anchorsOf = (text: string) =>
    [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replace(/ /g, '-'),
    );

  test.each(documents)('every link of %s leads to a file and a heading that exist', (document) => {
    const text = read(document).replace(/^```[\s\S]*?^```$/gm, '');
    const broken = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => {
        const [path, anchor] = target.split('#');
        const file = path ? join(document, '..', path) : document;
        if (!files.some((known) => known === file || known.startsWith(`${file.replace(/\/$/, '')}/`))) return true;
        return anchor !== undefined && !anchorsOf(read(file)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });
});
