import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../../cli/program';
import { cloud } from '../../clusters/cloud';
import { kind as kindWithSettings } from '../../clusters/kind';
import { components } from '../../constructs/app/components';
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
const strata = program<unknown>({
  matrix: new Matrix<unknown>(
    components,
    target(dev, kind, [aFeature('tool')]),
    target(prod, cloud, []),
    excluded(dev, cloud, 'costs money'),
    excluded(prod, kind, 'too small'),
  ),
  features: [
    {
      name: 'tool',
      settings: settingsOf('tool', { size: whole(3) }),
      facts: {
        group: 'practice',
        summary: 'helps',
        needs: ['zones'],
        excludes: [{ what: 'prod', why: 'no tools there' }],
      },
    },
  ],
  compose: ({ environment: { name: namespace }, settings }) => [
    aComponent('web', 1, [anObject('Service', 'web', { namespace, replicas: settings.web.replicas })]),
  ],
  origins: () => new Map(),
  deliver: (delivered) => [
    { file: 'argocd/projects.yaml', objects: delivered.map(({ target: { name } }) => anObject('AppProject', name)) },
  ],
});

/** What a person sees who calls `strata` with these arguments. */
async function call(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await strata.run(args, {
    env: {},
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, out, error: errors.join('\n'), errors };
}

describe('what can not be done ends with code 2 and one message that says how to mend it', () => {
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
    ['an unknown option', ['render', '--ot', 'x'], "'--ot'", '--out'],
    ['an option without its value', ['render', '--out'], "'--out", ''],
    ['an unknown option of a command that has none', ['targets', '--jsn'], "'--jsn'", ''],
    ['an argument of a command that takes none', ['features', 'tool', 'other'], 'tool', ''],
    ['an unknown cluster', ['clusters', 'knd'], 'knd: no cluster has this name', 'did you mean kind?'],
    ['an unknown format', ['clusters', 'kind', '-o', 'xml'], '-o xml: is no format', '-o yaml'],
    ['no target to explain', ['explain'], 'needs a target', 'npx strata targets'],
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

test('without a command the help is shown, and it is a mistake; asked for, it is none', async () => {
  expect((await call()).code).toBe(2);
  const help = await call('--help');
  expect(help.code).toBe(0);
  for (const command of ['render', 'synth', 'targets', 'explain', 'features', 'clusters'])
    expect(help.out.join()).toContain(`strata ${command}`);
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
    expect(out.find((line) => line.startsWith('  moved by web.replicas = 1'))).toBeDefined();
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
