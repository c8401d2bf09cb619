import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JudgedLink } from '../../../checks/judged-chain';
import { judgedChain, linksIn } from '../../../checks/judged-chain';
import { checks } from '../../../checks/registry';
import { chainFormats } from '../../../report/chains';
import { chainNames, chainsNamed } from '../../../simulate/monitoring/chain';
import { worldOf } from '../../world/support';

const all = (...manifests: readonly string[]) => manifests.join('\n---\n');
/** An object of the operator. */
const worded = (kind: string, name: string, spec: string) =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;

/** A shop whose pages are watched: each part can be changed. */
interface Parts {
  readonly exposes?: string;
  readonly job?: string;
  readonly asked?: string;
  readonly policy?: string;
  readonly alertmanagers?: string;
  readonly receiver?: string;
  readonly recorded?: string;
}

const shop = ({
  exposes = 'requests_total',
  job = 'web',
  asked = 'web',
  policy = '',
  alertmanagers = "alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }]",
  receiver = "webhook_configs: [{ url: 'http://people' }]",
  recorded = 'web:requests:rate5m',
}: Parts = {}) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { strata/metrics: ${exposes} } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'web:1', ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    rule_files: [rules.yml]
    alerting: { ${alertmanagers} }
    scrape_configs:
      - job_name: ${job}
        static_configs: [{ targets: ['web:8080'] }]
  rules.yml: |
    groups:
      - name: web
        rules:
          - record: ${recorded}
            expr: rate(requests_total{job="${asked}"}[5m])
          - alert: NobodyComes
            expr: web:requests:rate5m == 0
            labels: { severity: page }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: shop }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: alertmanager, namespace: shop }
data:
  alertmanager.yml: |
    route: { receiver: people }
    receivers:
      - name: people
        ${receiver}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: alertmanager, namespace: shop }
spec:
  selector: { matchLabels: { app: alertmanager } }
  template:
    metadata: { labels: { app: alertmanager } }
    spec:
      containers: [{ name: alertmanager, image: 'prom/alertmanager:v0.28.1', ports: [{ containerPort: 9093 }], volumeMounts: [{ name: config, mountPath: /etc/alertmanager }] }]
      volumes: [{ name: config, configMap: { name: alertmanager } }]
---
apiVersion: v1
kind: Service
metadata: { name: alertmanager, namespace: shop }
spec: { selector: { app: alertmanager }, ports: [{ port: 9093 }] }
${policy}`;

const rules = checks.filter(({ group }) => group === 'monitoring' || group === 'networking');

function chain(name: string, yaml: string): JudgedLink[] {
  const world = worldOf(yaml);
  return judgedChain(world, chainsNamed(world, name), rules);
}

const textOf = (links: readonly JudgedLink[]) => chainFormats.text(links).replace(/ {2}\([^)]*\)/g, '');
const notHolding = (links: readonly JudgedLink[]) =>
  [...linksIn(links)]
    .filter(({ state }) => state !== 'holds')
    .map(({ state, text, reasons }) => `${state}: ${text}: ${reasons.join('; ')}`);

test('an alert is followed to the program and to whoever is told', () => {
  expect(textOf(chain('NobodyComes', shop()))).toBe(
    [
      'alert NobodyComes, severity page',
      '  web:requests:rate5m',
      '    recorded by rule web:requests:rate5m',
      '      requests_total{job="web"}',
      '        exposed by Deployment/shop/web, which says so',
      '          Deployment/shop/web port 8080 scraped by job web, ConfigMap/shop/prometheus',
      '  loaded by Deployment/shop/prometheus',
      '    sent to alertmanager:9093',
      '      routed by Deployment/shop/alertmanager',
      '        people told by webhook',
      '',
      '10 links: 0 break, 0 are not known',
    ].join('\n'),
  );
});

test('each link says the line that states it, in a file of a ConfigMap too', () => {
  const yaml = shop();
  const line = (text: string) => yaml.split('\n').findIndex((each) => each.includes(text)) + 1;
  const lines = new Map([...linksIn(chain('NobodyComes', yaml))].map(({ text, line: at }) => [text.split(' ')[0], at]));
  expect(lines.get('alert')).toBe(line('alert: NobodyComes'));
  expect(lines.get('recorded')).toBe(line('record: web:requests'));
  expect(lines.get('Deployment/shop/web')).toBe(line('job_name: web'));
  expect(lines.get('people')).toBe(line('- name: people'));
});

const DENY = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: { matchLabels: { app: APP } }, policyTypes: [Ingress] }
`;

