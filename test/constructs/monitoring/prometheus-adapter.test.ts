import { load } from 'js-yaml';
import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { dev } from '../../../environments/dev';
import { staging } from '../../../environments/staging';
import {
  autoscaling,
  loadGenerator,
  metricsServer,
  networkPolicies,
  prometheus,
  prometheusAdapter,
  prometheusResourceMetrics,
} from '../../../features';
import type { PlatformFeature } from '../../../features/feature';
import type { Layer } from '../../../model/layers';
import { because } from '../../../model/layers';
import { queryOf } from '../../../upstream/prometheus/query';
import { verifyManifests } from '../../../verify';
import type { Objects } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { platformOf, refusal } from '../../support/render';

type Metrics = NonNullable<NonNullable<Layer['autoscaling']>['metrics']>['value'];
const scaled = (
  metrics: Metrics,
  features: readonly PlatformFeature[] = [metricsServer, prometheus, prometheusAdapter, autoscaling, loadGenerator],
  more: Layer = {},
) => platformOf(dev, kind, features, { autoscaling: { metrics: because(metrics, 'a test') }, ...more });

interface Rule {
  readonly seriesQuery: string;
  readonly resources: object;
  readonly name: { readonly as: string };
  readonly metricsQuery: string;
}
interface Configuration {
  readonly rules?: readonly Rule[];
  readonly externalRules?: readonly Rule[];
  readonly resourceRules?: Readonly<Record<'cpu' | 'memory', Readonly<Record<string, string>>>>;
}
const configurationOf = (objects: Objects) =>
  load(
    objects.of('ConfigMap').find(({ metadata }) => metadata.name.startsWith('prometheus-adapter'))!.data[
      'config.yaml'
    ]!,
  ) as Configuration;
const apisOf = (objects: Objects) =>
  objects
    .of('APIService')
    .map(({ metadata, spec }) => [metadata.name, spec.service.name])
    .sort();

const PODS: Metrics = [{ requestsPerPod: 20 }];
const EACH: Metrics = [
  { requestsPerPod: 20 },
  { requestsTo: 'Service', perPod: 12.5 },
  { query: { metric: 'course_guestbook_comments', of: 'exporter' }, perPod: 100 },
];
const objects = scaled(EACH);
const pod = objects.get('Deployment', 'prometheus-adapter').spec.template.spec;
const [container] = pod.containers;

test('the metrics of an autoscaler are those that the rules give', () => {
  const { metrics } = objects.get('HorizontalPodAutoscaler').spec as unknown as { metrics: readonly object[] };
  expect(metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
    {
      type: 'Pods',
      pods: { metric: { name: 'web_requests_per_second' }, target: { type: 'AverageValue', averageValue: '20' } },
    },
    {
      type: 'Object',
      object: {
        describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
        metric: { name: 'web_requests_per_second' },
        target: { type: 'AverageValue', averageValue: '12500m' },
      },
    },
    {
      type: 'External',
      external: {
        metric: { name: 'course_guestbook_comments' },
        target: { type: 'AverageValue', averageValue: '100' },
      },
    },
  ]);
});

test('rules are made of what the workloads say of their metrics', () => {
  const counted = 'route!~"/healthz|/readyz|/metrics"';
  expect(configurationOf(objects)).toEqual({
    rules: [
      {
        seriesQuery: 'up{job="web",namespace="course-dev"}',
        resources: { overrides: { namespace: { resource: 'namespace' }, job: { resource: 'service' } } },
        name: { as: 'web_requests_per_second' },
        metricsQuery: `label_replace(sum(rate(http_requests_total{job="web",namespace="<<.LabelValuesByName.namespace>>",${counted}}[60s])) or 0 * sum(up{job="web",namespace="<<.LabelValuesByName.namespace>>"} == 1), "job", "web", "", "")`,
      },
      {
        seriesQuery: 'up{job="web",namespace="course-dev",pod!=""}',
        resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
        name: { as: 'web_requests_per_second' },
        metricsQuery: `sum by (<<.GroupBy>>) (rate(http_requests_total{<<.LabelMatchers>>,job="web",${counted}}[60s])) or 0 * sum by (<<.GroupBy>>) (up{<<.LabelMatchers>>,job="web"} == 1)`,
      },
    ],
    externalRules: [
      {
        seriesQuery: 'course_guestbook_comments{job="exporter",namespace="course-dev"}',
        resources: { namespaced: false },
        name: { as: 'course_guestbook_comments' },
        metricsQuery: 'sum(course_guestbook_comments{job="exporter",namespace="course-dev"})',
      },
    ],
  });
});

