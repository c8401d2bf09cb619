import fc from 'fast-check';
import { chainsOf, usesOf } from '../../simulate/monitoring/metric-chains';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { queryOf } from '../../upstream/prometheus/query';
import { all, namespace, said, service, verdicts, workload, worldOf } from './judging';

const monitor = (spec: string, kind = 'ServiceMonitor') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;
const labelled = (manifest: string, labels = 'app: web') =>
  manifest.replace('namespace: shop }', `namespace: shop, labels: { ${labels} } }`);
const rules = (...entries: readonly string[]) =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: web, namespace: shop }, spec: { groups: [{ name: web, rules: [${entries.join(', ')}] }] } }`;
const alert = (expr: string, more = '') => `{ alert: A, expr: ${JSON.stringify(expr)}${more} }`;
const recording = (name: string, expr: string) => `{ record: '${name}', expr: ${JSON.stringify(expr)} }`;

/** A Prometheus with files in a ConfigMap, beside a web that it may scrape. */
const prometheus = (config: string, ruleFile = 'groups: []') =>
  all(
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: prometheus, namespace: shop }, data: { prometheus.yml: ${JSON.stringify(config)}, rules.yml: ${JSON.stringify(ruleFile)} } }`,
    workload({
      name: 'prometheus',
      pod: 'volumes: [{ name: c, configMap: { name: prometheus } }]',
      containers:
        "{ name: p, image: 'prom/prometheus:v3.5.0', args: [--config.file=/etc/p/prometheus.yml], volumeMounts: [{ name: c, mountPath: /etc/p }] }",
    }),
  );
const jobs = "rule_files: ['*.yml']\nscrape_configs: [{ job_name: web, static_configs: [{ targets: ['web:80'] }] }]";
const web = all(
  service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]'),
  workload({ container: 'ports: [{ name: http, containerPort: 8080 }]' }),
);

describe('monitor-resolves', () => {
  const judged = (...manifests: readonly string[]) => verdicts('monitor-resolves', all(...manifests));
  const selector = 'selector: { matchLabels: { app: web } }';
  const named = labelled(service('selector: { app: web }, ports: [{ name: http, port: 80 }]'));

  test('the labels are those of the Service itself, not of its pods', () => {
    const manifests = [
      namespace,
      service('selector: { app: web }, ports: [{ name: http, port: 80 }]'),
      workload(),
      monitor(`${selector}, endpoints: [{ port: http }]`),
    ];
    expect(judged(...manifests)).toEqual(['fail spec.selector']);
    expect(said('monitor-resolves', all(...manifests))[0]!.message).toContain('labels of the pods of Service web');
    expect(judged(...manifests.slice(1))).toEqual(['unknown spec.selector']);
  });
  test('a port is found by its name, never by its number', () => {
    expect(judged(named, monitor(`${selector}, endpoints: [{ port: '80' }]`))).toEqual(['fail spec.endpoints[0].port']);
    expect(judged(named, monitor(`${selector}, endpoints: [{ port: http }]`))).toEqual([]);
    expect(
      judged(
        labelled(service('selector: { app: web }, ports: [{ port: 80 }]')),
        monitor(`${selector}, endpoints: [{ port: http }]`),
      ),
    ).toEqual(['fail spec.endpoints[0].port']);
  });
  test('a targetPort is a port that a container declares', () => {
    const pods = workload({ container: 'ports: [{ name: metrics, containerPort: 9100 }]' });
    expect(
      judged(named, pods, monitor(`${selector}, endpoints: [{ targetPort: 9100 }, { targetPort: metrics }]`)),
    ).toEqual([]);
    expect(judged(named, pods, monitor(`${selector}, endpoints: [{ targetPort: 9101 }]`))).toEqual([
      'fail spec.endpoints[0].targetPort',
    ]);
  });
  test('one of several Services with the port is enough, and endpoints without a port take all', () => {
    expect(
      judged(
        named,
        labelled(service('selector: { app: web }, ports: [{ name: metrics, port: 9100 }]', 'web-metrics')),
        monitor(`${selector}, endpoints: [{ port: metrics }, {}]`),
      ),
    ).toEqual([]);
  });
  test('another namespace is looked at only if it is named', () => {
    expect(
      judged(named, monitor(`${selector}, namespaceSelector: { matchNames: [store] }, endpoints: [{ port: http }]`)),
    ).toEqual(['unknown spec.selector']);
    expect(
      judged(named, monitor(`${selector}, namespaceSelector: { any: true }, endpoints: [{ port: http }]`)),
    ).toEqual([]);
  });
  test('a PodMonitor looks at pods', () => {
    const pods = workload({ container: 'ports: [{ name: metrics, containerPort: 9100 }]' });
    expect(
      judged(
        pods,
        monitor(`${selector}, podMetricsEndpoints: [{ port: metrics }, { portNumber: 9100 }]`, 'PodMonitor'),
      ),
    ).toEqual([]);
    expect(judged(pods, monitor(`${selector}, podMetricsEndpoints: [{ port: metric }]`, 'PodMonitor'))).toEqual([
      'fail spec.podMetricsEndpoints[0].port',
    ]);
    expect(
      judged(
        namespace,
        pods,
        monitor('selector: { matchLabels: { app: wbe } }, podMetricsEndpoints: [{}]', 'PodMonitor'),
      ),
    ).toEqual(['fail spec.selector']);
  });
});

