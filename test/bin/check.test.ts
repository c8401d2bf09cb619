import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../support/project';

jest.setTimeout(120_000);

/** A copy of the project in which every step fails that can fail beside the others. */
const project = new Project();
const place = (path: string) => join(project.folder, path);
const change = (path: string, edit: (text: string) => string) => {
  const text = readFileSync(place(path), 'utf8');
  expect(edit(text)).not.toBe(text);
  writeFileSync(place(path), edit(text));
};
const check = (...args: string[]) => project.run(`node bin/check.mjs ${args.join(' ')}`);
afterAll(() => project.remove());

test('a whole project passes, in one line for each step', () => {
  const { output, status } = check('lint', 'format', 'schemas', 'render', 'verify');
  expect(output.replace(/ +\d+\.\d s/g, '')).toBe(
    'ok      lint\nok      format\nok      schemas\nok      render\nok      verify\n\n5 of 5 steps passed\n',
  );
  expect(status).toBe(0);
});

test.each([
  ['lnt', /no step is called lnt; the steps: types, lint, format, imports, schemas, tests, render, verify/],
  ['--skip types,tets', /no step is called tets/],
  ['lint --skip lint', /no step is left to run/],
  ['--fix', /Unknown option '--fix'/],
])('%s is a wrong call', (args, message) => {
  const { output, status } = check(args);
  expect(output).toMatch(message);
  expect(status).toBe(2);
});

describe('in a project where much is wrong', () => {
  beforeAll(() => {
    appendFileSync(place('model/images.ts'), "\nexport const count: number = 'one';\n");
    appendFileSync(place('model/near.ts'), '\nexport const answer   = 42;\n');
    appendFileSync(place('model/errors.ts'), '\nexport function lint(): void {\n  var unused = 1;\n}\n');
    writeFileSync(place('imports/old.ts'), '');
    change('upstream/kubernetes/generate.mjs', (text) => text.replace('argo-cd/v3@v3.4.0', 'argo-cd/v3@v3.4.1'));
    // A Service in front of no pod: rendered as meant, and never reachable.
    change('constructs/core/service.ts', (text) =>
      text.replace(
        'selector: props.selector ? lazily(props.selector) : workload.selector',
        "selector: { app: 'nobody' }",
      ),
    );
  });

  test('every step runs, and each that fails names the command that mends it', () => {
    const { output, status } = check('--skip', 'tests');
    expect(status).toBe(1);
    const summary = output.slice(output.indexOf('\ntypes failed'));
    expect(summary.replace(/\n\n/g, '\n')).toBe(
      [
        '',
        'types failed (tsc)',
        '  fix: correct the lines above; `npm run types` checks them again',
        'lint failed (biome lint)',
        '  fix: `npx biome lint --write` corrects what is safe to correct; correct the rest by hand',
        'format failed (biome check)',
        '  fix: `npm run format`',
        'imports failed (node imports/generate.mjs)',
        '  fix: `npm run imports`',
        'schemas failed (node upstream/kubernetes/generate.mjs)',
        '  fix: `npm run schemas -- --from-modules` (needs Go)',
        'verify failed (node bin/strata.mjs verify)',
        '  fix: each finding names its fix; `npx strata verify --explain CHECK` shows an example',
        '1 of 7 steps passed',
        '',
      ].join('\n'),
    );
    expect(output).toMatch(/model\/images\.ts.*TS2322/);
    expect(output).toMatch(/service-selects-workload/);
  });
});

describe('tests that fail', () => {
  beforeAll(() => {
    // Of all tests, one of each kind is left.
    change('jest.config.js', (text) =>
      text.replace(
        /testMatch: \[.*\]/,
        "testMatch: ['<rootDir>/test/left/**', '<rootDir>/test/golden/*.test.ts', '<rootDir>/test/docs/reference.test.ts']",
      ),
    );
    change('docs/reference.md', (text) => `${text}\nby hand\n`);
    rmSync(place('test/golden/cloud-prod.diff.yaml'));
    project.run('mkdir test/left');
    writeFileSync(place('test/left/wrong.test.ts'), "test('two', () => expect(1).toBe(2));\n");
  });

  test('are mended by what renews the files that they compare, or run again by themselves', () => {
    const { output, status } = check('tests');
    expect(status).toBe(1);
    expect(output.slice(output.indexOf('\ntests failed'))).toBe(
      [
        '',
        'tests failed (jest)',
        '  fix: `npm run golden` if the rendered manifests are meant to change; review them with `git diff test/golden`',
        '  fix: `npm run docs` renews what is generated and quoted in docs/; correct the rest by hand',
        '  fix: correct the code or the test; `npx jest test/left/wrong.test.ts` runs what failed',
        '',
        '0 of 1 steps passed',
        '',
      ].join('\n'),
    );
    expect(output).toContain('Expected: 2');
  });
});

test('a target that cannot be rendered fails the step, with the message of the command', () => {
  change('environments/prod.ts', (text) => text.replace("environment('prod'", "environment('dev'"));
  const { output, status } = check('render');
  expect(output).toMatch(/two environments are called dev/);
  expect(output).toMatch(/render failed \(node bin\/strata\.mjs render\)\n {2}fix: do what the message says/);
  expect(status).toBe(1);
});
