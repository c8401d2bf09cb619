import type { Json, Path } from '../resource';
import { record } from '../resource';
import type { PlacedRepair } from './repair';

/** A document's value with a repair made: what the edited text must mean. Of a value that is quoted as it was written, `found` is the text. */
export function changed(value: unknown, repair: PlacedRepair, found: unknown): unknown {
  switch (repair.do) {
    case 'replace':
      return at(value, repair.path, () => repair.with);
    case 'quote':
      return at(value, repair.path, (old) => (typeof found === 'string' && typeof old !== 'string' ? found : old));
    case 'insert':
      return at(value, repair.path, (old) => ({ ...record(old), [repair.key]: repair.value }));
    case 'rename':
      return at(value, repair.path.slice(0, -1), (old) => renamed(record(old), String(repair.path.at(-1)), repair.to));
    case 'remove-duplicates':
      return value;
  }
}

/** Nothing is renamed to what is there already. */
function renamed(object: Json | undefined, from: string, to: string): unknown {
  if (!object || Object.hasOwn(object, to)) return undefined;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}

function at(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? at(item, rest, change) : item));
  const object = record(value) ?? {};
  return { ...object, [key]: at(object[key], rest, change) };
}
