import { diffArrays } from 'diff';
import { isMap } from '../model/is-map';
import type { KubernetesObject } from '../model/kubernetes';
import { objectName } from '../model/kubernetes';
import { toYaml } from '../render/yaml';

/**
 * How one set of objects differs from another, for a person to read: objects that only one has, and the fields in which the
 * others differ, by path. What is in both is left out.
 */
export function delta(base: readonly KubernetesObject[], here: readonly KubernetesObject[]): string {
  const [before, after] = [byName(base), byName(here)];
  const added = Object.fromEntries([...after].filter(([name]) => !before.has(name)));
  const removed = [...before.keys()].filter((name) => !after.has(name)).sort();
  const changed = Object.fromEntries(
    [...after].flatMap(([name, object]) => {
      const original = before.get(name);
      const fields = original ? differences('', original, object) : {};
      return Object.keys(fields).length ? [[name, fields]] : [];
    }),
  );
  return toYaml({ added, changed, removed });
}

/**
 * What two targets cannot have in common, and nobody needs to see: the name of the namespace, hashes of contents, and the
 * labels that every object of a target carries.
 */
export function normalized(
  objects: readonly KubernetesObject[],
  namespace: string,
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject[] {
  let text = JSON.stringify(objects)
    .replaceAll(namespace, 'NAMESPACE')
    .replaceAll(/-[0-9a-f]{10}(?=["\\])/g, '-HASH');
  for (const [key, value] of Object.entries(labels))
    text = text.replaceAll(`"${key}":"${value}"`, `"${key}":"${key.toUpperCase()}"`);
  return JSON.parse(text) as KubernetesObject[];
}

function byName(objects: readonly KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(objects.map((object) => [objectName(object), object]));
}

type Fields = Record<string, unknown>;

function differences(path: string, base: unknown, here: unknown): Fields {
  if (JSON.stringify(base) === JSON.stringify(here)) return {};
  if (isMap(base) && isMap(here))
    return ofMaps(base, here, (key) => `${path}${/^\w+$/.test(key) ? `${path && '.'}${key}` : `["${key}"]`}`);
  if (Array.isArray(base) && Array.isArray(here)) return ofLists(path, base, here);
  if (typeof base === 'string' && typeof here === 'string' && `${base}${here}`.includes('\n'))
    return { [path]: `${lineDifferences(base.trimEnd().split('\n'), here.trimEnd().split('\n')).join('\n')}\n` };
  if (isScalar(base) && isScalar(here)) return { [path]: `${shown(base)} → ${shown(here)}` };
  return {
    ...(base === undefined ? {} : { [`${path} (only in base)`]: base }),
    ...(here === undefined ? {} : { [`${path} (only here)`]: here }),
  };
}

function ofMaps(base: Fields, here: Fields, pathOf: (key: string) => string): Fields {
  const keys = [...new Set([...Object.keys(base), ...Object.keys(here)])];
  return Object.assign({}, ...keys.map((key) => differences(pathOf(key), base[key], here[key]))) as Fields;
}

/** Elements with names are the same element where the names are; others are there or not, or stand for each other in turn. */
function ofLists(path: string, base: readonly unknown[], here: readonly unknown[]): Fields {
  if ([...base, ...here].every((item) => nameOf(item) !== undefined)) {
    const [left, right] = [base, here].map((list) => Object.fromEntries(list.map((item) => [nameOf(item), item]))) as [
      Fields,
      Fields,
    ];
    const found = ofMaps(left, right, (name) => `${path}[${name}]`);
    return Object.keys(found).length ? found : { [`${path} (order)`]: here.map(nameOf) };
  }
  const missing = (from: readonly unknown[], list: readonly unknown[]) =>
    list.filter((item) => !from.some((other) => JSON.stringify(other) === JSON.stringify(item)));
  const [gone, come] = [missing(here, base), missing(base, here)];
  if (!gone.length && !come.length) return { [`${path} (order)`]: here };
  if (gone.length === come.length && [...gone, ...come].every(isMap))
    return Object.assign(
      {},
      ...gone.map((item, i) => differences(`${path}[${base.indexOf(item)}]`, item, come[i])),
    ) as Fields;
  return {
    ...(gone.length ? { [`${path} (only in base)`]: gone } : {}),
    ...(come.length ? { [`${path} (only here)`]: come } : {}),
  };
}

function nameOf(item: unknown): string | undefined {
  if (!isMap(item)) return undefined;
  const { name, metadata } = item as { name?: unknown; metadata?: { name?: unknown } };
  const found = name ?? metadata?.name;
  return typeof found === 'string' ? found : undefined;
}

/** The lines that are not in both, in their order; the longest common part stays. */
function lineDifferences(base: readonly string[], here: readonly string[]): string[] {
  return diffArrays([...base], [...here]).flatMap(({ added, removed, value }) =>
    added || removed ? value.map((line) => `${added ? '+' : '-'} ${line}`) : [],
  );
}

function isScalar(value: unknown): boolean {
  return value === undefined || typeof value !== 'object';
}

function shown(value: unknown): string {
  return value === undefined ? '(none)' : String(value);
}
