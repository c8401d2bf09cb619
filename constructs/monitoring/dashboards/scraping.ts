import { OWN_JOB } from '../scrape';
import type { Dashboard } from './dashboard';
import { uidOf } from './dashboard';

const CHOSEN = 'namespace=~"$namespace",job=~"$job",instance=~"$instance"';
const OWN = `job="${OWN_JOB}"`;
const TARGET = '{{job}} {{instance}}';

/** Whether what the other dashboards show is there: targets, rules, and Prometheus itself. */
export function scrapingDashboard(): Dashboard {
  return {
    uid: uidOf('scraping'),
    title: 'Prometheus',
    description: 'Whether all targets are scraped and all rules evaluated, and how many series that makes.',
    variables: [
      { name: 'namespace', label: 'Namespace', of: 'up', values: 'namespace' },
      { name: 'job', label: 'Job', of: 'up{namespace=~"$namespace"}', values: 'job' },
      { name: 'instance', label: 'Instance', of: 'up{namespace=~"$namespace",job=~"$job"}', values: 'instance' },
    ],
    marks: [],
    rows: [
      {
        title: 'Targets',
        panels: [
          {
            kind: 'graph',
            title: 'Targets that are scraped',
            description: 'The share of the targets of each job that answers.',
            unit: 'percentunit',
            max: 1,
            queries: [{ expr: `avg by (job) (up{${CHOSEN}})`, legend: '{{job}}' }],
          },
          {
            kind: 'graph',
            title: 'How long a scrape takes',
            description: 'Of each target; what takes longer than the limit of its job is lost.',
            unit: 's',
            queries: [{ expr: `scrape_duration_seconds{${CHOSEN}}`, legend: TARGET }],
          },
          {
            kind: 'graph',
            title: 'Samples of a scrape',
            description: 'Of each target. A jump is a label with new values.',
            unit: 'short',
            queries: [{ expr: `scrape_samples_post_metric_relabeling{${CHOSEN}}`, legend: TARGET }],
          },
          {
            kind: 'graph',
            title: 'New series of a scrape',
            description: 'Of each target: many of them again and again fill the memory of Prometheus.',
            unit: 'short',
            queries: [{ expr: `scrape_series_added{${CHOSEN}}`, legend: TARGET }],
          },
        ],
      },
      {
        title: 'Prometheus itself',
        panels: [
          {
            kind: 'graph',
            title: 'Series',
            description: 'In memory: each takes a few kilobytes.',
            unit: 'short',
            queries: [{ expr: `prometheus_tsdb_head_series{${OWN}}`, legend: '{{instance}}' }],
          },
          {
            kind: 'graph',
            title: 'Samples',
            description: 'Each second.',
            unit: 'cps',
            queries: [
              {
                expr: `rate(prometheus_tsdb_head_samples_appended_total{${OWN}}[$__rate_interval])`,
                legend: '{{type}}',
              },
            ],
          },
          {
            kind: 'graph',
            title: 'Volume',
            description: 'What its blocks take, and at how much the oldest ones go.',
            unit: 'bytes',
            queries: [
              { expr: `prometheus_tsdb_storage_blocks_bytes{${OWN}}`, legend: 'blocks' },
              { expr: `prometheus_tsdb_retention_limit_bytes{${OWN}}`, legend: 'limit' },
            ],
          },
          {
            kind: 'graph',
            title: 'Memory',
            description: 'What of it is resident.',
            unit: 'bytes',
            queries: [{ expr: `process_resident_memory_bytes{${OWN}}`, legend: '{{instance}}' }],
          },
        ],
      },
      {
        title: 'Rules and alerts',
        panels: [
          {
            kind: 'graph',
            title: 'How long a group of rules takes',
            description: 'As a share of its interval: above 1 evaluations are skipped.',
            unit: 'percentunit',
            limits: [1],
            queries: [
              {
                expr: `max by (rule_group) (prometheus_rule_group_last_duration_seconds{${OWN}} / prometheus_rule_group_interval_seconds{${OWN}})`,
                legend: '{{rule_group}}',
              },
            ],
          },
          {
            kind: 'graph',
            title: 'Rules that fail',
            description: 'Each second: what they alert or record is not there.',
            unit: 'cps',
            queries: [
              {
                expr: `sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total{${OWN}}[$__rate_interval]))`,
                legend: '{{rule_group}}',
              },
            ],
          },
          {
            kind: 'graph',
            title: 'Alerts',
            description: 'That fire, or wait for it; Watchdog always fires.',
            unit: 'short',
            width: 24,
            queries: [{ expr: 'sum by (alertname, alertstate) (ALERTS)', legend: '{{alertname}} ({{alertstate}})' }],
          },
        ],
      },
    ],
  };
}
