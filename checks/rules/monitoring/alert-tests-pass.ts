import { list, record, string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import type { RuleTests } from '../../../world/rule-tests';
import { alertsOf, ruleTestsOf } from '../../../world/rule-tests';
import { asFarAsRead } from '../../as-far-as-read';
import type { Finding } from '../../check';
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
  description: 'promtool unit tests of alerting and recording rules refer to existing rules and pass',
  severity: 'will-break',
  needs: ['promtool'],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/',
  fix: 'correct the rule, or the test if it expects the wrong result',
  example: {
    broken: manifests('WebIsDown'),
    fails: ['ConfigMap/shop/alerts data["alerts.test.yaml"]'],
    fixed: manifests('WebDown'),
  },
  *judge(world) {
    let promtoolIsMissing = false;
    for (const tests of ruleTestsOf(world)) {
      const { resource, path, content, rules, missing } = tests;
      if (missing.length > 0) {
        yield {
          resource,
          path: [...path, ...(path.length === 0 ? ['rule_files'] : [])],
          value: missing.join(', '),
          verdict: 'unknown',
          message: `the rule files of these tests are not among the manifests (${missing.join(', ')}); judge them too: a file with groups, or the PrometheusRules of a file`,
        };
        continue;
      }
      const unknownAlerts = [...alertsWithoutRule(tests)].map((finding) => asFarAsRead(world, finding));
      yield* unknownAlerts;
      // One finding for all tests that are not run because promtool is missing.
      if (unknownAlerts.length > 0 || promtoolIsMissing) continue;
      const tested = testRules(content, rules);
      if (tested === 'not installed') {
        promtoolIsMissing = true;
        yield {
          resource,
          path,
          verdict: 'unknown',
          message:
            'whether the unit tests of the rules pass is not known: promtool, which comes with Prometheus, is not installed; add it to the PATH, or set PROMTOOL to its path',
        };
      } else if (tested === 'too slow') {
        yield {
          resource,
          path,
          verdict: 'unknown',
          settledBy: 'program',
          message:
            'whether the unit tests of the rules pass is not known: promtool did not finish within five minutes; run promtool test rules itself, or split the file',
        };
      } else if (tested.problem !== undefined) {
        yield {
          resource,
          path,
          message: `a unit test of the rules fails, so they do not do what is expected of them: ${tested.problem}`,
        };
      }
    }
  },
});

/** Alerts that a test expects and no rule defines: such a test fails, with or without promtool. */
function* alertsWithoutRule(tests: RuleTests): Iterable<Finding> {
  const alerts = alertsOf(tests);
  for (const [i, test] of list(tests.content['tests']).entries()) {
    for (const [j, entry] of list(record(test)?.['alert_rule_test']).entries()) {
      const expected = record(entry);
      const alert = string(expected?.['alertname']);
      if (alert === undefined || alerts.has(alert) || list(expected?.['exp_alerts']).length === 0) continue;
      const at = ['tests', i, 'alert_rule_test', j, 'alertname'] as const;
      yield {
        resource: tests.resource,
        path: tests.path.length === 0 ? at : tests.path,
        value: alert,
        message: `a unit test expects the alert ${alert}, which no rule defines, so it never fires and the test fails${near(alert, [...alerts])}`,
      };
    }
  }
}
