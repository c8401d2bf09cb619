import { parse } from '../../../cli/options/parse';
import { command as plan } from '../../../cli/plan';
import { plan as planTable } from '../../../cli/tables';
import course from '../../../main';
import { all, node, planned as planOf, workload } from './support';

const planned = (manifests: string, facts: string, ...options: string[]) =>
  planOf('series', manifests, facts, ...options);
const nodes = all(node('a'), node('b'));

/** A Prometheus that scrapes kubelets every 15 seconds, with a volume and a limit of memory. */
const prometheus = (volume = '10Gi', memory = '1Gi') =>
  all(
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: shop }, data: { prometheus.yml: '{ global: { scrape_interval: 15s }, scrape_configs: [{ job_name: kubelet, scheme: https, authorization: { credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token }, kubernetes_sd_configs: [{ role: node }] }, { job_name: odd, dns_sd_configs: [{ names: [odd.shop.svc], type: A, port: 80 }] }] }' } }`,
    `{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: prometheus, namespace: shop }, spec: { serviceName: p, selector: { matchLabels: { app: p } }, template: { metadata: { labels: { app: p } }, spec: { volumes: [{ name: config, configMap: { name: config } }], containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', args: [--storage.tsdb.retention.time=30d], resources: { limits: { memory: ${memory} } }, volumeMounts: [{ name: config, mountPath: /etc/prometheus }, { name: data, mountPath: /prometheus }] }] } }, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${volume} } } } }] } }`,
  );
const odd = all(
  workload('Deployment', 'odd', '1m'),
  '{ apiVersion: v1, kind: Service, metadata: { name: odd, namespace: shop }, spec: { clusterIP: None, selector: { app: odd }, ports: [{ port: 80 }] } }',
);

test('as a table of jobs, and what they take', () => {
  const { code, text } = planned(all(prometheus(), odd), nodes);
  const lines = text.split('\n');
  expect(lines[0]).toBe('StatefulSet/shop/prometheus');
  expect(lines[1]).toMatch(/^JOB +OF +TARGETS +SERIES +MADE OF$/);
  expect(text).toMatch(/\nkubelet +kubelet \/metrics +2 +3,919 +1950 of each of 2 nodes/);
  expect(text).toMatch(/\nodd +Deployment\/shop\/odd port 80 +\? +unknown +nobody says how many/);
  expect(text).toMatch(/\nall +at least 3,919\n/);
  expect(text).toContain('261 samples each second, 43Mi a day; kept for 30 days, and there is room for 237 days\n');
  expect(text).toContain('83Mi of memory, of 1.0Gi that it may use');
  expect(code).toBe(0);
});

test.each([
  ['the volume is too small', prometheus('1Gi'), /room for 23 days: too little/],
  ['the memory is too little', prometheus('10Gi', '64Mi'), /of 64Mi that it may use: too little/],
])('where %s it says so, and ends with 1', (_, manifests, expected) => {
  const { code, text } = planned(manifests, nodes);
  expect(text).toMatch(expected);
  expect(code).toBe(1);
});

test('in Markdown and as JSON', () => {
  expect(planned(prometheus(), nodes, '--format', 'markdown').text).toMatch(
    /^# Series\n\n## StatefulSet\/shop\/prometheus\n\n\| JOB \| OF \| TARGETS \| SERIES \| MADE OF \|\n\| --- /,
  );
  const [only] = JSON.parse(planned(all(prometheus(), odd), nodes, '--format', 'json').text);
  expect(only).toMatchObject({
    prometheus: 'StatefulSet/shop/prometheus',
    total: 3919,
    days: 30,
  });
  expect(only.jobs).toContainEqual(expect.objectContaining({ job: 'odd', series: null, targets: null }));
});

test('without a Prometheus, or without nodes, there is no answer', () => {
  expect(() => planned(odd, nodes)).toThrow('finds no Prometheus');
  expect(() => planned(prometheus(), '{ apiVersion: v1, kind: Namespace, metadata: { name: a } }')).toThrow(
    'needs to know the nodes',
  );
});

// What they ask for follows from what they scrape: whoever adds nodes or exporters is told here.
const targets = course.matrix
  .targets()
  .filter(({ features }) => features.some(({ name }) => name === 'prometheus'))
  .map(({ name }) => name);
test.each(targets)('the Prometheus of %s has the memory and the room that its series take', (name) => {
  const lines: string[] = [];
  const code = plan(course as never, parse(planTable, ['series', name, '--format', 'json']), {
    env: {},
    print: (line) => lines.push(line),
    printError: (line) => lines.push(line),
  });
  const [{ total, memoryBytes, memoryLimitBytes }] = JSON.parse(lines.join('\n'));
  expect(total).toBeGreaterThan(500);
  expect(memoryBytes).toBeLessThan(memoryLimitBytes);
  expect(code).toBe(0);
});