describe("expressions, as Prometheus' own parser takes them", () => {
  test.each([
    'up == 0',
    'sum by (job) (rate(a_total[5m])) / on (job) group_left sum by (job) (b)',
    'histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))',
    'rate(a[5m:1m])',
    'a offset -5m',
    'max_over_time(rate(a[5m])[1h:])',
    '-a',
    '1./6.',
    'topk(5, a)',
    'count_values("v", a)',
    'absent(up{job="web"})',
    'a @ start()',
    'label_replace(a, "b", "$1", "c", "(.*)")',
    'hour() > 8 and on() vector(1)',
    '{__name__=~"a.*"}',
    'a > bool 1',
    '(a)',
    'scalar(a) * 2',
    '"text"',
    'quantile_over_time(0.9, a[5m])',
    'round(a, 0.1)',
    'a # why\n > 1',
    '{"a.b", c="d"}',
    '-a offset 5m',
    '(a + b)[5m:] offset 1h @ end()',
    '1 > bool 2',
    'a{b=~"\\\\d+"}',
    'a{b=~`\\d+`}',
    'topk by (b) (5, a)',
    'info(a, {b=""})',
    '{a!=""}',
    'a and on () b',
  ])('%s', (expr) => expect(queryOf(expr).problems).toEqual([]));
  test.each([
    ['rate(a)', 'rate takes a range such as [5m], and a is one value for each series'],
    ['sum(a[5m])', 'sum takes one value for each series'],
    ['a[5m] > 1', 'cannot be an operand'],
    ['sum(a', 'ends too early'],
    ['', 'there is no expression'],
    ['a{b=c}', 'is not understood'],
    ['rate(a[5x])', 'is not understood'],
    ['histogram_quantil(0.9, a)', 'there is no function histogram_quantil; did you mean "histogram_quantile"?'],
    ['histogram_quantile(a, 0.9)', 'histogram_quantile takes a number'],
    ['clamp_max(a)', 'clamp_max takes 2 arguments and has 1'],
    ['abs("x")', 'abs takes one value for each series, and "x" is a text'],
    ['sum(a)[5m]', 'a subquery such as [5m:] is needed'],
    ['a offset 5m[5m]', 'a subquery such as [5m:] is needed'],
    ['max_over_time(a * b[5m:])', 'belongs to the last operand alone'],
    ['hour() offset 5m', 'offset and @ stand directly behind a series'],
    ['1 > 2', 'with bool'],
    ['a + bool b', 'bool belongs to comparisons'],
    ['a and 1', 'between series, not numbers'],
    ['a * on (b) 2', 'labels are matched between series'],
    ['a or on (b) group_left c', 'have no group_left'],
    ['topk(a)', 'topk takes a number, and then one value for each series, and has 1 argument'],
    ['sum(1, a)', 'sum takes one value for each series, and has 2 arguments'],
    ['count_values(1, a)', 'count_values takes a text'],
    ['{a=""}', 'it would select every series'],
    ['a{__name__="b"}', 'given twice'],
    ['a{b=~"\\d+"}', '\\d is no escape in quotes'],
    ['a{b=~"x(?!y)"}', '(?! looks around'],
    ['a{b=~"("}', 'a ) is missing'],
    ['-(a[5m])', 'cannot be an operand'],
  ])('%s is refused', (expr, reason) => expect(queryOf(expr).problems[0]!.reason).toContain(reason));
  test('no text makes it crash', () => {
    fc.assert(fc.property(fc.string(), (expr) => Array.isArray(queryOf(expr).problems)));
    const words = fc.array(
      fc.constantFrom(
        'rate',
        '(',
        ')',
        'a',
        '[5m]',
        '{',
        '}',
        'b="c"',
        ' by ',
        ',',
        '1',
        '"x"',
        '+',
        'sum',
        ' on ',
        ':',
        'offset',
      ),
      { maxLength: 12 },
    );
    fc.assert(fc.property(words, (parts) => Array.isArray(queryOf(parts.join('')).problems)));
  });
});

