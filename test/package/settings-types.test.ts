import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { features } from '../../features/registry';
import { Installed } from './installed';

jest.setTimeout(240_000);

const installed = new Installed();
const packages = join(__dirname, '../../node_modules');
// What a project installs itself.
for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs', 'kubernetes-types'])
  symlinkSync(join(packages, name), join(installed.folder, 'node_modules', name));

/** What TypeScript says of a file that uses one feature alone, with a setting. */
function problems(path: string, group: string, field: string, value: unknown): string {
  installed.write(
    'uses.ts',
    `import { because, environment } from 'strata';
import * as feature from 'strata/features/${path}';
export const used = [feature];
export const dev = environment('dev', { ephemeral: true, settings: { ${group}: { ${field}: because(${JSON.stringify(value)}, 'a test') } } });
`,
  );
  const options =
    '--ignoreConfig --noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --types';
  const { stdout, stderr } = installed.run(process.execPath, [
    join(packages, 'typescript/bin/tsc'),
    ...options.split(' '),
    '',
    'uses.ts',
  ]);
  return stdout + stderr;
}

const cases = features.flatMap(({ name, facts, settings }) =>
  Object.entries(settings.fields)
    .slice(0, 1)
    .map(([field, setting]) => ({ path: `${facts.group}/${name}`, group: settings.name, field, setting })),
);

test('every feature that has settings is tried', () => {
  const groups = ['prometheus', 'alerting', 'grafana', 'kubeStateMetrics', 'nodeExporter', 'autoscaling'];
  expect(cases.map(({ group }) => group)).toEqual(expect.arrayContaining(groups));
  const types = (path: string) =>
    join(installed.folder, `node_modules/strata/.strata/packed/lib/features/${path}.d.ts`);
  for (const { path } of cases) expect([path, existsSync(types(path))]).toEqual([path, true]);
});

test.each(cases)('a project of its own sets $group, $field with the feature $path alone', (feature) => {
  expect(problems(feature.path, feature.group, feature.field, feature.setting.default)).toBe('');
});

test('a setting that a feature does not have does not compile', () => {
  expect(problems('monitoring/prometheus', 'prometheus', 'intervall', '30s')).toContain("'intervall' does not exist");
  expect(problems('availability/zone-spread', 'grafana', 'reach', 'inside')).toContain("'grafana' does not exist");
});