const SECOND = `
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: second, namespace: shop }
spec:
  selector: { matchLabels: { number: two } }
  template:
    metadata: { labels: { app: alertmanager, number: two } }
    spec:
      containers: [{ name: alertmanager, image: 'prom/alertmanager:v0.28.1', ports: [{ containerPort: 9093 }], volumeMounts: [{ name: config, mountPath: /etc/alertmanager }] }]
      volumes: [{ name: config, configMap: { name: alertmanager } }]
`;

describe('it says where it breaks', () => {
  test.each<[string, Parts, string]>([
    [
      'the job that is asked for is none',
      { asked: 'wbe' },
      'breaks: exposed by Deployment/shop/web, which says so: it is scraped by job web of ConfigMap/shop/prometheus, and not by job wbe',
    ],
    ['nobody records it', { recorded: 'web:other' }, 'unknown: web:requests:rate5m: none of the rules here records it'],
    [
      'nobody exposes it',
      { exposes: 'other_total' },
      'unknown: requests_total{job="web"}: no workload here says that it exposes it',
    ],
    [
      'a policy keeps Prometheus out',
      { policy: DENY.replace('APP', 'web') },
      'breaks: Deployment/shop/web port 8080 scraped by job web, ConfigMap/shop/prometheus: policies do not allow Prometheus',
    ],
    [
      'a policy keeps it from the Alertmanager',
      { policy: DENY.replace('APP', 'alertmanager') },
      'breaks: sent to alertmanager:9093: policies do not allow Deployment/shop/prometheus to connect to Deployment/shop/alertmanager port 9093',
    ],
    [
      'a policy keeps it from one of two Alertmanagers',
      { policy: `${SECOND}${DENY.replace('{ app: APP }', '{ number: two }')}` },
      'breaks: sent to alertmanager:9093: policies do not allow Deployment/shop/prometheus to connect to Deployment/shop/second port 9093',
    ],
    [
      'it knows no Alertmanager',
      { alertmanagers: '' },
      'breaks: loaded by Deployment/shop/prometheus: it sends alerts to no Alertmanager',
    ],
    [
      'its Alertmanager is not there',
      { alertmanagers: "alertmanagers: [{ static_configs: [{ targets: ['others:9093'] }] }]" },
      'unknown: sent to others:9093: it leads to no pods',
    ],
    [
      'it discovers Alertmanagers',
      { alertmanagers: 'alertmanagers: [{ kubernetes_sd_configs: [{ role: pod }] }]' },
      'unknown: loaded by Deployment/shop/prometheus: it finds its Alertmanagers by a discovery',
    ],
    ['nobody is told', { receiver: '' }, 'breaks: people told by nothing: receiver people has no integrations'],
    [
      'the address is in a file that is not there',
      { receiver: 'webhook_configs: [{ url_file: /etc/alertmanager/none }]' },
      'breaks: people told by webhook: url_file: ConfigMap alertmanager',
    ],
  ])('%s', (_, parts, expected) => {
    expect(notHolding(chain('NobodyComes', shop(parts))).join('\n')).toContain(expected);
  });

  const relabeled = (rule: string) => `web\n        metric_relabel_configs: [${rule}]`;
  test.each<[string, string]>([
    ["{ action: drop, source_labels: [__name__], regex: 'requests.*' }", 'metric_relabel_configs drop requests_total'],
    ['{ action: keep, source_labels: [__name__], regex: other }', 'metric_relabel_configs drop requests_total'],
    ['{ action: labeldrop, regex: job }', 'metric_relabel_configs drop the label job'],
    ['{ action: labelkeep, regex: job }', 'metric_relabel_configs drop the label __name__'],
    ['{ target_label: job, replacement: other }', 'metric_relabel_configs make the label job other'],
    ['{ action: drop, source_labels: [job], regex: web }', 'metric_relabel_configs drop requests_total'],
    ['{ action: drop, source_labels: [__name__], regex: requests }', ''],
    ['{ action: drop, source_labels: [code], regex: "5.." }', ''],
    ['{ action: labeldrop, regex: code }', ''],
    ['{ source_labels: [team], target_label: job }', ''],
    ['{ target_label: job, replacement: web }', ''],
  ])('metric_relabel_configs: %s', (rule, expected) => {
    const said = notHolding(chain('NobodyComes', shop({ job: relabeled(rule) }))).join();
    if (expected === '') expect(said).toBe('');
    else
      expect(said).toContain(
        `breaks: Deployment/shop/web port 8080 scraped by job web, ConfigMap/shop/prometheus: ${expected}`,
      );
  });
  test('what one job leaves out may come by another', () => {
    const drop = relabeled("{ action: drop, source_labels: [__name__], regex: 'requests.*' }");
    const both = shop({ job: drop });
    const other = both
      .replace(
        '    scrape_configs:\n',
        "    scrape_configs:\n      - job_name: other\n        static_configs: [{ targets: ['web:8080'], labels: {} }]\n",
      )
      .replace('requests_total{job="web"}', 'requests_total');
    expect(other).not.toBe(both);
    expect(notHolding(chain('NobodyComes', other))).toEqual([]);
  });
  test.each([
    ['web', 'exposed by Deployment/shop/web, which says so: it has replicas: 0'],
    ['prometheus', 'loaded by Deployment/shop/prometheus: it has replicas: 0'],
    ['alertmanager', 'routed by Deployment/shop/alertmanager: it has replicas: 0'],
  ])('%s has no pods', (name, expected) => {
    const stopped = shop().replace(
      `  selector: { matchLabels: { app: ${name} } }\n  template`,
      `  replicas: 0\n  selector: { matchLabels: { app: ${name} } }\n  template`,
    );
    expect(stopped).not.toBe(shop());
    expect(notHolding(chain('NobodyComes', stopped)).join()).toContain(`breaks: ${expected}`);
  });

  test('no pattern of rule_files matches the file', () => {
    const links = (pattern: string) =>
      notHolding(chain('NobodyComes', shop().replace('rule_files: [rules.yml]', `rule_files: ['${pattern}']`)));
    expect(links('*.yml')).toEqual([]);
    expect(links('rule/*.yml').join()).toContain(
      'breaks: alert NobodyComes, severity page: Deployment/shop/prometheus sees the file, and its rule_files match others',
    );
  });

  test('and of all that is broken on purpose nothing is told of what is whole', () => {
    expect(notHolding(chain('NobodyComes', shop()))).toEqual([]);
    expect(notHolding(chain('NobodyComes', shop({ asked: 'wbe' })))).toHaveLength(2);
  });
});

