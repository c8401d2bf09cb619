import type { Duration } from '../../model/quantity';
import { seconds } from '../../model/quantity';
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
