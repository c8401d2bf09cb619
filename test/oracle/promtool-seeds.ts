import type { Json } from '../../manifests/resource';

/** Expressions that every Prometheus since 2.42 takes. */
export const EXPRESSIONS: readonly string[] = [
  'up == 0',
  'up{job="web", instance=~"10\\\\..*"} == 0',
  '1 - avg by (cluster) (up{job="node"})',
  'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m])) > 0.05',
  'histogram_quantile(0.99, sum by (le, job) (rate(http_request_duration_seconds_bucket[5m]))) > 1',
  'predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"}[6h], 4 * 3600) < 0',
  'absent(up{job="prometheus"})',
  'absent_over_time(up{job="web"}[10m])',
  'max_over_time(deriv(rate(distance_covered_total[5s])[30s:5s])[10m:])',
  'rate(errors_total[5m] offset 1w) > 2 * rate(errors_total[5m])',
  'http_requests_total @ 1609746000 offset 5m',
  'rate(process_cpu_seconds_total[1h] @ end()) > 0.5',
  'kube_pod_info * on (namespace, pod) group_left (owner_kind, owner_name) kube_pod_owner',
  'method_code:http_errors:rate5m{code="500"} / ignoring (code) method:http_requests:rate5m',
  'a / ignoring (code) group_right (job) b',
  'topk(5, sum by (pod) (container_memory_working_set_bytes{container!=""}))',
  'bottomk by (job) (3, up)',
  'count_values("version", build_version)',
  'quantile(0.9, rate(a_total[5m]))',
  'quantile_over_time(0.95, a[1h])',
  'label_replace(up, "host", "$1", "instance", "([^:]+):.*")',
  'label_join(up, "target", "-", "job", "instance")',
  'clamp(a, 0, 100) > clamp_min(b, 1) or clamp_max(c, 5)',
  'round(a, 0.5) + ceil(b) - floor(c)',
  'vector(1) unless on () up',
  'hour() > 8 and on () hour() < 18',
  'day_of_week(vector(time())) > 5',
  'a and ignoring (x) b or c unless d',
  '-a ^ 2 ^ b % 3',
  'a > bool 1',
  '1 > bool 2',
  'time() - timestamp(up) > 3600',
  'scalar(sum(a)) * pi()',
  'sort_desc(sum without (instance) (a))',
  'stddev(a) / stdvar(b) > group(c)',
  '{__name__=~"job:.*", env="prod"}',
  '{__name__="up"}',
  'changes(kube_pod_status_ready{condition="true"}[15m]) > 3',
  'increase(kube_pod_container_status_restarts_total[1h]) > 5 and on (namespace, pod) kube_pod_status_phase{phase!="Running"} == 1',
  'sgn(atan2(1, 2)) * a'.replace('atan2(1, 2)', 'a atan2 b'),
  'sum(rate(a[5m])) by (job, le)',
  'count without (a) (b) >= 2',
  'irate(a[2m]) < 1e-3 + 0x1F',
  'last_over_time(a[1d]) == +Inf',
  'present_over_time(a{b=`c`}[1y2w3d4h5m6s7ms])',
  "resets(a{b='c'}[5m]) # a comment",
  'histogram_quantile(0.5, rate(native[5m])) - histogram_count(rate(native[5m]))',
  'holidays:days offset -1d',
  'a{} + a{b=""} + a{b!="", }',
  'sum_over_time((a > bool 0)[1h:1m])',
];

const web = (more: Json): Json => ({ job_name: 'web', static_configs: [{ targets: ['web:8080'] }], ...more });

