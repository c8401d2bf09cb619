import { join } from 'node:path';
import { commands } from '../../cli/commands';
import { completeWords } from '../../cli/completion';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import { projectOf } from '../../cli/project';
import { COMMAND_TABLES } from '../../cli/tables';
import type { Cluster } from '../../model/cluster';
import type { Composition } from '../../model/composition';
import { excluded, Matrix, target } from '../../model/matrix';
import { aCluster, aFeature, anEnvironment } from '../model/support';
import { aComponent, anObject, filesOf, newFolder } from '../render/support';

const tool = aFeature('tool');
const REGIONS = ['eu', 'us', 'ap'];
const clusterIn = (region: string, kubernetes: Cluster['kubernetes'] = '1.34') =>
  aCluster(`cloud-${region}`, { kubernetes });
const [dev, prod] = [anEnvironment('dev', { elsewhere: 'nobody looks at it' }), anEnvironment('prod')];
const laptop = aCluster('laptop', { kubernetes: '1.33' });
const regional = REGIONS.map((region) => clusterIn(region, region === 'ap' ? '1.33' : '1.34'));

/** Targets as a loop makes them. */
const matrix = new Matrix<unknown>(
  [],
  target(dev, laptop, [tool]),
  ...regional.map((cluster, i) => target(prod, cluster, i === 0 ? [tool] : [])),
  excluded(prod, laptop, 'too small'),
);
const compositionOf = (all: Matrix<unknown>): Composition<unknown> => ({
  matrix: all,
  features: [],
  compose: ({ environment: { name: namespace } }) => [
    aComponent('web', 1, [anObject('Service', 'web', { namespace })]),
  ],
  secrets: () => [],
  origins: () => new Map(),
  deliver: () => [],
});
const composition = compositionOf(matrix);
const strata = program({ version: '1.0.0', commands, judgingCommands });
async function call(args: readonly string[], of = composition) {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const code = await strata.run(args, { env: {}, composition: () => of, print, printError: print });
  return { code, lines, text: lines.join('\n') };
}
const names = ({ lines }: { lines: readonly string[] }) => lines.map((line) => line.split(' ')[0]);

describe('`targets --where` lists', () => {
  test.each<[conditions: string, listed: string[]]>([
    [
      'cluster=cloud-*',
      ['prod@cloud-eu', 'prod@cloud-us', 'prod@cloud-ap', 'dev@cloud-eu', 'dev@cloud-us', 'dev@cloud-ap'],
    ],
    ['cluster=cloud-?u', ['prod@cloud-eu', 'dev@cloud-eu']],
    ['environment=dev cluster=laptop', ['dev@laptop']],
    ['feature=tool', ['dev@laptop', 'prod@cloud-eu']],
    ['kubernetes=1.33 environment=prod', ['prod@cloud-ap', 'prod@laptop']],
    ['feature=tool kubernetes=1.34', ['prod@cloud-eu']],
  ])('%s', async (conditions, listed) => {
    const result = await call(['targets', ...conditions.split(' ').flatMap((one) => ['--where', one])]);
    expect(result.code).toBe(0);
    expect(names(result)).toEqual(listed);
  });
  test('nothing, where each condition holds of something and no target has all', async () =>
    expect(await call(['targets', '--where', 'feature=tool', '--where', 'cluster=cloud-us'])).toMatchObject({
      code: 0,
      lines: ['no target: all conditions must hold of one'],
    }));
  test.each([
    ['cluster=cluod-*', 'no target has such a cluster', 'cloud-eu'],
    ['feature=tol', 'no target has such a feature', 'tool'],
    ['clutser=x', 'is no condition', 'did you mean cluster?'],
    ['cluster', 'is no condition', 'cluster=cloud-*'],
    ['=x', 'is no condition', 'environment'],
    ['cluster=', 'is no condition', 'cluster=cloud-*'],
    ['constructor=x', 'is no condition', 'environment'],
  ])('an error for %s', async (condition, found, fix) => {
    const { code, text } = await call(['targets', '--where', condition]);
    expect(code).toBe(2);
    expect(text).toContain(`--where ${condition}: ${found}`);
    expect(text).toContain(fix);
  });
});