test.each<[unknown, number | undefined]>([
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['0', 0],
  [0, 0],
  ['1.5h', undefined],
  ['5', undefined],
  [5, undefined],
  ['', undefined],
  ['5 m', undefined],
  ['1m1h', undefined],
  ['500ms', 500],
])('the duration %p', (value, expected) => expect(prometheusDuration(value)).toBe(expected));

describe('prom-config-rules-valid', () => {
  const judged = (manifests: string) =>
    said('prom-config-rules-valid', manifests).map(
      ({ verdict, message, path }) => `${verdict} ${path}: ${message.split(': ').slice(0, 2).join(': ')}`,
    );
  const ruled = (...entries: readonly string[]) => verdicts('prom-config-rules-valid', rules(...entries));

  test('a rule is a recording or an alert, and has what belongs to it', () => {
    expect(ruled(alert('up == 0', ', for: 5m'), recording('a:b', 'sum(a)'))).toEqual([]);
    expect(ruled('{ expr: up }')).toEqual(['fail spec.groups[0].rules[0]']);
    expect(ruled('{ record: a, alert: b, expr: up }')).toEqual(['fail spec.groups[0].rules[0]']);
    expect(ruled('{ record: a, expr: up, for: 5m }')).toEqual(['fail spec.groups[0].rules[0].for']);
    expect(ruled(alert('up == 0', ', for: 5 minutes'))).toEqual(['fail spec.groups[0].rules[0].for']);
    expect(ruled(alert('up ==', ''))).toEqual(['fail spec.groups[0].rules[0].expr']);
  });
  test('values have the type that their field has', () => {
    expect(ruled('{ record: 1, expr: up }')).toEqual(['unknown spec.groups[0].rules[0].record']);
    expect(ruled(alert('up == 0', ', labels: [a]'))).toEqual(['fail spec.groups[0].rules[0].labels']);
    expect(ruled(alert('up == 0', ', labels: { a: [b], __name__: c }'))).toEqual([
      'fail spec.groups[0].rules[0].labels.__name__',
      'fail spec.groups[0].rules[0].labels.a',
    ]);
    expect(ruled(alert('up == 0', ', labels: { a-b: c }'))).toEqual(['unknown spec.groups[0].rules[0].labels.a-b']);
    expect(judged(prometheus('{ rule_files: rules.yml }'))[0]).toContain('rule_files is a list, not "rules.yml"');
    expect(judged(prometheus('{ scrape_configs: [{ job_name: 1, honor_labels: yes, sample_limit: 1_000 }] }'))).toEqual(
      [],
    );
    expect(judged(prometheus('{ scrape_configs: [{ job_name: a, metric_path: /x }] }'))[0]).toContain(
      'there is no field metric_path; did you mean',
    );
    expect(judged(prometheus('{ scrape_configs: [{ job_name: a, sample_limit: many }] }'))[0]).toContain(
      'sample_limit is a number',
    );
    expect(judged(prometheus('{ scrape_configs: [{ job_name: a, something_new: 1 }] }'))[0]).toMatch(
      /^fail .*there is no field something_new/,
    );
    expect(
      judged(prometheus('{ scrape_configs: [{ job_name: a, something_new: 1 }] }').replace(':v3.5.0', ':latest'))[0],
    ).toMatch(/^unknown .*there is no field something_new/);
  });
  test('0 stands for the interval that Prometheus has of itself', () => {
    expect(judged(prometheus('{ global: { scrape_interval: 0, scrape_timeout: 10s } }'))).toEqual([]);
  });
  test('where targets are found has what it needs', () => {
    const job = (more: string) => judged(prometheus(`{ scrape_configs: [{ job_name: a, ${more} }] }`));
    expect(
      job(
        'dns_sd_configs: [{ names: [a.b] }], kubernetes_sd_configs: [{ role: pod }], file_sd_configs: [{ files: [a/*.json] }]',
      ),
    ).toEqual([]);
    expect(job('dns_sd_configs: [{ names: [a.b], type: A }]')[0]).toContain('records of type A have no port');
    expect(job('dns_sd_configs: [{ names: [a.b], type: TXT }]')[0]).toContain(
      'type is one of A, AAAA, MX, NS, SRV, not "TXT"',
    );
    expect(job('kubernetes_sd_configs: [{ role: pods }]')[0]).toContain('not "pods"; did you mean "pod"?');
    expect(job('file_sd_configs: [{ files: [a.txt] }]')[0]).toContain('a.txt ends in none of');
  });
  test('a relabeling has what its action takes', () => {
    const relabeled = (relabeling: string) =>
      judged(prometheus(`{ scrape_configs: [{ job_name: a, relabel_configs: [${relabeling}] }] }`));
    expect(
      relabeled(
        "{ source_labels: [a], regex: '(?i)a|[[:alpha:]]+', target_label: b, replacement: '${1}' }, { action: LabelDrop, regex: a }",
      ),
    ).toEqual([]);
    expect(relabeled("{ source_labels: [a], regex: 'a(?=b)', action: keep }")[0]).toContain(
      'regex a(?=b) cannot be read',
    );
    expect(relabeled('{ source_labels: [a], regex: b, action: labeldrop }')[0]).toContain(
      'the relabel action labeldrop takes no source_labels',
    );
    expect(relabeled('{ source_labels: [a-b], target_label: c }')).toEqual([]);
    expect(relabeled('{ source_labels: [""], target_label: c }')[0]).toContain('the name of label ""');
  });
  test('the templates of an alert can be read', () => {
    const summed = (summary: string) =>
      said(
        'prom-config-rules-valid',
        rules(alert('up == 0', `, annotations: { summary: ${JSON.stringify(summary)} }`)),
      ).map(({ verdict, message }) => `${verdict} ${message}`);
    expect(
      summed(
        '{{ $labels.job }} {{- range $i, $s := query "up" }}{{ $s | value | humanize }}{{ end }} {{ printf "}}" }}',
      ),
    ).toEqual([]);
    expect(summed('{{ $label.job }}')[0]).toContain('undefined variable "$label"');
    expect(summed('{{ $value')[0]).toContain('unclosed action');
    expect(summed('in {{ $labels.namespace }: {{ $value }}')[0]).toContain('unexpected "}" in operand');
    expect(summed('{{ if $value }}a')[0]).toContain('an {{end}} is missing');
    expect(summed('{{ $value | humanise }}')[0]).toMatch(/^unknown .*function "humanise" not defined/);
  });
  test("Loki's rules have the same form, and a function of another version may exist", () => {
    expect(ruled(alert('sum(rate({app="web"} |= "error" [5m])) > 1'))).toEqual([]);
    expect(ruled(alert('max_of(3, 5) > 1'))).toEqual(['unknown spec.groups[0].rules[0].expr']);
  });
  test('the files of a Prometheus are those that its container mounts', () => {
    expect(judged(prometheus(jobs))).toEqual([]);
    expect(judged(prometheus('{ scrape_configs: [{ job_name: a }, { job_name: a }] }'))).toEqual([
      'fail data["prometheus.yml"]: scrape_configs[1].job_name: two jobs are called a',
    ]);
    expect(
      judged(prometheus('{ scrape_configs: [{ job_name: a, scrape_interval: 10s, scrape_timeout: 30s }] }')),
    ).toHaveLength(1);
    expect(
      judged(
        prometheus("{ scrape_configs: [{ job_name: a, static_configs: [{ targets: ['http://web:80/metrics'] }] }] }"),
      ),
    ).toHaveLength(1);
    expect(
      judged(
        prometheus(
          "{ scrape_configs: [{ job_name: a, static_configs: [{ targets: ['https://example.com/'] }], relabel_configs: [{ source_labels: [__address__], target_label: __param_target }] }] }",
        ),
      ),
    ).toEqual([]);
    expect(judged(prometheus('{ scrape_config: [] }'))[0]).toContain('there is no field scrape_config; did you mean');
    expect(
      judged(prometheus('{ scrape_configs: [{ job_name: a, relabel_configs: [{ action: labelmapp }] }] }'))[0],
    ).toContain('not "labelmapp"; did you mean "labelmap"?');
    expect(judged(prometheus('a: [', ''))[0]).toContain('is not valid YAML');
  });
  test('rules that no rule_files names are not read', () => {
    const broken = '{ groups: [{ name: a, rules: [{ alert: A, expr: "up ==" }] }] }';
    expect(judged(prometheus(jobs, broken))[0]).toContain('fail data["rules.yml"]');
    expect(judged(prometheus('{ scrape_configs: [] }', broken))).toEqual([]);
  });
  test('files with nothing in them, merge keys and documents behind the first', () => {
    expect(judged(prometheus(jobs, ''))).toEqual([]);
    expect(judged(prometheus('# nothing yet\n', '# nothing yet\n'))).toEqual([]);
    expect(
      judged(
        prometheus(
          'rule_files: [rules.yml]\nscrape_configs:\n- &a { job_name: a, static_configs: [{ targets: [web:80] }] }\n- { <<: *a, job_name: b }',
          'groups:\n- name: a\n  rules:\n  - &a { alert: A, expr: up == 0 }\n  - { <<: *a, alert: B }',
        ),
      ),
    ).toEqual([]);
    expect(judged(prometheus(jobs, 'groups: []\n---\ngroups: [{}]'))).toEqual([
      'fail data["rules.yml"]: it has more than one YAML document: Prometheus loads the first and ignores the rest; merge them, or use a file for each',
    ]);
    expect(judged(prometheus(`${jobs}\n---\nscrape_configs: []`))[0]).toContain('more than one YAML document');
  });
  test('jobs in other files have names of their own', () => {
    const named = (file: string) =>
      judged(prometheus("scrape_config_files: ['rules*.yml']\nscrape_configs: [{ job_name: a }]", file));
    expect(named('scrape_configs: [{ job_name: b }]')).toEqual([]);
    expect(named('scrape_configs: [{ job_name: a }]')[0]).toContain('fail data["rules.yml"]: scrape_configs');
    expect(named('scrape_configs: [{ job_name: b, scheme: [] }]')[0]).toContain('scheme is a string, not a list');
    expect(
      judged(prometheus('scrape_config_files: [rules.yml, "*.yml"]', 'scrape_configs: [{ job_name: b }]'))[0],
    ).toContain('scrape_configs: another file');
  });
  test('holt_winters is a function of Prometheus 2', () => {
    const file = `groups: [{ name: a, rules: [${alert('holt_winters(a[5m], 0.5, 0.5) > 1')}] }]`;
    const under = (image: string) => judged(prometheus(jobs, file).replace('prom/prometheus:v3.5.0', image));
    expect(under('prom/prometheus:v2.53.1')).toEqual([]);
    expect(under('registry:5000/prometheus:2.48.0-distroless@sha256:abc')).toEqual([]);
    expect(under('prom/prometheus:v3.5.0')[0]).toMatch(/^fail .*rules.yml/);
    expect(under('prom/prometheus')[0]).toMatch(/^unknown .*rules.yml/);
    const operated = (spec: string) =>
      verdicts(
        'prom-config-rules-valid',
        all(
          rules(alert('holt_winters(a[5m], 0.5, 0.5) > 1')),
          `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: a, namespace: shop }, spec: { ${spec} } }`,
        ),
      );
    expect(operated('version: v2.53.0')).toEqual([]);
    expect(operated('version: 3.1.0')).toEqual(['fail spec.groups[0].rules[0].expr']);
    expect(operated('version: 3.1.0, image: quay.io/prometheus/prometheus:v2.54.0')).toEqual([]);
  });
  test('experimental functions need their flag, which stands in the arguments', () => {
    const file = (expr: string) => `groups: [{ name: a, rules: [${alert(expr)}] }]`;
    const flagged = (expr: string, flag: string) =>
      judged(prometheus(jobs, file(expr)).replace('args: [', `args: [${flag}`));
    for (const expr of ['mad_over_time(a[5m]) > 1', 'limitk(3, a)', 'double_exponential_smoothing(a[5m], 0.5, 0.5)']) {
      expect(flagged(expr, '')[0]).toMatch(/^fail .*rules.yml/);
      expect(flagged(expr, "'--enable-feature=exemplar-storage,promql-experimental-functions', ")).toEqual([]);
      expect(flagged(expr, "'--enable-feature', 'promql-experimental-functions', ")).toEqual([]);
      expect(flagged(expr, "'$(MORE_ARGUMENTS)', ")[0]).toMatch(/^unknown .*rules.yml/);
    }
    expect(ruled(alert('sort_by_label(a, "b")'))).toEqual(['unknown spec.groups[0].rules[0].expr']);
  });
  test("a file of another program with the same form is none of Prometheus'", () => {
    expect(
      judged(
        "{ apiVersion: v1, kind: ConfigMap, metadata: { name: promtail, namespace: shop }, data: { promtail.yaml: '{ scrape_configs: [{ job_name: a }, { job_name: a }] }' } }",
      ),
    ).toEqual([]);
  });
});

