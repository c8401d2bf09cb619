import type { Rule } from './environment';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A student's name is at once a Redis key suffix, a metric label value and part of Kubernetes names. */
export const STUDENT_NAME: Rule = {
  says: 'be 1 to 63 lower-case letters, digits or inner hyphens',
  accepts: (value) => DNS_LABEL.test(value),
};

/** The keys one service writes and the other reads. */
export const VISITS_PREFIX = 'visits:';
export const GUESTBOOK_PREFIX = 'guestbook:';
