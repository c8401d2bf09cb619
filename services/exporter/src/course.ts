import { GUESTBOOK_PREFIX, STUDENT_NAME, VISITS_PREFIX } from '@strata/service-common';

export type Measure = 'visits' | 'comments';

/** A Redis key that becomes one series. */
export interface CourseKey {
  readonly key: string;
  readonly measure: Measure;
  readonly student: string;
}

export const DROP_REASONS = ['invalid_name', 'over_limit', 'not_a_number', 'wrong_type'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export const PREFIXES: Readonly<Record<Measure, string>> = { visits: VISITS_PREFIX, comments: GUESTBOOK_PREFIX };

export interface Selection {
  readonly kept: readonly CourseKey[];
  readonly dropped: readonly DropReason[];
}

/**
 * Which keys may become series. Names bound the number of label values: anybody who can write to Redis can invent
 * them. The first ones by name are kept, so that the same students are shown on every scrape.
 */
export function selectKeys(keys: Readonly<Record<Measure, ReadonlySet<string>>>, maxStudents: number): Selection {
  const found = [...courseKeys('visits', keys.visits), ...courseKeys('comments', keys.comments)];
  const valid = found.filter(({ student }) => STUDENT_NAME.accepts(student));
  const shown = new Set([...new Set(valid.map(({ student }) => student))].sort().slice(0, maxStudents));
  const kept = valid.filter(({ student }) => shown.has(student));
  return {
    kept,
    dropped: [
      ...Array<DropReason>(found.length - valid.length).fill('invalid_name'),
      ...Array<DropReason>(valid.length - kept.length).fill('over_limit'),
    ],
  };
}

function courseKeys(measure: Measure, keys: ReadonlySet<string>): CourseKey[] {
  return [...keys].map((key) => ({ key, measure, student: key.slice(PREFIXES[measure].length) }));
}

/** The number a key stands for, or why it stands for none. */
export function readNumber(reply: unknown): number | DropReason {
  return /^\d{1,19}$/.test(String(reply)) ? Number(reply) : 'not_a_number';
}
