import { Construct } from 'constructs';
import { load } from 'js-yaml';
import { Controller } from '../../../constructs/core/controller';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import { Workload } from '../../../constructs/core/workload';
import type { PrometheusProps, Scrape } from '../../../constructs/monitoring/prometheus';
import { Prometheus } from '../../../constructs/monitoring/prometheus';
import { StrataError } from '../../../model/errors';
import { images } from '../../../model/images';
import { toYaml } from '../../../render/yaml';
import type { Objects, Strings } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { promtoolComplaint } from '../../support/promtool';
import { CONTAINER, namespaceIn, podOf, refusal, rendered, STORAGE, workloadIn } from '../../support/render';

type Props = Omit<PrometheusProps, 'namespace' | 'scrapes' | 'alertmanager'>;
/** A Prometheus that scrapes these workloads, each at its port `http`. */
const prometheus = (props: Partial<Props> = {}, scrapes: (shop: Workload, till: Workload) => Scrape[] = () => []) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const [shop, till] = ['shop', 'till'].map((name) =>
      workloadIn(chart, name, { namespace, container: { ports: { http: 8080, metrics: 9100 } } }),
    ) as [Workload, Workload];
    const { workload } = new Prometheus(chart, 'prometheus', {
      namespace,
      scrapes: scrapes(shop, till),
      externalLabels: { cluster: 'here' },
      storage: STORAGE,
      toYaml,
      ...props,
    });
    new FlowPolicy(workload, 'policy', { workload });
  });

interface Configuration {
  readonly global: {
    readonly scrape_interval: string;
    readonly scrape_timeout: string;
    readonly evaluation_interval: string;
    readonly external_labels: Strings;
  };
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly metrics_path?: string;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
    readonly dns_sd_configs?: readonly {
      readonly names: readonly string[];
      readonly type: string;
      readonly port: number;
    }[];
  }[];
}
const textOf = (objects: Objects) => objects.get('ConfigMap').data['prometheus.yml']!;
const configurationOf = (objects: Objects) => load(textOf(objects)) as Configuration;
const statefulSet = (objects: Objects) => objects.get('StatefulSet').spec;
const both = (shop: Workload, till: Workload): Scrape[] => [
  { port: shop.port('http') },
  { port: till.port('metrics'), path: '/other' },
];

describe('a Prometheus with no more than it needs', () => {
  const objects = prometheus();
  const pod = statefulSet(objects).template.spec;

  test('is one restricted pod as the user of the official image', () => {
    expect(statefulSet(objects).replicas).toBe(1);
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 65534, fsGroup: 65534 });
    expect(pod.containers[0]?.image).toBe(images.prometheus);
  });

  test('keeps thirty days, or what four fifths of its volume hold', () => {
    expect(pod.containers[0]?.args).toEqual(
      expect.arrayContaining(['--storage.tsdb.retention.time=30d', '--storage.tsdb.retention.size=3276MB']),
    );
    expect(statefulSet(objects).volumeClaimTemplates?.[0]?.spec).toMatchObject({
      storageClassName: 'slow',
      resources: { requests: { storage: '4Gi' } },
    });
  });

  test('keeps its volume when it is deleted', () => {
    expect(statefulSet(objects).persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Retain');
  });

  test('scrapes itself every 15 seconds, and nothing else', () => {
    expect(configurationOf(objects)).toEqual({
      global: {
        scrape_interval: '15s',
        scrape_timeout: '10s',
        evaluation_interval: '15s',
        external_labels: { cluster: 'here' },
      },
      scrape_configs: [
        { job_name: 'prometheus', static_configs: [{ targets: ['localhost:9090'], labels: { namespace: 'shop' } }] },
      ],
    });
  });

  test('checks its configuration before it starts, with the tool of its own version', () => {
    const [check] = pod.initContainers ?? [];
    const configFile = '/etc/prometheus/prometheus.yml';
    expect(check).toMatchObject({
      image: images.prometheus,
      command: ['/bin/promtool'],
      args: ['check', 'config', configFile],
    });
    expect(check?.restartPolicy).toBeUndefined();
    expect(pod.containers[0]?.args).toContain(`--config.file=${configFile}`);
    for (const container of [check, pod.containers[0]])
      expect(container?.volumeMounts).toContainEqual({
        name: 'prometheus-config',
        mountPath: '/etc/prometheus',
        readOnly: true,
      });
  });

  test('is ready when its log is read, which may take five minutes', () => {
    const { startupProbe, readinessProbe, livenessProbe } = pod.containers[0]!;
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet?.path)).toEqual([
      '/-/ready',
      '/-/ready',
      '/-/healthy',
    ]);
    expect(startupProbe!.periodSeconds! * startupProbe!.failureThreshold!).toBe(300);
  });
});

