import { populationOf } from '../../../simulate/monitoring/population';
import type { SeriesEstimate } from '../../../simulate/monitoring/series-estimate';
import { seriesEstimates } from '../../../simulate/monitoring/series-estimate';
import { roomOf } from '../../../simulate/monitoring/series-room';
import { all, worldOf } from '../../checks/judging';

const node = (name: string, cpu = '2') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: {} }, status: { allocatable: { cpu: '${cpu}', memory: 8Gi, pods: '110' } } }`;
const nodes = all(node('a'), node('b'));

/** A workload with one container. */
const workload = (
  kind: string,
  name: string,
  container: string,
  { spec = '', annotations = '' }: { readonly spec?: string; readonly annotations?: string } = {},
) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }
spec:
  selector: { matchLabels: { app: ${name} } }
  ${spec}
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, ${container} }] }
`;
const service = (name: string, port: number) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { clusterIP: None, selector: { app: ${name} }, ports: [{ port: ${port} }] } }`;
const byDns = (name: string, port: number, more = '') => `
      - job_name: ${name}
        dns_sd_configs: [{ names: [${name}.shop.svc], type: A, port: ${port} }]
        ${more}`;

/** A Prometheus with these jobs, of an interval of 30 seconds. */
const prometheus = (jobs: string, { container = '', claim = '' } = {}) =>
  all(
    `
apiVersion: v1
kind: ConfigMap
metadata: { name: config, namespace: shop }
data:
  prometheus.yml: |
    global: { scrape_interval: 30s }
    scrape_configs: ${jobs === '' ? '[]' : ''}${jobs}
`,
    `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: prometheus, namespace: shop }
spec:
  serviceName: prometheus
  selector: { matchLabels: { app: prometheus } }
  ${claim}
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      volumes: [{ name: config, configMap: { name: config } }]
      containers:
        - name: prometheus
          image: prom/prometheus:v3.5.0
          volumeMounts: [{ name: config, mountPath: /etc/prometheus }, { name: data, mountPath: /prometheus }]
          ${container}