const OPERATED = (selected: string, labels = '{}') => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { strata/metrics: 'requests_*' } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'web:1', ports: [{ name: http, containerPort: 8080 }] }] }
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: web, namespace: shop, labels: { release: ${selected} } }
spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: http, relabelings: [{ targetLabel: job, replacement: web }] }] }
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: shop }
spec: { podMonitorSelector: { matchLabels: { release: main } }, ruleSelector: { matchLabels: ${labels} } }
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: rules, namespace: shop }
spec: { groups: [{ name: web, rules: [{ record: 'a:b', expr: 'requests_total{job="web"}', labels: { slo: one } }, { alert: Lost, expr: 'a:b{slo="one"} > 0 and a:b{slo="two"} > 0' }] }] }
`;

describe('objects of the operator', () => {
  test('the job of a relabeling, and who selects the monitor', () => {
    expect(textOf(chain('requests_total', OPERATED('main')))).toContain(
      [
        '    Deployment/shop/web port 8080 scraped by job web, PodMonitor/shop/web',
        '      selected by Prometheus/shop/main',
      ].join('\n'),
    );
    expect(notHolding(chain('requests_total', OPERATED('other'))).join()).toContain(
      'breaks: selected by Prometheus/shop/main: it selects by spec.podMonitorSelector',
    );
  });

  test('a Prometheus without pods, and what an endpoint does to its series', () => {
    const links = (from: string, to: string) =>
      notHolding(chain('requests_total', OPERATED('main').replace(from, to))).join();
    expect(links('', '')).toBe('');
    expect(links('spec: { podMonitorSelector', 'spec: { replicas: 0, podMonitorSelector')).toContain(
      'breaks: selected by Prometheus/shop/main: it has replicas: 0',
    );
    const rule = "metricRelabelings: [{ action: drop, sourceLabels: [__name__], regex: 'requests_.*' }], relabelings";
    expect(links('relabelings', rule)).toContain('metric_relabel_configs drop requests_total');
  });

  test('what kube-state-metrics is told is said of its series', () => {
    const program = (args: string) =>
      `${OPERATED('main')}\n---\n{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ksm, namespace: shop }, spec: { selector: { matchLabels: { app: ksm } }, template: { metadata: { labels: { app: ksm } }, spec: { containers: [{ name: k, image: 'kube-state-metrics:v2.15.0', args: [${args}], ports: [{ name: http, containerPort: 8080 }] }] } } } }\n---\n{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: ksm, namespace: shop, labels: { release: main } }, spec: { selector: { matchLabels: { app: ksm } }, podMetricsEndpoints: [{ port: http }] } }`.replace(
        'expr: \'requests_total{job="web"}\'',
        "expr: 'kube_job_failed'",
      );
    const links = (args: string) => notHolding(chain('kube_job_failed', program(args))).join();
    expect(links("'--resources=deployments,pods'")).toContain('by --resources it does not list jobs');
    expect(links("'--resources=jobs'")).not.toContain('by --resources');
  });

  test('a rule that nobody selects', () => {
    expect(notHolding(chain('Lost', OPERATED('main', '{ release: main }'))).join()).toContain(
      'breaks: loaded by Prometheus/shop/main: it selects by spec.ruleSelector',
    );
  });

  test('a rule records with labels of its own', () => {
    expect(notHolding(chain('Lost', OPERATED('main')))[0]).toContain(
      'breaks: a:b{slo="two"}: the rules that record it set other labels',
    );
  });

  test('a label that a recording drops, or that its group sets', () => {
    const recorded = (expr: string, group = '') =>
      notHolding(
        chain(
          'Grouped',
          all(
            worded(
              'PrometheusRule',
              'one',
              `groups: [{ name: g, ${group} rules: [{ record: 'a:b', expr: '${expr}' }] }]`,
            ),
            worded(
              'PrometheusRule',
              'two',
              'groups: [{ name: g, rules: [{ alert: Grouped, expr: \'a:b{team="web"} > 1\' }] }]',
            ),
          ),
        ),
      ).join();
    const lost = 'breaks: a:b{team="web"}: the rules that record it';
    expect(recorded('sum by (job) (requests_total)')).toContain(lost);
    expect(recorded('sum without (team) (sum by (team, job) (requests_total))')).toContain(lost);
    expect(recorded('sum by (job, team) (requests_total)')).not.toContain(lost);
    expect(recorded('requests_total')).not.toContain(lost);
    expect(recorded('sum by (job) (requests_total)', 'labels: { team: web },')).not.toContain(lost);
    expect(recorded('sum by (job) (requests_total)', 'labels: { team: api },')).toContain(lost);
    expect(recorded('label_replace(sum(requests_total), "team", "web", "", "")')).not.toContain(lost);
  });

  describe('labels that relabelings make', () => {
    const WEB =
      "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop, annotations: { strata/metrics: hits_total } }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web, team: blue } }, spec: { containers: [{ name: w, image: 'web:1', ports: [{ name: http, containerPort: 8080 }] }] } } } }";
    const SERVICE =
      '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { app: web, tier: shop-front } }, spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] } }';
    const of = (kind: string, endpoint: string, expr: string) =>
      notHolding(
        chain(
          'Hit',
          all(
            WEB,
            SERVICE,
            worded('Prometheus', 'main', 'podMonitorSelector: {}, serviceMonitorSelector: {}, ruleSelector: {}'),
            worded(
              kind,
              'web',
              `selector: { matchLabels: { app: web } }, ${kind === 'PodMonitor' ? 'podMetricsEndpoints' : 'endpoints'}: [{ port: http, ${endpoint} }]`,
            ),
            worded('PrometheusRule', 'hit', `groups: [{ name: g, rules: [{ alert: Hit, expr: '${expr}' }] }]`),
          ),
        ),
      )
        .filter((each) => !/Alertmanager/.test(each))
        .join();
    const byRegex = (target: string) =>
      `relabelings: [{ sourceLabels: [__meta_kubernetes_service_label_tier], regex: 'shop-(.+)', targetLabel: ${target} }]`;
    const byMap = "relabelings: [{ action: labelmap, regex: '__meta_kubernetes_pod_label_(.+)' }]";

    test('the job, by a regular expression on what the Service has', () => {
      expect(of('ServiceMonitor', byRegex('job'), 'hits_total{job="front"}')).toBe('');
      expect(of('ServiceMonitor', byRegex('job'), 'hits_total{job="back"}')).toContain('not by job back');
      expect(of('ServiceMonitor', byRegex('other'), 'hits_total{job="web"}')).toBe('');
    });
    test('others, of Services and pods', () => {
      expect(of('ServiceMonitor', byRegex('part'), 'hits_total{part="front"}')).toBe('');
      expect(of('ServiceMonitor', byRegex('part'), 'hits_total{part="back"}')).toContain(
        'its targets have the label part front, and hits_total is asked for with back',
      );
      expect(of('PodMonitor', byMap, 'hits_total{team="blue"}')).toBe('');
      expect(of('PodMonitor', byMap, 'hits_total{team="red"}')).toContain('label team blue');
    });
    test('those that the operator sets', () => {
      expect(of('PodMonitor', '', 'hits_total{namespace="shop"}')).toBe('');
      expect(of('PodMonitor', '', 'hits_total{namespace="till"}')).toContain('label namespace shop');
      // A page that brings its own, a rule that writes it anew, and what the cluster alone knows.
      expect(of('PodMonitor', 'honorLabels: true', 'hits_total{namespace="till"}')).toBe('');
      const anew = 'metricRelabelings: [{ sourceLabels: [place], targetLabel: namespace }]';
      expect(of('PodMonitor', anew, 'hits_total{namespace="till"}')).toBe('');
      expect(of('PodMonitor', '', 'hits_total{pod="web-1"}')).toBe('');
      expect(of('PodMonitor', '', 'hits_total{code="500"}')).toBe('');
    });
  });
});

test('labels of a job of a file: static ones, and by its relabelings', () => {
  const told = (job: string, asked: string) =>
    notHolding(
      chain(
        'NobodyComes',
        shop()
          .replace("static_configs: [{ targets: ['web:8080'] }]", job)
          .replace('requests_total{job="web"}', `requests_total{${asked}}`),
      ),
    ).join();
  const static_ = "static_configs: [{ targets: ['web:8080'], labels: { team: blue-one } }]";
  const byRegex = `${static_}\n        relabel_configs: [{ source_labels: [team], regex: '(.+)-one', target_label: team }]`;
  expect(told(static_, 'team="blue-one"')).toBe('');
  expect(told(static_, 'team="blue"')).toContain('its targets have the label team blue-one');
  expect(told(byRegex, 'team="blue"')).toBe('');
  expect(told(byRegex, 'team="blue-one"')).toContain('label team blue,');
  expect(told(`honor_labels: true\n        ${static_}`, 'team="blue"')).toBe('');
});

test('of several programs the one that the job names', () => {
  const other = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop, annotations: { strata/metrics: requests_total } }
spec:
  selector: { matchLabels: { app: api } }
  template: { metadata: { labels: { app: api } }, spec: { containers: [{ name: api, image: 'api:1', ports: [{ containerPort: 9000 }] }] } }
---
{ apiVersion: v1, kind: Service, metadata: { name: api, namespace: shop }, spec: { selector: { app: api }, ports: [{ port: 9000 }] } }
`;
  const both = (policy: string) =>
    shop({ policy }).replace(
      "targets: ['web:8080'] }]",
      "targets: ['web:8080'] }]\n      - { job_name: api, static_configs: [{ targets: ['api:9000'] }] }",
    );
  expect(notHolding(chain('NobodyComes', both(other)))).toEqual([]);
  // One that says nothing may expose it, too; one that says other things does not.
  const asking = (more: string) => both(more).replace('requests_total{job="web"}', 'requests_total{job="api"}');
  expect(notHolding(chain('NobodyComes', asking(other))).join()).toBe('');
  expect(notHolding(chain('NobodyComes', asking(other.replace(/, annotations: \{.*?\}/, '')))).join()).toContain(
    'unknown: requests_total{job="api"}: the program of job api does not say',
  );
  expect(notHolding(chain('NobodyComes', asking(other.replace('requests_total', 'others_total')))).join()).toContain(
    'not by job api',
  );
  // One that nobody scrapes is told.
  expect(notHolding(chain('NobodyComes', shop({ policy: other }))).join()).toContain('Deployment/shop/api');
});

