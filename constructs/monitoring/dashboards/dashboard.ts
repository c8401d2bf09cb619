import { hash } from 'node:crypto';
import type { ObjectLabels, StateExpression } from '../object-state';

/** A dashboard, without anything of how Grafana writes it. */
export interface Dashboard {
  /** Its name in addresses: the same in every target, so that a link outlives what is rolled out. At most 40 characters. */
  readonly uid: string;
  readonly title: string;
  /** What it answers. */
  readonly description: string;
  readonly variables: readonly DashboardVariable[];
  /** What is marked over time on every graph. */
  readonly marks: readonly EventMark[];
  readonly rows: readonly DashboardRow[];
}

export interface DashboardRow {
  readonly title: string;
  readonly panels: readonly DashboardPanel[];
}

/** Units by Grafana's ids: numbers, shares of one, seconds, bytes, bytes each second, requests each second, things each second. */
export type PanelUnit = 'short' | 'percentunit' | 's' | 'bytes' | 'binBps' | 'reqps' | 'cps';

export interface DashboardPanel {
  /** Values over time, or the last ones as figures. */
  readonly kind: 'graph' | 'figure';
  readonly title: string;
  /** What it shows, and what to look for. */
  readonly description: string;
  readonly unit: PanelUnit;
  readonly queries: readonly DashboardQuery[];
  /** Columns of 24. @default 12 for a graph, 6 for a figure */
  readonly width?: number;
  /** From these values on, in their order, somebody should look: a line in a graph, a colour of a figure. @default - none */
  readonly limits?: readonly number[];
  /** Lower is worse: a figure is bad below its limits, of which the first is the highest. @default false */
  readonly lowIsBad?: boolean;
  /** The ends of the axis. @default - from 0 to what the values need */
  readonly max?: number;
}

export interface DashboardQuery {
  /** PromQL, with variables of the dashboard (`$instance`) and `$__rate_interval`. */
  readonly expr: string;
  /** What its series are called, with labels in double braces. */
  readonly legend: string;
  /** Why it may return nothing though all is well. Without it an empty answer is a fault. @default - it always returns something */
  readonly mayBeEmpty?: string;
}

/** Values of a label, from which whoever looks chooses some, or all. */
export interface DashboardVariable {
  /** A name of letters and underscores. */
  readonly name: string;
  readonly label: string;
  /** Series that have the label, as a selector; it may use variables that stand before it. */
  readonly of: string;
  /** The label itself. */
  readonly values: string;
}

/** Moments that are marked: where the expression has a value above 0. */
export interface EventMark {
  readonly name: string;
  readonly expr: string;
  /** What is told of one, with labels in double braces. */
  readonly text: string;
  /** Labels whose values become tags. */
  readonly tags: readonly string[];
  readonly colour: 'blue' | 'red';
  /** Annotations of objects that it asks for. @default - none */
  readonly objectAnnotations?: ObjectLabels;
  /** Why there may be none. */
  readonly mayBeEmpty: string;
}

/** Grafana takes no longer one. */
const UID_LENGTH = 40;

/** A uid of a kind of dashboard and what it is about, cut to what Grafana takes. */
export function uidOf(kind: string, ...about: readonly string[]): string {
  const uid = [kind, ...about].join('-');
  if (uid.length <= UID_LENGTH && /^[A-Za-z0-9_-]+$/.test(uid)) return uid;
  const digits = hash('sha256', uid).slice(0, 8);
  return `${uid.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, UID_LENGTH - 1 - digits.length)}-${digits}`;
}

/** Every expression of a dashboard that is asked as it is; variables are asked in another way. */
export function queriesOf({ rows }: Dashboard): readonly DashboardQuery[] {
  return rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries));
}

/** All that a dashboard asks of Prometheus. */
export function expressionsOf(dashboard: Dashboard): readonly StateExpression[] {
  const { title, marks, variables } = dashboard;
  return [...queriesOf(dashboard), ...marks, ...variables.map(({ of }) => ({ expr: of }))].map((one) => ({
    place: `dashboard ${title}`,
    expr: one.expr,
    ...('objectAnnotations' in one && one.objectAnnotations ? { objectAnnotations: one.objectAnnotations } : {}),
  }));
}
