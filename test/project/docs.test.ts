import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blocksOf, corrected, follow } from '../support/walkthrough';
import { Place } from './made';

const file = join(__dirname, '../../docs/your-platform.md');

test('somebody who follows docs/your-platform.md to the letter has a platform of their own', () => {
  const place = new Place();
  const document = readFileSync(file, 'utf8');
  // A `cd` holds for all that comes after it.
  let folder = '.';
  const found = follow(blocksOf(document), {
    read: (path) => place.read(join(folder, path)),
    write: (path, text) => {
      mkdirSync(dirname(join(place.folder, folder, path)), { recursive: true });
      place.write(join(folder, path), text);
    },
    run: (commands) => {
      const [, to, rest] = /^cd (\S+)\n([\s\S]*)$/.exec(commands) ?? [undefined, '', commands];
      folder = join(folder, to!);
      const { status, out } = place.run(`set -eu\n${rest!}`, folder);
      return { status, output: out };
    },
  });
  if (process.env['UPDATE_DOCS']) writeFileSync(file, corrected(document, found));
  else expect(found.map(({ block }) => block.content).join('\n')).toBe(found.map(({ content }) => content).join('\n'));
});
