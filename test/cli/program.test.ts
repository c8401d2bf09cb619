import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import type { Option } from '../../cli/options/table';
import { program } from '../../cli/program';
import { COMMAND_TABLES } from '../../cli/tables';
import { cloud } from '../../clusters/cloud';
import { kind as kindWithSettings } from '../../clusters/kind';
import { components } from '../../constructs/app/components';
import type { Composition } from '../../model/composition';
import { StrataError } from '../../model/errors';
import { because } from '../../model/layers';
import { excluded, Matrix, target } from '../../model/matrix';
import { whole } from '../../model/setting';
import { settingsOf } from '../../model/settings';
import { aFeature, anEnvironment } from '../model/support';
import { aComponent, anObject, filesOf, newFolder } from '../render/support';

/** The feature that it sets is not among those of this matrix. */
const kind = { ...kindWithSettings, settings: {} };
const dev = anEnvironment('dev', { settings: { web: { replicas: because(1, 'enough to look at') } } });
const prod = anEnvironment('prod');
const composition: Composition<unknown> = {
  matrix: new Matrix<unknown>(
    components,
    target(dev, kind, [aFeature('tool')]),
    target(prod, cloud, []),
    excluded(dev, cloud, 'costs money'),
    excluded(prod, kind, 'too small'),
  ),
  features: [
    aFeature(
      'tool',
      { summary: 'helps', needs: ['zones'], excludes: [{ what: 'prod', why: 'no tools there' }] },
      settingsOf('tool', { size: whole(3) }),
    ),
  ],
  compose: ({ environment: { name: namespace }, settings }) => [
    aComponent('web', 1, [anObject('Service', 'web', { namespace, replicas: settings.web.replicas })]),
  ],
  secrets: () => [],
  origins: () => new Map(),
  deliver: (delivered) => [
    { file: 'argocd/projects.yaml', objects: delivered.map(({ target: { name } }) => anObject('AppProject', name)) },
  ],
};
const strata = program({ version: '1.2.3', commands, judgingCommands });
const escaped = (text: string) => text.replace(/[|\\{}()[\]^$+*?.]/g, '\\$&');

