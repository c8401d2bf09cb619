import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command as add } from '../../cli/scaffold/add';
import { installedFrom } from '../../cli/scaffold/installed';
import { lockOf } from '../../cli/scaffold/lock';
import { projectFiles } from '../../cli/scaffold/project-files';
import { EditedSource } from '../../cli/scaffold/source';
import { StrataError } from '../../model/errors';
import { newFolder } from '../render/support';

const MATRIX = `import { matrixOf, target } from 'strata';
import { dev } from './dev';

/** (All of it. */
export const matrix = matrixOf(
  [webSettings],

  // A bracket ) in a comment, and one in a text:
  target(dev, kind, [networkPolicies], { settings: { web: { greeting: because('a ) b', 'why') } } }),
);
`;

describe('a line is added', () => {
  const changed = (change: (source: EditedSource) => void, text = MATRIX) => {
    const source = new EditedSource('matrix.ts', text);
    change(source);
    return String(source);
  };
  test('at the end of what stands between brackets, whatever texts and comments hold', () =>
    expect(changed((source) => source.addLine(/\bmatrixOf\(/, 'target(prod, kind, []),'))).toBe(
      MATRIX.replace("'why') } } }),\n", "'why') } } }),\n  target(prod, kind, []),\n"),
    ));
  test('behind a comma that was missing', () =>
    expect(changed((source) => source.addLine(/of\(/, 'b,'), 'of(\n  a\n);\n')).toBe('of(\n  a,\n  b,\n);\n'));
  test('in a body, where no comma is due', () =>
    expect(changed((source) => source.addLine(/\{/, 'b();'), 'x(() => {\n    a();\n});\n')).toBe(
      'x(() => {\n    a();\n    b();\n});\n',
    ));
  test('in an empty body', () =>
    expect(changed((source) => source.addLine(/\{/, 'b();'), 'x(() => {});\n')).toBe('x(() => {\n  b();\n});\n'));
  test('to a list in one line, also to an empty one', () => {
    expect(changed((source) => source.addItem(/matrixOf\(\s*\[/, 'moreSettings'))).toContain(
      '[webSettings, moreSettings],',
    );
    expect(changed((source) => source.addItem(/\[/, 'a'), 'x([]);')).toBe('x([a]);');
    expect(changed((source) => source.addItem(/\[/, 'b'), 'x([\n  a,\n]);')).toBe('x([\n  a, b]);');
  });
  test('as an import behind the others, once', () => {
    const twice = (source: EditedSource) => {
      source.addImport("import { prod } from './prod';");
      source.addImport("import { prod } from './prod';");
    };
    expect(changed(twice)).toContain("from './dev';\nimport { prod } from './prod';\n\n/**");
    expect(changed(twice).match(/prod'/g)).toHaveLength(1);
  });
  describe('as an import where a formatter sorts it', () => {
    const TEXT =
      "import type { A } from 'strata';\nimport { b } from 'strata/features';\nimport { kind } from '../clusters/kind';\nimport { web } from '../workloads/web';\nimport { dev } from './dev';\nimport { prod } from './prod';\n\nrun();\n";
    test.each([
      ['before those of other folders', "import { x } from 'zod';", "strata/features';\nimport { x }"],
      ['between files of other folders', "import { eks } from '../clusters/eks';", "features';\nimport { eks }"],
      ['behind a file of the same folder', "import { api } from '../features/api';", "clusters/kind';\nimport { api }"],
      ['behind all', "import { staging } from './staging';", "prod';\nimport { staging } from './staging';\n\nrun"],
      ['before all', "import { a } from 'a';", "import { a } from 'a';\nimport type { A }"],
    ])('%s', (_, statement, around) =>
      expect(changed((source) => source.addImport(statement), TEXT)).toContain(around),
    );
    test('also where there is none', () =>
      expect(changed((source) => source.addImport("import { a } from 'a';"), 'run();\n')).toBe(
        "import { a } from 'a';\nrun();\n",
      ));
  });
  test('as a name of an import that is there', () =>
    expect(changed((source) => source.addName('strata', 'excluded'))).toContain(
      "import { excluded, matrixOf, target } from 'strata';",
    ));
  test('nowhere if there is no place: the error shows it', () =>
    expect(() => changed((source) => source.addLine(/nowhere\(/, 'target(a, b, []),'))).toThrow('target(a, b, [])'));
});

describe('strata add', () => {
  const project = (
    environments: readonly { name: string; elsewhere?: string }[] = [{ name: 'dev' }, { name: 'qa' }],
    more: Readonly<Record<string, string>> = {},
  ) => {
    const root = newFolder();
    for (const [path, text] of [
      ['environments/matrix.ts', MATRIX],
      ['platform.ts', 'export const spec = {\n  compose: (platform) => {\n    web(platform);\n  },\n};\n'],
      ...Object.entries(more),
    ] as const) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const read = (path: string) => readFileSync(join(root, path), 'utf8');
    const matrix = {
      clusters: [{ name: 'kind' }, { name: 'on-prem' }],
      environments,
    };
    const run = (...words: string[]) =>
      add({ root, matrix } as never, { words, values: {} } as never, {
        env: {},
        print: () => {},
        printError: () => {},
      });
    const files = () => readdirSync(root, { recursive: true }).sort();
    return { run, read, files };
  };
  test('an environment becomes a target on every cluster', () => {
    const { run, read } = project();
    run('environment', 'pre-prod');
    expect(read('environments/pre-prod.ts')).toContain("export const preProd = environment('pre-prod', {");
    expect(read('environments/matrix.ts')).toContain(
      '  target(preProd, kind, []),\n  target(preProd, onPrem, []),\n);\n',
    );
  });
  describe('where environments are delivered in steps, an environment', () => {
    const delivering = (steps: string) =>
      project(undefined, {
        'environments/delivery.ts': `import { dev } from './dev';\n\n/** In steps. */\nexport const delivery = {\n  ${steps}\n};\n`,
      });
    test.each([
      ['progressive: [dev, prod],', 'progressive: [dev, prod, review],'],
      ['progressive: [[dev, qa], prod],', 'progressive: [[dev, qa], prod, review],'],
    ])('is the last one: %s', (steps, written) => {
      const { run, read } = delivering(steps);
      run('environment', 'review');
      expect(read('environments/delivery.ts')).toContain(`  ${written}\n`);
      expect(read('environments/delivery.ts')).toContain("from './dev';\nimport { review } from './review';\n");
    });
    test('may not have a name that stands there', () => {
      const { run } = delivering('progressive: [dev],\n  folder,');
      expect(() => run('environment', 'folder')).toThrow('environments/delivery.ts has that name already');
    });
    test.each(['flux: {},', '// progressive: [dev],'])('is not named there without steps: %s', (steps) => {
      const { run, read } = delivering(steps);
      const before = read('environments/delivery.ts');
      run('environment', 'review');
      expect(read('environments/delivery.ts')).toBe(before);
    });
  });
  test('a cluster gets the first environment, and of the others a reason', () => {
    const { run, read } = project();
    run('cluster', 'edge');
    expect(read('environments/matrix.ts')).toContain("  target(dev, edge, []),\n  excluded(qa, edge, 'nobody");
    expect(read('environments/matrix.ts')).toContain('import { excluded, matrixOf, target }');
  });
  test('a workload is composed, and its settings are known', () => {
    const { run, read } = project();
    run('workload', 'api');
    expect(read('platform.ts')).toContain("import { api } from './workloads/api';");
    expect(read('platform.ts')).toContain('    web(platform);\n    api(platform);\n  },');
    expect(read('environments/matrix.ts')).toContain('[webSettings, apiSettings],');
  });
  test('a feature is switched on in the first target', () => {
    const { run, read } = project();
    run('feature', 'queue');
    expect(read('environments/matrix.ts')).toContain('target(dev, kind, [networkPolicies, queue], {');
  });
  test.each([
    ['feature', 'class', 'class, a word of TypeScript itself'],
    ['cluster', 'package', 'package, a word of TypeScript itself'],
    ['environment', 'await', 'await, a word of TypeScript itself'],
    ['feature', 'target', 'target, and environments/matrix.ts has that name already'],
    ['environment', 'kind', 'kind, and environments/matrix.ts has that name already'],
    ['cluster', 'network-policies', 'networkPolicies, and environments/matrix.ts has that name already'],
    ['cluster', 'excluded', 'excluded, and environments/matrix.ts has that name already'],
    ['workload', 'platform', 'platform, and workloads/platform.ts has that name already'],
    ['workload', 'spec', 'spec, and platform.ts has that name already'],
    ['feature', 'feature', 'feature, and features/feature.ts has that name already'],
    ['workload', 'resources', 'resources, and workloads/resources.ts has that name already'],
    // Its settings, which a workload that was removed by hand left behind.
    ['workload', 'web', 'has that name already'],
  ])('%s %s is refused, and nothing is written', (kind, name, found) => {
    const { run, read, files } = project();
    const before = [read('environments/matrix.ts'), read('platform.ts'), files()];
    expect(() => run(kind, name)).toThrow(StrataError);
    expect(() => run(kind, name)).toThrow(`strata add ${kind} ${name}: would be called `);
    expect(() => run(kind, name)).toThrow(found);
    expect([read('environments/matrix.ts'), read('platform.ts'), files()]).toEqual(before);
  });
  test('a name that stands in texts, comments or behind a dot alone is free', () => {
    const { run, read } = project();
    // `All of it` in a comment, './dev' and 'a ) b' in texts.
    run('feature', 'it');
    run('workload', 'why');
    expect(read('environments/matrix.ts')).toContain('[networkPolicies, it]');
    expect(new EditedSource('a.ts', 'x.queue(); const text = `queue`;').uses('queue')).toBe(false);
    expect(new EditedSource('a.ts', 'queue(x);').uses('queue')).toBe(true);
  });
  test('a name that begins with a digit gets a word before it', () => {
    const { run, read } = project();
    run('feature', '3d-view');
    expect(read('features/3d-view.ts')).toContain("export const the3dView = feature('3d-view', {");
    expect(read('environments/matrix.ts')).toContain("import { the3dView } from '../features/3d-view';");
  });
  test('a cluster takes no reason of an environment that says itself where else it runs', () => {
    const { run, read } = project([{ name: 'dev' }, { name: 'qa', elsewhere: 'in the office' }, { name: 'prod' }]);
    run('cluster', 'edge');
    expect(read('environments/matrix.ts')).toContain('  target(dev, edge, []),\n  excluded(prod, edge,');
    expect(read('environments/matrix.ts')).not.toContain('qa');
  });
  test('nothing is overwritten, and a bad name writes nothing', () => {
    const { run, read } = project();
    run('feature', 'queue');
    const before = read('environments/matrix.ts');
    expect(() => run('feature', 'queue')).toThrow(StrataError);
    expect(() => run('feature', 'The Queue')).toThrow(StrataError);
    expect(read('environments/matrix.ts')).toBe(before);
  });
});

describe('a new project names strata', () => {
  const strata = (resolved?: string, more: Readonly<Record<string, string>> = {}) => {
    const root = newFolder();
    const files = {
      'node_modules/strata/package.json': JSON.stringify({ version: '1.2.3' }),
      ...(resolved === undefined
        ? {}
        : {
            'node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/strata': { resolved } } }),
          }),
      ...more,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return { root, installed: join(root, 'node_modules/strata') };
  };

  test('by its version, if a registry gave it', () => {
    const { root, installed } = strata('https://registry.example.com/strata-1.2.3.tgz');
    expect(installedFrom(installed, join(root, 'shop'))).toBe('1.2.3');
    const without = strata();
    expect(installedFrom(without.installed, without.root)).toBe('1.2.3');
  });

  test('by the file that it was installed from, as the folder of the project sees it', () => {
    const { root, installed } = strata('file:packed/strata.tgz');
    expect(installedFrom(installed, join(root, 'a/shop'))).toBe('file:../../packed/strata.tgz');
    expect(installedFrom(installed, root)).toBe('file:packed/strata.tgz');
  });

  test('not by sources, which nobody can install', () => {
    const { root, installed } = strata(undefined, { 'node_modules/strata/tool.ts': '' });
    expect(() => installedFrom(installed, root)).toThrow('this strata runs from its sources');
  });

  test('and has a lock where strata comes from a file: npm itself looks up a version', () => {
    const locked = { packages: { 'node_modules/jest': { version: '9.9.9' } }, strata: { bin: { strata: 'bin' } } };
    const { installed } = strata(undefined, {
      'node_modules/strata/.strata/packed/project-lock.json': JSON.stringify(locked),
    });
    const lock = (from: string, root = installed) =>
      lockOf(root, { name: 'shop', devDependencies: { strata: from }, strata: { version: '1.2.3', from } });
    expect(lock('1.2.3')).toBeUndefined();
    expect(lock('file:a.tgz', newFolder())).toBeUndefined();
    const { packages } = JSON.parse(lock('file:a.tgz')!) as { packages: object };
    expect(packages).toEqual({
      '': { name: 'shop', devDependencies: { strata: 'file:a.tgz' } },
      'node_modules/jest': { version: '9.9.9' },
      'node_modules/strata': { version: '1.2.3', resolved: 'file:a.tgz', dev: true, bin: { strata: 'bin' } },
    });
  });
});

test('every package of a new project is one that strata is tested with, in its version', () => {
  const root = join(__dirname, '../..');
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const { devDependencies } = JSON.parse(projectFiles('shop', 'file:a.tgz').get('package.json')!);
  const own = read('package.json').devDependencies;
  const wanted = (read('templates/packages.json') as string[]).map((name) => [name, own[name] as string]);
  expect(devDependencies).toEqual({ ...Object.fromEntries(wanted), strata: 'file:a.tgz' });
  for (const [, version] of wanted) expect(version).toMatch(/^\d/);
});
