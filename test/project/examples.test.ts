import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Place } from './made';

const root = join(__dirname, '../..');
const place = new Place();
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

beforeAll(() => {
  place.out(`npm exec --yes --package ./${place.tarball} -- strata init base`);
  place.out('npm ci --no-audit --no-fund', 'base');
});

/** An example as somebody has it who copies its files into a project of `strata init`. */
function copied(name: string): string {
  const to = join(place.folder, name);
  cpSync(join(root, 'examples', name), to, {
    recursive: true,
    filter: (path) => !/\/(\.strata|dist|tsconfig\.json)$/.test(path),
  });
  cpSync(join(place.folder, 'base/tsconfig.json'), join(to, 'tsconfig.json'));
  rmSync(join(to, 'node_modules'), { recursive: true, force: true });
  symlinkSync(join(place.folder, 'base/node_modules'), join(to, 'node_modules'));
  return name;
}

/** Lines of code: neither empty nor a comment; facts of clusters are facts. */
function linesOf(name: string): number {
  const folder = join(root, 'examples', name);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/^(clusters|node_modules|dist|\.strata)\//.test(path),
  );
  return files
    .flatMap((path) => readFileSync(join(folder, path), 'utf8').split('\n'))
    .filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
}

test.each(examples)('%s compiles, renders, and nothing in it will break: written with the package alone', (name) => {
  const project = copied(name);
  place.out('npx tsc --noEmit', project);
  expect(place.out('npx strata render', project)).toMatch(/^\d+ targets?, \d+ objects in dist$/m);
  expect(place.out('npx strata verify', project)).toMatch(/: 0 will break, \d+ advice$/m);
  expect(linesOf(name)).toBeLessThan(151);
});
