import { clusterJobs } from '../../../constructs/monitoring/cluster-jobs';
import type { Scrape } from '../../../constructs/monitoring/scrape';
import { flowJobs } from '../../../constructs/monitoring/scrape';
import type { ScrapeConfig } from '../../../constructs/monitoring/scrape-config';
import { byDiscovery } from '../../../constructs/monitoring/scrape-config';
import type { Json } from '../../../manifests/resource';
import { relabel } from '../../../upstream/prometheus/relabel';
import { namespaceIn, rendered, workloadIn } from '../../support/render';

type Labels = Readonly<Record<string, string>>;

/** The labels that a target or series has in the end, as Prometheus relabels it: those of a target begin with no `__`, unless asked for. */
function relabeled(steps: ScrapeConfig['relabel_configs'], labels: Labels, hidden: readonly string[] = []) {
  const result = relabel(new Map(Object.entries(labels)), (steps ?? []) as readonly Json[]);
  if (result === 'dropped') return 'dropped';
  return Object.fromEntries([...result.labels].filter(([name]) => !name.startsWith('__') || hidden.includes(name)));
}

const jobOf = (name: string, kubeletCertificates: 'signed' | 'unsigned' = 'signed') =>
  clusterJobs({ kubeletCertificates, kubeletResources: true }).find(({ job_name }) => job_name === name)!;

const META = '__meta_kubernetes_';
const POD: Labels = {
  __address__: '10.0.0.1:8080',
  [`${META}namespace`]: 'shop',
  [`${META}pod_name`]: 'web-1',
  [`${META}pod_node_name`]: 'a',
  [`${META}pod_phase`]: 'Running',
  [`${META}pod_container_init`]: 'false',
  [`${META}pod_container_name`]: 'web',
  [`${META}pod_container_port_number`]: '8080',
};

describe('a pod of a flow that is discovered', () => {
  const of = (about: Scrape['about'], more: Labels = {}) => {
    let config: ScrapeConfig | undefined;
    rendered((chart) => {
      const web = workloadIn(chart, 'web', { namespace: namespaceIn(chart), container: { ports: { http: 8080 } } });
      config = flowJobs([{ port: web.port('http'), ...(about ? { about } : {}) }]).map(byDiscovery)[0];
    });
    return relabeled(config!.relabel_configs, { ...POD, ...more });
  };

  test('has the labels of what its series are about', () => {
    expect(of(undefined)).toEqual({ namespace: 'shop', pod: 'web-1', container: 'web' });
    expect(of('pod')).toEqual(of(undefined));
    expect(of('node')).toEqual({ node: 'a' });
    expect(of('others')).toEqual({});
  });

  test.each<[string, Labels]>([
    ['another port', { [`${META}pod_container_port_number`]: '9100' }],
    ['a port that begins alike', { [`${META}pod_container_port_number`]: '80801' }],
    ['an init container', { [`${META}pod_container_init`]: 'true' }],
    ['a pod that has done its work', { [`${META}pod_phase`]: 'Succeeded' }],
    ['a pod that has failed', { [`${META}pod_phase`]: 'Failed' }],
  ])('is not scraped at %s', (_, more) => expect(of('pod', more)).toBe('dropped'));

  test('is scraped while it is not known to run', () =>
    expect(of('pod', { [`${META}pod_phase`]: 'Pending' })).toEqual(of('pod')));
});

describe.each(['pod', 'service'] as const)('annotations of a %s', (kind) => {
  const ADDED = ['__address__', '__metrics_path__', '__scheme__'];
  const annotation = (name: string) => `${META}${kind}_annotation_prometheus_io_${name}`;
  const of = (annotations: Labels, more: Labels = {}) =>
    relabeled(
      jobOf(`annotated-${kind}s`).relabel_configs,
      {
        ...POD,
        ...(kind === 'service' ? { [`${META}service_name`]: 'web' } : {}),
        __metrics_path__: '/metrics',
        __scheme__: 'http',
        ...Object.fromEntries(Object.entries(annotations).map(([name, value]) => [annotation(name), value])),
        ...more,
      },
      ADDED,
    );
  const found = {
    __address__: '10.0.0.1:8080',
    __metrics_path__: '/metrics',
    __scheme__: 'http',
    ...(kind === 'service' ? { service: 'web' } : {}),
    namespace: 'shop',
    pod: 'web-1',
  };

  test('say whether it is scraped', () => {
    expect(of({ scrape: 'true' })).toEqual(found);
    expect(of({ scrape: 'false' })).toBe('dropped');
    expect(of({})).toBe('dropped');
    expect(of({ scrape: 'true' }, { [`${META}pod_phase`]: 'Failed' })).toBe('dropped');
  });

  test.each([
    ['10.0.0.1:8080', '9100', '10.0.0.1:9100'],
    ['10.0.0.1', '9100', '10.0.0.1:9100'],
    ['[fd00::1]:8080', '9100', '[fd00::1]:9100'],
    ['[fd00::1]', '9100', '[fd00::1]:9100'],
    ['10.0.0.1:8080', 'metrics', '10.0.0.1:8080'],
  ])('%s with the port %s is %s', (address, port, expected) =>
    expect(of({ scrape: 'true', port }, { __address__: address })).toEqual({ ...found, __address__: expected }),
  );

  test('say the scheme, of two, and the path', () => {
    expect(of({ scrape: 'true', scheme: 'https', path: '/m' })).toEqual({
      ...found,
      __scheme__: 'https',
      __metrics_path__: '/m',
    });
    expect(of({ scrape: 'true', scheme: 'ftp', path: '' })).toEqual(found);
  });
});

describe('what the cluster exposes', () => {
  const slice = (service: string, port: string) =>
    relabeled(jobOf('kubernetes-apiservers').relabel_configs, {
      [`${META}service_name`]: service,
      [`${META}endpointslice_port_name`]: port,
    });

  test('API servers are those of the Service kubernetes', () => {
    expect(slice('kubernetes', 'https')).toEqual({});
    for (const [service, port] of [
      ['kubernetes', 'other'],
      ['web', 'https'],
    ] as const)
      expect(slice(service, port)).toBe('dropped');
  });

  test('only certificates of kubelets may be unsigned', () => {
    const unverified = (certificates: 'signed' | 'unsigned') =>
      clusterJobs({ kubeletCertificates: certificates, kubeletResources: true })
        .filter(({ tls_config }) => tls_config?.insecure_skip_verify)
        .map(({ job_name }) => job_name);
    expect(unverified('signed')).toEqual([]);
    expect(unverified('unsigned')).toEqual(['kubelet', 'cadvisor', 'kubelet-probes', 'kubelet-resource']);
  });

  test('of cAdvisor what is of pods is kept, without what every restart changes', () => {
    const of = (labels: Labels) => relabeled(jobOf('cadvisor').metric_relabel_configs, labels);
    const series = { namespace: 'shop', pod: 'web-1', container: 'web', image: 'web:1' };
    expect(of({ ...series, id: '/kubepods/x', name: 'abc' })).toEqual(series);
    expect(of({ id: '/system.slice' })).toBe('dropped');
  });

  test.each(['kubelet', 'cadvisor', 'kubelet-probes', 'kubelet-resource'])('%s has the name of its node', (name) =>
    expect(relabeled(jobOf(name).relabel_configs, { [`${META}node_name`]: 'a' })).toEqual({ node: 'a' }),
  );
});
