import type { Relabeling, ScrapeConfig, ScrapeLimits } from './scrape-config';
import { drop, keep, labelFrom, runningContainers, sanitized } from './scrape-config';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
export const ACCOUNT_CA = `${ACCOUNT}/ca.crt`;
export const ACCOUNT_TOKEN = `${ACCOUNT}/token`;

/** What a pod or Service says by annotations of how it is scraped. */
const SCRAPED = sanitized('prometheus.io/scrape');
const PORT = sanitized('prometheus.io/port');
const PATH = sanitized('prometheus.io/path');
const SCHEME = sanitized('prometheus.io/scheme');

/** Nobody has looked at what these expose: one that sends more is left out, and `up` says so. */
const ANNOTATED_LIMITS: ScrapeLimits = {
  sample_limit: 10_000,
  target_limit: 1_000,
  label_limit: 32,
  label_name_length_limit: 128,
  label_value_length_limit: 512,
};

/** A node exposes a few thousand series per hundred pods; the API server more than any other. */
const KUBELET_LIMITS: ScrapeLimits = { sample_limit: 100_000 };
const API_SERVER_LIMITS: ScrapeLimits = { sample_limit: 250_000 };

/** Names of the jobs, which flows cannot take. */
export const CLUSTER_JOBS = {
  'kubernetes-apiservers': 'that of the API servers',
  kubelet: 'that of the kubelets',
  cadvisor: 'that of the containers, which the kubelets measure',
  'kubelet-probes': 'that of the probes, which the kubelets run',
  'kubelet-resource': 'that of the CPU and memory of pods and nodes, which the kubelets measure',
  'annotated-pods': 'that of pods with annotations',
  'annotated-services': 'that of Services with annotations',
} as const satisfies Record<string, string>;

export interface ClusterJobsProps {
  /** `unsigned`: the kubelets' certificates cannot be verified. */
  readonly kubeletCertificates: 'signed' | 'unsigned';
  /** Whether the kubelets' short list of CPU and memory is scraped too: what resource metrics are made of. @default false */
  readonly kubeletResources?: boolean | undefined;
}

/** What a cluster itself exposes, and what asks by annotations to be scraped. */
export function clusterJobs({ kubeletCertificates, kubeletResources = false }: ClusterJobsProps): ScrapeConfig[] {
  const kubelet = (job_name: keyof typeof CLUSTER_JOBS, metrics_path: string): ScrapeConfig => ({
    job_name,
    metrics_path,
    ...withAccount(kubeletCertificates === 'unsigned'),
    ...KUBELET_LIMITS,
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [labelFrom('node', '__meta_kubernetes_node_name')],
  });
  return [
    {
      job_name: 'kubernetes-apiservers',
      ...withAccount(false),
      ...API_SERVER_LIMITS,
      kubernetes_sd_configs: [{ role: 'endpointslice', namespaces: { names: ['default'] } }],
      relabel_configs: [
        keep(['__meta_kubernetes_service_name', '__meta_kubernetes_endpointslice_port_name'], 'kubernetes;https'),
      ],
    },
    kubelet('kubelet', '/metrics'),
    { ...kubelet('cadvisor', '/metrics/cadvisor'), metric_relabel_configs: cadvisorRelabelings },
    kubelet('kubelet-probes', '/metrics/probes'),
    ...(kubeletResources ? [kubelet('kubelet-resource', '/metrics/resource')] : []),
    {
      job_name: 'annotated-pods',
      ...ANNOTATED_LIMITS,
      fallback_scrape_protocol: 'PrometheusText0.0.4',
      kubernetes_sd_configs: [{ role: 'pod' }],
      relabel_configs: [
        keep([`__meta_kubernetes_pod_annotation_${SCRAPED}`], 'true'),
        ...runningContainers,
        ...annotated('pod'),
        // Not the container: with the port from the annotation, each port of the pod becomes the same target, once.
        labelFrom('namespace', '__meta_kubernetes_namespace'),
        labelFrom('pod', '__meta_kubernetes_pod_name'),
      ],
    },
    {
      job_name: 'annotated-services',
      ...ANNOTATED_LIMITS,
      fallback_scrape_protocol: 'PrometheusText0.0.4',
      kubernetes_sd_configs: [{ role: 'endpointslice' }],
      relabel_configs: [
        keep([`__meta_kubernetes_service_annotation_${SCRAPED}`], 'true'),
        drop(['__meta_kubernetes_pod_phase'], 'Succeeded|Failed'),
        ...annotated('service'),
        labelFrom('namespace', '__meta_kubernetes_namespace'),
        labelFrom('service', '__meta_kubernetes_service_name'),
        labelFrom('pod', '__meta_kubernetes_pod_name'),
      ],
    },
  ];
}

/** What the kubelets' cAdvisor says beyond containers, and the labels by which every restart is a new series. */
const cadvisorRelabelings: readonly Relabeling[] = [
  // Slices of the system, and not containers: node-exporter measures the node.
  keep(['pod'], '.+'),
  // `image` tells a pod's sandbox from its cgroup, so no two series become one.
  { action: 'labeldrop', regex: 'id|name' },
];

/** Over TLS with the certificate authority and the token of the pod's account. */
function withAccount(insecure: boolean): Pick<ScrapeConfig, 'scheme' | 'authorization' | 'tls_config'> {
  return {
    scheme: 'https',
    authorization: { credentials_file: ACCOUNT_TOKEN },
    tls_config: { ca_file: ACCOUNT_CA, ...(insecure ? { insecure_skip_verify: true } : {}) },
  };
}

/** Port, path and scheme, as far as the annotations say them. */
function annotated(of: 'pod' | 'service'): Relabeling[] {
  const annotation = (name: string) => `__meta_kubernetes_${of}_annotation_${name}`;
  return [
    { source_labels: [annotation(SCHEME)], action: 'replace', regex: '(https?)', target_label: '__scheme__' },
    { source_labels: [annotation(PATH)], action: 'replace', regex: '(.+)', target_label: '__metrics_path__' },
    {
      source_labels: ['__address__', annotation(PORT)],
      action: 'replace',
      regex: String.raw`(\[[^\]]+\]|[^:]+)(?::\d+)?;(\d+)`,
      replacement: '$1:$2',
      target_label: '__address__',
    },
  ];
}
