import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readInputs } from '../../manifests/reading/inputs';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

const folder = mkdtempSync(join(tmpdir(), 'rule-tests-'));
const given = process.env['PROMTOOL'];
afterEach(() => {
  if (given === undefined) delete process.env['PROMTOOL'];
  else process.env['PROMTOOL'] = given;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A promtool that shows its files and ends like this. */
function promtool(ends: number): void {
  const program = join(folder, `promtool-${ends}`);
  writeFileSync(
    program,
    `#!/usr/bin/env node\nconst { readFileSync } = require('node:fs');\nconsole.log('Unit Testing: tests.yaml');\nif (${ends}) console.log('  FAILED:\\n    alertname: Down, got:[]', process.argv.slice(2).join(' '), readFileSync('rules-0.yaml', 'utf8').includes('up == 0'));\nprocess.exit(${ends});\n`,
  );
  chmodSync(program, 0o755);
  process.env['PROMTOOL'] = program;
}

/** What is said of a folder with these files. */
function said(files: Readonly<Record<string, string>>) {
  const place = mkdtempSync(join(folder, 'files-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  const { resources, documents } = readInputs([place]);
  const world = new World(resources, new Facts([]), undefined, undefined, documents);
  return runChecks(
    world,
    checks.filter(({ id }) => id === 'alert-tests-pass'),
  ).map(({ verdict, object, path, message }) => ({ verdict, object: object.replace(`${place}/`, ''), path, message }));
}

const RULE =
  '{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: web }, spec: { groups: [{ name: web, rules: [{ alert: Down, expr: up == 0 }] }] } }';
const tests = (alert: string, file = 'rule.yaml') =>
  `{ rule_files: [${file}], tests: [{ interval: 1m, alert_rule_test: [{ eval_time: 1m, alertname: ${alert}, exp_alerts: [{}] }] }] }`;

test('a file of tests names PrometheusRules by their file, and promtool runs them', () => {
  promtool(1);
  expect(said({ 'rule.yaml': RULE, 'web.test.yaml': tests('Down') })).toEqual([
    {
      verdict: 'fail',
      object: 'web.test.yaml',
      path: '',
      message: expect.stringMatching(
        /what is expected of them: alertname: Down, got:\[\] test rules tests\.yaml true$/,
      ) as unknown,
    },
  ]);
  promtool(0);
  expect(said({ 'rule.yaml': RULE, 'web.test.yaml': tests('Down') })).toEqual([]);
});

test.each(['', 'rule_files: [], ', 'rule_files: , '])(
  'tests with { %s} are about no rules, and are judged too',
  (rules) => {
    promtool(0);
    const expression = `{ ${rules}tests: [{ input_series: [], promql_expr_test: [{ expr: up, eval_time: 1m }] }] }`;
    expect(said({ 'web.test.yaml': expression })).toEqual([]);
    const alert = `{ ${rules}tests: [{ alert_rule_test: [{ eval_time: 1m, alertname: Down, exp_alerts: [{}] }] }] }`;
    expect(said({ 'web.test.yaml': alert })).toMatchObject([
      { verdict: 'fail', path: 'tests[0].alert_rule_test[0].alertname' },
    ]);
    promtool(1);
    expect(said({ 'web.test.yaml': expression })).toMatchObject([{ verdict: 'fail', path: '' }]);
  },
);

test('a file of rules beside them serves as well, and a pattern of file names', () => {
  promtool(0);
  expect(
    said({
      'a.rules.yaml': '{ groups: [{ name: web, rules: [{ alert: Down, expr: up == 0 }] }] }',
      'b.yaml': RULE,
      'web.test.yaml': tests('Down', '"*.rules.yaml"'),
    }),
  ).toEqual([]);
});

test('an alert that no rule has fails without promtool, unless the test expects that it does not fire', () => {
  process.env['PROMTOOL'] = join(folder, 'none');
  expect(said({ 'rule.yaml': RULE, 'web.test.yaml': tests('Dwon') })).toMatchObject([
    {
      verdict: 'fail',
      path: 'tests[0].alert_rule_test[0].alertname',
      message: expect.stringContaining('did you mean "Down"?') as unknown,
    },
  ]);
  expect(said({ 'rule.yaml': RULE, 'web.test.yaml': tests('Dwon').replace('[{}]', '[]') })).toMatchObject([
    { verdict: 'unknown' },
  ]);
});

test('what cannot be told is unknown: rules that are not here, and, said once, all of it without promtool', () => {
  process.env['PROMTOOL'] = join(folder, 'none');
  expect(said({ 'rule.yaml': RULE, 'web.test.yaml': tests('Down', 'other.yaml') })).toMatchObject([
    { verdict: 'unknown', path: 'rule_files', message: expect.stringContaining('(other.yaml)') as unknown },
  ]);
  expect(said({ 'rule.yaml': RULE, 'a.test.yaml': tests('Down'), 'b.test.yaml': tests('Down') })).toMatchObject([
    { verdict: 'unknown', message: expect.stringContaining('promtool') as unknown },
  ]);
});

test('a test of no alert, or of one that must not fire, needs no rule', () => {
  promtool(0);
  const test = (entry: string) =>
    said({
      'rule.yaml': RULE,
      'web.test.yaml': `{ rule_files: [rule.yaml], tests: [{ alert_rule_test: [${entry}] }] }`,
    });
  expect(test('{ eval_time: 1m, exp_alerts: [{}] }')).toEqual([]);
  expect(test('{ alertname: Gone, exp_alerts: [] }')).toEqual([]);
  expect(test('{ alertname: Gone, exp_alerts: [{}] }')).toMatchObject([
    { path: 'tests[0].alert_rule_test[0].alertname' },
  ]);
});
