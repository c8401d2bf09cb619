/**
 * A function that computes once for each object that it is asked about, or once for each object and keys. What it knows goes
 * with the object: nothing has to be cleared, and two worlds never share an answer. Keys are strings, or one object.
 */
export function memo<O extends object, K extends readonly string[] | readonly [object], T>(
  compute: (of: O, ...keys: K) => T,
): (of: O, ...keys: K) => T {
  const known = new WeakMap<O, Map<unknown, T>>();
  return (of, ...keys) => {
    let answers = known.get(of);
    if (!answers) known.set(of, (answers = new Map()));
    const key = keys.length > 1 ? keys.join('\0') : keys[0];
    // An answer may be undefined.
    if (answers.has(key)) return answers.get(key) as T;
    const answer = compute(of, ...keys);
    answers.set(key, answer);
    return answer;
  };
}
