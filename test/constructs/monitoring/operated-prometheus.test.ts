import { load } from 'js-yaml';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { Workload } from '../../../constructs/core/workload';
import type { ClusterJobsProps } from '../../../constructs/monitoring/cluster-jobs';
import { CLUSTER_JOBS } from '../../../constructs/monitoring/cluster-jobs';
import { OperatedPrometheus } from '../../../constructs/monitoring/operated-prometheus';
import { clusterMonitor, ruleObject, scrapeConfigObject } from '../../../constructs/monitoring/operator-objects';
import type { PrometheusProps } from '../../../constructs/monitoring/prometheus';
import { Prometheus } from '../../../constructs/monitoring/prometheus';
import type { ScrapeConfig } from '../../../constructs/monitoring/scrape-config';
import { toYaml } from '../../../render/yaml';
import { namespaceIn, podOf, refusal, rendered, STORAGE, workloadIn } from '../../support/render';

type Json = Readonly<Record<string, unknown>>;
type Props = Partial<Omit<PrometheusProps, 'namespace'>>;

const CERTIFICATES = ['signed', 'unsigned'] as const;
const EXTERNAL = { cluster: 'a', environment: 'b' };
const common = { scrapes: [], externalLabels: EXTERNAL, storage: STORAGE };
const kubelets = { namespace: 'kube-system', labels: { k8s: 'kubelet' } };

const operated = (props: Props = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const { toYaml: _, form: __, ...own } = props;
    new OperatedPrometheus(chart, 'prometheus', { ...common, ...own, namespace, kubelets });
  });
const discovering = (props: Props = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    new Prometheus(chart, 'prometheus', { ...common, ...props, namespace, toYaml, form: 'discovery' });
  });

/** In the words of the file. */
const snake = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snake);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(each),
    ]),
  );
};

/** What a monitor or ScrapeConfig says, by the names of the file. */
function jobOf(objects: ReturnType<typeof operated>, name: string): Json {
  const found = objects.all.find(
    ({ kind, metadata }) => ['ServiceMonitor', 'ScrapeConfig'].includes(kind) && metadata.name === name,
  ) as unknown as { readonly spec: { readonly endpoints?: readonly object[] } };
  const { endpoints: [endpoint] = [], ...spec } = found.spec;
  const said = { ...(snake(spec) as Json), ...(snake(endpoint ?? {}) as Json) };
  const { path, bearer_token_file, relabelings, metric_relabelings } = said;
  return {
    ...said,
    metrics_path: path,
    authorization: bearer_token_file && { credentials_file: bearer_token_file },
    relabel_configs: relabelings,
    metric_relabel_configs: metric_relabelings,
  };
}

describe.each(CERTIFICATES)(
  'with certificates of kubelets that are %s',
  (kubeletCertificates: ClusterJobsProps['kubeletCertificates']) => {
    const props = { kubeletCertificates, kubeletResources: true };
    const configMap = discovering(props).get('ConfigMap');
    const file = load(configMap.data['prometheus.yml']!) as { readonly scrape_configs: readonly Json[] };
    const objects = operated(props);

    test.each(Object.keys(CLUSTER_JOBS))('the operator is told of the job %s what the file says', (name) => {
      const job = file.scrape_configs.find(({ job_name }) => job_name === name)!;
      const said = jobOf(objects, name);
      // Found by a Service or by a role, and so relabeled in its own way.
      const { job_name, kubernetes_sd_configs, relabel_configs, ...same } = job;
      for (const [field, value] of Object.entries(same)) expect([field, said[field]]).toEqual([field, value]);
      expect((said['relabel_configs'] as Json[])[0]).toEqual({ target_label: 'job', replacement: job_name });
      const [discovery] = kubernetes_sd_configs as [{ readonly role: string }];
      if (said['kubernetes_sd_configs'] === undefined) return;
      expect(said['kubernetes_sd_configs']).toEqual([
        { role: { pod: 'Pod', endpointslice: 'EndpointSlice' }[discovery.role] },
      ]);
      expect((said['relabel_configs'] as Json[]).slice(1)).toEqual(relabel_configs);
    });

    test.each(Object.keys(CLUSTER_JOBS).filter((name) => /^(kubelet|cadvisor)/.test(name)))(
      'a target of %s is a node, and nothing else',
      (name) => {
        expect(jobOf(objects, name)['relabel_configs']).toEqual([
          { target_label: 'job', replacement: name },
          { source_labels: ['__meta_kubernetes_endpointslice_address_target_name'], target_label: 'node' },
          { action: 'labeldrop', regex: 'endpoint|namespace|service|pod|container' },
        ]);
      },
    );
  },
);

test('it keeps as much, as long, and says of which cluster it is', () => {
  const props: Props = { interval: '30s', retention: '3d', volume: '10Gi' };
  const { spec } = operated(props).all.find(({ kind }) => (kind as string) === 'Prometheus') as unknown as {
    readonly spec: Json;
  };
  expect(spec).toMatchObject({
    externalLabels: EXTERNAL,
    scrapeInterval: '30s',
    evaluationInterval: '30s',
    scrapeTimeout: '10s',
    retention: '3d',
    retentionSize: '8192MB',
    serviceDiscoveryRole: 'EndpointSlice',
  });
  const args = podOf(discovering(props)).spec.containers[0]!.args!;
  expect(args).toContain(`--storage.tsdb.retention.size=${String(spec['retentionSize'])}`);
  expect(args).toContain(`--storage.tsdb.retention.time=${String(spec['retention'])}`);
});

