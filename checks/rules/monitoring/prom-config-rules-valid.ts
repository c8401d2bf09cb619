import type { Resource } from '../../../manifests/resource';
import { pathText } from '../../../manifests/resource';
import {
  configurationProblems,
  jobNamesOf,
  scrapeConfigFileProblems,
} from '../../../upstream/prometheus/configuration';
import type { ConfigProblem } from '../../../upstream/prometheus/form';
import { ruleFileProblems, ruleGroupProblems } from '../../../upstream/prometheus/rule-file';
import type { ConfiguredPrometheus, PrometheusFile } from '../../../world/prometheus';
import { configuredPrometheuses } from '../../../world/prometheus';
import { releaseOfRules } from '../../../world/prometheus-release';
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
      const release = releaseOfRules(world);
      for (const problem of ruleGroupProblems(resource.at(['spec', 'groups']), ['spec', 'groups'], release))
        yield judgementOf(resource, problem, 'the rules of this object are not loaded');
    }
    for (const prometheus of configuredPrometheuses(world)) {
      const own = judgeFiles(prometheus);
      for (const { file, problems } of own) if (!world.isExternal(file.resource)) yield* judgeFile(file, problems);
    }
  },
});

const REJECTED = 'Prometheus does not start with it, or keeps its previous configuration';

interface Judged {
  readonly file: PrometheusFile;
  readonly problems: Iterable<ConfigProblem>;
}

function* judgeFiles({ configuration, rules, jobFiles, release }: ConfiguredPrometheus): Iterable<Judged> {
  yield { file: configuration, problems: configurationProblems(configuration.content, release) };
  for (const file of rules) yield { file, problems: ruleFileProblems(file.content, release) };
  const taken = new Set(jobNamesOf(configuration.content));
  for (const file of jobFiles) {
    const own = scrapeConfigFileProblems(file.content, configuration.content, release);
    const names = jobNamesOf(file.content);
    yield { file, problems: [...own, ...names.filter((name) => taken.has(name)).map(jobTwice)] };
    for (const name of names) taken.add(name);
  }
}

function jobTwice(name: string): ConfigProblem {
  return {
    path: ['scrape_configs'],
    value: name,
    reason: `another file that the configuration names, or the configuration itself, has a job ${name}`,
  };
}

function* judgeFile(
  { resource, path, problem, ignoresRest }: PrometheusFile,
  problems: Iterable<ConfigProblem>,
): Iterable<Finding> {
  if (problem !== undefined) {
    yield { resource, path, message: `it is not valid YAML (${problem}): ${REJECTED}` };
    return;
  }
  if (ignoresRest)
    yield {
      resource,
      path,
      message:
        'it has more than one YAML document: Prometheus loads the first and ignores the rest; merge them, or use a file for each',
    };
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