describe('promql-meaning', () => {
  const judged = (expr: string) => said('promql-meaning', rules(alert(expr))).map(({ message }) => message);
  test.each([
    ['rate(node_memory_MemAvailable_bytes[5m]) > 1', 'node_memory_MemAvailable_bytes is a gauge'],
    ['deriv(http_requests_total[5m]) > 1', 'is a counter'],
    ['rate(sum(http_requests_total)[5m:1m]) > 1', 'aggregate the result'],
    ['histogram_quantile(0.9, sum(rate(a_bucket[5m]))) > 1', 'drops the label le'],
    ['sum by (pod) (a) / sum by (node) (b) > 1', 'only series with the same labels match'],
    ['sum by (pod) (a) / sum(b) > 1', 'only series with the same labels match'],
    [
      'histogram_quantile(95, sum by (le) (rate(a_bucket[5m]))) > 1',
      'and 95 is none: the result is +Inf; did you mean 0.95?',
    ],
    ['quantile by (job) (-1, a) > 1', 'and -1 is none: the result is -Inf'],
    ['quantile_over_time(99.9, a[5m]) > 1', 'did you mean 0.99'],
    ['absent(up{job="x"}) == 0', 'absent is 1 or nothing at all, never == 0: it returns nothing'],
    ['(absent_over_time(up[5m])) > 1', 'never > 1'],
    ['http_requests_total > 100', 'http_requests_total is a counter'],
    ['max by (job) (http_requests_total) >= 5', 'once above 5 it stays there'],
  ])('%s', (expr, reason) => expect(judged(expr)).toEqual([expect.stringContaining(reason)]));
  test.each([
    'rate(http_requests_total[5m]) > 1',
    'sum by (pod) (a) / on (pod) sum by (pod, node) (b) > 1',
    'sum by (a, b) (x) / sum by (b, a) (y) > 1',
    'sum(a) / sum(b) > 0.1',
    'histogram_quantile(0.9, rate(a_bucket[5m])) > 1',
    'histogram_quantile(0.9, sum without (pod) (rate(a_bucket[5m]))) > 1',
    'sum by (a) (x) or sum by (b) (y)',
    'histogram_quantile(0.9, sum(rate(native_seconds[5m]))) > 1',
    'quantile(0.5, a) > 1',
    'absent(up{job="x"}) == 1',
    'absent(up{job="x"}) > 0',
    'absent(up{job="x"})',
    // Whether it has ever happened.
    'errors_total > 0',
    'sum(rate(http_requests_total[5m])) > 100',
    'time() - last_success_total > 100',
    'max(http_requests_total - http_requests_total offset 5m) > 100',
    'jobs_total < 5',
  ])('%s is as it should be', (expr) => expect(judged(expr)).toEqual([]));
});

