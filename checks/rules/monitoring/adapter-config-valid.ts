import type { Path } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { queryOf } from '../../../upstream/prometheus/query';
import { discoveryRule, groupCount } from '../../../upstream/prometheus-adapter/rules';
import { metricsAdaptersOf } from '../../../world/metrics-adapters';
import { check } from '../../check';

const manifests = (as: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: adapter, namespace: shop }
data:
  config.yaml: |
    rules:
      - seriesQuery: http_requests_total{namespace!="",pod!=""}
        resources: { overrides: { namespace: { resource: namespace }, pod: { resource: pod } } }
        name: { matches: '^(.*)_(requests)_total$'${as} }
        metricsQuery: sum by (<<.GroupBy>>) (rate(<<.Series>>{<<.LabelMatchers>>}[2m]))
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: adapter, namespace: shop }
spec:
  selector: { matchLabels: { app: adapter } }
  template:
    metadata: { labels: { app: adapter } }
    spec:
      containers:
        - name: adapter
          image: registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0
          args: [--config=/etc/adapter/config.yaml]
          volumeMounts: [{ name: config, mountPath: /etc/adapter }]
      volumes: [{ name: config, configMap: { name: adapter } }]
`;

/** The fields of its configuration: it is read strictly. */
const FIELDS = {
  file: ['rules', 'resourceRules', 'externalRules'],
  rule: ['seriesQuery', 'seriesFilters', 'resources', 'name', 'metricsQuery'],
  resources: ['template', 'overrides', 'namespaced'],
  name: ['matches', 'as'],
  filter: ['is', 'isNot'],
  override: ['group', 'resource'],
} as const;

const ENDS = 'prometheus-adapter ends at the start, and nothing that it serves is there';

export default check({
  id: 'adapter-config-valid',
  group: 'monitoring',
  description: 'prometheus-adapter takes its configuration, and Prometheus the queries in it',
  severity: 'will-break',
  needs: [],
  source: 'https://github.com/kubernetes-sigs/prometheus-adapter/blob/v0.12.0/docs/config.md',
  fix: 'write rules of known fields, with expressions that Go and Prometheus take',
  example: {
    broken: manifests(''),
    fails: ['ConfigMap/shop/adapter data["config.yaml"]'],
    fixed: manifests(", as: '${1}_${2}_per_second'"),
  },
  *judge(world) {
    const seen = new Set<object>();
    for (const { file } of metricsAdaptersOf(world)) {
      // Several replicas or releases may read one file.
      if (seen.has(file.resource)) continue;
      seen.add(file.resource);
      for (const { reason, value } of problemsOf(file.problem, file.content))
        yield {
          resource: file.resource,
          path: file.path as Path,
          ...(value === undefined ? {} : { value }),
          message: reason,
        };
    }
  },
});

interface Problem {
  readonly reason: string;
  readonly value?: unknown;
}

function* problemsOf(problem: string | undefined, content: unknown): Iterable<Problem> {
  if (problem !== undefined) {
    yield { reason: `it is no YAML (${problem}): ${ENDS}` };
    return;
  }
  yield* unknownFields('the file', content, FIELDS.file);
  for (const field of ['rules', 'externalRules'] as const)
    for (const [i, entry] of list(record(content)?.[field]).entries()) yield* ofRule(`${field}[${i}]`, entry);
}

function* ofRule(place: string, entry: unknown): Iterable<Problem> {
  yield* unknownFields(place, entry, FIELDS.rule);
  const given = record(entry);
  const resources = record(given?.['resources']);
  yield* unknownFields(`${place}.resources`, resources, FIELDS.resources);
  for (const [label, override] of Object.entries(record(resources?.['overrides']) ?? {}))
    yield* unknownFields(`${place}.resources.overrides.${label}`, override, FIELDS.override);
  yield* unknownFields(`${place}.name`, given?.['name'], FIELDS.name);
  for (const filter of list(given?.['seriesFilters']))
    yield* unknownFields(`${place}.seriesFilters`, filter, FIELDS.filter);

  const rule = discoveryRule(entry);
  for (const { is, isNot } of rule.filters) {
    if ((is === undefined) === (isNot === undefined))
      yield { reason: `${place}: a filter of series has either is or isNot, and not ${is ? 'both' : 'none'}: ${ENDS}` };
    yield* ofExpression(`${place}.seriesFilters`, is ?? isNot);
  }
  yield* ofExpression(`${place}.name.matches`, rule.matches);
  const groups = groupCount(rule.matches) ?? 0;
  if (rule.as === '' && groups > 1)
    yield {
      value: rule.matches,
      reason: `${place}: name.matches has ${groups} groups, and without name.as nobody knows which one is the name: ${ENDS}`,
    };
  if (rule.template !== '' && !/<<-?\s*\.Resource\b/.test(rule.template) && !rule.template.includes('<<if'))
    yield { value: rule.template, reason: `${place}: resources.template does not say <<.Resource>>: ${ENDS}` };
  yield* ofSeries(place, rule.seriesQuery);
  // A field of another name may have been meant for it.
  if (
    rule.metricsQuery === '' &&
    Object.keys(given ?? {}).every((field) => FIELDS.rule.some((known) => known === field))
  )
    yield { reason: `${place} has no metricsQuery, so no value of its metrics can be computed` };
}

function* ofExpression(place: string, expression: string | undefined): Iterable<Problem> {
  if (expression !== undefined && expression !== '' && groupCount(expression) === undefined)
    yield { value: expression, reason: `${place} is no regular expression of Go: ${ENDS}` };
}

/** One query that fails keeps the adapter from reading the series of any rule of its kind. */
function* ofSeries(place: string, seriesQuery: string): Iterable<Problem> {
  const query = queryOf(seriesQuery);
  const wrong = query.problems.find(({ open }) => !open);
  const isSelector = query.root.firstChild?.name === 'VectorSelector';
  if (query.problems.length > 0 ? !wrong : isSelector) return;
  yield {
    value: seriesQuery,
    reason: `${place}: Prometheus refuses the seriesQuery (${wrong?.reason ?? 'it is no selector of series'}), and one that is refused keeps the adapter from all metrics of its ${place.replace(/\[\d+\]$/, '')}`,
  };
}

function* unknownFields(place: string, given: unknown, known: readonly string[]): Iterable<Problem> {
  for (const field of Object.keys(record(given) ?? {}))
    if (!known.includes(field))
      yield {
        value: field,
        reason: `${place} has no field ${field}${near(field, known)}: ${ENDS}`,
      };
}
