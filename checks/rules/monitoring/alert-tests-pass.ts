import { list, record, text } from '../../../manifests/resource';
import { near } from '../../../model/near';
import type { RuleTests } from '../../../world/rule-tests';
import { alertsOf, ruleTestsOf } from '../../../world/rule-tests';
import type { Judgement } from '../../check';
import { check } from '../../check';
import { testRules } from '../../promtool';

const manifests = (alert: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: alerts, namespace: shop }
data:
  alerts.yaml: |
    groups:
    - name: web
      rules:
      - alert: WebDown
        expr: up{job="web"} == 0
        for: 2m
  alerts.test.yaml: |
    rule_files: [alerts.yaml]
    tests:
    - interval: 1m
      input_series: [{ series: 'up{job="web"}', values: '0x5' }]
      alert_rule_test:
      - { eval_time: 3m, alertname: ${alert}, exp_alerts: [{ exp_labels: { job: web } }] }
`;

export default check({
  id: 'alert-tests-pass',
  group: 'monitoring',
  description: "tests of alerting and recording rules, in promtool's format, are about rules that are there, and pass",
  severity: 'will-break',
  needs: ['promtool'],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/',
  fix: 'mend the rule, or the test if it expects the wrong thing',
  example: {
    broken: manifests('WebIsDown'),
    fails: ['ConfigMap/shop/alerts data["alerts.test.yaml"]'],
    fixed: manifests('WebDown'),
  },
  *judge(world) {
    let isMissing = false;
    for (const tests of ruleTestsOf(world)) {
      const { resource, path, content, rules, missing } = tests;
      if (missing.length > 0) {
        yield {
          resource,
          path: [...path, ...(path.length === 0 ? ['rule_files'] : [])],
          value: missing.join(', '),
          verdict: 'unknown',
          message: `the rules that these tests are about are not here (${missing.join(', ')}); judge them along: a file with groups, or the PrometheusRules of a file`,
        };
        continue;
      }
      const strangers = [...strangersIn(tests)];
      yield* strangers;
      // Without promtool it is said once that the rest is not run.
      if (strangers.length > 0 || isMissing) continue;
      const tested = testRules(content, rules);
      if (tested === 'not installed') {
        isMissing = true;
        yield {
          resource,
          path,
          verdict: 'unknown',
          message:
            'whether the tests of the rules pass is not known: promtool, which comes with Prometheus, is not installed; put it on the PATH, or say in PROMTOOL where it is',
        };
      } else if (tested.complaint !== undefined) {
        yield {
          resource,
          path,
          message: `a test of the rules fails, so they do not say what they are meant to say: ${tested.complaint}`,
        };
      }
    }
  },
});

/** Alerts that a test expects and no rule has: no promtool is needed to know that it fails. */
function* strangersIn(tests: RuleTests): Iterable<Judgement> {
  const alerts = alertsOf(tests);
  for (const [i, test] of list(tests.content['tests']).entries()) {
    for (const [j, entry] of list(record(test)?.['alert_rule_test']).entries()) {
      const expected = record(entry);
      const alert = text(expected?.['alertname']);
      if (alert === undefined || alerts.has(alert) || list(expected?.['exp_alerts']).length === 0) continue;
      const at = ['tests', i, 'alert_rule_test', j, 'alertname'] as const;
      yield {
        resource: tests.resource,
        path: tests.path.length === 0 ? at : tests.path,
        value: alert,
        message: `a test expects the alert ${alert}, which no rule has, so it never fires and the test fails${near(alert, [...alerts])}`,
      };
    }
  }
}
