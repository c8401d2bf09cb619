/**
 * Plain data as a text that is the same for the same data alone: values, their types, the order of entries, and which objects stand in several
 * places. Undefined where something else is among it (a class, a function): nothing is said of that.
 */
export function plainText(value: unknown): string | undefined {
  const parts: string[] = [];
  const seen = new Map<object, number>();
  const write = (each: unknown): boolean => {
    if (typeof each === 'string') {
      parts.push(JSON.stringify(each));
      return true;
    }
    if (typeof each !== 'object' || each === null) {
      if (typeof each === 'function' || typeof each === 'symbol') return false;
      parts.push(typeof each === 'bigint' ? `${each}n` : Object.is(each, -0) ? '-0' : String(each));
      return true;
    }
    const known = seen.get(each);
    if (known !== undefined) {
      parts.push(`#${known}`);
      return true;
    }
    seen.set(each, seen.size);
    const kind = Object.getPrototypeOf(each);
    if (kind === Map.prototype || kind === Set.prototype || kind === Array.prototype) {
      parts.push(kind === Map.prototype ? 'm[' : kind === Set.prototype ? 's[' : '[');
      for (const item of each as Iterable<unknown>) {
        if (!write(item)) return false;
        parts.push(',');
      }
      parts.push(']');
      return true;
    }
    if (kind !== Object.prototype && kind !== null) return false;
    parts.push('{');
    for (const [key, item] of Object.entries(each)) {
      parts.push(JSON.stringify(key), ':');
      if (!write(item)) return false;
      parts.push(',');
    }
    parts.push('}');
    return true;
  };
  return write(value) ? parts.join('') : undefined;
}
