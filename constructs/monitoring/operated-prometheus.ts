import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  PrometheusSpecAlertingAlertmanagersPort as AlertmanagerPort,
  PrometheusSpecServiceDiscoveryRole as DiscoveryRole,
  PrometheusSpecResourcesLimits as Limits,
  Prometheus as PrometheusObject,
  PrometheusSpecResourcesRequests as Requests,
  PrometheusSpecStorageVolumeClaimTemplateSpecResourcesRequests as StorageRequests,
} from '../../imports/monitoring.coreos.com';
import { images, versionOf } from '../../model/images';
import type { Duration } from '../../model/quantity';
import { checkSettings } from '../../model/settings';
import type { EndPort } from '../core/flow';
import { openFlow } from '../core/flow';
import { chosenClass } from '../core/storage';
import { type ExternalPort, ExternalWorkload } from '../inputs/external-workload';
import { CLUSTER_JOBS, clusterJobs } from './cluster-jobs';
import { DiscoveryRights } from './discovery-rights';
import type { ClusterService } from './operator-objects';
import { clusterMonitor, podMonitor, ruleObject, scrapeConfigObject } from './operator-objects';
import type { PrometheusProps } from './prometheus';
import { CLUSTER_PORTS, retentionSize, scrapeTimeout } from './prometheus-config';
import { prometheusSettings } from './prometheus-settings';
import type { FlowJob } from './scrape';
import { flowJobs, OWN_JOB } from './scrape';
import { labelFrom } from './scrape-config';

export interface OperatedPrometheusProps extends Omit<PrometheusProps, 'form' | 'toYaml'> {
  /** The Service of all kubelets that the operator keeps (`--kubelet-service`). */
  readonly kubelets: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
}

/**
 * A Prometheus that the Prometheus operator runs: it finds the same targets and evaluates the same rules as the other forms, by objects
 * of which each may change without a restart.
 */
export class OperatedPrometheus extends Construct {
  /** The pods that the operator makes. */
  readonly workload: ExternalWorkload;
  /** Where queries are answered. */
  readonly queries: EndPort;
  /** What it scrapes of the target's workloads. */
  readonly jobs: readonly FlowJob[];
  readonly interval: Duration;
  readonly discovers = true;

  constructor(scope: Construct, id: string, props: OperatedPrometheusProps) {
    super(scope, id);
    const settings = { ...prometheusSettings.defaults, rules: [], kubeletCertificates: 'signed' as const, ...props };
    checkSettings('prometheus', prometheusSettings, settings);
    const { namespace, interval, retention, volume, resources, rules, alertmanager, kubelets } = settings;
    const flows = flowJobs(props.scrapes, CLUSTER_JOBS);
    this.jobs = flows;
    this.interval = interval;
    const labels = { ...Chart.of(this).labels, 'app.kubernetes.io/name': id };
    const at = { namespace: namespace.name, labels };
    const rights = new DiscoveryRights(this, 'rights', { namespace, account: id, labels });

    const object = new PrometheusObject(this, 'prometheus', {
      metadata: { name: id, ...at },
      spec: {
        image: images.prometheus,
        version: versionOf(images.prometheus),
        imagePullSecrets: namespace.imagePullSecrets?.map((name) => ({ name })) ?? [],
        replicas: 1,
        podMetadata: { labels: { ...Chart.of(this).labels } },
        serviceAccountName: rights.account,
        scrapeInterval: interval,
        scrapeTimeout: scrapeTimeout(interval),
        evaluationInterval: interval,
        externalLabels: { ...props.externalLabels },
        retention,
        retentionSize: retentionSize(volume),
        // What stands beside it in its namespace, and nothing of other namespaces.
        podMonitorSelector: {},
        serviceMonitorSelector: {},
        scrapeConfigSelector: {},
        probeSelector: {},
        ruleSelector: {},
        // Endpoints are deprecated, and hold a thousand addresses at most.
        serviceDiscoveryRole: DiscoveryRole.ENDPOINT_SLICE,
        ...(alertmanager
          ? {
              alerting: {
                alertmanagers: [
                  {
                    namespace: alertmanager.workload.namespace.name,
                    name: alertmanager.workload.eachPod().name,
                    port: AlertmanagerPort.fromString(alertmanager.name),
                  },
                ],
              },
            }
          : {}),
        resources: {
          requests: { cpu: Requests.fromString(resources.cpu), memory: Requests.fromString(resources.memory) },
          limits: {
            ...(resources.cpuLimit === undefined ? {} : { cpu: Limits.fromString(resources.cpuLimit) }),
            memory: Limits.fromString(resources.memoryLimit ?? resources.memory),
          },
        },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65534,
          runAsGroup: 65534,
          fsGroup: 65534,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
        storage: {
          volumeClaimTemplate: {
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: chosenClass('prometheus volume', 'cluster-default', props.storage).name,
              resources: { requests: { storage: StorageRequests.fromString(volume) } },
            },
          },
        },
      },
    });

    this.workload = new ExternalWorkload(this, 'pods', {
      object: object.toJson(),
      place: 'prometheus',
      others: [],
      namespace,
      selector: { 'app.kubernetes.io/name': 'prometheus', 'operator.prometheus.io/name': id },
      ports: { web: 9090 },
      // As that of a StatefulSet of our own: whether a Service has an address can not be changed when the form is.
      headless: true,
    });
    const web = this.workload.port('web');
    this.queries = web;
    this.workload.serviceOf(web);

    podMonitor(this, at, { name: OWN_JOB, path: '/metrics', port: web, about: 'pod', workload: this.workload });
    for (const job of flows) podMonitor(this, at, job);
    for (const job of clusterJobs(settings)) {
      const service = serviceOf(job.job_name, kubelets);
      if (service) clusterMonitor(this, at, job, service);
      else scrapeConfigObject(this, at, job);
    }
    if (rules.length > 0) ruleObject(this, `${id}-rules`, at, rules);

    this.workload.outside.push({ to: 'addresses', ports: CLUSTER_PORTS }, { to: 'all-pods' });
    openFlow(this.workload, web);
    for (const { port } of flows) openFlow(this.workload, port);
    if (alertmanager) this.workload.connectsToEach(alertmanager);
  }

  /** Its only port. */
  port(name: 'web'): ExternalPort {
    return this.workload.port(name);
  }
}

/** The Service by which a component of the cluster is scraped: tokens of an account are read by monitors of Services alone. */
function serviceOf(job: string, kubelets: OperatedPrometheusProps['kubelets']): ClusterService | undefined {
  if (job === 'kubernetes-apiservers')
    return {
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
      port: 'https',
      relabelings: [{ action: 'labeldrop', regex: 'endpoint|namespace|service' }],
    };
  if (job !== 'cadvisor' && !job.startsWith('kubelet')) return undefined;
  return {
    ...kubelets,
    port: 'https-metrics',
    relabelings: [
      labelFrom('node', '__meta_kubernetes_endpointslice_address_target_name'),
      // The labels are those of the node, and not of the Service that leads to it.
      { action: 'labeldrop', regex: 'endpoint|namespace|service|pod|container' },
    ],
  };
}
