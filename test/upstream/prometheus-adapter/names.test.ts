import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { apiNameOf, discoveryRule, givingOf } from '../../../upstream/prometheus-adapter/rules';
import { messages } from '../../checks/judging';

/** What prometheus-adapter 0.12.0 itself says: names.go, which asks its package `naming`, wrote this. */
interface Case {
  readonly matches?: string;
  readonly as?: string;
  readonly filters?: readonly { readonly is?: string; readonly isNot?: string }[];
  readonly series: string;
  /** It ends at the start. */
  readonly refused?: true;
  /** What the API calls the series; none where it is left out. */
  readonly name?: string;
}

const cases = gunzipSync(readFileSync(join(__dirname, 'names.jsonl.gz')))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

const written = ({ matches = '', as = '', filters = [] }: Case, seriesQuery: string) => ({
  seriesQuery,
  seriesFilters: filters,
  resources: { template: '<<.Resource>>' },
  name: { matches, as },
  metricsQuery: 'sum(<<.Series>>)',
});

test('there are cases of each sort', () => {
  expect(cases.length).toBe(4000);
  for (const sort of [
    cases.filter(({ refused }) => refused),
    cases.filter(({ name }) => name !== undefined),
    cases.filter(({ name, refused }) => name === undefined && !refused),
  ])
    expect(sort.length).toBeGreaterThan(1000);
});

test('series get the names that the adapter gives them', () => {
  const taken = cases.filter(({ refused }) => !refused);
  const differing = taken.filter((one) => apiNameOf(discoveryRule(written(one, one.series)), one.series) !== one.name);
  expect(differing).toEqual([]);
});

test('a rule is said to give a name only if it does, and not to give it only if it does not', () => {
  const wrong = cases
    .filter(({ refused, name }) => !refused && name !== undefined)
    .filter((one) => {
      const exact = givingOf(discoveryRule(written(one, one.series)), one.name!);
      const among = givingOf(discoveryRule(written(one, '{__name__=~".+"}')), one.name!);
      return exact.gives !== 'yes' || among.gives === 'no';
    });
  expect(wrong).toEqual([]);
});

const manifests = (rule: object) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: adapter, namespace: shop }
data: { config.yaml: ${JSON.stringify(JSON.stringify({ rules: [rule] }))} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: adapter, namespace: shop }
spec:
  selector: { matchLabels: { app: adapter } }
  template:
    metadata: { labels: { app: adapter } }
    spec:
      containers: [{ name: adapter, image: 'prometheus-adapter:v0.12.0', args: [--config=/a/config.yaml], volumeMounts: [{ name: config, mountPath: /a }] }]
      volumes: [{ name: config, configMap: { name: adapter } }]
`;

test('what the adapter refuses is found, and nothing else', () => {
  const rules = new Map(cases.map((one) => [JSON.stringify(written(one, 'x')), one.refused ?? false]));
  const wrong = [...rules]
    .filter((_, i) => i % 4 === 0)
    .filter(
      ([rule, refused]) =>
        messages('adapter-config-valid', manifests(JSON.parse(rule) as object)).length > 0 !== refused,
    );
  expect(wrong).toEqual([]);
});
