import { isMap } from './is-map';
import type { KubernetesObject } from './kubernetes';
import { identityOf, objectName } from './kubernetes';

/** A field that two objects of one identity do not agree in, or an object that only one side has. */
export interface ObjectDifference {
  /** `Deployment/shop/web` */
  readonly object: string;
  /** `spec.replicas`; empty where the object as a whole is on one side only. */
  readonly field: string;
  /** Undefined where there is nothing. */
  readonly wanted: unknown;
  readonly found: unknown;
}

/**
 * In what two sets of objects differ to an API server: their order does not count, and neither do fields that are null, nor labels and
 * annotations that are empty.
 */
export function objectDifferences(
  wanted: readonly KubernetesObject[],
  found: readonly KubernetesObject[],
): ObjectDifference[] {
  const [left, right] = [byIdentity(wanted), byIdentity(found)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) => {
    const [a = [], b = []] = [left.get(name), right.get(name)];
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).flatMap((i) => {
      const object = objectName((a[i] ?? b[i])!);
      if (!a[i] || !b[i]) return [{ object, field: '', wanted: a[i], found: b[i] }];
      return [...fieldDifferences(withoutNulls(a[i]), withoutNulls(b[i]), [])].map((each) => ({ object, ...each }));
    });
  });
}

/** `prod: Deployment/web, spec.replicas: 3 was expected, 2 is rendered` */
export function differenceText({ object, field, wanted, found }: ObjectDifference): string {
  if (field === '') return `${object}: ${found === undefined ? 'is not rendered' : 'is rendered, and not expected'}`;
  return `${object}, ${field}: ${shown(wanted)} was expected, ${shown(found)} is rendered`;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function byIdentity(objects: readonly KubernetesObject[]): Map<string, KubernetesObject[]> {
  const found = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    const identity = `${object.apiVersion} ${identityOf(object)}`;
    found.set(identity, [...(found.get(identity) ?? []), object]);
  }
  return found;
}

function* fieldDifferences(
  wanted: unknown,
  found: unknown,
  path: readonly (string | number)[],
): Generator<Omit<ObjectDifference, 'object'>> {
  if (Object.is(wanted, found)) return;
  if (isMap(wanted) && isMap(found)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)]))
      yield* fieldDifferences(own(wanted, key), own(found, key), [...path, key]);
  } else if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    for (const i of wanted.keys()) yield* fieldDifferences(wanted[i], found[i], [...path, i]);
  } else yield { field: path.join('.'), wanted, found };
}

/** An object without fields that are null, and without labels and annotations that are empty. */
export function withoutNulls<T>(value: T, path = ''): T {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, `${path}[]`)) as T;
  if (!isMap(value)) return value;
  const fields = Object.entries(value)
    .map(([key, field]) => [key, withoutNulls(field, `${path}.${key}`)] as const)
    .filter(
      ([key, field]) => field !== null && field !== undefined && !(isEmptied(`${path}.${key}`) && isEmpty(field)),
    );
  return Object.fromEntries(fields) as T;
}

const isEmptied = (path: string) => /^\.metadata\.[a-zA-Z]+$/.test(path);
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

function own(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