test('rates span four scrapes', () => {
  const slow = scaled(PODS, undefined, { prometheus: { interval: because('1m', 'a test') } });
  expect(configurationOf(slow).rules![0]!.metricsQuery).toContain('[240s]');
  // No less than a minute: a rate of a moment would make the autoscaler restless.
  const fast = scaled(PODS, undefined, { prometheus: { interval: because('5s', 'a test') } });
  expect(configurationOf(fast).rules![0]!.metricsQuery).toContain('[60s]');
});

test('only what is asked for is served, and without anybody who asks there is no adapter', () => {
  expect(apisOf(objects)).toEqual([
    ['v1beta1.external.metrics.k8s.io', 'prometheus-adapter'],
    ['v1beta1.metrics.k8s.io', 'metrics-server'],
    ['v1beta2.custom.metrics.k8s.io', 'prometheus-adapter'],
  ]);
  expect(apisOf(scaled(PODS)).map(([name]) => name)).not.toContain('v1beta1.external.metrics.k8s.io');
  expect(scaled([]).names.join()).not.toContain('adapter');
});

describe('queries', () => {
  const external = (query: object, target: object = { perPod: 1 }) =>
    configurationOf(scaled([{ query: { of: 'exporter', ...query }, ...target }] as unknown as Metrics))
      .externalRules![0]!;

  test('of a counter are about its growth', () => {
    const { name, metricsQuery } = external({ metric: 'course_visits_total', where: { student: 'demo' } });
    expect(name.as).toBe('course_visits_per_second');
    expect(metricsQuery).toBe(
      'sum(rate(course_visits_total{job="exporter",namespace="course-dev",student="demo"}[60s]))',
    );
  });

  test('of a counter are about its value where that is said, and under a name', () => {
    const { name, metricsQuery } = external(
      { metric: 'course_visits_total', perSecond: false, take: 'max', name: 'visits' },
      { value: 3 },
    );
    expect([name.as, metricsQuery]).toEqual([
      'visits',
      'max(course_visits_total{job="exporter",namespace="course-dev"})',
    ]);
  });

  test('with quotes in their labels are still queries', () => {
    const { seriesQuery } = external({ metric: 'course_visits_total', where: { student: 'a "b" \\' } });
    expect(queryOf(seriesQuery).problems).toEqual([]);
  });

  test('a value that is held is told as one', () => {
    const held = scaled([
      { query: { metric: 'course_exporter_scrape_duration_seconds', of: 'exporter', take: 'max' }, value: 0.25 },
    ]);
    expect(JSON.stringify(held.get('HorizontalPodAutoscaler').spec.metrics[1])).toContain(
      '"target":{"type":"Value","value":"250m"}',
    );
  });
});