`,
  );

const web = all(
  workload('Deployment', 'web', "image: 'web:1', ports: [{ containerPort: 8080 }]", {
    spec: 'replicas: 3',
    annotations: "strata/series: '100'",
  }),
  service('web', 8080),
);

function estimateOf(manifests: string, facts = nodes): SeriesEstimate {
  const estimates = seriesEstimates(worldOf(manifests, { facts, complete: true }))!;
  expect(estimates).toHaveLength(1);
  return estimates[0]!;
}
/** `web 315`, or `web unknown`, for each job. */
const jobs = (manifests: string, facts?: string) =>
  estimateOf(manifests, facts).jobs.map(
    ({ job, page, isAtMost }) => `${job} ${isAtMost ? 'at most ' : ''}${page?.series ?? 'unknown'}`,
  );

describe('what a workload exposes', () => {
  test('as many as it says, of each pod, with the five of each scrape', () => {
    expect(jobs(all(web, prometheus(byDns('web', 8080))))).toEqual(['web 315']);
  });
  test('once for each job, by however many names the job finds it', () => {
    const twice = byDns('web', 8080).replace('[web.shop.svc]', '[web.shop.svc, web.shop.svc.cluster.local]');
    expect(jobs(all(web, prometheus(twice)))).toEqual(['web 315']);
    const other = byDns('web', 8080).replace('job_name: web', 'job_name: other');
    expect(jobs(all(web, prometheus(byDns('web', 8080) + other)))).toEqual(['web 315', 'other 315']);
  });
  test('of its own pods, and not of those of another namespace that are labelled alike', () => {
    const pod = (namespace: string) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: web-1, namespace: ${namespace}, labels: { app: web } }, spec: { nodeName: a, containers: [{ name: web, image: 'web:1' }] } }`;
    const before = jobs(all(web, prometheus(byDns('web', 8080))));
    expect(jobs(all(web, prometheus(byDns('web', 8080))), all(nodes, pod('till')))).toEqual(before);
    // One that stands there already beside the three that come: it is nobody's.
    expect(jobs(all(web, prometheus(byDns('web', 8080))), all(nodes, pod('shop')))).toEqual(['web 420']);
  });
  test('nobody knows of a program that says nothing', () => {
    const silent = web.replace("strata/series: '100'", '');
    expect(jobs(all(silent, prometheus(byDns('web', 8080))))).toEqual(['web unknown']);
    const { total, jobs: found } = estimateOf(all(silent, prometheus(byDns('web', 8080))));
    expect([total, found[0]!.page]).toEqual([0, undefined]);
  });
  test.each(['many', '-1', '1.5', ''])('%j is no number of series', (written) => {
    const silent = web.replace("'100'", `'${written}'`);
    expect(jobs(all(silent, prometheus(byDns('web', 8080))))).toEqual(['web unknown']);
  });
  test('relabelings that drop series leave at most as many', () => {
    const drop = "metric_relabel_configs: [{ action: drop, source_labels: [__name__], regex: 'go_.*' }]";
    expect(jobs(all(web, prometheus(byDns('web', 8080, drop))))).toEqual(['web at most 315']);
    const rename = 'metric_relabel_configs: [{ target_label: team, replacement: shop }]';
    expect(jobs(all(web, prometheus(byDns('web', 8080, rename))))).toEqual(['web 315']);
  });
  test('an exporter of nodes by their CPUs, one on each node', () => {
    const exporter = all(
      workload('DaemonSet', 'nodes', "image: 'prom/node-exporter:v1.9.1', ports: [{ containerPort: 9100 }]"),
      service('nodes', 9100),
    );
    const scraped = all(exporter, prometheus(byDns('nodes', 9100)));
    expect(jobs(scraped)).toEqual([`nodes ${2 * (437 + 20 + 5)}`]);
    expect(jobs(scraped, all(node('a', '16'), node('b', '16')))).toEqual([`nodes ${2 * (437 + 160 + 5)}`]);
  });
  test('Prometheus of itself by its jobs and groups of rules', () => {
    const own = `
      - job_name: self
        static_configs: [{ targets: ['localhost:9090'] }]`;
    expect(jobs(prometheus(own))).toEqual([`self ${600 + 23 + 5}`]);
    expect(jobs(all(web, prometheus(own + byDns('web', 8080))))[0]).toBe(`self ${600 + 46 + 5}`);
  });
  test('Prometheus of itself where its discovery finds its own pod for certain', () => {
    const found = (label: string) => {
      const job = `
      - job_name: pods
        kubernetes_sd_configs: [{ role: pod }]
        relabel_configs: [{ action: keep, source_labels: [${label}], regex: prometheus }]`;
      return jobs(prometheus(job, { container: 'ports: [{ containerPort: 9090 }]' }));
    };
    expect(found('__meta_kubernetes_pod_label_app')).toEqual([`pods ${600 + 23 + 5}`]);
    // Only the cluster knows on which node it is.
    expect(found('__meta_kubernetes_pod_node_name')).toEqual([]);
  });
});