test('what may connect is the same, but that it scrapes itself by its address', () => {
  const policyOf = (form: 'operator' | 'discovery') => {
    const objects = rendered((chart) => {
      const namespace = namespaceIn(chart);
      const [web, alerts] = ['web', 'alerts'].map((name) =>
        workloadIn(chart, name, { namespace, container: { ports: { http: name === 'web' ? 8080 : 9093 } } }),
      ) as [Workload, Workload];
      const scraping = {
        ...common,
        namespace,
        scrapes: [{ port: web.port('http') }],
        alertmanager: alerts.port('http'),
      };
      const { workload } =
        form === 'operator'
          ? new OperatedPrometheus(chart, 'prometheus', { ...scraping, kubelets })
          : new Prometheus(chart, 'prometheus', { ...scraping, toYaml, form });
      for (const each of [workload, web, alerts]) new FlowPolicy(each, 'policy', { workload: each });
    });
    const own = { podSelector: { matchLabels: {} } };
    const rules = objects.of('NetworkPolicy').map(({ metadata, spec }) => [metadata.name.replace(/-flows$/, ''), spec]);
    // Each form selects its own pods by other labels.
    return JSON.parse(
      JSON.stringify(Object.fromEntries(rules)).replaceAll(
        /\{"matchLabels":\{"app.kubernetes.io\/name":"prometheus"[^}]*\}\}/g,
        JSON.stringify(own.podSelector),
      ),
    );
  };
  const itself = { podSelector: { matchLabels: {} } };
  const port = (number: number) => [{ protocol: 'TCP', port: number }];
  const { prometheus, ...others } = policyOf('operator');
  const { prometheus: discovering, ...same } = policyOf('discovery');
  expect(others).toEqual(same);
  expect(Object.keys(others).sort()).toEqual(['alerts', 'web']);
  expect(JSON.stringify(others)).toContain('"port":9093');
  expect(prometheus.ingress).toMatchObject([{ from: [itself], ports: port(9090) }]);
  expect(prometheus.egress.filter((rule: object) => !JSON.stringify(rule).includes('9090'))).toEqual(
    discovering.egress,
  );
});

test('its rules are those of the file, field by field', () => {
  const groups = [
    {
      name: 'a',
      interval: '1m' as const,
      rules: [
        { record: 'a:b', expr: 'up', labels: { job: 'a' } },
        {
          alert: 'A',
          expr: 'up == 0',
          for: '5m' as const,
          keep_firing_for: '10m' as const,
          labels: { severity: 'page' },
          annotations: { summary: 's' },
        },
      ],
    },
  ];
  const rules = rendered((chart) => ruleObject(chart, 'rules', { namespace: 'shop', labels: {} }, groups)).all[0];
  expect(rules).toMatchObject({ spec: { groups } });
});

test('what the account may do is what finding and scraping take, and no more', () => {
  for (const objects of [operated(), discovering()])
    expect(objects.get('ClusterRole').rules).toEqual([
      { apiGroups: [''], resources: ['nodes', 'pods', 'services'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
      // Not nodes/proxy, by which it could run commands in every pod.
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
});

describe('a job that becomes an object', () => {
  const at = { namespace: 'shop', labels: {} };
  const service = { namespace: 'kube-system', labels: { a: 'b' }, port: 'https', relabelings: [] };
  const monitor = (job: Partial<ScrapeConfig>) =>
    rendered((chart) => clusterMonitor(chart, at, { job_name: 'it', ...job }, service)).all[0] as unknown as {
      readonly spec: Json & { readonly endpoints: readonly Json[] };
    };
  const config = (job: Partial<ScrapeConfig>) =>
    rendered((chart) => scrapeConfigObject(chart, at, { job_name: 'it', ...job })).all[0] as unknown as {
      readonly spec: Json;
    };

  test('keeps all that it says', () => {
    const limits = {
      sample_limit: 1,
      target_limit: 2,
      label_limit: 3,
      label_name_length_limit: 4,
      label_value_length_limit: 5,
    };
    const kept = { sampleLimit: 1, targetLimit: 2, labelLimit: 3, labelNameLengthLimit: 4, labelValueLengthLimit: 5 };
    const more = { fallback_scrape_protocol: 'PrometheusText0.0.4' };
    expect(monitor({ ...limits, ...more }).spec).toMatchObject({
      ...kept,
      fallbackScrapeProtocol: 'PrometheusText0.0.4',
    });
    expect(config({ ...limits, ...more, metrics_path: '/m' }).spec).toMatchObject({ ...kept, metricsPath: '/m' });
    expect(config({ metric_relabel_configs: [{ action: 'labeldrop', regex: 'id' }] }).spec).toMatchObject({
      metricRelabelings: [{ action: 'labeldrop', regex: 'id' }],
    });
    // Plain HTTP where nothing is said of TLS.
    expect(monitor({}).spec.endpoints[0]).not.toHaveProperty('scheme');
    expect(monitor({}).spec.endpoints[0]).not.toHaveProperty('tlsConfig');
  });
  test.each<[string, () => unknown, string]>([
    [
      'addresses',
      () => monitor({ static_configs: [{ targets: ['a:1'] }] }),
      'ServiceMonitor it: has no form for static_configs',
    ],
    ['names', () => config({ dns_sd_configs: [{ names: ['a'] }] }), 'ScrapeConfig it: has no form for dns_sd_configs'],
    ['a token', () => config({ authorization: { credentials_file: '/t' } }), 'has no form for authorization'],
    [
      'a discovery of some namespaces',
      () => config({ kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: ['a'] } }] }),
      'has no form for namespaces',
    ],
  ])('and is refused where it has no form: %s', (_, make, message) => expect(refusal(make).message).toContain(message));
});