describe('what cannot be served is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['without the adapter', () => scaled(PODS, [metricsServer, prometheus, autoscaling]), 'nothing serves the metrics'],
    [
      'without pods in the series',
      () => scaled(PODS, undefined, { prometheus: { form: because('minimal', 'a test') } }),
      'no series says which pod it is from',
    ],
    [
      'of a workload that does not count requests',
      () =>
        scaled(PODS, undefined, {
          autoscaling: { metrics: because(PODS, 'a test'), workloads: because(['exporter'], 'a test') },
        }),
      'does not say which of its metrics count requests',
    ],
    [
      'of a workload without metrics',
      () =>
        scaled(PODS, undefined, {
          autoscaling: { metrics: because(PODS, 'a test'), workloads: because(['redis'], 'a test') },
        }),
      'Prometheus does not scrape it',
    ],
    [
      'of a metric that nobody exposes',
      () => scaled([{ query: { metric: 'queue_length', of: 'exporter' }, perPod: 1 }]),
      'exporter does not expose queue_length',
    ],
    [
      'of a workload that is not there',
      () => scaled([{ query: { metric: 'queue_length', of: 'queue' }, perPod: 1 }]),
      'no workload queue serves metrics here',
    ],
    [
      'to an Ingress that is not there',
      () => scaled([{ requestsTo: 'Ingress', perPod: 1 }]),
      'no Ingress leads to it here',
    ],
    [
      'under one name twice',
      () =>
        scaled([
          { query: { metric: 'course_visits_total', of: 'exporter' }, perPod: 1 },
          { query: { metric: 'course_visits_total', of: 'exporter', where: { student: 'demo' } }, perPod: 1 },
        ]),
      'would be two different ones',
    ],
    ['in two ways', () => scaled([{ requestsPerPod: 1, perPod: 1 }] as unknown as Metrics), 'told its target twice'],
    [
      'of nothing',
      () => scaled([{ perPod: 1 }] as unknown as Metrics),
      'give one of use, requestsPerPod, requestsTo and query',
    ],
    ['without a target', () => scaled([{ requestsTo: 'Service' }] as unknown as Metrics), 'give perPod or value'],
    ['at nothing', () => scaled([{ requestsPerPod: 0 }]), 'no number from 0.001 on'],
    [
      'to a kind that leads nowhere',
      () => scaled([{ requestsTo: 'Pod', perPod: 1 }] as unknown as Metrics),
      'not one of Service',
    ],
    [
      'by a word of Kubernetes',
      () => scaled([{ requestsPerPod: 1, averageValue: 1 }] as unknown as Metrics),
      'averageValue is not one of',
    ],
    ['twice the same', () => scaled([...PODS, ...PODS]), 'stands there twice'],
    [
      'with a template in a label',
      () =>
        scaled([{ query: { metric: 'course_visits_total', of: 'exporter', where: { a: '<<.Series>>' } }, perPod: 1 }]),
      'not labels with their values',
    ],
    [
      'as a sum that is held',
      () => scaled([{ query: { metric: 'course_guestbook_comments', of: 'exporter' }, value: 1 }]),
      'more pods do not make it smaller',
    ],
    [
      'as requests that are held',
      () => scaled([{ requestsTo: 'Service', value: 1 }] as unknown as Metrics),
      'more pods do not make it smaller',
    ],
  ])('%s', (_, act, problem) => {
    const error = refusal(act);
    expect(error.message).toContain(problem);
    expect(error.fixes.length).toBeGreaterThan(0);
  });
});

test('requests to what leads to a workload are found by the kind that the cluster has', () => {
  const routed = platformOf(
    staging,
    { ...cloud, resourceMetrics: true },
    [prometheus, prometheusAdapter, autoscaling],
    {
      autoscaling: { metrics: because([{ requestsTo: 'Ingress', perPod: 5 }], 'a test') },
    },
  );
  const { metrics } = routed.get('HorizontalPodAutoscaler').spec as unknown as {
    metrics: readonly { object?: object }[];
  };
  expect(metrics[1]?.object).toMatchObject({
    describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'web' },
  });
  expect(configurationOf(routed).rules![0]!.resources).toEqual({
    overrides: { namespace: { resource: 'namespace' }, job: { group: 'networking.k8s.io', resource: 'ingress' } },
  });
});