test('a Prometheus with all props has what they say', () => {
  const all: Required<Props> = {
    form: 'minimal',
    rules: [{ name: 'shop', rules: [{ record: 'shop:up:sum', expr: 'sum(up)' }] }],
    kubeletCertificates: 'unsigned',
    kubeletResources: true,
    alertOwner: 'shop',
    runbooks: 'https://example.com/{alert}',
    externalLabels: { cluster: 'there', environment: 'prod' },
    storage: [{ ...STORAGE[0]!, name: 'other' }],
    interval: '5s',
    retention: '30d',
    volume: '10Gi',
    resources: { cpu: '1', memory: '1Gi' },
    toYaml: (value) => `# by another writer\n${toYaml(value)}`,
  };
  const objects = prometheus(all);
  expect(textOf(objects)).toMatch(/^# by another writer\n/);
  expect(load(objects.get('ConfigMap').data['rules.yml']!)).toEqual({ groups: all.rules });
  expect(configurationOf(objects)).toMatchObject({ rule_files: ['rules.yml'] });
  const { template, volumeClaimTemplates } = statefulSet(objects);
  expect(configurationOf(objects).global).toEqual({
    scrape_interval: '5s',
    scrape_timeout: '5s',
    evaluation_interval: '5s',
    external_labels: all.externalLabels,
  });
  expect(template.spec.containers[0]?.args).toEqual(
    expect.arrayContaining(['--storage.tsdb.retention.time=30d', '--storage.tsdb.retention.size=8192MB']),
  );
  expect(volumeClaimTemplates?.[0]?.spec).toMatchObject({
    storageClassName: 'other',
    resources: { requests: { storage: '10Gi' } },
  });
  expect(template.spec.containers[0]?.resources?.requests).toEqual({ cpu: '1', memory: '1Gi' });
});

describe('what it scrapes', () => {
  const objects = prometheus({}, both);
  const { scrape_configs: jobs } = configurationOf(objects);

  test('is just its flows: a job for each, found by the name that resolves to every pod', () => {
    expect(jobs.slice(1)).toEqual([
      {
        job_name: 'shop',
        metrics_path: '/metrics',
        dns_sd_configs: [
          { names: ['shop-pods.shop.svc.cluster.local'], type: 'A', port: 8080, refresh_interval: '15s' },
        ],
        relabel_configs: [{ target_label: 'namespace', replacement: 'shop' }],
      },
      {
        job_name: 'till',
        metrics_path: '/other',
        dns_sd_configs: [
          { names: ['till-pods.shop.svc.cluster.local'], type: 'A', port: 9100, refresh_interval: '15s' },
        ],
        relabel_configs: [{ target_label: 'namespace', replacement: 'shop' }],
      },
    ]);
    const egress = objects
      .get('NetworkPolicy')
      .spec.egress?.map(({ to, ports }) => [
        to?.[0]?.podSelector?.matchLabels?.['app.kubernetes.io/name'],
        ports?.[0]?.port,
      ]);
    expect(egress).toEqual([
      ['shop', 8080],
      ['till', 9100],
    ]);
  });

  test('has a Service for each job', () => {
    for (const [host, port] of jobs.flatMap(({ dns_sd_configs: found = [] }) =>
      found.flatMap(({ names, port }) => names.map((name) => [name.split('.')[0]!, port] as const)),
    )) {
      expect(objects.get('Service', host).spec).toMatchObject({
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        ports: [{ port }],
      });
    }
  });

  test('another scrape is another configuration, so the pod rolls', () => {
    const configName = (scraping: Objects) => statefulSet(scraping).template.spec.volumes?.[0]?.configMap?.name;
    expect(configName(objects)).not.toBe(configName(prometheus()));
  });

  test('is a configuration that promtool takes, where there is a promtool', () => {
    expect(promtoolComplaint(textOf(objects))).toBe('');
    expect(promtoolComplaint(textOf(prometheus({ interval: '1m', retention: '1d' })))).toBe('');
  });
});

test('an interval below a second is an error', () => {
  expect(refusal(() => prometheus({ interval: '0s' })).message).toContain(
    'prometheus.interval: is "0s", which is not a span of time',
  );
});

test('a cluster without a default class has no place for its volume', () => {
  expect(refusal(() => prometheus({ storage: [] })).message).toContain(
    'prometheus volume: the cluster has no default StorageClass',
  );
});

test('spans are whole numbers, because Prometheus reads no others', () => {
  // @ts-expect-error: a second and a half is 1500ms to Prometheus
  expect(() => prometheus({ interval: '1.5s' })).toThrow(StrataError);
  // @ts-expect-error: half a day is 12h
  expect(() => prometheus({ retention: '0.5d' })).toThrow(StrataError);
});

// It compiles, and Prometheus would not start: "not a valid duration string".
test.each<Partial<Props>>([{ retention: '-1d' }])('%j is refused, because Prometheus would', (props) => {
  refusal(() => prometheus(props));
});

describe('the names of jobs', () => {
  const named = (scrapes: (shop: Workload, till: Workload) => Scrape[]) =>
    configurationOf(prometheus({}, scrapes)).scrape_configs.map(({ job_name }) => job_name);

  test('are those of the workloads, or what they say', () => {
    expect(named(both)).toEqual(['prometheus', 'shop', 'till']);
    expect(named((shop, till) => [{ port: shop.port('http'), job: 'front' }, { port: till.port('http') }])).toEqual([
      'prometheus',
      'front',
      'till',
    ]);
  });

  test('let two ports of one workload be scraped', () => {
    const two = (shop: Workload) => [{ port: shop.port('http') }, { port: shop.port('metrics'), job: 'shop-metrics' }];
    expect(named(two)).toEqual(['prometheus', 'shop', 'shop-metrics']);
    expect(promtoolComplaint(textOf(prometheus({}, two)))).toBe('');
  });

  test.each<[string, (shop: Workload, till: Workload) => Scrape[], string]>([
    [
      'two ports of one workload',
      (shop) => [{ port: shop.port('http') }, { port: shop.port('metrics') }],
      'the job shop would be shop/shop at port http and shop/shop at port metrics',
    ],
    [
      'two workloads with the name of one',
      (shop, till) => [{ port: shop.port('http'), job: 'till' }, { port: till.port('http') }],
      'the job till would be shop/shop at port http and shop/till at port http',
    ],
    [
      "Prometheus' own",
      (shop) => [{ port: shop.port('http'), job: 'prometheus' }],
      'the job prometheus would be Prometheus itself and shop/shop at port http',
    ],
  ])('that come twice are refused: %s', (_, scrapes, found) => {
    const error = refusal(() => prometheus({}, scrapes));
    expect(error.found).toBe(found);
    expect(error.fixes).toHaveLength(2);
  });
});

test('workloads of one name in two namespaces are two jobs of one name, and are refused', () => {
  const error = refusal(() =>
    rendered((chart) => {
      const scrapes = ['a', 'b'].map((name) => {
        const namespace = namespaceIn(chart, { name });
        const inside = new Construct(chart, `in ${name}`);
        const props = { namespace, controller: Controller.deployment() };
        const pod = { container: { ...CONTAINER, ports: { http: 8080 } } };
        return { port: new Workload(inside, 'shop', { ...props, pod }).port('http') };
      });
      const namespace = namespaceIn(chart);
      new Prometheus(chart, 'prometheus', { namespace, scrapes, externalLabels: {}, storage: STORAGE, toYaml });
    }),
  );
  expect(error.found).toBe('the job shop would be a/shop at port http and b/shop at port http');
});

test('pods that it scrapes are untouched', () => {
  expect(
    podOf(rendered((chart) => workloadIn(chart, 'shop', { container: { ports: { http: 8080, metrics: 9100 } } }))),
  ).toEqual(prometheus({}, both).get('Deployment', 'shop').spec.template);
});
