import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string, strings } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { queryOf } from '../../../upstream/prometheus/query';
import { resultLabels } from '../../../upstream/prometheus/result-labels';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (labels: string) => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules:
        - alert: WebFails
          expr: sum by (${labels}) (rate(http_requests_total{code=~"5.."}[5m])) > 1
          annotations: { summary: '{{ $labels.pod }} answers with errors' }
`;

export default check({
  id: 'alert-labels-exist',
  group: 'monitoring',
  description: 'the labels that an alert shows are labels of the series that its expression returns',
  severity: 'advice',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/template_reference/',
  fix: 'keep the label in the aggregation (by), or show one that is there',
  example: {
    broken: manifests('namespace'),
    fails: ['PrometheusRule/shop/web spec.groups[0].rules[0].annotations.summary'],
    fixed: manifests('namespace, pod'),
  },
  *judge(world) {
    for (const { resource, path, value, alert, expr, field } of templatesOf(world)) {
      const query = queryOf(expr);
      const labels = query.problems.length > 0 ? undefined : resultLabels(query);
      if (!labels) continue;
      const absent = [...new Set(labelsIn(value))].filter((name) => !labels.has(name) && name !== '__name__');
      if (absent.length === 0) continue;
      const has = [...labels].sort().join(', ') || 'none';
      yield {
        resource,
        path,
        value,
        message: `alert ${alert}, ${field}: the expression returns series without the label ${absent.join(', ')} (they have: ${has}), so nothing is shown in its place${near(absent[0]!, [...labels])}`,
      };
    }
  },
});

interface Template {
  readonly resource: Resource;
  readonly path: Path;
  readonly value: string;
  readonly alert: string;
  readonly expr: string;
  readonly field: string;
}

function* templatesOf(world: World): Iterable<Template> {
  for (const resource of world.of('PrometheusRule'))
    yield* templatesIn(resource, resource.at(['spec', 'groups']), (path) => ['spec', 'groups', ...path]);
  for (const { rules } of configuredPrometheuses(world))
    for (const { resource, path, content } of rules)
      yield* templatesIn(resource, record(content)?.['groups'], () => path);
}

function* templatesIn(resource: Resource, groups: unknown, pathOf: (path: Path) => Path): Iterable<Template> {
  for (const [i, group] of list(groups).entries())
    for (const [j, entry] of list(record(group)?.['rules']).entries()) {
      const rule = record(entry);
      const [alert, expr] = [string(rule?.['alert']), string(rule?.['expr'])];
      if (!alert || !expr) continue;
      for (const kind of ['annotations', 'labels'])
        for (const [name, value] of Object.entries(strings(rule?.[kind])))
          yield { resource, path: pathOf([i, 'rules', j, kind, name]), value, alert, expr, field: `${kind}.${name}` };
    }
}

/** `$labels.pod`, `index $labels "pod"`, `.Labels.pod`, which is another series' within range and with. */
function* labelsIn(template: string): Iterable<string> {
  const actions = (template.match(/\{\{.*?\}\}/gs) ?? []).join('\n');
  for (const [, name] of actions.matchAll(/\$labels\.([A-Za-z_]\w*)/g)) yield name!;
  for (const [, name] of actions.matchAll(/index\s+\$labels\s+"(\w+)"/g)) yield name!;
  if (/\b(?:range|with)\b/.test(actions)) return;
  for (const [, name] of actions.matchAll(/(?<![\w$)])\.Labels\.([A-Za-z_]\w*)/g)) yield name!;
}
