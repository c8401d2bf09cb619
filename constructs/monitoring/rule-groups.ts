import type { Duration } from '../../model/quantity';
import type { Alert } from './alert';

/** A rule in Prometheus' own form. */
export type AnyRule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: Duration;
  readonly keep_firing_for?: Duration;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other, as a rule file and a PrometheusRule hold them. */
export interface RuleGroup {
  readonly name: string;
  /** How often. @default - as often as Prometheus evaluates */
  readonly interval?: Duration;
  readonly rules: readonly AnyRule[];
}

/** What is the same for all alerts of a Prometheus. */
export interface AlertDefaults {
  readonly owner: string;
  /** Where runbooks are: `{alert}` becomes the alert's name in lower case. */
  readonly runbooks: string;
}

/** An alert in Prometheus' form. */
export function alertingRule(alert: Alert, { owner, runbooks }: AlertDefaults): AlertingRule {
  const steps = alert.steps.map((step, i) => `${i + 1}. ${step}`).join('\n');
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: { ...alert.labels, severity: alert.severity, owner: alert.owner ?? owner },
    annotations: {
      summary: alert.summary,
      description: `${alert.description}\n${steps}`,
      runbook_url: runbooks.replaceAll('{alert}', alert.name.toLowerCase()),
    },
  };
}
