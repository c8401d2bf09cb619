import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { loadAll } from 'js-yaml';
import { filesOf } from '../../adopt/code/project';
import type { AdoptedPlan } from '../../adopt/planned';
import type { Composition } from '../../model/composition';
import type { KubernetesObject } from '../../model/kubernetes';
import { differenceText, objectDifferences } from '../../model/object-differences';
import { planTarget } from '../../render/plan';

const root = join(__dirname, '../..');
const fromRoot = createRequire(join(root, 'package.json'));

/** An adopted project on disk, inside of this repository, so that it finds its packages. */
export class Written {
  readonly folder: string;

  constructor(private readonly plan: AdoptedPlan) {
    mkdirSync(join(root, '.strata'), { recursive: true });
    this.folder = mkdtempSync(join(root, '.strata/adopted-'));
    const main = `import { composition } from 'strata';\nimport { matrix } from './environments/matrix';\nimport { spec } from './platform';\n\nexport default composition({ ...spec, matrix });\n`;
    for (const [path, text] of [...filesOf(plan), ['main.ts', main] as const]) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
  }

  /** In what the project renders something else than it rendered before the move, as its own test says it. */
  differences(): string[] {
    const { matrix, compose } = this.composition();
    return matrix.targets().flatMap((target) => {
      const { wanted } = this.plan.environments.find(({ name }) => name === target.environment.name)!;
      const { files } = planTarget(target, compose(target));
      const found = files.flatMap(({ text }) => loadAll(text) as KubernetesObject[]);
      return objectDifferences(wanted, found).map((difference) => `${target.name}: ${differenceText(difference)}`);
    });
  }

  /** The text of everything that it renders. */
  rendered(): string {
    const { matrix, compose } = this.composition();
    const files = matrix.targets().flatMap((target) => planTarget(target, compose(target)).files);
    return files.map(({ text }) => text).join('');
  }

  composition(): Composition<never> {
    const { outputFiles } = buildSync({
      absWorkingDir: this.folder,
      ...{ entryPoints: ['main.ts'], bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'silent' },
      alias: { 'strata/testing': join(root, 'testing/index.ts'), strata: join(root, 'index.ts') },
      nodePaths: [join(root, 'node_modules')],
      external: ['cdk8s', 'cdk8s-plus-28', 'constructs', 'js-yaml'],
    });
    const module = { exports: {} as { default: Composition<never> } };
    new Function('module', 'exports', 'require', outputFiles[0]!.text)(module, module.exports, fromRoot);
    return module.exports.default;
  }

  /** What the compiler says of it. */
  compilerSays(): string {
    const options = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, rootDir: root },
      include: ['**/*.ts'],
      exclude: [],
    };
    writeFileSync(join(this.folder, 'tsconfig.json'), JSON.stringify(options));
    return said(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', this.folder]);
  }

  /** What the linter and the formatter say of it, by the rules of this repository. */
  linterSays(): string {
    rmSync(join(this.folder, 'tsconfig.json'), { force: true });
    const config = fromRoot('./biome.json') as object;
    writeFileSync(
      join(this.folder, 'biome.json'),
      JSON.stringify({ ...config, root: true, files: { includes: ['**'] } }),
    );
    const biome = join(root, 'node_modules/.bin/biome');
    return said(biome, ['check', '--error-on-warnings', '--colors=off', ...filesOf(this.plan).keys()], this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Nothing where the program is content. */
function said(program: string, args: readonly string[], cwd = root): string {
  try {
    execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return `${stdout}${stderr}`;
  }
}
