import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../cli/chain';
import { parse } from '../../cli/options/parse';
import { chain as table } from '../../cli/tables';

/** Prometheus by the operator, with an Alertmanager that tells somebody: each part can be changed. */
const manifests = ({
  port = 'web',
  receiver = "webhookConfigs: [{ url: 'https://pager.example.com' }]",
} = {}) => `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { strata/metrics: requests_total } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:1', ports: [{ name: web, containerPort: 8080 }] }] }
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: web, namespace: shop }
spec:
  jobLabel: app
  selector: { matchLabels: { app: web } }
  podMetricsEndpoints: [{ port: ${port} }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: prometheus, namespace: shop }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: prometheus, namespace: shop }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: prometheus, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: prometheus }
subjects: [{ kind: ServiceAccount, name: prometheus, namespace: shop }]
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: shop }
spec:
  serviceAccountName: prometheus
  podMonitorSelector: {}
  ruleSelector: {}
  alerting: { alertmanagers: [{ name: alertmanager-operated, port: web }] }
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules:
        - alert: NobodyComes
          expr: sum by (namespace) (rate(requests_total{job="web"}[5m])) == 0
          labels: { severity: page }
---
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: shop }
spec: { alertmanagerConfigSelector: {} }
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: { name: people, namespace: shop }
spec:
  route: { receiver: people }
  receivers: [{ name: people, ${receiver} }]
`;

const folder = mkdtempSync(join(tmpdir(), 'chain-'));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const whole = file('whole.yaml', manifests());
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const composition = { matrix: { clusters: [] } } as unknown as Parameters<typeof command>[0];
  const code = command(composition, parse(table, args), {
    env: {},
    print: (line) => lines.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, text: lines.join('\n'), errors: errors.join('\n') };
}

test('each link with its file and line, and 0 where none breaks', () => {
  const { code, text } = run('NobodyComes', whole, '--complete');
  const line = (what: string) =>
    manifests()
      .split('\n')
      .findIndex((each) => each.includes(what)) + 1;
  expect(text.split('\n')).toEqual([
    `alert NobodyComes, severity page  (${whole}:${line('alert: NobodyComes')})`,
    '  requests_total{job="web"}',
    `    exposed by Deployment/shop/web, which says so  (${whole}:${line('strata/metrics')})`,
    `      Deployment/shop/web port 8080 scraped by job web, PodMonitor/shop/web  (${whole}:${line('podMetricsEndpoints')})`,
    `        selected by Prometheus/shop/main  (${whole}:${line('serviceAccountName: prometheus')})`,
    expect.stringMatching(/^ {2}loaded by Prometheus\/shop\/main {2}/),
    `    sent to Service shop/alertmanager-operated  (${whole}:${line('alerting:')})`,
    expect.stringMatching(/^ {6}routed by Alertmanager\/shop\/main {2}/),
    // The operator asks for the namespace of an AlertmanagerConfig that is selected.
    `        shop/people/people told by webhook; with namespace="shop"  (${whole}:${line('receivers:')})`,
    // There is no Secret with a configuration, so all else goes to nobody.
    expect.stringMatching(/^ {8}\? null told by nothing; with another namespace than shop {2}/),
    expect.stringContaining('nobody is told of alerts with another namespace than shop'),
    '',
    '10 links: 0 break, 1 are not known',
  ]);
  expect(code).toBe(0);
});

test('1 where a link breaks, with the finding of verify at its place', () => {
  const { code, text } = run('NobodyComes', file('port.yaml', manifests({ port: 'wbe' })), '--complete');
  expect(code).toBe(1);
  expect(text).toContain('BREAKS exposed by Deployment/shop/web');
  expect(text).toMatch(/1 break/);
  const silent = run('NobodyComes', file('silent.yaml', manifests({ receiver: 'webhookConfigs: []' })), '--complete');
  expect(silent.code).toBe(1);
  expect(silent.text).toContain('receiver shop/people/people has no integrations');
});

test('JSON holds the same links', () => {
  const { code, text } = run('NobodyComes', whole, '--complete', '--format', 'json');
  expect(code).toBe(0);
  const { chains } = JSON.parse(text);
  expect(chains).toHaveLength(1);
  expect(chains[0]).toMatchObject({
    text: 'alert NobodyComes, severity page',
    state: 'holds',
    reasons: [],
    object: 'PrometheusRule/shop/web',
    file: whole,
  });
  expect(chains[0].links[0].links[0]).toMatchObject({ object: 'Deployment/shop/web', state: 'holds' });
});

test('Markdown is a list', () => {
  expect(run('NobodyComes', whole, '--format', 'markdown').text).toMatch(
    /^- alert NobodyComes, severity page \(`.*:\d+`\)\n {2}- /,
  );
});

test('a series is followed, and who reads it is told', () => {
  const { code, text } = run('requests_total', whole);
  expect(code).toBe(0);
  expect(text).toContain('requests_total read by alert NobodyComes');
});

test('a name that is not there is refused, with the nearest one', () => {
  expect(() => run('NobodyCome', whole)).toThrow(
    /no alert, dashboard, autoscaler or series here is called so; did you mean "NobodyComes"\?/,
  );
  expect(() => run('x', file('empty.yaml', '{ apiVersion: v1, kind: Namespace, metadata: { name: a } }'))).toThrow(
    /give manifests that hold rules, dashboards or autoscalers/,
  );
});

test('without a name it says what to name', () => {
  expect(() => run()).toThrow(/needs NAME: the name of an alert/);
});

test('2 where a file could not be read', () => {
  const broken = file('broken.yaml', `${manifests()}---\na: [`);
  expect(run('NobodyComes', broken).code).toBe(2);
});
