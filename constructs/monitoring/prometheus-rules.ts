import type { Alert } from './alert';
import { WATCHDOG_LABEL } from './alert';

export interface PrometheusRulesProps {
  /** The namespace of the Prometheus that evaluates them. */
  readonly namespace: string;
}

/** The alert that always fires: when whoever expects it hears nothing, the way from Prometheus to people is broken. */
export const WATCHDOG = 'Watchdog';

const NOTIFYING: readonly string[] = [
  'Are the pods of Alertmanager ready? kubectl get pods -l app.kubernetes.io/name=alertmanager',
  'Does a policy keep Prometheus out? `strata flows why` tells.',
];

/** What a Prometheus says of itself and of its targets. */
export function prometheusRules({ namespace }: PrometheusRulesProps): Alert[] {
  const own = `{job="prometheus",namespace="${namespace}"}`;
  const place = { job: 'prometheus', namespace };
  const [errors, sent] = ['prometheus_notifications_errors_total', 'prometheus_notifications_sent_total'];
  const lost = `rate(${errors}${own}[5m]) / (rate(${sent}${own}[5m]) > 0)`;
  const notified = (alertmanager: string, failed: string, all: string) => {
    const labels = own.replace('}', `,alertmanager="${alertmanager}"}`);
    return { [`${errors}${labels}`]: failed, [`${sent}${labels}`]: all };
  };
  return [
    {
      name: WATCHDOG,
      expr: 'vector(1)',
      isWatchdog: true,
      severity: 'info',
      labels: { [WATCHDOG_LABEL]: 'true' },
      summary: 'The way from Prometheus to people works',
      description: 'It fires always. A dead man’s switch outside of the cluster tells when it does not come any more.',
      steps: ['When it is missing: is Prometheus up, and Alertmanager, and the way out of the cluster?'],
      tests: [{ name: 'always', series: {}, firing: { '0s': [{ watchdog: 'true' }], '1h': [{ watchdog: 'true' }] } }],
    },
    {
      name: 'TargetDown',
      expr: 'up == 0',
      for: '5m',
      severity: 'ticket',
      summary:
        '{{ $labels.job }} at {{ $labels.instance }}{{ with $labels.namespace }} in {{ . }}{{ end }} is not scraped',
      description: 'Nothing is known of this target: its own alerts are silent, too.',
      steps: [
        'What does Prometheus say? Its page Status > Target health shows the error of the last scrape.',
        'Refused or timed out: is the pod ready, does its policy let Prometheus in? `strata flows why` tells.',
        'Too many samples: a new label multiplies the series; look at what was rolled out.',
      ],
      tests: [
        {
          name: 'a target does not answer, and answers again',
          series: { 'up{job="web",namespace="shop",instance="10.0.0.1:8080"}': '1x2 0x10 1x5' },
          firing: {
            '5m': [],
            '9m': [{ job: 'web', namespace: 'shop', instance: '10.0.0.1:8080' }],
            '14m': [],
          },
        },
      ],
    },
    {
      name: 'PrometheusRuleFailures',
      expr: `increase(prometheus_rule_evaluation_failures_total${own}[5m]) > 0`,
      for: '10m',
      severity: 'page',
      summary: 'Rules of {{ $labels.rule_group }} fail',
      description: 'Alerts of this group do not fire, whatever happens.',
      steps: [
        'The log of Prometheus names the rule and the error, most often two series where one is expected.',
        'promtool check rules and the tests beside the rule show whether a change made it.',
      ],
      tests: [
        {
          name: 'a rule fails on and on, then it is mended',
          series: {
            [`prometheus_rule_evaluation_failures_total{job="prometheus",namespace="${namespace}",rule_group="web"}`]:
              '0x2 1+1x15 17x20',
          },
          firing: {
            '5m': [],
            '16m': [{ job: 'prometheus', namespace, rule_group: 'web' }],
            '30m': [],
          },
        },
      ],
    },
    {
      name: 'PrometheusMissesAlertmanager',
      expr: `${lost} > 0.01`,
      for: '15m',
      severity: 'ticket',
      summary: 'Prometheus does not reach {{ $labels.alertmanager }}',
      description:
        'The other Alertmanagers are told, and tell people. With one less of them, one that fails next may be the last.',
      steps: NOTIFYING,
      tests: [
        {
          name: 'one of two is lost, then none',
          series: { ...notified('a', '0+10x30 300x30', '0+10x60'), ...notified('b', '0x60', '0+10x60') },
          firing: { '10m': [], '20m': [{ ...place, alertmanager: 'a' }], '45m': [] },
        },
      ],
    },
    {
      name: 'PrometheusCannotNotify',
      // Of the one that hears most: as long as one hears all, people are told.
      expr: `min without (alertmanager) (${lost}) > 0.03`,
      for: '10m',
      severity: 'page',
      summary: 'Prometheus reaches no Alertmanager',
      description: 'Every Alertmanager is out of reach, and nobody is told of anything.',
      steps: NOTIFYING,
      tests: [
        {
          name: 'one in ten is lost at each, then none',
          series: { ...notified('a', '0+1x20 20x20', '0+10x40'), ...notified('b', '0+2x20 40x20', '0+10x40') },
          firing: { '5m': [], '15m': [place], '35m': [] },
        },
        {
          name: 'one of three is away',
          series: {
            ...notified('a', '0+10x40', '0+10x40'),
            ...notified('b', '0x40', '0+10x40'),
            ...notified('c', '0x40', '0+10x40'),
          },
          firing: { '15m': [], '35m': [] },
        },
      ],
    },
  ];
}
