import { existsSync, lstatSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import type { Composition } from '../../model/composition';
import { Matrix, target } from '../../model/matrix';
import { aCluster, anEnvironment } from '../model/support';
import { aComponent, anObject, filesOf, newFolder } from '../render/support';

const composition: Composition<unknown> = {
  matrix: new Matrix<unknown>([], target(anEnvironment('dev'), aCluster('laptop'), [])),
  features: [],
  compose: ({ environment: { name: namespace } }) => [
    aComponent('web', 1, [anObject('Service', 'web', { namespace })]),
  ],
  secrets: () => [],
  origins: () => new Map(),
  deliver: () => [],
};
const strata = program({ version: '1.0.0', commands, judgingCommands });

/** `cdk8s synth` in a new project, with this as CDK8S_OUTDIR: the folder of the project. */
async function synth(env: (root: string) => Readonly<Record<string, string>>, prepare = (_: string) => {}) {
  const root = newFolder();
  prepare(root);
  const print = () => {};
  const host = { env: env(root), root, composition: () => composition, print, printError: print };
  expect(await strata.run(['synth'], host)).toBe(0);
  return root;
}
const FILE = 'laptop/dev/10-web.yaml';
const link = (root: string) => join(root, '.strata/synth');

test.each([
  ['where the folder is not named', () => ({})],
  ['where it is the one of cdk8s.yaml', (root: string) => ({ CDK8S_OUTDIR: link(root) })],
])('%s, it is a link to the tree', async (_, env) => {
  const root = await synth(env);
  expect(Object.keys(filesOf(join(root, 'dist')))).toContain(FILE);
  expect(lstatSync(link(root)).isSymbolicLink()).toBe(true);
  expect(realpathSync(link(root))).toBe(realpathSync(join(root, 'dist')));
});
test('a folder that stands in the place of the link makes way for it', async () => {
  const root = await synth(
    () => ({}),
    (folder) => {
      mkdirSync(link(folder), { recursive: true });
      writeFileSync(join(link(folder), 'old.yaml'), 'a: 1\n');
    },
  );
  expect(existsSync(join(link(root), 'old.yaml'))).toBe(false);
  expect(existsSync(join(link(root), FILE))).toBe(true);
});
test('another folder, as `--output` and `--stdout` name one, has the tree, and the project has none', async () => {
  const root = await synth((folder) => ({ CDK8S_OUTDIR: join(folder, 'elsewhere') }));
  expect(Object.keys(filesOf(join(root, 'elsewhere')))).toContain(FILE);
  expect([existsSync(join(root, 'dist')), existsSync(link(root))]).toEqual([false, false]);
});
