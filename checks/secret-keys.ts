import type { Path, Resource } from '../manifests/resource';
import { record, string } from '../manifests/resource';
import { someNames } from '../model/errors';
import { near } from '../model/near';
import { keysOf } from '../world/contents';
import type { World } from '../world/world';
import type { Finding } from './check';
import { missing } from './missing';
import { respelt } from './respelt';

/** Every field of a value, however deep. */
export function* fieldsOf(value: unknown, path: Path): Iterable<{ readonly path: Path; readonly value: unknown }> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const at = [...path, key];
    yield { path: at, value: inner };
    yield* fieldsOf(inner, at);
  }
}

/**
 * What is to be said of a value of an object of the Prometheus operator, if it is a SecretKeySelector: it has a name and a key, and is read in the
 * namespace of the object.
 */
export function* secretKeyFindings(
  world: World,
  resource: Resource,
  { path, value: given }: { readonly path: Path; readonly value: unknown },
  refused: string,
): Iterable<Finding> {
  const value = record(given);
  const isSelector = value !== undefined && Object.keys(value).every((field) => /^(name|key|optional)$/.test(field));
  const [name, key] = [string(value?.['name']), string(value?.['key'])];
  if (!isSelector || !name || !key || value['optional'] === true) return;
  // TLS settings may take their certificates from a ConfigMap.
  const kind = path.at(-1) === 'configMap' ? 'ConfigMap' : 'Secret';
  const namespace = world.namespaceOf(resource);
  const keys = keysOf(world, kind, namespace, name);
  if (keys === undefined) {
    const finding = missing(world, { resource, path: [...path, 'name'], kind, namespace, name }, refused);
    if (finding) yield finding;
  } else if (keys !== 'unknown' && !keys.has(key))
    yield {
      resource,
      path: [...path, 'key'],
      value: key,
      message: `${kind} ${name} has no key ${key} (it has: ${someNames([...keys], 8) || 'none'}), so ${refused}${near(key, [...keys])}`,
      ...respelt(key, keys),
    };
}
