import type { Bytes, Duration } from '../../model/quantity';
import { byteCount, seconds } from '../../model/quantity';
import type { EndPort } from '../core/flow';
import { OWN_JOB } from './scrape';
import type { ScrapeConfig } from './scrape-config';

export interface PrometheusConfigProps {
  readonly interval: Duration;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly jobs: readonly ScrapeConfig[];
  /** The namespace of Prometheus itself: a label of its own series as of all others. */
  readonly namespace: string;
  readonly ruleFiles: readonly string[];
  /** Every Alertmanager behind this port is told of alerts: they gossip, and must each know. @default - nobody is told */
  readonly alertmanager?: EndPort;
}

/** The time that a scrape may take: ten seconds, or the interval where that is shorter. */
export function scrapeTimeout(interval: Duration): Duration {
  return seconds(interval) < 10 ? interval : '10s';
}

/** How many samples are kept, in Prometheus' own words: four fifths of the volume, so that what is written meanwhile has room. */
export function retentionSize(volume: Bytes): string {
  return `${Math.floor((byteCount(volume) * 0.8) / 2 ** 20)}MB`;
}

/** Where a Prometheus that discovers connects to: the control plane, behind whose Service 6443 stands in most clusters, and kubelets. */
export const CLUSTER_PORTS: readonly number[] = [443, 6443, 10250];

/** The configuration file. */
export function prometheusConfig(props: PrometheusConfigProps): object {
  const { interval, externalLabels, jobs, namespace, ruleFiles, alertmanager } = props;
  const itself = {
    job_name: OWN_JOB,
    static_configs: [{ targets: ['localhost:9090'], labels: { namespace } }],
  };
  return {
    global: {
      scrape_interval: interval,
      scrape_timeout: scrapeTimeout(interval),
      evaluation_interval: interval,
      external_labels: externalLabels,
    },
    ...(ruleFiles.length > 0 ? { rule_files: ruleFiles } : {}),
    ...(alertmanager
      ? {
          alerting: {
            alertmanagers: [
              {
                dns_sd_configs: [
                  { names: [alertmanager.workload.eachPod().host], type: 'A', port: alertmanager.number },
                ],
              },
            ],
          },
        }
      : {}),
    scrape_configs: [itself, ...jobs],
  };
}