test('a Prometheus that scrapes itself', () => {
  const itself = (targets: string, asked = '') =>
    notHolding(
      chain(
        'NobodyComes',
        shop()
          .replace('rate(requests_total{job="web"}[5m])', `rate(prometheus_notifications_total${asked}[5m])`)
          .replace(
            "targets: ['web:8080'] }]",
            `targets: ['web:8080'] }]\n      - { job_name: me, static_configs: [{ targets: [${targets}] }] }`,
          ),
      ),
    ).join();
  expect(itself("'localhost:9090'")).toBe('');
  expect(itself("'localhost:9090'", '{job="me"}')).toBe('');
  expect(itself("'localhost:9090'", '{job="web"}')).toContain('prometheus');
  expect(itself("'elsewhere:9090'")).toContain('nothing');
});

test('a variable of a dashboard may be any value', () => {
  const yaml = `${shop()}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: board, namespace: shop }
data:
  board.json: '{"panels": [{"title": "P", "targets": [{"expr": "rate(requests_total{job=\\"$job\\", code=\\"\${code}\\"}[5m])"}]}]}'
`;
  expect(notHolding(chain('board', yaml))).toEqual([]);
});

test('who reads a series is told, too', () => {
  expect(textOf(chain('requests_total', shop()))).toContain('requests_total read by rule web:requests:rate5m');
});