describe('resource metrics', () => {
  const features = [prometheus, prometheusAdapter, prometheusResourceMetrics, networkPolicies];
  const served = platformOf(dev, kind, features);

  test('come from it where there is no metrics-server', () => {
    expect(apisOf(served)).toEqual([['v1beta1.metrics.k8s.io', 'prometheus-adapter']]);
    const { cpu, memory } = configurationOf(served).resourceRules!;
    for (const { containerQuery, nodeQuery, containerLabel } of [cpu, memory]) {
      expect(containerLabel).toBe('container');
      for (const query of [containerQuery, nodeQuery])
        expect(
          queryOf(query!.replaceAll('<<.GroupBy>>', 'pod').replaceAll('<<.LabelMatchers>>', 'pod="a"')).problems,
        ).toEqual([]);
    }
    // They are scraped for it alone.
    const scraped = (of: Objects) => JSON.stringify(of.of('ConfigMap').map(({ data }) => data['prometheus.yml']));
    expect(scraped(served)).toContain('/metrics/resource');
    expect(scraped(objects)).not.toContain('/metrics/resource');
  });

  test('are scraped by the operator too', () => {
    const prometheusOperator = { kubeletService: { namespace: 'kube-system', labels: { 'k8s-app': 'kubelet' } } };
    const operated = platformOf(dev, { ...kind, prometheusOperator }, features, {
      prometheus: { form: because('operator', 'a test') },
    });
    expect(operated.names).toContain('ServiceMonitor/course-dev/kubelet-resource');
  });

  test('take the right to watch pods and nodes, which whoever may view may see', () => {
    expect(served.get('ClusterRole', 'system:prometheus-adapter').rules).toEqual([
      { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    expect(served.names).toContain('ClusterRole/system:aggregated-metrics-reader');
  });

  test('never have two owners', () => {
    expect(refusal(() => platformOf(dev, kind, [...features, metricsServer])).message).toContain(
      'two would fight over it',
    );
    expect(refusal(() => platformOf(staging, cloud, features)).message).toContain('provides resource-metrics itself');
  });

  test('need what is scraped by the API server', () => {
    const minimal = { prometheus: { form: because('minimal' as const, 'a test') } };
    expect(refusal(() => platformOf(dev, kind, features, minimal)).message).toContain('does not scrape the kubelets');
  });
});

test('it lists pods, asks who calls, and may do nothing else', () => {
  expect(objects.get('ClusterRole', 'system:prometheus-adapter').rules).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  ]);
  const account = { kind: 'ServiceAccount', name: 'prometheus-adapter', namespace: 'kube-system' };
  const bindings = [...objects.of('ClusterRoleBinding'), ...objects.of('RoleBinding')].filter(({ subjects }) =>
    subjects?.some(({ name }) => name === 'prometheus-adapter'),
  );
  expect(bindings.map(({ roleRef }) => `${roleRef.kind}/${roleRef.name}`).sort()).toEqual([
    'ClusterRole/system:auth-delegator',
    'ClusterRole/system:prometheus-adapter',
    'Role/extension-apiserver-authentication-reader',
  ]);
  for (const { subjects } of bindings) expect(subjects).toEqual([account]);
  expect(pod).toMatchObject({ serviceAccountName: 'prometheus-adapter', automountServiceAccountToken: true });
});

test('its pod is restricted, reads its rules from the file that it is told, and is asked whether it is ready', () => {
  expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
  expect(container?.args).toEqual([
    '--cert-dir=/tmp',
    '--secure-port=6443',
    '--config=/etc/adapter/config.yaml',
    '--prometheus-url=http://prometheus.course-dev.svc.cluster.local:9090/',
    '--metrics-relist-interval=1m',
    '--metrics-max-age=5m',
  ]);
  expect(container?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(['/etc/adapter', '/tmp']);
  expect([container?.livenessProbe, container?.readinessProbe].map((probe) => probe?.httpGet)).toEqual([
    { path: '/livez', port: 'https', scheme: 'HTTPS' },
    { path: '/readyz', port: 'https', scheme: 'HTTPS' },
  ]);
  expect(objects.get('Service', 'prometheus-adapter').spec.ports).toEqual([
    { name: 'https', port: 443, targetPort: 'https' },
  ]);
});

test.each([[[autoscaling, networkPolicies]], [[networkPolicies, autoscaling]]])(
  'Prometheus lets it in, in whichever order the features stand',
  (last) => {
    const { spec } = scaled(PODS, [prometheusAdapter, metricsServer, prometheus, ...last]).get(
      'NetworkPolicy',
      'prometheus',
    );
    expect(JSON.stringify(spec.ingress)).toContain('"app.kubernetes.io/name":"prometheus-adapter"');
    expect(JSON.stringify(spec.ingress)).toContain('"kubernetes.io/metadata.name":"kube-system"');
  },
);

test.each(['discovery', 'operator'] as const)('in the form %s it asks the Service of Prometheus', (form) => {
  const prometheusOperator = { kubeletService: { namespace: 'kube-system', labels: { 'k8s-app': 'kubelet' } } };
  const { args } = platformOf(
    dev,
    { ...kind, prometheusOperator },
    [prometheusAdapter, metricsServer, prometheus, autoscaling],
    { autoscaling: { metrics: because(PODS, 'a test') }, prometheus: { form: because(form, 'a test') } },
  ).get('Deployment', 'prometheus-adapter').spec.template.spec.containers[0]!;
  expect(args).toContain(`--prometheus-url=http://prometheus.course-dev.svc.cluster.local:9090/`);
});

test('verify finds every rule for the autoscaler that it was made of', () => {
  const found = (of: Objects) =>
    verifyManifests(
      { objects: of.all as unknown as readonly object[] },
      { only: ['adapter-rule-resolves', 'adapter-config-valid', 'hpa-metric-served', 'webhook-service-resolves'] },
    ).findings;
  expect(found(objects)).toEqual([]);
});