/** Configurations that every Prometheus since 2.42 takes; what a render produces comes to them. */
export const CONFIGURATIONS: readonly Json[] = [
  { scrape_configs: [web({})] },
  {
    global: {
      scrape_interval: '30s',
      scrape_timeout: '10s',
      evaluation_interval: '1m',
      external_labels: { cluster: 'a', replica: 'b' },
    },
    rule_files: ['rules/*.yml', '/etc/prometheus/rules/*.yaml'],
    alerting: {
      alert_relabel_configs: [{ regex: 'replica', action: 'labeldrop' }],
      alertmanagers: [
        {
          scheme: 'http',
          timeout: '10s',
          api_version: 'v2',
          path_prefix: '/',
          static_configs: [{ targets: ['alertmanager:9093'] }],
        },
      ],
    },
    scrape_configs: [
      web({
        scrape_interval: '15s',
        scrape_timeout: '5s',
        metrics_path: '/metrics',
        scheme: 'https',
        honor_labels: true,
        honor_timestamps: false,
        sample_limit: 1000,
        params: { module: ['http_2xx'] },
      }),
    ],
  },
  {
    scrape_configs: [
      {
        job_name: 'pods',
        kubernetes_sd_configs: [
          {
            role: 'pod',
            namespaces: { names: ['shop'] },
            selectors: [{ role: 'pod', label: 'app=web', field: 'spec.nodeName=a' }],
          },
        ],
        relabel_configs: [
          { source_labels: ['__meta_kubernetes_pod_annotation_prometheus_io_scrape'], regex: 'true', action: 'keep' },
          {
            source_labels: ['__address__', '__meta_kubernetes_pod_annotation_prometheus_io_port'],
            separator: ';',
            regex: '([^:]+)(?::\\d+)?;(\\d+)',
            replacement: '$1:$2',
            target_label: '__address__',
          },
          { regex: '__meta_kubernetes_pod_label_(.+)', action: 'labelmap' },
          { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
          { source_labels: ['__address__'], modulus: 4, target_label: '__tmp_hash', action: 'hashmod' },
          { source_labels: ['job'], target_label: 'job', action: 'lowercase' },
        ],
        metric_relabel_configs: [
          { source_labels: ['__name__'], regex: 'go_(gc|memstats)_.*', action: 'drop' },
          { regex: 'id|uid', action: 'labeldrop' },
          { source_labels: ['a'], target_label: 'b', action: 'keepequal' },
        ],
      },
      {
        job_name: 'nodes',
        scheme: 'https',
        bearer_token_file: '/var/run/secrets/kubernetes.io/serviceaccount/token',
        tls_config: { ca_file: '/ca.crt', insecure_skip_verify: true, server_name: 'kubernetes' },
        kubernetes_sd_configs: [{ role: 'node' }],
      },
    ],
  },
  {
    scrape_configs: [
      {
        job_name: 'dns',
        dns_sd_configs: [
          { names: ['web-pods.shop.svc.cluster.local'], type: 'A', port: 8080, refresh_interval: '15s' },
        ],
      },
      {
        job_name: 'srv',
        dns_sd_configs: [{ names: ['_http._tcp.web.shop.svc.cluster.local'] }],
        basic_auth: { username: 'a', password_file: '/etc/p' },
      },
      {
        job_name: 'files',
        file_sd_configs: [{ files: ['targets/*.json'], refresh_interval: '5m' }],
        authorization: { type: 'Bearer', credentials_file: '/etc/t' },
        label_limit: 30,
        body_size_limit: '10MB',
      },
      {
        job_name: 'http',
        http_sd_configs: [{ url: 'http://targets.shop:8080/sd' }],
        follow_redirects: false,
        proxy_url: 'http://proxy:3128',
      },
    ],
  },
  {
    scrape_configs: [
      web({
        metrics_path: '/probe',
        static_configs: [{ targets: ['https://example.com/'], labels: { team: 'a' } }],
        relabel_configs: [
          { source_labels: ['__address__'], target_label: '__param_target' },
          { target_label: '__address__', replacement: 'blackbox:9115' },
        ],
      }),
    ],
    remote_write: [
      {
        url: 'http://mimir:8080/api/v1/push',
        name: 'mimir',
        remote_timeout: '30s',
        headers: { 'X-Scope-OrgID': 'a' },
        write_relabel_configs: [{ source_labels: ['__name__'], regex: 'up', action: 'keep' }],
        queue_config: { max_samples_per_send: 2000, max_shards: 10, capacity: 10000, batch_send_deadline: '5s' },
      },
    ],
    remote_read: [{ url: 'http://mimir:8080/api/v1/read', read_recent: true }],
    storage: { tsdb: { out_of_order_time_window: '10m' }, exemplars: { max_exemplars: 1000 } },
    tracing: { endpoint: 'otel:4317', client_type: 'grpc', sampling_fraction: 0.1, insecure: true },
  },
];

const client = (more: Json): Json => ({ scrape_configs: [web(more)] });
const discovered = (name: string, found: Json): Json => ({
  scrape_configs: [{ job_name: 'found', [`${name}_sd_configs`]: [found] }],
});

/** Configurations that Prometheus takes since 3.16. */
export const NEW_CONFIGURATIONS: readonly Json[] = [
  client({
    basic_auth: { username_file: '/u', password_file: '/p' },
    tls_config: { ca: 'a', cert_file: '/c', key_file: '/k', min_version: 'TLS12', max_version: 'TLS13' },
    proxy_url: 'http://proxy:3128',
    no_proxy: '10.0.0.0/8',
    proxy_connect_header: { 'Proxy-Token': ['a'] },
    http_headers: { 'X-Team': { values: ['a'], secrets: ['b'], files: ['/f'] } },
    scrape_protocols: ['PrometheusProto', 'OpenMetricsText1.0.0', 'PrometheusText0.0.4'],
    fallback_scrape_protocol: 'PrometheusText0.0.4',
    metric_name_validation_scheme: 'legacy',
    metric_name_escaping_scheme: 'underscores',
  }),
  client({
    oauth2: {
      client_id: 'a',
      client_secret_file: '/s',
      token_url: 'https://login:8443/token',
      scopes: ['a'],
      endpoint_params: { audience: 'b' },
      tls_config: { ca_file: '/ca' },
      proxy_from_environment: true,
    },
  }),
  client({
    oauth2: {
      client_id: 'a',
      client_certificate_key_file: '/s',
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      signature_algorithm: 'RS256',
      token_url: 'https://login/token',
      claims: { sub: 'a' },
    },
  }),
  discovered('kubernetes', {
    role: 'endpoints',
    api_server: 'https://10.0.0.1:6443',
    bearer_token_file: '/t',
    tls_config: { insecure_skip_verify: true },
    namespaces: { names: ['a', 'b'] },
    selectors: [
      { role: 'pod', label: 'app in (web, api),tier!=test,!canary' },
      { role: 'service', field: 'metadata.name=web' },
      { role: 'endpoints', label: 'app' },
    ],
    attach_metadata: { node: true },
  }),
  discovered('kubernetes', { role: 'endpointslice', namespaces: { own_namespace: true } }),
  discovered('kubernetes', { role: 'ingress', kubeconfig_file: '/etc/kubeconfig' }),
  discovered('consul', {
    server: 'consul:8500',
    token: 'a',
    services: ['web'],
    tags: ['a'],
    node_meta: { rack: '1' },
    allow_stale: true,
  }),
  discovered('eureka', { server: 'http://eureka:8761/eureka', basic_auth: { username: 'a', password: 'b' } }),
  discovered('marathon', { servers: ['http://marathon:8080'], auth_token_file: '/t' }),
  discovered('nomad', { server: 'http://nomad:4646', region: 'a', tag_separator: ',' }),
  discovered('puppetdb', { url: 'https://puppet/', query: 'resources { type = "a" }', port: 9100 }),
  discovered('uyuni', { server: 'https://uyuni', username: 'a', password: 'b' }),
  discovered('kuma', { server: 'http://kuma:5676', client_id: 'a' }),
  discovered('serverset', { servers: ['zk:2181'], paths: ['/a'], timeout: '10s' }),
  discovered('docker', { host: 'unix:///var/run/docker.sock', filters: [{ name: 'a', values: ['b'] }] }),
  discovered('dockerswarm', { host: 'http://swarm:2375', role: 'tasks', port: 80 }),
  discovered('triton', { account: 'a', dns_suffix: 'b', endpoint: 'c', version: 1, role: 'cn' }),
  {
    global: {
      metric_name_validation_scheme: 'utf8',
      scrape_native_histograms: true,
      always_scrape_classic_histograms: true,
      query_max_series: 100,
      query_max_duration: '2m',
    },
    runtime: { gogc: 75, log_level: 'warn' },
    scrape_config_files: ['jobs/*.yml'],
    storage: { tsdb: { chunk_encoding: { floats: 'xor2' }, retention: { time: '15d', size: '10GB', percentage: 80 } } },
    otlp: {
      promote_resource_attributes: ['service.name', 'team'],
      translation_strategy: 'NoUTF8EscapingWithSuffixes',
      keep_identifying_resource_attributes: true,
    },
    tracing: { endpoint: 'otel:4318', client_type: 'http', compression: 'gzip', headers: { team: 'a' } },
  },
  { otlp: { promote_all_resource_attributes: true, ignore_resource_attributes: ['a', 'b'] } },
  {
    remote_write: [
      {
        url: 'https://a/push',
        name: 'a',
        protobuf_message: 'io.prometheus.write.v2.Request',
        authorization: { credentials_file: '/t' },
        queue_config: { min_shards: 2, max_shards: 4, min_backoff: '1s', max_backoff: '10s', capacity: 100 },
        metadata_config: { send: true, send_interval: '1m' },
      },
      { url: 'https://b/push', name: 'b', basic_auth: { username: 'a', password: 'b' } },
    ],
    remote_read: [
      { url: 'https://a/read', name: 'a', required_matchers: { a: 'b' } },
      { url: 'https://b/read', oauth2: { client_id: 'a', client_secret: 'b', token_url: 'https://c' } },
    ],
    alerting: {
      alertmanagers: [
        {
          kubernetes_sd_configs: [{ role: 'pod' }],
          authorization: { type: 'Bearer', credentials: 'a' },
          relabel_configs: [{ source_labels: ['__meta_kubernetes_pod_name'], regex: 'a', action: 'keep' }],
        },
      ],
    },
  },
];

/** Files whose form only a reader of YAML knows: nothing in them, merge keys, more than one document. */
export const CONFIGURATION_TEXTS: readonly string[] = [
  '',
  '# nothing yet\n',
  '---\n# nothing yet\n',
  'scrape_configs:\n- &web\n  job_name: web\n  static_configs: [{ targets: [a:80] }]\n- <<: *web\n  job_name: other\n',
  'scrape_configs:\n- job_name: a\n---\nscrape_configs:\n- no_name: b\n',
  '---\nscrape_configs:\n- job_name: a\n...\nnot: [yaml\n',
  '%YAML 1.1\n---\nglobal: { scrape_interval: 1m }\n',
];
/** The same for files of rules. */
export const RULE_TEXTS: readonly string[] = [
  '',
  '# nothing yet\n',
  'groups:\n',
  'groups:\n- name: a\n  rules:\n  - &base\n    alert: A\n    expr: up == 0\n    labels: &labels { team: a }\n  - <<: *base\n    alert: B\n    labels:\n      <<: *labels\n      severity: page\n',
  'groups:\n- name: a\n  rules: []\n---\ngroups:\n- nam: b\n',
  'groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations:\n      text: |\n        one\n---\n# the end\n',
];

/** Groups of rules that every Prometheus since 2.42 takes. */
export const GROUPS: readonly Json[] = [
  {
    name: 'recordings',
    interval: '30s',
    limit: 10,
    rules: [
      { record: 'job:up:sum', expr: 'sum by (job) (up)', labels: { team: 'a' } },
      { record: 'job:up:avg', expr: 'avg by (job) (up)' },
    ],
  },
  {
    name: 'alerts',
    rules: [
      {
        alert: 'Down',
        expr: 'up == 0',
        for: '5m',
        keep_firing_for: '1m',
        labels: { severity: 'page' },
        annotations: {
          summary: 'Instance {{ $labels.instance }} is down',
          description:
            '{{ $value | humanize }} of {{ .Labels.job }} since {{ with query "up" }}{{ . | first | value }}{{ end }}',
        },
      },
      {
        alert: 'Slow',
        expr: 'histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) > 1',
        labels: { severity: '{{ if gt $value 5.0 }}page{{ else }}ticket{{ end }}' },
        annotations: { runbook_url: 'https://example.com/{{ $labels.job | toLower }}' },
      },
    ],
  },
];
