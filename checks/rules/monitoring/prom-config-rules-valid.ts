import type { Resource } from '../../../manifests/resource';
import { pathText, record } from '../../../manifests/resource';
import type { ConfigProblem } from '../../../upstream/prometheus/form';
import { configurationProblems, ruleFileProblems, ruleGroupProblems } from '../../../upstream/prometheus/judge';
import type { PrometheusFile } from '../../../world/prometheus';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { Finding } from '../../check';
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
    'Prometheus accepts its configuration and rules: fields, durations, jobs, and the syntax and types of every expression',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'correct what Prometheus rejects',
  example: {
    broken: manifests("rate(http_requests_total{code=~'5..'}) > 1"),
    fails: ['PrometheusRule/shop/web spec.groups[0].rules[0].expr'],
    fixed: manifests("rate(http_requests_total{code=~'5..'}[5m]) > 1"),
  },
  *judge(world) {
    for (const resource of world.of('PrometheusRule')) {
      if (resource.group !== 'monitoring.coreos.com') continue;
      for (const problem of ruleGroupProblems(resource.at(['spec', 'groups']), ['spec', 'groups']))
        yield judgementOf(resource, problem, 'the rules of this object are not loaded');
    }
    for (const { configuration, rules } of configuredPrometheuses(world)) {
      if (!world.isExternal(configuration.resource))
        yield* judgeFile(
          configuration,
          configuration.problem === undefined ? [...configurationProblems(record(configuration.content) ?? {})] : [],
        );
      for (const file of rules)
        if (!world.isExternal(file.resource))
          yield* judgeFile(file, file.problem === undefined ? [...ruleFileProblems(file.content)] : []);
    }
  },
});

const REJECTED = 'Prometheus does not start with it, or keeps its previous configuration';

function* judgeFile(
  { resource, path, problem }: PrometheusFile,
  problems: readonly ConfigProblem[],
): Iterable<Finding> {
  if (problem !== undefined) yield { resource, path, message: `it is not valid YAML (${problem}): ${REJECTED}` };
  // Paths end at the key of the ConfigMap: the message names the field inside it.
  for (const found of problems)
    yield {
      ...judgementOf(resource, { ...found, reason: `${pathText(found.path)}: ${found.reason}` }, REJECTED),
      path,
    };
}

function judgementOf(resource: Resource, { path, reason, value, open }: ConfigProblem, consequence: string): Finding {
  const at = { resource, path, value };
  if (open)
    return {
      ...at,
      verdict: 'unknown',
      message: `${reason}; a later version of Prometheus, or one with experimental functions, may support it`,
    };
  return { ...at, message: `${reason}: ${consequence}` };
}
