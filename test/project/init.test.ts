import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Place } from './made';

const place = new Place();
const project = 'tea-shop';

beforeAll(() => {
  place.out(`npm exec --yes --package ./${place.tarball} -- strata init ${project}`);
  place.out('npm ci --no-audit --no-fund', project);
});

test('a new project is whole: what its README names is there, and nothing speaks of where it came from', () => {
  for (const [, path] of place.read(`${project}/README.md`).matchAll(/^\| `([^`]+)` \|/gm))
    expect([path, readdirSync(join(place.folder, project, path!, '..'))]).toEqual([
      path,
      expect.arrayContaining([path!.replace(/\/$/, '').split('/').at(-1)]),
    ]);
  const text = ['package.json', 'platform.ts', 'main.ts', 'README.md'].map((path) => place.read(`${project}/${path}`));
  expect(text.join('\n')).toContain(project);
  expect(text.join('\n')).not.toMatch(/\bcourse\b|"name": "shop"/);
});

test('it renders, nothing in it will break, and its own tests pass', () => {
  expect(place.out('npm run synth', project)).toContain('kind/prod/10-web.yaml');
  expect(place.out('npx strata verify', project)).toMatch(/^14 objects, \d+ checks: 0 will break, 0 advice$/m);
  expect(place.out('npm test', project)).toMatch(/Tests: +7 passed, 7 total/);
});

test('explain names the lines of its own files', () => {
  const said = place.out('npx strata explain prod@kind Deployment/web spec.replicas', `${project}/environments`);
  expect(said).toContain('made by workloads/web.ts:');
  expect(said).toContain('from platform.ts:');
  expect(said).toContain('environments/prod.ts:');
  expect(said).not.toMatch(/node_modules|controller\.ts/);
});

test('a changed source is rendered, and a mistake is told at its line', () => {
  const file = `${project}/environments/prod.ts`;
  const before = place.read(file);
  place.write(file, before.replace('because(3,', 'because(5,'));
  place.out('npx strata render', project);
  expect(place.read(`${project}/dist/kind/prod/10-web.yaml`)).toMatch(/^ {2}replicas: 5$/m);
  place.write(file, before.replace('because(3,', "because('three',"));
  expect(place.run('npx strata render', project)).toMatchObject({
    status: 2,
    out: expect.stringContaining('prod@kind, environment layer, web.replicas: is "three"'),
  });
  expect(place.run('npx tsc --noEmit', project)).toMatchObject({
    status: 1,
    out: expect.stringContaining('environments/prod.ts(7,'),
  });
  place.write(file, before);
});

test('nothing is overwritten', () => {
  const { status, out } = place.run('npx strata init .', project);
  expect([status, out]).toEqual([2, expect.stringContaining('nothing is overwritten')]);
});

test('it is found from any folder in it', () => {
  expect(place.out('npx strata targets', `${project}/workloads`)).toContain('dev@kind');
  expect(
    place.run('node project/node_modules/strata/bin/strata.mjs targets'.replace('project', project)),
  ).toMatchObject({
    status: 2,
    out: expect.stringContaining('no project found: looked for a main.ts'),
  });
});

test('strata add writes what compiles, renders, and is whole', () => {
  for (const words of ['environment pre-prod', 'cluster edge', 'feature queue', 'workload api'])
    place.out(`npx strata add ${words}`, project);
  place.out('npx tsc --noEmit', project);
  const targets = place.out('npx strata targets', project);
  for (const name of ['pre-prod@kind', 'dev@edge']) expect(targets).toMatch(new RegExp(`^${name} +1\\.3`, 'm'));
  expect(place.out('npx strata render', project)).toContain('4 targets');
  expect(place.read(`${project}/dist/kind/pre-prod/10-api.yaml`)).toContain('registry.example.com/api:1.0.0');
  expect(place.out('npx strata verify', project)).toContain(' 0 will break');
  // Its own features have their files; those of the package have none in the project, but the line that names them.
  expect(place.out('npx strata explain dev@kind PodDisruptionBudget/web', project)).not.toContain(
    'features/availability',
  );
  expect(place.run('npx strata add workload api', project)).toMatchObject({
    status: 2,
    out: expect.stringContaining('workloads/api.ts: is there already'),
  });
});