describe('what kube-state-metrics has', () => {
  const ksm = (args: string) =>
    all(
      workload(
        'Deployment',
        'ksm',
        `image: 'kube-state-metrics:v2.15.0', args: [${args}], ports: [{ containerPort: 8080 }, { containerPort: 8081 }]`,
      ),
      service('ksm', 8080),
    );
  const series = (args: string, more = web) =>
    Number(jobs(all(more, ksm(args), prometheus(byDns('ksm', 8080))))[0]!.slice(4));
  test('of each object that it lists', () => {
    // web and itself.
    expect(series('--resources=deployments')).toBe(2 * 18 + 5);
    expect(series("'--resources=deployments,statefulsets'")).toBe(2 * 18 + 12 + 5);
  });
  test('one more of each where labels of them are shown', () => {
    expect(series("--resources=deployments, '--metric-labels-allowlist=deployments=[app]'")).toBe(2 * 19 + 5);
    expect(series("--resources=deployments, '--metric-labels-allowlist=pods=[app]'")).toBe(2 * 18 + 5);
  });
  test('of pods by their containers and what these ask for', () => {
    // Three of web, itself and Prometheus: 31, two tolerations, and seven of a container.
    expect(series('--resources=pods')).toBe(5 * 40 + 5);
    const asking = web.replace(
      "image: 'web:1',",
      "image: 'web:1', resources: { requests: { cpu: 1 }, limits: { memory: 1Gi } },",
    );
    expect(series('--resources=pods', asking)).toBe(5 * 40 + 3 * 3 + 5);
  });
  test('of a pod of a DaemonSet by the tolerations that it is given', () => {
    const before = series('--resources=pods', '');
    const agent = workload('DaemonSet', 'agent', "image: 'agent:1'");
    // On each of two nodes.
    expect(series('--resources=pods', agent) - before).toBe(2 * (40 + 5));
  });
  test('of a quota by what it bounds', () => {
    const quota =
      '{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { pods: 1, cpu: 2 } } }';
    expect(series('--resources=resourcequotas', quota)).toBe(1 + 2 * 2 + 5);
  });
  test('of Jobs that CronJobs keep', () => {
    const cron = (more: string) =>
      `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: c, namespace: shop }, spec: { schedule: '0 1 * * *', ${more} jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: 'c:1' }] } } } } } }`;
    expect(series('--resources=jobs', cron(''))).toBe(3 * 13 + 5);
    expect(series('--resources=jobs', cron('successfulJobsHistoryLimit: 1,'))).toBe(13 + 5);
  });
  test('only of the namespaces that it watches', () => {
    expect(series('--resources=deployments, --namespaces=elsewhere')).toBe(5);
    expect(series("'--resources=deployments,nodes', --namespaces=elsewhere")).toBe(2 * 29 + 5);
    expect(series('--resources=pods, --namespaces=elsewhere')).toBe(5);
    const claim = (namespace: string) =>
      `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c, namespace: ${namespace} }, spec: {} }`;
    const claims = all(claim('shop'), claim('elsewhere'), claim('far'));
    expect(series('--resources=persistentvolumeclaims', claims)).toBe(3 * 7 + 5);
    expect(series('--resources=persistentvolumeclaims, --namespaces=elsewhere', claims)).toBe(7 + 5);
    expect(series('--resources=persistentvolumes, --namespaces=elsewhere', claims)).toBe(3 * 10 + 5);
  });
  test.each([
    ['mutatingwebhookconfigurations', 'admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 4],
    ['certificatesigningrequests', 'certificates.k8s.io/v1', 'CertificateSigningRequest', 4],
    ['storageclasses', 'storage.k8s.io/v1', 'StorageClass', 2],
    ['namespaces', 'v1', 'Namespace', 3],
  ])('%s in whichever namespaces', (resource, apiVersion, kind, each) => {
    const one = `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: it } }`;
    expect(series(`--resources=${resource}, --namespaces=elsewhere`, one)).toBe(each + 5);
  });
  test('nobody knows of what is not counted here', () => {
    expect(jobs(all(ksm('--resources=flowers'), prometheus(byDns('ksm', 8080))))).toEqual(['ksm unknown']);
  });
  test('what it says of itself is another page', () => {
    const both = all(ksm('--resources=pods'), service('ksm', 8081).replace('name: ksm,', 'name: ksm-self,'));
    expect(jobs(all(both, prometheus(byDns('ksm-self', 8081))))).toEqual(['ksm-self 85']);
  });
});

describe('what the cluster itself exposes', () => {
  const token = `scheme: https
        authorization: { credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token }`;
  const kubelet = (path: string, more = '') => `
      - job_name: kubelet
        metrics_path: ${path}
        ${token}
        kubernetes_sd_configs: [{ role: node }]
        ${more}`;
  const keep = "metric_relabel_configs: [{ action: keep, source_labels: [pod], regex: '.+' }]";
  const probed = web.replace("image: 'web:1',", "image: 'web:1', readinessProbe: { tcpSocket: { port: 8080 } },");
  test.each([
    // Two nodes; three pods of web and Prometheus, a container in each.
    ['/metrics', '', 2 * (1950 + 5) + 4],
    ['/metrics/probes', '', 2 * (16 + 5) + 3 * 15],
    ['/metrics/resource', '', 2 * (12 + 5) + 4 * 8],
    ['/metrics/cadvisor', '', 2 * (400 + 5) + 12 * 44],
    ['/metrics/cadvisor', keep, 2 * 5 + 12 * 44],
  ])('kubelets at %s %s', (path, more, expected) => {
    expect(jobs(all(probed, prometheus(kubelet(path, more))))).toEqual([`kubelet ${expected}`]);
  });
  test('kubelets by each kind of probe, and by volumes of claims', () => {
    const probe = '{ tcpSocket: { port: 8080 } }';
    const thrice = web.replace(
      "image: 'web:1',",
      `image: 'web:1', startupProbe: ${probe}, readinessProbe: ${probe}, livenessProbe: ${probe},`,
    );
    expect(jobs(all(thrice, prometheus(kubelet('/metrics/probes'))))).toEqual([`kubelet ${2 * (16 + 5) + 9 * 15}`]);
    const claiming = (volume: string) =>
      jobs(
        all(
          web.replace('spec: { containers:', `spec: { volumes: [{ name: v, ${volume} }], containers:`),
          prometheus(kubelet('/metrics')),
        ),
      );
    const spec = '{ accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }';
    expect(claiming(`ephemeral: { volumeClaimTemplate: { spec: ${spec} } }`)).toEqual([
      `kubelet ${2 * (1950 + 5) + 4 + 3 * 7}`,
    ]);
    expect(claiming('emptyDir: {}')).toEqual([`kubelet ${2 * (1950 + 5) + 4}`]);
  });
  test('a path of which nobody knows', () => {
    expect(jobs(prometheus(kubelet('/metrics/slis')))).toEqual(['kubelet unknown']);
  });
  const api = (relabelings: string, names = '') => `
      - job_name: api
        ${token}
        kubernetes_sd_configs: [{ role: endpointslice${names} }]
        relabel_configs: [{ action: keep, ${relabelings} }]`;
  const apiOf = (job: string, manifests = web, facts = nodes) =>
    estimateOf(all(manifests, prometheus(job)), facts).jobs;
  const usual = api(
    "source_labels: [__meta_kubernetes_namespace, __meta_kubernetes_service_name], regex: 'default;kubernetes'",
  );
  test('an API server by the kinds of objects, and by definitions', () => {
    // Deployment, Service, ConfigMap, StatefulSet.
    expect(apiOf(usual)[0]!.page).toMatchObject({ series: 17_000 + 4 * 300 + 5, targets: 1, later: 9000 });
    const { total, later, samplesPerSecond } = estimateOf(all(web, prometheus(usual)));
    expect([total, later]).toEqual([17_000 + 4 * 300 + 5, 17_000 + 4 * 300 + 5 + 9000]);
    expect(samplesPerSecond).toBeCloseTo(later / 30);
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.b } }';
    expect(apiOf(usual, web, all(nodes, definition))[0]!.page!.series).toBe(17_000 + 4 * 300 + 90 + 5);
  });
  test('each node of the control plane has one', () => {
    const control = node('c').replace('labels: {', "labels: { node-role.kubernetes.io/control-plane: ''");
    expect(apiOf(usual, web, all(nodes, control, control.replace('c,', 'd,')))[0]!.page!.targets).toBe(2);
  });
  test('found by a namespace of the discovery as by one of a relabeling', () => {
    const found = (job: string) => apiOf(job).length;
    const named =
      "source_labels: [__meta_kubernetes_service_name, __meta_kubernetes_endpointslice_port_name], regex: 'kubernetes;https'";
    expect(found(api(named, ', namespaces: { names: [default] }'))).toBe(1);
    expect(found(api(named))).toBe(0);
    expect(found(api(named, ', namespaces: { names: [shop] }'))).toBe(0);
    expect(found(api(named.replace('kubernetes;', 'web;'), ', namespaces: { names: [default] }'))).toBe(0);
  });
});

