import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Host } from '../../cli/command';
import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import { projectOf } from '../../cli/project';
import { Matrix } from '../../model/matrix';
import { newFolder } from '../render/support';
import { Project } from './project';

const silent = { env: {}, print: () => undefined, printError: () => undefined };

describe('what main.ts exports', () => {
  const projectWith = (composition: () => unknown) =>
    projectOf({ ...silent, composition: composition as Host['composition'] & {} });
  const whole = {
    ...{ matrix: new Matrix([]), features: [], compose: () => [], secrets: () => [] },
    ...{ origins: () => new Map(), deliver: () => [] },
  };

  test.each<[string, unknown, found: string]>([
    ['nothing', undefined, 'has no default export'],
    ['null', null, 'exports by default null, which'],
    ['a function that nobody called', () => whole, 'exports by default a function, which'],
    ['the parts of a platform', { name: 'shop', compose: () => [] }, 'an object with name, compose, which'],
    ['all but one of them', { ...whole, deliver: undefined }, 'which is no composition'],
    ['a matrix that is none', { ...whole, matrix: [] }, 'which is no composition'],
  ])('is refused if it is %s', (_what, given, found) => {
    const ask = () => projectWith(() => given).matrix;
    expect(ask).toThrow(/^main\.ts: .*\n {2}fix: export what is rendered: export default composition\(/);
    expect(ask).toThrow(found);
  });

  test('is refused with what it throws, if that is no error', () => {
    const ask = (thrown: unknown) => () =>
      projectWith(() => {
        throw thrown;
      }).features;
    expect(ask('not today')).toThrow('main.ts: throws "not today", which is no error\n  fix: throw an Error');
    expect(ask(undefined)).toThrow('main.ts: throws undefined, which is no error');
    expect(ask(new RangeError('too far'))).toThrow(new RangeError('too far'));
  });

  test('is loaded with the first question of it, once', () => {
    const load = jest.fn(() => whole);
    const project = projectWith(load);
    expect(load).not.toHaveBeenCalled();
    expect(project.matrix).toBe(whole.matrix);
    expect(project.features).toBe(whole.features);
    project.deliver([]);
    expect(load).toHaveBeenCalledTimes(1);
  });
});

describe('where no project is', () => {
  const strata = program({ version: '1.2.3', commands, judgingCommands });
  const folder = newFolder();
  const call = async (cwd: string, ...args: readonly string[]) => {
    const errors: string[] = [];
    const spy = jest.spyOn(process, 'cwd').mockReturnValue(cwd);
    const code = await strata.run(args, { ...silent, printError: (line) => errors.push(line) });
    spy.mockRestore();
    return { code, error: errors.join('\n') };
  };
  const fileIn = (name: string, path: string, text = '') => {
    mkdirSync(join(folder, name, 'below'), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  };

  test.each([
    'render',
    'synth',
    'targets',
    'secrets',
    'explain',
    'features',
    'clusters',
    'add',
    'vendor',
    'publish',
    'promote',
  ])('%s says where one was looked for, and what the command is called in', async (name) => {
    const { code, error } = await call(folder, name, 'x');
    expect(code).toBe(2);
    expect(error).toContain(`error: strata ${name}: no project found: looked for a main.ts beside a cdk8s.yaml`);
    expect(error).toContain(`in ${folder} and above\n  fix: call it in the folder of a project`);
  });

  test('commands that need none, and those that do not exist, are told as ever', async () => {
    expect(await call(folder, 'rendr')).toMatchObject({ error: expect.stringContaining('there is no such command') });
    expect(await call(folder, 'checks', 'schema-valid')).toEqual({ code: 0, error: '' });
  });

  test('what the nearest folder lacks stands first among the fixes', async () => {
    fileIn('foreign', 'cdk8s.yaml', 'app: npx ts-node main.ts\n');
    fileIn('foreign', 'main.ts');
    fileIn('config', 'cdk8s.yaml');
    fileIn('main', 'main.ts');
    const fixIn = async (name: string) =>
      /fix: (.*)/.exec((await call(join(folder, name, 'below'), 'render')).error)?.[1]?.replaceAll(`${folder}/`, '');
    expect(await fixIn('foreign')).toBe('make foreign/cdk8s.yaml call strata: app: strata synth');
    expect(await fixIn('config')).toBe('write config/main.ts, which exports what is rendered');
    expect(await fixIn('main')).toBe('write main/cdk8s.yaml with the line: app: strata synth');
  });

  test('a folder is a project with main.ts and a cdk8s.yaml that calls strata, for all folders below it', () => {
    const config = 'language: typescript\napp: strata synth\n';
    fileIn('whole', 'cdk8s.yaml', config);
    fileIn('whole', 'main.ts');
    fileIn('half', 'cdk8s.yaml', config);
    fileIn('other', 'cdk8s.yaml', 'app: npx ts-node main.ts\n# strata\n');
    fileIn('other', 'main.ts');
    const finder = pathToFileURL(join(__dirname, '../../bin/project.mjs')).href;
    const found = (name: string) => {
      const line = `import('${finder}').then((m) => console.log(m.projectAbove(process.argv[1]) ?? 'none'))`;
      return spawnSync(process.execPath, ['-e', line, join(folder, name, 'below')], { encoding: 'utf8' }).stdout.trim();
    };
    expect(found('whole')).toBe(join(folder, 'whole'));
    expect(found('half')).toBe('none');
    expect(found('other')).toBe('none');
  });
});

describe('the program from its sources', () => {
  const copy = new Project();
  const strata = (...args: readonly string[]) => copy.run([copy.path('bin/strata.mjs'), ...args], { cwd: newFolder() });
  const oneError = /^error: [^\n]+(\n {2}fix: [^\n]+)(\n {3}or: [^\n]+)*\n$/;

  test('says what main.ts lacks, in one error', () => {
    for (const [text, found] of [
      ['export const a = 1;', 'main.ts: has no default export'],
      ["throw 'not today';", 'main.ts: throws "not today", which is no error'],
    ] as const) {
      writeFileSync(copy.path('main.ts'), text);
      const { status, stderr } = strata('targets');
      expect(stderr).toMatch(oneError);
      expect(stderr).toContain(`error: ${found}`);
      expect(status).toBe(2);
    }
  });

  test('has the course only where one stands in it', () => {
    writeFileSync(copy.path('cdk8s.yaml'), 'app: npx ts-node main.ts\n');
    const { status, stderr } = strata('targets');
    expect(stderr).toMatch(oneError);
    expect(stderr).toContain('error: strata targets: no project found');
    expect(status).toBe(2);
  });
});
