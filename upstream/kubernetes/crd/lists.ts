import type { Json, Path } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import type { CrdProblems } from './problem';

/** What lists that are sets and maps ask of their items. */
export function listTypeProblems(schema: Json, path: Path, problems: CrdProblems): void {
  const type = schema['x-kubernetes-list-type'];
  const keys = list(schema['x-kubernetes-list-map-keys']);
  const at = (...more: Path): Path => [...path, ...more];
  if (keys.length > 0 && type !== 'map')
    problems.add(
      at('x-kubernetes-list-map-keys'),
      keys,
      'x-kubernetes-list-type must be map if x-kubernetes-list-map-keys is non-empty',
    );
  if (type === undefined) return;
  if (schema['type'] !== 'array')
    return problems.add(
      at('x-kubernetes-list-type'),
      type,
      'type must be array if x-kubernetes-list-type is specified',
    );
  if (type !== 'atomic' && type !== 'set' && type !== 'map')
    return problems.add(at('x-kubernetes-list-type'), type, 'supported values: "atomic", "set", "map"');
  const items = record(schema['items']);
  if (!items || type === 'atomic') return;
  if (items['nullable'] === true)
    problems.add(at('items', 'nullable'), true, `cannot be nullable when x-kubernetes-list-type is ${type}`);
  if (type === 'map') mapKeys(items, keys, path, problems);
  else atomicItems(items, path, problems);
}

function atomicItems(items: Json, path: Path, problems: CrdProblems): void {
  const kept = items['type'] === 'array' ? 'x-kubernetes-list-type' : 'x-kubernetes-map-type';
  if (items['type'] !== 'array' && items['type'] !== 'object') return;
  const value = items[kept];
  // Of lists, atomic is the default; of objects, granular is.
  if (value === 'atomic' || (value === undefined && items['type'] === 'array')) return;
  problems.add(
    [...path, 'items', kept],
    value,
    `${kept} must be atomic as item of a list with x-kubernetes-list-type=set`,
  );
}

function mapKeys(items: Json, keys: readonly unknown[], path: Path, problems: CrdProblems): void {
  const at = [...path, 'x-kubernetes-list-map-keys'];
  if (keys.length === 0) return problems.add(at, undefined, 'must not be empty if x-kubernetes-list-type is map');
  if (items['type'] !== 'object')
    return problems.add(
      [...path, 'items', 'type'],
      items['type'],
      "must be object if parent array's x-kubernetes-list-type is map",
    );
  const required = list(items['required']);
  keys.forEach((key, i) => {
    if (keys.indexOf(key) !== i) problems.add([...at, i], key, 'must not contain duplicate entries');
    const property = record(record(items['properties'])?.[String(key)]);
    if (!property) return problems.add([...at, i], key, 'entries must all be names of item properties');
    const below = [...path, 'items', 'properties', String(key)];
    if (property['type'] === 'array' || property['type'] === 'object')
      problems.add(
        [...below, 'type'],
        property['type'],
        "must be a scalar type if parent array's x-kubernetes-list-type is map",
      );
    if (property['nullable'] === true)
      problems.add(
        [...below, 'nullable'],
        true,
        'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
      );
    if (!required.includes(key) && (property['default'] ?? null) === null)
      problems.add(
        below,
        undefined,
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      );
  });
}
