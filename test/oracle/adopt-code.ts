import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { sourceAt } from '../../cli/adopt/source';
import { kustomizeTrees } from './kustomize-trees';

/**
 * Adopts the trees of Kustomize's own tests, and asks the compiler and the linter about the code that is written for each: what they
 * say of it, by the rules of this repository. A tree that is not adopted is counted by `oracle:adopt`.
 */
const [, , module, folder, root] = process.argv as [string, string, string, string, string];
const projects = join(root, '.strata/oracle-adopted');
const MAIN = `import { composition } from 'strata';
import { matrix } from './environments/matrix';
import { spec } from './platform';

export default composition({ ...spec, matrix });
`;

/** Writes the project of a tree; its files, or nothing where it is refused. */
function writtenOf(path: string): readonly string[] {
  const to = join(projects, `${basename(dirname(path))}-${basename(path)}`);
  try {
    const files = new Map([...filesOf(planOf(sourceAt(path, 'shop'))), ['main.ts', MAIN]]);
    for (const [file, text] of files) {
      mkdirSync(dirname(join(to, file)), { recursive: true });
      writeFileSync(join(to, file), text);
    }
    return [...files.keys()].map((file) => join(to, file));
  } catch (error) {
    if ((error as Error).name === 'StrataError') return [];
    throw error;
  }
}

/** What the compiler says of a project. */
function compilerSays(files: readonly string[]): string {
  const to = projectOf(files);
  const tsconfig = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { rootDir: root },
    files: files.map((file) => relative(to, file)),
    include: [],
    exclude: [],
  };
  writeFileSync(join(to, 'tsconfig.json'), JSON.stringify(tsconfig));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', to],
    { cwd: projects, encoding: 'utf8' },
  );
  rmSync(join(to, 'tsconfig.json'));
  return status === 0 ? '' : `${stdout}${stderr}` || 'the compiler ended';
}

function projectOf(files: readonly string[]): string {
  return dirname(files.at(-1)!);
}

rmSync(projects, { recursive: true, force: true });
mkdirSync(projects, { recursive: true });
try {
  const written = kustomizeTrees(module, folder)
    .map((path) => writtenOf(path))
    .filter((files) => files.length > 0);
  const wrong = written
    .map((files) => [basename(projectOf(files)), compilerSays(files)] as const)
    .filter(([, said]) => said !== '');
  for (const [name, said] of wrong) console.log(`${name} does not compile: ${said}`);
  const biome = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as object;
  writeFileSync(join(projects, 'biome.json'), JSON.stringify({ ...biome, root: true, files: { includes: ['**'] } }));
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['check', '--error-on-warnings', '--colors=off', '--max-diagnostics=none', ...written.flat()],
    { cwd: projects, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (status !== 0) console.log(`${stdout}${stderr}`);
  console.log(
    `${written.length} trees, ${written.flat().length} files: ${wrong.length} do not compile, the linter says ${status === 0 ? 'nothing' : 'the above'}`,
  );
  process.exitCode = wrong.length > 0 || status !== 0 || written.length === 0 ? 1 : 0;
} finally {
  if (process.exitCode === 0) rmSync(projects, { recursive: true, force: true });
}