test('`targets --format json` has what a program asks for', async () => {
  const { text } = await call(['targets', '--where', 'kubernetes=1.33', '--format', 'json']);
  expect(JSON.parse(text)).toEqual({
    targets: [
      {
        name: 'dev@laptop',
        path: 'laptop/dev',
        environment: 'dev',
        cluster: 'laptop',
        kubernetes: '1.33',
        ephemeral: dev.ephemeral,
        features: ['tool'],
      },
      expect.objectContaining({ name: 'prod@cloud-ap', features: [] }),
    ],
    excluded: [
      { name: 'dev@cloud-ap', environment: 'dev', cluster: 'cloud-ap', why: 'nobody looks at it' },
      { name: 'prod@laptop', environment: 'prod', cluster: 'laptop', why: 'too small' },
    ],
  });
});

describe('a glob stands for every target that it matches', () => {
  test('in render: the others stay as they are', async () => {
    const tree = join(newFolder(), 'tree');
    const { code, lines } = await call(['render', 'prod@cloud-?u', 'prod@cloud-us', 'prod@cloud-e*', '--out', tree]);
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe(`2 targets, 2 objects in ${tree}`);
    expect(Object.keys(filesOf(tree))).toEqual([
      'cloud-eu/prod/10-web.yaml',
      'cloud-us/prod/10-web.yaml',
      'index.json',
    ]);
  });
  test('in verify and secrets', async () => {
    const { text } = await call(['verify', '*@cloud-*', '--only', 'schema', '--format', 'json']);
    expect(JSON.parse(text).summary.objects).toBe(3);
    expect((await call(['secrets', '*@cloud-*'])).lines.filter(Boolean)).toHaveLength(3);
  });
  test('in explain, which explains one', async () => {
    expect((await call(['explain', 'dev@*', 'Service/web'])).code).toBe(0);
    const { code, text } = await call(['explain', 'prod@*', 'Service/web']);
    expect(code).toBe(2);
    expect(text).toContain('prod@*: matches 3 targets');
    expect(text).toContain('name one of them: prod@cloud-eu, prod@cloud-us, prod@cloud-ap');
  });
  test.each(['render', 'verify', 'secrets', 'explain'])('in %s; one that matches none is an error', async (name) => {
    const { code, text } = await call([name, 'prod@cluod-*']);
    expect(code).toBe(2);
    expect(text).toContain('prod@cluod-*: matches none of the 4 targets');
    expect(text).toMatch(/write a pattern of these: prod@cloud-/);
  });
  test('but a path with a star is a path', async () =>
    expect((await call(['verify', 'gone/*@x'])).text).toContain('is neither a file or folder nor a target'));
});

describe('very many targets', () => {
  const clusters = Array.from({ length: 120 }, (_, i) => aCluster(`edge-${i}`));
  const shop = anEnvironment('shop');
  const many = compositionOf(
    new Matrix<unknown>(
      [],
      target(dev, laptop, []),
      ...clusters.map((cluster) => target(shop, cluster, [])),
      excluded(shop, laptop, 'too small'),
    ),
  );
  test('are not all named in a message', async () => {
    const { text } = await call(['render', 'shop@edge-1200'], many);
    expect(text).toMatch(/nearest: shop@edge-100, .*shop@edge-12,/);
    expect(text).toContain('npx strata targets lists all 121');
    expect(text.length).toBeLessThan(400);
  });
  test('have their excluded pairs told by environment', async () => {
    const { lines } = await call(['targets'], many);
    expect(lines.slice(121).map((line) => line.replace(/ +/g, ' '))).toEqual([
      'dev@… - excluded on 120 clusters: nobody looks at it',
      'shop@laptop - excluded: too small',
    ]);
  });
});

test('a function that makes a cluster anew for each target is told to be called once', async () => {
  const twice = new Matrix<unknown>(
    [],
    ...[anEnvironment('a', { elsewhere: 'why' }), prod].map((environment) => target(environment, clusterIn('eu'), [])),
  );
  expect((await call(['targets'], compositionOf(twice))).text).toContain('call it once');
});

test('a shell is offered the conditions that something fulfils', async () => {
  const words: string[] = [];
  const host = {
    env: {},
    composition: () => composition as Composition<never>,
    print: (line: string) => words.push(line),
    printError: () => {},
  };
  await completeWords(COMMAND_TABLES, projectOf(host), ['targets', '--where', 'c'], host);
  expect(words).toEqual(['cluster=laptop', 'cluster=cloud-eu', 'cluster=cloud-us', 'cluster=cloud-ap']);
});