test.each([
  ['up{job="web"}', 'web port 8080 scraped by job web'],
  ['up{job="other"}', 'no job other is known here'],
  ['kube_pod_info', 'no workload here says that it exposes it'],
  ['container_cpu_usage_seconds_total', 'exposed by every kubelet at /metrics/cadvisor'],
  ['machine_cpu_cores', 'exposed by every kubelet at /metrics/cadvisor'],
  ['prober_probe_total', 'exposed by every kubelet at /metrics/probes'],
  ['apiserver_request_total', 'exposed by the API server at /metrics'],
  ['prometheus_tsdb_head_series', 'exposed by Deployment/shop/prometheus, as its image tells'],
  ['ALERTS{alertname="a"}', 'ALERTS{alertname="a"}'],
])('%s', (expr, expected) => {
  const yaml = shop().replace('web:requests:rate5m == 0', expr);
  expect(chainFormats.text(chain('NobodyComes', yaml))).toContain(expected);
});

test('dashboards by the name of their file, panel by panel', () => {
  const panels = JSON.stringify({ panels: [{ title: 'Requests', targets: [{ expr: 'requests_total{job="web"}' }] }] });
  const yaml = `${shop()}\n---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: d, namespace: shop }, data: { pages.json: '${panels}' } }`;
  expect(textOf(chain('pages', yaml))).toContain('dashboard pages.json, panel Requests\n  requests_total{job="web"}');
  expect(chain('pages.json', yaml)).toEqual(chain('pages', yaml));
});

