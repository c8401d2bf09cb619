import type { ChangeStep, FieldChange } from '../../diff/field-change';
import { isEntry } from '../../diff/field-change';
import { isMap } from '../../model/is-map';

/** An object with changes of its fields carried out: what a patch would make of it. */
export function applied(object: unknown, changes: readonly FieldChange[]): unknown {
  // The order of a list last, when all of its entries are there.
  const inOrder = [...changes].sort((a, b) => Number(a.order ?? false) - Number(b.order ?? false));
  return inOrder.reduce((all, change) => set(all, change.path, change), object);
}

function set(value: unknown, [step, ...rest]: readonly ChangeStep[], change: FieldChange): unknown {
  if (step === undefined) return changed(value, change);
  if (isMap(step)) {
    const list = Array.isArray(value) ? value : [];
    const at = list.findIndex((entry) => isEntry(entry, step));
    const next = set(at < 0 ? undefined : list[at], rest, change);
    if (at < 0) return next === undefined ? list : [...list, next];
    return list.flatMap((entry, i) => (i === at ? (next === undefined ? [] : [next]) : [entry]));
  }
  const map = isMap(value) ? value : {};
  const { [step]: old, ...others } = map;
  const next = set(old, rest, change);
  return next === undefined ? others : { ...others, [step]: next };
}

function changed(value: unknown, { after, order }: FieldChange): unknown {
  if (!order) return after;
  if (!Array.isArray(value) || !Array.isArray(after)) throw new Error('an order is of a list');
  const isByKey = after.every((each) => typeof each === 'string') && value.every(isMap);
  if (!isByKey) return after;
  const rank = (entry: unknown) => after.findIndex((name) => namesOf(entry).includes(String(name)));
  return [...value].sort((a, b) => rank(a) - rank(b));
}

/** Every way that keys of an entry may be told: `web`, `80/TCP`, `data` of a claim. */
function namesOf(entry: unknown): string[] {
  if (!isMap(entry)) return [String(entry)];
  const values = Object.values(entry).filter((each) => typeof each === 'string' || typeof each === 'number');
  const metadata = entry['metadata'];
  return [
    ...values.map(String),
    ...values.flatMap((one) => values.map((other) => `${one}/${other}`)),
    ...(isMap(metadata) ? [String(metadata['name'])] : []),
  ];
}
