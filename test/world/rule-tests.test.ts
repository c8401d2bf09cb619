import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { alertsOf, ruleTestsOf } from '../../world/rule-tests';
import { World } from '../../world/world';
import { configMap, worldOf } from './support';

const rules = (alert: string) =>
  `groups: [{ name: a, rules: [{ alert: ${alert}, expr: up }, { record: x, expr: up }] }]`;
const prometheusRule = (alert: string) =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: ${alert.toLowerCase()} }, spec: { ${rules(alert)} } }`;
const found = (world: World) =>
  [...ruleTestsOf(world)].map((tests) => ({
    path: tests.path.join('.'),
    alerts: [...alertsOf(tests)],
    missing: tests.missing,
  }));
const files = (texts: Readonly<Record<string, string>>) => {
  const { resources, documents } = readSources(Object.entries(texts).map(([file, text]) => ({ file, text })));
  return found(new World(resources, new Facts([]), undefined, undefined, documents));
};
const tests = (list: string) => `rule_files: ${list}\ntests: []\n`;

describe('rule tests in a ConfigMap', () => {
  const keys = (list: string, more = '') =>
    found(
      worldOf(
        configMap(
          'rules',
          `one.yml: ${JSON.stringify(rules('One'))}, two.yml: ${JSON.stringify(rules('Two'))}, t.yml: ${JSON.stringify(tests(list))}${more}`,
        ),
      ),
    );
  test.each([
    ['[one.yml]', ['One'], []],
    ['[one.yml, ./two.yml]', ['One', 'Two'], []],
    ["['*.yml']", ['One', 'Two'], []],
    ['[three.yml, one.yml]', ['One'], ['three.yml']],
    ['[1, null, { a: b }, one.yml]', ['One'], []],
    ['[]', [], []],
  ])('name the rules by their keys: %s', (list, alerts, missing) =>
    expect(keys(list)).toEqual([{ path: 'data.t.yml', alerts, missing }]),
  );
});

describe('rule tests in a file', () => {
  test('name the PrometheusRules by the files that these stand in', () => {
    const list = (entry: string) =>
      files({ 'a/one.yaml': prometheusRule('One'), 'a/t.yaml': tests(entry), 'b/two.yaml': prometheusRule('Two') });
    expect(list('[one.yaml]')).toEqual([{ path: '', alerts: ['One'], missing: [] }]);
    expect(list('[../b/two.yaml]')).toEqual([{ path: '', alerts: ['Two'], missing: [] }]);
    expect(list("['../*/*.yaml']")).toEqual([{ path: '', alerts: ['One', 'Two'], missing: [] }]);
    expect(list('[b/two.yaml]')).toEqual([{ path: '', alerts: [], missing: ['b/two.yaml'] }]);
    expect(list('[2, one.yaml]')).toEqual([{ path: '', alerts: ['One'], missing: [] }]);
  });
  test.each([
    ['tests: [{ input_series: [] }]', 1],
    ['tests: [{}, { promql_expr_test: [] }]', 1],
    ['tests: [{ alert_rule_test: [] }]\nrule_files: null', 1],
    ['tests: [{ alert_rule_test: [] }]\nrule_files: a', 0],
    ['tests: [{ name: unit }]', 0],
    ['tests: [{ input_series: a }]', 0],
    ['tests: [null]', 0],
    ['tests: all', 0],
    ['tests: {}\nrule_files: []', 0],
    ['rule_files: []\ntests: []', 1],
  ])('are told from other files by what they hold: %s', (text, count) =>
    expect(files({ 't.yaml': text })).toHaveLength(count),
  );
});