test('names that there are', () => {
  expect(chainNames(worldOf(shop()))).toEqual(['NobodyComes', 'requests_total', 'web:requests:rate5m']);
  expect(chain('nothing', shop())).toEqual([]);
});

test('what was told is not told again', () => {
  const yaml = shop().replace(
    'web:requests:rate5m == 0',
    'web:requests:rate5m == 0 and web:requests:rate5m{a="b"} == 0',
  );
  expect(textOf(chain('NobodyComes', yaml))).toContain('recorded by rule web:requests:rate5m: as above');
});

test('JSON and Markdown say the same', () => {
  const links = chain('NobodyComes', shop({ asked: 'wbe' }));
  expect(JSON.parse(chainFormats.json(links))).toEqual({ chains: links });
  expect(chainFormats.markdown(links)).toMatch(
    /- \*\*breaks\*\* exposed by Deployment\/shop\/web, which says so \(`.*:\d+`\): it is scraped/,
  );
});

describe('an autoscaler', () => {
  const adapter = readFileSync(join(__dirname, '../../checks/wiring/prometheus-adapter.yaml'), 'utf8').replace(
    /^# \S+\.yaml$/gm,
    '---',
  );
  const links = (name: string, from = '', to = '') => {
    const yaml = adapter.replace(from, to);
    if (from !== '') expect(yaml).not.toBe(adapter);
    return chain(name, yaml);
  };
  test('is followed to the rule of the adapter, the series and the program, by its name and by that of the metric', () => {
    const texts = [...linksIn(links('sample-app'))].map(({ text }) => text);
    expect(texts).toEqual([
      'HorizontalPodAutoscaler/prometheus-adapter-e2e/sample-app scales by http_requests, a metric of type Pods',
      'asked of APIService/v1beta2.custom.metrics.k8s.io',
      'answered by Deployment/prometheus-adapter-e2e/prometheus-adapter',
      'the rule about {namespace!="",__name__!~"^container_.*"} makes http_requests of http_requests_total',
      'http_requests_total',
      'exposed by Deployment/prometheus-adapter-e2e/sample-app, which says so',
      expect.stringContaining('port 8080 scraped by job sample-app, ServiceMonitor/prometheus-adapter-e2e/sample-app'),
      'selected by Prometheus/prometheus-adapter-e2e/prometheus',
      'values from http://prometheus.prometheus-adapter-e2e.svc:9090/',
    ]);
    expect(links('http_requests')).toEqual(links('sample-app'));
    expect(notHolding(links('sample-app'))).toEqual([]);
  });
  test.each([
    ['no such API', 'group: custom.metrics.k8s.io', 'group: other.k8s.io', 'unknown: HorizontalPodAutoscaler'],
    [
      'another program answers',
      '    name: prometheus-adapter\n    namespace: prometheus-adapter-e2e\n  version: v1beta2',
      '    name: other\n    namespace: prometheus-adapter-e2e\n  version: v1beta2',
      'unknown: asked of APIService',
    ],
    [
      'no rule gives it',
      '"^(.*)_total"\n        "as": ""',
      '"^(.*)_total"\n        "as": "a_$$1"',
      'breaks: answered by Deployment',
    ],
    [
      'nothing scrapes it',
      'kind: ServiceMonitor\napiVersion',
      'kind: Probe\napiVersion',
      'breaks: exposed by Deployment',
    ],
    [
      'the Prometheus is not there',
      'http://prometheus.prometheus-adapter-e2e',
      'http://prometheus.elsewhere',
      'unknown: values from',
    ],
  ])('%s', (_, from, to, expected) => {
    expect(notHolding(links('sample-app', from, to)).join('\n')).toContain(expected);
  });
});
