/** What can be said where not everything is known. */
export type Certainty = 'yes' | 'no' | 'unknown';

/** All of them hold. */
export function all(items: Iterable<Certainty>): Certainty {
  let result: Certainty = 'yes';
  for (const item of items) {
    if (item === 'no') return 'no';
    if (item === 'unknown') result = 'unknown';
  }
  return result;
}

/** At least one of them holds. */
export function some(items: Iterable<Certainty>): Certainty {
  let result: Certainty = 'no';
  for (const item of items) {
    if (item === 'yes') return 'yes';
    if (item === 'unknown') result = 'unknown';
  }
  return result;
}
