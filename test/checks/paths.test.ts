import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { existing, hintFor, noSuchPath } from '../../checks/paths';
import { newFolder } from '../render/support';

const home = newFolder();
mkdirSync(join(home, 'manifests/apps'), { recursive: true });
mkdirSync(join(home, 'empty'));
for (const name of ['web.yaml', 'db.yaml']) writeFileSync(join(home, 'manifests/apps', name), '');
for (let i = 0; i < 7; i++) writeFileSync(join(home, `file-${i}.yaml`), '');
const at = (path: string) => join(home, path);

describe('of a path that does not exist the nearest one is named', () => {
  test.each([
    ['a file', 'manifests/apps/wbe.yaml', 'manifests/apps/web.yaml'],
    ['a folder on the way', 'manifest/apps/web.yaml', 'manifests/apps/web.yaml'],
    ['a folder on the way, whose file is not there either', 'manifest/other.yaml', 'manifests'],
    ['another ending', 'manifests/apps/db.yml', 'manifests/apps/db.yaml'],
    ['a path with a slash at its end', 'manifest/', 'manifests'],
  ])('%s', (_, path, meant) => expect(hintFor(at(path))).toBe(`: did you mean ${at(meant)}?`));
});

test('where none is near, what the nearest folder has', () => {
  expect(hintFor(at('manifests/apps/unlike'))).toBe(`: the folder ${at('manifests/apps')} has db.yaml, web.yaml`);
  expect(hintFor(at('manifests/apps/web.yaml/deeper'))).toBe(`: ${at('manifests/apps/web.yaml')} is a file`);
  expect(hintFor(at('unlike/deep/down'))).toMatch(/has empty, file-0.yaml, .*, file-3.yaml, and 4 more$/);
  expect(hintFor(at('empty/x'))).toBe(`: the folder ${at('empty')} is empty`);
});

test('an option is told with its path, and with the names that it takes, if there are any', () => {
  expect(existing('--declare', at('empty'))).toBe(at('empty'));
  expect(() => existing('--declare', at('emty'))).toThrow(`--declare ${at('emty')}: does not exist`);
  expect(noSuchPath('--cluster clud', 'clud', ['cloud']).fixes[0]).toMatch(/^name a cluster: did you mean cloud\?/);
  expect(noSuchPath('--cluster clud', 'clud', []).message).not.toMatch(/known|name a cluster/);
});