/** What a person sees who calls `strata` with these arguments. */
async function call(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await strata.run(args, {
    env: {},
    composition: () => composition,
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, out, error: errors.join('\n'), errors };
}

describe('what cannot be done ends with code 2 and one message that says how to mend it', () => {
  test.each<[string, readonly string[], found: string, fix: string]>([
    ['an unknown command', ['rendr'], 'strata rendr: there is no such command', 'did you mean render?'],
    [
      'a command called like what every object has',
      ['constructor'],
      'strata constructor: there is no such command',
      'known: render',
    ],
    [
      'an unknown target',
      ['render', 'dev@kidn'],
      'dev@kidn: no target has this name',
      'did you mean dev@kind? known: dev@kind, prod@cloud',
    ],
    ['an excluded target', ['render', 'dev@cloud'], 'dev@cloud: excluded: costs money', 'environments/matrix.ts'],
    [
      'one unknown target among known ones',
      ['render', 'dev@kind', 'x'],
      'x: no target has this name',
      'known: dev@kind',
    ],
    [
      'an unknown option',
      ['render', '--ot', 'x'],
      'strata render --ot: there is no such option',
      'did you mean --out?',
    ],
    ['an unknown option of a command that has none', ['features', '--hlp'], 'strata features --hlp', 'mean --help?'],
    [
      'an option that other commands have',
      ['features', '--watch'],
      'strata features --watch: there is no such option',
      'call a command that has it: strata render, strata verify\n   or: leave it out: strata features has no options',
    ],
    [
      'a format of no cluster',
      ['clusters', '-o', 'kind'],
      'strata clusters -o kind: prints one cluster',
      'name one of these: kind',
    ],
    [
      'a format of no cluster, the usual one',
      ['clusters', '-o', 'yaml'],
      'prints one cluster, and none is named',
      'leave the option out',
    ],
    ['an unknown short option', ['clusters', '-x'], 'strata clusters -x: there is no such option', '--output'],
    ['an option before the command', ['--verison'], 'strata --verison: there is no such option', 'mean --version?'],
    ['an option without its value', ['render', '--out'], 'strata render --out: the option needs a value', '--out DIR'],
    [
      'an option whose value was forgotten',
      ['render', '--out', '--previous', 'x'],
      'the option needs a value',
      '--out=',
    ],
    ['an option that is given twice', ['render', '--out', 'x', '--out', 'y'], 'given twice', 'x, y'],
    ['a switch with a value', ['verify', '--all=no'], '--all takes no value', 'write --all alone'],
    [
      'an argument of a command that takes none',
      ['features', 'tool'],
      'tool: there is an argument too many',
      'features',
    ],
    ['an argument too many', ['explain', 'dev@kind', 'Service/web', 'spec', 'x'], 'x: there is an argument', 'explain'],
    [
      'help for an unknown command',
      ['help', 'rendr'],
      'strata rendr: there is no such command',
      'did you mean render?',
    ],
    ['an unknown shell', ['completion', 'bsh'], 'strata completion bsh', 'did you mean bash?'],
    ['an unknown cluster', ['clusters', 'knd'], 'knd: no cluster has this name', 'did you mean kind?'],
    ['an unknown format', ['clusters', 'kind', '-o', 'xml'], '-o xml: xml is not one of', 'known: yaml, json'],
    ['no target to explain', ['explain'], 'needs TARGET', '`strata targets` lists them'],
    ['an unknown target to explain', ['explain', 'dev@kidn'], 'no target has this name', 'did you mean dev@kind?'],
    [
      'an object called undefined',
      ['explain', 'dev@kind', 'Service/undefined'],
      'this target renders no such object',
      'known: Service/web',
    ],
    [
      'an unknown object to explain',
      ['explain', 'dev@kind', 'Service/wbe'],
      'Service/wbe: this target renders no such object',
      'did you mean Service/web?',
    ],
  ])('%s', async (_what, args, found, fix) => {
    const { code, out, errors, error } = await call(...args);
    expect(code).toBe(2);
    expect(errors).toHaveLength(1);
    expect(error).toMatch(/^error: /);
    expect(error).toContain(found);
    expect(error).toContain(fix);
    expect(error).not.toMatch(/^ +at /m);
    expect(out).toEqual([]);
    expect(existsSync('x')).toBe(false);
  });
});

describe('help', () => {
  test('is shown without a command, which is a mistake; asked for, it is none', async () => {
    expect((await call()).code).toBe(2);
    for (const args of [['--help'], ['-h'], ['help']]) {
      const help = await call(...args);
      expect(help.code).toBe(0);
      expect(help.out).toEqual((await call()).out);
      for (const { name, summary } of COMMAND_TABLES)
        expect(help.out.join('\n')).toMatch(new RegExp(`^  ${name} +${escaped(summary)}$`, 'm'));
    }
  });

  test.each(COMMAND_TABLES.map((table) => [table.name, table] as const))(
    'of %s names every argument and option with its meaning and default, and ends with 0',
    async (name, table) => {
      const { code, out, error } = await call(name, '--help');
      expect([code, error]).toEqual([0, '']);
      expect(await call(name, 'x', '--nonsense', '-h', 'y')).toMatchObject({ code: 0, out });
      expect(await call('help', name)).toMatchObject({ code: 0, out });
      expect(out[0]).toMatch(new RegExp(`^strata ${name}( |$)`));
      const text = out.join('\n');
      for (const [option, { description, ...rest }] of Object.entries<Option>(table.options)) {
        const fallback = 'default' in rest ? rest.default : 'unset' in rest ? rest.unset : 'off';
        expect(text).toMatch(
          new RegExp(`--${option}\\b.*${escaped(description)}.*\\(default: ${escaped(fallback)}\\)$`, 'm'),
        );
      }
      for (const { name: argument, description } of table.arguments)
        expect(text).toMatch(
          new RegExp(`^ +${escaped(argument)}.*${escaped(description)}.*\\((default: |required\\))`, 'm'),
        );
      expect(text).toMatch(/^ +-h, --help +show this help$/m);
    },
  );

  test('behind -- is an argument', async () => expect((await call('help', '--', '--help')).code).toBe(2));
});

test('--version prints the version', async () =>
  expect(await call('--version')).toMatchObject({ code: 0, out: ['strata 1.2.3'] }));

test('an option may be written in each customary form', async () => {
  const json = (await call('clusters', 'kind', '--output', 'json')).out;
  expect(json[0]).toMatch(/^\{/);
  for (const args of [['--output=json'], ['-o', 'json'], ['-ojson'], ['-o=json']])
    expect((await call('clusters', ...args, 'kind')).out).toEqual(json);
});

test('targets --check shows the error of a target that render refuses', async () => {
  const refuse = () => {
    throw new StrataError('dev@kind', 'cannot be', ['mend it']);
  };
  const broken = () => ({ ...composition, compose: refuse });
  const errorsOf = async (...args: string[]) => {
    const errors: string[] = [];
    const code = await strata.run(args, {
      env: {},
      composition: broken,
      print: () => undefined,
      printError: (line) => errors.push(line),
    });
    return { code, errors };
  };
  const refused = { code: 2, errors: ['error: dev@kind: cannot be\n  fix: mend it'] };
  expect(await errorsOf('targets', '--check')).toEqual(refused);
  expect(await errorsOf('render', '--out', join(newFolder(), 'tree'))).toEqual(refused);
  // The list alone renders nothing.
  expect(await errorsOf('targets')).toEqual({ code: 0, errors: [] });
});

test('targets lists the targets with version and features, then the excluded pairs with their reasons', async () => {
  expect((await call('targets')).out).toEqual([
    `dev@kind    ${kind.kubernetes}  tool`,
    `prod@cloud  ${cloud.kubernetes}  no features`,
    'dev@cloud   -     excluded: costs money',
    'prod@kind   -     excluded: too small',
  ]);
});

test('features says what each one gives, needs, excludes and takes', async () => {
  expect((await call('features')).out).toEqual([
    'tool: helps',
    '  needs zones',
    '  never with prod: no tools there',
    '  tool.size = 3',
  ]);
});

describe('clusters', () => {
  test('lists each one with its nodes and what it provides', async () => {
    const { out } = await call('clusters');
    expect(out[0]).toMatch(/^kind +1\.\d+ +4 nodes +.*zones/);
    expect(out).toHaveLength(2);
  });

  test('prints one as the objects that kubectl would print', async () => {
    const { out } = await call('clusters', 'kind', '-o', 'json');
    const { items } = JSON.parse(out.join('\n')) as { items: { kind: string; metadata: { name: string } }[] };
    const names = items.map(({ kind: type, metadata }) => `${type}/${metadata.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'Node/control-1',
        'Node/general-1',
        'Node/general-2',
        'Node/batch-1',
        'StorageClass/standard',
      ]),
    );
    expect((await call('clusters', 'kind')).out.join('\n')).toMatch(/^apiVersion: v1\nkind: List\n/);
  });

  test("are printed as kind's configuration, which `kind create cluster --config` takes", async () => {
    const { code, out } = await call('clusters', 'kind', '-o', 'kind');
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/^apiVersion: kind\.x-k8s\.io\/v1alpha4\nkind: Cluster\nname: kind\nnodes:\n/);
    // Without a network of kind's own: why, stands above it.
    expect((await call('clusters', 'cloud', '-o', 'kind')).out.join('\n')).toMatch(
      /\n# cloud has (\w+) for its network, so kind's own one is left out: nodes are NotReady until \1 is installed\.\nnetworking:\n {2}disableDefaultCNI: true\n/,
    );
  });
});

describe('explain', () => {
  test('says of every setting its value, who said it and why, and what it overrode', async () => {
    const { out } = await call('explain', 'dev@kind');
    const at = out.indexOf('web.replicas = 1');
    expect(out[at + 1]).toMatch(/^ {2}environment, test\/cli\/program\.test\.ts:\d+: "enough to look at"$/);
    expect(out[at + 2]).toMatch(/^ {2}over 2: default, constructs\/app\/web-service\.ts:\d+$/);
  });

  test('says which setting moves a field, and what it would be without', async () => {
    const { out } = await call('explain', 'dev@kind', 'Service/web', 'replicas');
    expect(out).toContainEqual(expect.stringMatching(/^ {2}moved by web\.replicas = 1\b/));
    expect(out).toContain('    without it: 2');
  });
});

test('render writes the tree where it is told, and says what it wrote', async () => {
  const folder = join(newFolder(), 'tree');
  const { code, out } = await call('render', '--out', folder);
  expect(code).toBe(0);
  expect(out).toEqual([
    'dev@kind    1 objects  rendered',
    'prod@cloud  1 objects  rendered',
    `2 targets, 2 objects in ${folder}`,
  ]);
  expect(Object.keys(filesOf(folder))).toEqual([
    'argocd/projects.yaml',
    'cloud/prod/10-web.yaml',
    'index.json',
    'kind/dev/10-web.yaml',
  ]);
});

test('what is a fault of strata itself, and not of what it was given, is not hidden', async () => {
  const broken = Object.defineProperty({ ...composition }, 'matrix', {
    get: () => {
      throw new TypeError('a fault');
    },
  });
  const host = { env: {}, composition: () => broken, print: () => {}, printError: () => {} };
  await expect(strata.run(['targets'], host)).rejects.toThrow(TypeError);
});
