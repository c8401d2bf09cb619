/** How soon somebody has to act: at once, in the next days, or not at all. */
export type Urgency = 'page' | 'ticket' | 'info';

/** Names that are in use for each: those of this project, of kube-prometheus, of syslog and of ticket systems. */
const NAMES: Readonly<Record<string, Urgency>> = {
  page: 'page',
  critical: 'page',
  emergency: 'page',
  fatal: 'page',
  disaster: 'page',
  ticket: 'ticket',
  warning: 'ticket',
  warn: 'ticket',
  minor: 'ticket',
  info: 'info',
  informational: 'info',
  none: 'info',
  debug: 'info',
};

/** What a severity asks for; undefined for one that is not known. */
export function urgencyOf(severity: string | undefined): Urgency | undefined {
  const name = severity?.toLowerCase() ?? '';
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** Whether one is certainly less urgent than another. */
export function isLessUrgent(one: Urgency | undefined, other: Urgency | undefined): boolean {
  const order: readonly (Urgency | undefined)[] = ['info', 'ticket', 'page'];
  return one !== undefined && other !== undefined && order.indexOf(one) < order.indexOf(other);
}
