import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Composition } from '../../model/composition';
import { Matrix, target } from '../../model/matrix';
import { goldenFiles, testGolden } from '../../testing';
import { aCluster, anEnvironment } from '../model/support';
import { aComponent, anObject, newFolder } from '../render/support';
import { refusal } from '../support/render';
import { definedTests, failure } from './defined';

const kind = aCluster('kind');
const composition: Composition<unknown> = {
  matrix: new Matrix<unknown>([], target(anEnvironment('dev'), kind, []), target(anEnvironment('prod'), kind, [])),
  features: [],
  compose: ({ environment: { name: namespace } }) => [
    aComponent('web', 1, [anObject('Service', 'web', { namespace, port: namespace === 'dev' ? 80 : 443 })]),
  ],
  secrets: () => [],
  origins: () => new Map(),
  deliver: () => [],
};
const WHOLE = 'there is a golden file for everything that is rendered, and no other';

test('a target that stands whole must be there: the error names the nearest', () => {
  const error = refusal(() => goldenFiles(composition, { base: 'dev@knd' }));
  expect(error.place).toBe('base: "dev@knd"');
  expect(error.fixes[0]).toBe('name a target: did you mean dev@kind? known: dev@kind, prod@kind');
});

test('the target that is named stands whole, or the first one', () => {
  const wholeIn = (base?: string) =>
    [...goldenFiles(composition, base === undefined ? {} : { base }).keys()].filter((path) => path.includes('/'));
  expect(wholeIn()[0]).toMatch(/^kind-dev\//);
  expect(wholeIn('prod@kind')[0]).toMatch(/^kind-prod\//);
  expect(goldenFiles(composition, { base: 'prod@kind' }).get('kind-dev.diff.yaml')).toContain('443 → 80');
});

describe('the tests of golden files', () => {
  const folder = newFolder();
  const tests = definedTests(() => testGolden(composition, { folder }));
  const [first] = goldenFiles(composition).keys();
  beforeEach(() => {
    for (const [path, text] of goldenFiles(composition)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  const failing = () => [...tests].filter(([, body]) => failure(body) !== undefined).map(([name]) => name);

  test('pass where the files are what is rendered', () => {
    expect(tests.size).toBe(goldenFiles(composition).size + 1);
    expect(failing()).toEqual([]);
  });

  test('fail for a file that is not what is rendered, and say how to take the change over', () => {
    appendFileSync(join(folder, first!), '# changed\n');
    expect(failing()).toEqual([`${first} is what is rendered`]);
    expect(failure(tests.get(`${first} is what is rendered`))).toMatch(
      /^What is rendered has changed\..*UPDATE_GOLDEN=1/,
    );
  });

  test('fail for a file that is missing, and for one too many, whatever folder it is in', () => {
    rmSync(join(folder, first!));
    expect(failing()).toEqual([WHOLE, `${first} is what is rendered`]);
    writeFileSync(join(folder, first!), goldenFiles(composition).get(first!)!);
    const surplus = join(dirname(join(folder, first!)), 'old.yaml');
    writeFileSync(surplus, '');
    expect(failing()).toEqual([WHOLE]);
    rmSync(surplus);
    writeFileSync(join(folder, 'notes.md'), '');
    expect(failing()).toEqual([]);
  });
});
