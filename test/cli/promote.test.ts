import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../cli/promote';
import { Matrix, target } from '../../model/matrix';
import { aCluster, anEnvironment } from '../model/support';
import { aComponent, anObject, newFolder, write } from '../render/support';

const FILE = 'environments/versions.json';
const PINNED = `{
  "staging": { "web":   "shop/web:0.2.0", "redis": "redis:8.2.2", "chart": "1.2.0" },
  "prod":    { "web":   "shop/web:0.1.0", "redis": "redis:8.2.2" }
}
`;

/** Calls `strata promote` in a project that pins these versions. */
async function promote(
  words: readonly string[],
  {
    pinned = PINNED,
    ...values
  }: { readonly pinned?: string; readonly write?: boolean; readonly only?: readonly string[] } = {},
) {
  const root = newFolder();
  if (pinned !== '') write(join(root, FILE), pinned);
  const [cloud, edge] = [aCluster('cloud'), aCluster('edge')];
  const environments = ['staging', 'prod', 'dev'].map((name) => anEnvironment(name));
  const matrix = new Matrix(
    [],
    ...environments.flatMap((environment) => [target(environment, cloud, []), target(environment, edge, [])]),
  );
  const out: string[] = [];
  const host = { env: {}, print: (line: string) => out.push(line), printError: () => {} };
  try {
    await command({ root, matrix } as never, { values: { write: false, ...values }, words } as never, host);
  } catch (error) {
    out.push((error as Error).message);
  }
  return { said: out.join('\n'), text: pinned === '' ? '' : readFileSync(join(root, FILE), 'utf8') };
}

test('what would be taken is shown, and nothing is written', async () => {
  const { said, text } = await promote(['staging@cloud', 'prod@cloud']);
  expect(said).toBe(
    [
      'web  shop/web:0.1.0  →  shop/web:0.2.0',
      'prod pins no chart: left out',
      'prod in environments/versions.json would change, for prod@cloud, prod@edge: --write writes it',
    ].join('\n'),
  );
  expect(text).toBe(PINNED);
});

test('what it does to the targets is told before, and the sources stay as they are', async () => {
  const root = newFolder();
  write(join(root, FILE), PINNED);
  write(join(root, 'node_modules/a/index.js'), '');
  const cloud = aCluster('cloud');
  const matrix = new Matrix([], ...['staging', 'prod'].map((name) => target(anEnvironment(name), cloud, [])));
  const roots: string[] = [];
  const compositionIn = (folder: string) => ({
    matrix,
    features: [],
    compose: ({ environment }: { readonly environment: { readonly name: string } }) => {
      const pinned = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Record<string, Record<string, string>>;
      return [
        aComponent('web', 1, [anObject('ConfigMap', 'web', { data: { image: pinned[environment.name]!['web'] } })]),
      ];
    },
    secrets: () => [],
    origins: () => new Map(),
    deliver: () => [],
  });
  const out: string[] = [];
  const host = {
    env: {},
    print: (line: string) => out.push(line),
    printError: (line: string) => out.push(line),
    compositionIn: (folder: string) => {
      roots.push(folder);
      expect(existsSync(join(folder, 'node_modules'))).toBe(false);
      return compositionIn(folder) as never;
    },
  };
  const project = { root, ...compositionIn(root) };
  await command(project as never, { values: { write: false }, words: ['staging@cloud', 'prod@cloud'] } as never, host);
  expect(out.join('\n')).toContain('data.image: "shop/web:0.1.0" → "shop/web:0.2.0"');
  expect(out.join('\n')).not.toContain('staging@cloud');
  expect(readFileSync(join(root, FILE), 'utf8')).toBe(PINNED);
  expect(roots.map((folder) => [folder.startsWith(join(root, '.strata')), existsSync(folder)])).toEqual([
    [true, false],
  ]);
});

test('it is written on request, and the file keeps its form', async () => {
  const { said, text } = await promote(['staging@cloud', 'prod@cloud'], { write: true });
  expect(text).toBe(PINNED.replace('shop/web:0.1.0', 'shop/web:0.2.0'));
  expect(said).toContain('prod in environments/versions.json is changed, for prod@cloud, prod@edge');
  const pinned = text;
  expect((await promote(['staging@cloud', 'prod@cloud'], { write: true, pinned, only: ['web'] })).said).toBe(
    'prod has what staging has: nothing to promote',
  );
});

test('versions of one target alone are its own, and the others of the environment keep theirs', async () => {
  const pinned = `{"staging":{"web":"shop/web:0.2.0"},"prod":{"web":"shop/web:0.1.0"},"prod@edge":{"web":"shop/web:0.0.9"}}`;
  const { said, text } = await promote(['staging@cloud', 'prod@edge'], { pinned, write: true });
  expect(text).toBe(pinned.replace('0.0.9', '0.2.0'));
  expect(said).toContain('for prod@edge');
});

test.each([
  ['a target that there is not', ['stagin@cloud', 'prod@cloud'], {}, 'did you mean staging@cloud?'],
  ['several targets', ['staging@cloud', 'prod@*'], {}, 'prod@*: matches 2 targets'],
  ['twice the same place', ['prod@cloud', 'prod@edge'], {}, 'take their versions from the same place, prod'],
  ['an environment without versions', ['dev@cloud', 'prod@cloud'], {}, 'pins nothing for dev@cloud'],
  [
    'a name that there is not',
    ['staging@cloud', 'prod@cloud'],
    { only: ['wbe'] },
    'staging pins no wbe\n  fix: use a name that is there: did you mean web?',
  ],
  [
    'a file that is not there',
    ['staging@cloud', 'prod@cloud'],
    { pinned: '' },
    'there is no such file\n  fix: write it',
  ],
  [
    'a file that is no JSON',
    ['staging@cloud', 'prod@cloud'],
    { pinned: '{,}' },
    'environments/versions.json: cannot be read',
  ],
  [
    'what moves',
    ['staging@cloud', 'prod@cloud'],
    { pinned: PINNED.replace('8.2.2', 'latest') },
    'staging.redis: is "redis:latest", which is another image tomorrow',
  ],
])('%s is refused with what to do', async (_, words, options, message) => {
  const { said, text } = await promote(words, { ...options, write: true });
  expect(said).toContain(message);
  expect(text).toBe('pinned' in options ? options.pinned : PINNED);
});