describe('an object of the operator', () => {
  const object = (spec: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { podMonitorSelector: { matchLabels: { team: shop } }, ruleSelector: {}, ${spec} } }`;
  const monitor = (labels: string, more = '') => `
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ portNumber: 8080${more} }] }
`;
  test('has what it selects', () => {
    expect(jobs(all(web, object(''), monitor('team: shop')))).toEqual(['shop/web 315']);
    expect(jobs(all(web, object(''), monitor('team: till')))).toEqual([]);
  });
  test('as often as the object or the monitor says', () => {
    const rate = (manifests: string) => estimateOf(manifests).samplesPerSecond;
    expect(rate(all(web, object(''), monitor('team: shop')))).toBeCloseTo(315 / 30);
    expect(rate(all(web, object('scrapeInterval: 15s'), monitor('team: shop')))).toBeCloseTo(315 / 15);
    expect(rate(all(web, object('scrapeInterval: 15s'), monitor('team: shop', ', interval: 5s')))).toBeCloseTo(315 / 5);
  });
  test('records as often as rules are evaluated', () => {
    const rules =
      '{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: "a:b", expr: "sum(up)" }] }] } }';
    const rate = (spec: string) => estimateOf(all(object(spec), rules)).samplesPerSecond;
    expect(rate('')).toBeCloseTo(1 / 30);
    expect(rate('scrapeInterval: 10s')).toBeCloseTo(1 / 30);
    expect(rate('evaluationInterval: 5s')).toBeCloseTo(1 / 5);
  });
  test('its pods count once, whether they stand there already or not', () => {
    const pods = (...standing: string[]) =>
      populationOf(worldOf(all(object(''), ...standing), { facts: nodes, complete: true }))!.pods.length;
    const pod = (name: string, namespace = 'shop') =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: ${namespace}, labels: { app.kubernetes.io/name: prometheus, operator.prometheus.io/name: main, app.kubernetes.io/instance: main, app.kubernetes.io/managed-by: prometheus-operator, operator.prometheus.io/shard: '0', prometheus: main } }, spec: { nodeName: a, containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0' }] } }`;
    expect(pods()).toBe(1);
    expect(pods(pod('prometheus-main-0'))).toBe(1);
    expect(pods(pod('prometheus-main-0', 'till'))).toBe(2);
  });
  test('keeps a day, and has the volume that it asks for', () => {
    const room = (spec: string) => roomOf(estimateOf(all(web, object(spec), monitor('team: shop'))));
    expect(room('')).toMatchObject({ days: 1, daysThatFit: undefined, memoryLimit: undefined });
    expect(room('retention: 30d')).toMatchObject({ days: 30 });
    const storage = 'storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: 1Gi } } } } }';
    expect(room(storage).daysThatFit).toBeCloseTo(2 ** 30 / ((315 / 30) * 86_400 * 2));
    expect(room('resources: { limits: { memory: 1Gi } }').memoryLimit).toBe(2 ** 30);
  });
  test('records what its rules say, one of each node where they are by node', () => {
    const rules = (expr: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ record: 'a:b', expr: '${expr}' }] }] } }`;
    expect(estimateOf(all(object(''), rules('sum(up)'))).recorded).toBe(1);
    expect(estimateOf(all(object(''), rules('sum by (node) (up)'))).recorded).toBe(2);
    expect(estimateOf(all(object(''), rules('rate(sum(up) by (job, instance)[5m:])'))).recorded).toBe(2);
    // It counts them, and has one series itself.
    expect(estimateOf(all(object(''), rules('count(sum by (node) (up))'))).recorded).toBe(1);
    expect(estimateOf(all(object(''), rules('sum by (job) (up{about="by (node)"})'))).recorded).toBe(1);
    expect(
      estimateOf(all(object(''), rules('sum(up)').replace('name: r, namespace: shop', 'name: r, namespace: till')))
        .recorded,
    ).toBe(0);
  });
});

describe('what series take', () => {
  const room = (container: string, claim = '') =>
    roomOf(estimateOf(all(web, prometheus(byDns('web', 8080), { container, claim }))));
  const args = (...words: string[]) => `args: [${words.map((word) => `'--storage.tsdb.${word}'`).join(', ')}]`;
  test('two bytes for each sample, fifteen days where nothing else is said', () => {
    expect(room('')).toMatchObject({ days: 15, daysThatFit: undefined });
    expect(room('').bytesPerDay).toBeCloseTo((315 / 30) * 86_400 * 2);
    expect(room(args('retention.time=2d')).days).toBe(2);
    expect(room(args('retention.size=1GB')).days).toBeUndefined();
  });
  test('the smaller of the bound and the volume is the room', () => {
    const claim =
      'volumeClaimTemplates: [{ metadata: { name: data }, spec: { resources: { requests: { storage: 10Mi } } } }]';
    const perDay = room('').bytesPerDay;
    expect(room('', claim).daysThatFit).toBeCloseTo((10 * 2 ** 20) / perDay);
    expect(room(args('retention.size=5MB'), claim).daysThatFit).toBeCloseTo((5 * 2 ** 20) / perDay);
    expect(room(args('retention.size=50MB'), claim).daysThatFit).toBeCloseTo((10 * 2 ** 20) / perDay);
    // A claim that holds something else is no room for samples.
    expect(room('', claim.replace('name: data', 'name: other')).daysThatFit).toBeUndefined();
  });
  test('memory grows with the series', () => {
    expect(room('').memory).toBe(64 * 2 ** 20 + 315 * 5 * 2 ** 10);
  });
});

test('without nodes nothing is estimated', () => {
  expect(seriesEstimates(worldOf(web))).toBeUndefined();
});
