import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { images } from '../../model/images';
import type { Duration } from '../../model/quantity';
import type { ValuesOf } from '../../model/settings';
import { checkSettings } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { EndPort } from '../core/flow';
import { openFlow } from '../core/flow';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';
import { CLUSTER_JOBS, clusterJobs } from './cluster-jobs';
import { DiscoveryRights } from './discovery-rights';
import { CLUSTER_PORTS, prometheusConfig, retentionSize } from './prometheus-config';
import { prometheusSettings } from './prometheus-settings';
import type { RuleGroup } from './rule-groups';
import type { FlowJob, Scrape } from './scrape';
import { flowJobs } from './scrape';
import type { ScrapeConfig } from './scrape-config';
import { byDiscovery, byName } from './scrape-config';

export { prometheusSettings } from './prometheus-settings';
export type { Scrape } from './scrape';

export interface PrometheusProps extends Partial<Omit<ValuesOf<typeof prometheusSettings>, 'form'>> {
  /** How targets are found; the operator's objects are written by OperatedPrometheus. @default 'minimal' */
  readonly form?: 'minimal' | 'discovery';
  readonly namespace: NamespaceRef;
  /** What is scraped, beside Prometheus itself. Each one is a flow. */
  readonly scrapes: readonly Scrape[];
  /** Labels on everything that leaves this Prometheus, so that several can be told apart. */
  readonly externalLabels: Readonly<Record<string, string>>;
  /** The classes that the cluster has; the default one is taken. */
  readonly storage: readonly StorageClass[];
  /** What it evaluates. @default - nothing */
  readonly rules?: readonly RuleGroup[];
  /** The port of the Alertmanagers that are told. @default - nobody is told */
  readonly alertmanager?: EndPort;
  /** Whether the cluster's CA signed what kubelets serve with; for `discovery`. @default 'signed' */
  readonly kubeletCertificates?: 'signed' | 'unsigned';
  /** Whether the kubelets' short list of CPU and memory is scraped too; for `discovery` and the operator's objects. @default false */
  readonly kubeletResources?: boolean;
  /** Writes the configuration file: the writer of the rendered manifests, or any other one. */
  readonly toYaml: (value: object) => string;
}

const FOLDER = '/etc/prometheus';
const CONFIG_FILE = 'prometheus.yml';
const RULE_FILE = 'rules.yml';

/** One Prometheus with a configuration file that is made from the flows. */
export class Prometheus extends Construct {
  readonly workload: Workload;
  /** Where queries are answered. */
  readonly queries: EndPort;
  /** What it scrapes of the target's workloads. */
  readonly jobs: readonly FlowJob[];
  readonly interval: Duration;
  /** Whether it learns which pod a series is from, and scrapes the cluster's own components. DNS tells neither. */
  readonly discovers: boolean;

  constructor(scope: Construct, id: string, props: PrometheusProps) {
    super(scope, id);
    const settings = { ...prometheusSettings.defaults, rules: [], ...props };
    checkSettings('prometheus', prometheusSettings, settings);
    const { namespace, interval, retention, volume, resources, rules, alertmanager, toYaml } = settings;
    const discovers = props.form === 'discovery';
    const flows = flowJobs(props.scrapes, discovers ? CLUSTER_JOBS : {});
    this.jobs = flows;
    this.interval = interval;
    this.discovers = discovers;
    const config = new Config(this, `${id}-config`, {
      namespace,
      data: () => ({
        [CONFIG_FILE]: toYaml(
          prometheusConfig({
            interval,
            externalLabels: props.externalLabels,
            namespace: namespace.name,
            jobs: discovers ? this.discovered(flows, props) : flows.map((job) => byName(job, interval)),
            ruleFiles: rules.length > 0 ? [RULE_FILE] : [],
            ...(alertmanager ? { alertmanager } : {}),
          }),
        ),
        ...(rules.length > 0 ? { [RULE_FILE]: toYaml({ groups: rules }) } : {}),
      }),
    });
    const mounts = [Volume.config(config).at(FOLDER), Volume.claim('data').at('/prometheus', { writable: true })];
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.statefulSet({
        claims: [
          {
            name: 'data',
            size: volume,
            storageClass: chosenClass('prometheus volume', 'cluster-default', props.storage).name,
          },
        ],
      }),
      pod: {
        user: 65534,
        ...(discovers ? { serviceAccount: id } : {}),
        // Writes its head block on the way down.
        terminationGracePeriod: 60,
        // A configuration that cannot be read ends here, with the reason, and the old pod's data stays untouched.
        initContainers: [
          {
            name: 'check-config',
            image: images.prometheus,
            command: ['/bin/promtool'],
            args: ['check', 'config', `${FOLDER}/${CONFIG_FILE}`],
            resources,
            mounts,
          },
        ],
        container: {
          name: 'prometheus',
          image: images.prometheus,
          args: [
            `--config.file=${FOLDER}/${CONFIG_FILE}`,
            '--storage.tsdb.path=/prometheus',
            `--storage.tsdb.retention.time=${retention}`,
            `--storage.tsdb.retention.size=${retentionSize(volume)}`,
          ],
          ports: { http: 9090 },
          resources,
          probes: {
            startup: Probe.http('/-/ready', 'http', { every: 2, failures: 150 }),
            readiness: Probe.http('/-/ready', 'http', { every: 5 }),
            liveness: Probe.http('/-/healthy', 'http', { every: 15 }),
          },
          mounts,
        },
      },
    });
    this.queries = this.port('http');
    this.workload.service().publish(this.port('http'));
    if (discovers) {
      new DiscoveryRights(this, 'rights', { namespace, account: id, labels: this.workload.labels });
      this.workload.outside.push({ to: 'addresses', ports: CLUSTER_PORTS }, { to: 'all-pods' });
      for (const { port } of flows) openFlow(this.workload, port);
    } else for (const { port } of flows) this.workload.connectsToEach(port);
    if (alertmanager) this.workload.connectsToEach(alertmanager);
  }

  /** Its only port. */
  port(name: 'http'): Port {
    return this.workload.port(name);
  }

  private discovered(flows: readonly FlowJob[], props: PrometheusProps): ScrapeConfig[] {
    const { kubeletCertificates = 'signed', kubeletResources } = props;
    return [...flows.map(byDiscovery), ...clusterJobs({ kubeletCertificates, kubeletResources })];
  }
}
