import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { images } from '../../model/images';
import type { Duration } from '../../model/quantity';
import { seconds, byteCount as sizeOf } from '../../model/quantity';
import { bytes, duration, resources } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { EndPort } from '../core/flow';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass } from '../core/storage';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';

export interface Scrape {
  /** Every pod behind it is scraped. */
  readonly port: EndPort;
  /** @default '/metrics' */
  readonly path?: string;
  /** The job's name, and so the label `job` of its series. @default - the name of the port's workload */
  readonly job?: string;
}

/** The job of Prometheus' own metrics. */
const OWN_JOB = 'prometheus';

export const prometheusSettings = settingsOf('prometheus', {
  /** How often targets are scraped. */
  interval: duration('15s'),
  /** How long samples are kept, if the volume holds them. */
  retention: duration('7d'),
  /** Size of the volume for the samples; the oldest ones go when four fifths of it are full. */
  volume: bytes('4Gi'),
  /** What the pod asks for and may use. */
  resources: resources({ cpu: '100m', memory: '256Mi', memoryLimit: '512Mi' }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly prometheus?: ValuesOf<typeof prometheusSettings>;
  }
}

export interface PrometheusProps extends Partial<ValuesOf<typeof prometheusSettings>> {
  readonly namespace: NamespaceRef;
  /** What is scraped, beside Prometheus itself. Each one is a flow. */
  readonly scrapes: readonly Scrape[];
  /** Labels on everything that leaves this Prometheus, so that several can be told apart. */
  readonly externalLabels: Readonly<Record<string, string>>;
  /** The classes that the cluster has; the default one is taken. */
  readonly storage: readonly StorageClass[];
  /** Writes the configuration file: the writer of the rendered manifests, or any other one. */
  readonly toYaml: (value: object) => string;
}

/** One Prometheus with a configuration file that is made from the flows. */
export class Prometheus extends Construct {
  readonly workload: Workload;
  constructor(scope: Construct, id: string, props: PrometheusProps) {
    super(scope, id);
    const settings = { ...prometheusSettings.defaults, ...props };
    checkSettings('prometheus', prometheusSettings, settings);
    const { namespace, interval, retention, volume, resources } = settings;
    checkJobNames(props.scrapes);
    // Each pod is a target: behind a balancing address every scrape would meet another pod's counters.
    const jobs = props.scrapes.map((scrape) => ({
      job_name: jobOf(scrape),
      metrics_path: scrape.path ?? '/metrics',
      dns_sd_configs: [
        {
          names: [scrape.port.workload.eachPod().host],
          type: 'A',
          port: scrape.port.number,
          refresh_interval: interval,
        },
      ],
    }));
    const config = new Config(this, `${id}-config`, {
      namespace,
      data: { 'prometheus.yml': props.toYaml(configuration(interval, props.externalLabels, jobs)) },
    });
    const configFile = '/etc/prometheus/prometheus.yml';
    const mounts = [
      Volume.config(config).at('/etc/prometheus'),
      Volume.claim('data').at('/prometheus', { writable: true }),
    ];
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
        // Writes its head block on the way down.
        terminationGracePeriod: 60,
        // A configuration that cannot be read ends here, with the reason, and the old pod's data stays untouched.
        initContainers: [
          {
            name: 'check-config',
            image: images.prometheus,
            command: ['/bin/promtool'],
            args: ['check', 'config', configFile],
            resources,
            mounts,
          },
        ],
        container: {
          name: 'prometheus',
          image: images.prometheus,
          args: [
            `--config.file=${configFile}`,
            '--storage.tsdb.path=/prometheus',
            `--storage.tsdb.retention.time=${retention}`,
            `--storage.tsdb.retention.size=${Math.floor((sizeOf(volume) * 0.8) / 2 ** 20)}MB`,
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
    this.workload.service().publish(this.port('http'));
    for (const { port } of props.scrapes) this.workload.connectsToEach(port);
  }

  /** Its only port. */
  port(name: 'http'): Port {
    return this.workload.port(name);
  }
}

function configuration(
  interval: Duration,
  externalLabels: Readonly<Record<string, string>>,
  jobs: readonly object[],
): object {
  const global = {
    scrape_interval: interval,
    scrape_timeout: seconds(interval) < 10 ? interval : '10s',
    external_labels: externalLabels,
  };
  const itself = { job_name: OWN_JOB, static_configs: [{ targets: ['localhost:9090'] }] };
  return { global, scrape_configs: [itself, ...jobs] };
}

function jobOf({ port, job = port.workload.app }: Scrape): string {
  return job;
}

/** Prometheus takes no configuration with two jobs of one name. */
function checkJobNames(scrapes: readonly Scrape[]): void {
  const taken = new Map<string, string>([[OWN_JOB, 'Prometheus itself']]);
  for (const scrape of scrapes) {
    const { workload, name } = scrape.port;
    const job = jobOf(scrape);
    const scraped = `${workload.namespace.name}/${workload.app} at port ${name}`;
    const other = taken.get(job);
    if (other !== undefined)
      throw new StrataError('prometheus scrapes', `the job ${job} would be ${other} and ${scraped}`, [
        `name the job of one of the two: servesMetrics('${name}', { job: '${workload.app}-${name}' })`,
        'scrape one of the two',
      ]);
    taken.set(job, scraped);
  }
}
