import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inputs } from '../../checks/inputs';
import { clusterGiven } from '../../cli/cluster-given';
import { appliedIn, configured } from '../../cli/configured';
import type { Resource } from '../../manifests/resource';
import { newFolder } from '../render/support';

const folder = newFolder();
for (const name of ['app', 'app-old']) mkdirSync(join(folder, name));
const given = (text: string, more: { readonly skip?: readonly string[]; readonly cluster?: string } = {}) => {
  const config = join(folder, '.strata.yaml');
  writeFileSync(config, text);
  return configured({ config, cluster: undefined, declare: undefined, complete: false, ...more });
};

test('what --skip leaves out is left out beside what the file leaves out', () => {
  const file = 'skip: [networking]\n';
  expect(given(file, { skip: ['schema'] }).values.skip).toEqual(['networking', 'schema']);
  expect(given(file).values.skip).toEqual(['networking']);
  expect(given('complete: true\n', { skip: ['schema'] }).values.skip).toEqual(['schema']);
});

test('a namespace of a folder is not that of a folder whose name begins the same', () => {
  const { config } = given('namespace: rest\nnamespaces: { app: shop }\n');
  const applied = appliedIn({}, config)!;
  const at = (path: string) => applied({ source: { file: join(folder, path) } } as Resource);
  expect([at('app/a.yaml'), at('app-old/a.yaml'), at('a.yaml')]).toEqual(['shop', 'rest', 'rest']);
});

test('an error names where a value was read: the file, or the option', () => {
  const own = given('cluster: nowhere\nkubernetes: "1.15"\n').values;
  const inputs = {} as Inputs;
  expect(() => clusterGiven(() => [], own, inputs)).toThrow(/\.strata\.yaml:2:1 kubernetes 1\.15: the known versions/);
  expect(() => clusterGiven(() => [], { ...own, kubernetes: undefined }, inputs)).toThrow(
    /\.strata\.yaml:1:1 cluster nowhere: does not exist/,
  );
  const { values } = given('cluster: nowhere\n', { cluster: 'nowhere-else' });
  expect(() => clusterGiven(() => [], values, inputs)).toThrow(/^--cluster nowhere-else: does not exist/);
});

test('a version that lost its zero on the way through YAML is told with it', () => {
  const refuse = (kubernetes: string) => () => clusterGiven(() => [], { cluster: undefined, kubernetes }, {} as Inputs);
  expect(refuse('1.3')).toThrow("fix: write '1.30' if that is meant, in quotes where it is YAML");
  expect(refuse('1.2')).toThrow(/fix: give the nearest of them/);
});