describe('metric-exists', () => {
  const judged = (manifests: string) =>
    said('metric-exists', manifests).map(({ verdict, message }) => `${verdict} ${message}`);
  const file = (...entries: readonly string[]) => `{ groups: [{ name: a, rules: [${entries.join(', ')}] }] }`;

  test('a job is one that the Prometheus has', () => {
    expect(judged(all(web, prometheus(jobs, file(alert('up{job="web"} == 0')))))).toEqual([]);
    expect(judged(all(web, prometheus(jobs, file(alert('up{job="wbe"} == 0')))))).toEqual([
      expect.stringContaining('did you mean "web"?'),
    ]);
    const relabeled =
      "{ rule_files: ['*.yml'], scrape_configs: [{ job_name: pods, relabel_configs: [{ target_label: job, source_labels: [a] }] }] }";
    expect(judged(prometheus(relabeled, file(alert('up{job="wbe"} == 0'))))).toEqual([]);
  });
  test('a name with a colon is a recorded one', () => {
    expect(
      judged(prometheus(jobs, file(recording('job:up:sum', 'sum by (job) (up)'), alert('job:up:sum == 0')))),
    ).toEqual([]);
    expect(
      judged(prometheus(jobs, file(recording('job:up:sum', 'sum by (job) (up)'), alert('job:up:sm == 0')))),
    ).toEqual([expect.stringMatching(/^fail .*did you mean "job:up:sum"/)]);
    expect(judged(rules(alert('job:up:sum == 0')))).toEqual([expect.stringMatching(/^unknown /)]);
  });
  test('what an exporter exposes is known when it is declared', () => {
    const declaring = (metrics: string) =>
      service('selector: { app: web }, ports: [{ port: 80 }]').replace(
        'namespace: shop',
        `namespace: shop, annotations: { strata/metrics: '${metrics}' }`,
      );
    expect(judged(rules(alert('redis_memory_used_byte > 1')))).toEqual([
      expect.stringContaining('unknown whether any workload exposes redis_memory_used_byte'),
    ]);
    expect(
      judged(all(declaring('redis_up, redis_memory_used_bytes'), rules(alert('redis_memory_used_byte > 1')))),
    ).toEqual([expect.stringMatching(/^fail .*did you mean "redis_memory_used_bytes"/)]);
    expect(judged(all(declaring('redis_*'), rules(alert('redis_memory_used_byte > 1'))))).toEqual([]);
  });
  describe('one finding for what is wrong with one series, with its places', () => {
    const declared = service('selector: { app: web }, ports: [{ port: 80 }]').replace(
      'namespace: shop',
      "namespace: shop, annotations: { strata/metrics: 'redis_up' }",
    );
    const dashboards = (...panels: readonly object[]) =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: dashboards, namespace: shop }, data: { shop.json: ${JSON.stringify(JSON.stringify({ panels }))} } }`;
    const panel = (title: string, ...exprs: readonly string[]) => ({ title, targets: exprs.map((expr) => ({ expr })) });

    test('the panels of a dashboard are listed, those of rows too', () => {
      expect(
        judged(
          all(
            declared,
            dashboards(panel('Up', 'redis_upp'), {
              title: 'Row',
              panels: [panel('Rate', 'rate(redis_upp[5m])', 'redis_upp > 1'), panel('Other', 'redis_up')],
            }),
          ),
        ),
      ).toEqual([
        'fail dashboard shop.json (panels Up, Rate) queries redis_upp, which is not among the declared metrics (strata/metrics): the query returns nothing; did you mean "redis_up"?',
      ]);
    });
    test('above five, the others are counted', () => {
      const many = Array.from({ length: 8 }, (_, i) => panel(`P${i}`, 'redis_upp'));
      expect(judged(all(declared, dashboards(...many)))).toEqual([
        expect.stringContaining('dashboard shop.json (panels P0, P1, P2, P3, P4 and 3 more) queries redis_upp'),
      ]);
    });
    test('the alerts of an object are listed as well, and different series are different findings', () => {
      const named = (name: string, expr: string) => alert(expr).replace('alert: A', `alert: ${name}`);
      expect(
        judged(
          all(
            declared,
            rules(named('One', 'redis_upp == 0'), named('Two', 'redis_upp > 1'), named('Three', 'redis_down')),
          ),
        ),
      ).toEqual([
        expect.stringContaining('alert One, alert Two query redis_upp'),
        expect.stringContaining('alert Three queries redis_down'),
      ]);
    });
  });
  test.each([
    'scheduler_pending_pods',
    'kubeproxy_sync_proxy_rules_iptables_total',
    'kubelet_running_pods',
    'container_cpu_usage_seconds_total',
    'apiserver_request_total',
    'kube_pod_info',
    'node_cpu_seconds_total',
    'storage_operation_errors_total',
    'volume_manager_total_volumes',
    'pod_memory_working_set_bytes',
    'kubernetes_build_info',
    'authentication_attempts',
    'job_controller_job_syncs_total',
  ])('%s is one of Kubernetes, also beside declared metrics of its family', (metric) => {
    const family = service('selector: { app: web }, ports: [{ port: 80 }]').replace(
      'namespace: shop',
      `namespace: shop, annotations: { strata/metrics: '${metric.split('_')[0]}_of_ours' }`,
    );
    expect(judged(all(family, rules(alert(`${metric} > 1`))))).toEqual([]);
  });
  test('a name that only begins alike is not', () => {
    expect(judged(rules(alert('schedulers_total > 1 or jobs_total > 1')))).toEqual([
      expect.stringContaining('exposes jobs_total, schedulers_total is not known'),
    ]);
  });
  test('dashboards count, and the variables of Grafana stand for anything', () => {
    const dashboard = JSON.stringify({
      panels: [{ targets: [{ expr: 'sum(rate(shop_orders_total{job="$job"}[$__rate_interval]))' }] }],
    });
    expect(
      judged(
        `{ apiVersion: v1, kind: ConfigMap, metadata: { name: dashboards, namespace: shop }, data: { shop.json: ${JSON.stringify(dashboard)} } }`,
      ),
    ).toEqual([expect.stringContaining('shop_orders_total')]);
  });
  test('a policy that keeps Prometheus away is followed up to the alert', () => {
    const deny =
      '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress] } }';
    const manifests = all(namespace, web, deny, prometheus(jobs, file(alert('up{job="web"} == 0'))));
    expect(said('metric-exists', manifests)[0]).toMatchObject({
      causedBy: 'scrape-flow-allowed ConfigMap/shop/prometheus',
      verdict: 'fail',
    });
  });
  test('the chain goes from the alert over the rules to the pod', () => {
    const world = worldOf(all(web, prometheus(jobs, file(recording('web:up', 'up{job="web"}'), alert('web:up == 0')))));
    const [chain] = chainsOf(world, usesOf(world).find(({ recorded }) => recorded === undefined)!);
    const rule = chain!.recordedBy[0]!;
    expect(rule.rule.recorded).toBe('web:up');
    expect(
      rule.chains()[0]!.job!.scrapes.map(({ target }) => `${target.workload.resource.name} ${target.number}`),
    ).toEqual(['web 8080']);
  });
});
