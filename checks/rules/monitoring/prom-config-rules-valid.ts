import type { Resource } from '../../../manifests/resource';
import { pathText, record } from '../../../manifests/resource';
import type { Problem } from '../../../upstream/prometheus/form';
import { judgeConfiguration, judgeGroups, judgeRuleFile } from '../../../upstream/prometheus/judge';
import type { PrometheusFile } from '../../../world/prometheus';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { Judgement } from '../../check';
import { check } from '../../check';

const manifests = (expr: string) => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules:
        - alert: WebFails
          expr: ${expr}
          for: 5m
`;

export default check({
  id: 'prom-config-rules-valid',
  group: 'monitoring',
  description:
    "Prometheus reads its configuration and rules: their form, durations and jobs, and every expression's grammar and types",
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'correct what Prometheus refuses',
  example: {
    broken: manifests("rate(http_requests_total{code=~'5..'}) > 1"),
    fails: ['PrometheusRule/shop/web spec.groups[0].rules[0].expr'],
    fixed: manifests("rate(http_requests_total{code=~'5..'}[5m]) > 1"),
  },
  *judge(world) {
    for (const resource of world.of('PrometheusRule')) {
      if (resource.group !== 'monitoring.coreos.com') continue;
      for (const problem of judgeGroups(resource.at(['spec', 'groups']), ['spec', 'groups']))
        yield judgementOf(resource, problem, 'the rules of this object are not loaded');
    }
    for (const { configuration, rules } of configuredPrometheuses(world)) {
      if (!world.isElsewhere(configuration.resource))
        yield* judgeFile(
          configuration,
          configuration.problem === undefined ? [...judgeConfiguration(record(configuration.content) ?? {})] : [],
        );
      for (const file of rules)
        if (!world.isElsewhere(file.resource))
          yield* judgeFile(file, file.problem === undefined ? [...judgeRuleFile(file.content)] : []);
    }
  },
});

const REFUSED = 'Prometheus does not start with it, or goes on with what it had';

function* judgeFile({ resource, path, problem }: PrometheusFile, problems: readonly Problem[]): Iterable<Judgement> {
  if (problem !== undefined) yield { resource, path, message: `it can not be read as YAML (${problem}): ${REFUSED}` };
  // Inside a text there are no places: the message names them.
  for (const found of problems)
    yield { ...judgementOf(resource, { ...found, reason: `${pathText(found.path)}: ${found.reason}` }, REFUSED), path };
}

function judgementOf(resource: Resource, { path, reason, value, open }: Problem, follows: string): Judgement {
  return {
    resource,
    path,
    value,
    verdict: open ? 'unknown' : 'fail',
    message: open
      ? `${reason}; a later Prometheus, or one with experimental functions, may have it`
      : `${reason}: ${follows}`,
  };
}
