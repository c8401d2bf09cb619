import type { Json, Path } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import { isEmbedded, isIntOrString, OBJECT_FIELDS } from '../structural/schemas';
import { defaultProblems } from './defaults';
import { keywordProblems } from './keywords';
import { listTypeProblems } from './lists';
import { nestedProblems } from './nested';
import type { CrdProblems } from './problem';

type Level = 'root' | 'item' | 'field';

/**
 * What makes a schema structural, and what else the API server asks of one (apiextensions-apiserver: schema/validation.go,
 * ValidateCustomResourceDefinitionOpenAPISchema). Rules in CEL are asked for where nothing of this fails.
 */
export function schemaRuleProblems(
  schema: Json,
  path: Path,
  problems: CrdProblems,
  level: Level = 'root',
  inMap = false,
): void {
  const at = (...keys: Path): Path => [...path, ...keys];
  const type = schema['type'];
  keywordProblems(schema, path, problems);
  if (level === 'root') {
    if (type !== 'object' && type !== undefined) problems.add(at('type'), type, 'must be object at the root');
    if (schema['nullable'] === true) problems.add(at('nullable'), true, 'nullable cannot be true at the root');
    if (schema['additionalProperties'] !== undefined)
      problems.add(at('additionalProperties'), undefined, 'must not be used at the root');
  }
  if (isEmbedded(schema) && type !== 'object')
    problems.add(at('type'), type, 'must be object if x-kubernetes-embedded-resource is true');
  else if (!type && !isIntOrString(schema) && schema['x-kubernetes-preserve-unknown-fields'] !== true)
    problems.add(path, undefined, `type must not be empty ${WHERE[level]}`);
  if (type === 'array' && (schema['items'] ?? null) === null)
    problems.add(at('items'), schema['items'], 'items must be specified for an array');
  if (isIntOrString(schema) && schema['x-kubernetes-preserve-unknown-fields'] === true)
    problems.add(
      at('x-kubernetes-preserve-unknown-fields'),
      true,
      'must be false if x-kubernetes-int-or-string is true',
    );
  pairs(schema, path, problems);
  if (isEmbedded(schema) && schema['additionalProperties'] !== undefined)
    problems.add(at('additionalProperties'), undefined, 'must not be used if x-kubernetes-embedded-resource is set');
  if (level === 'root') metadata(schema, path, problems);
  listTypeProblems(schema, path, problems);
  nestedProblems(schema, path, problems, level === 'root');
  // Of the values of maps the server does not look at defaults.
  if (!inMap) defaultProblems(schema, path, problems);
  for (const [name, below] of Object.entries(record(schema['properties']) ?? {}))
    if (record(below) && !(level === 'root' && name === 'metadata'))
      schemaRuleProblems(below as Json, at('properties', name), problems, 'field', inMap);
  const items = record(schema['items']);
  if (items) schemaRuleProblems(items, at('items'), problems, 'item', inMap);
  const others = record(schema['additionalProperties']);
  if (others) schemaRuleProblems(others, at('additionalProperties'), problems, 'field', true);
}

const WHERE: Readonly<Record<Level, string>> = {
  root: 'at the root',
  item: 'for specified array items',
  field: 'for specified object fields',
};

/** Keywords that exclude each other. */
function pairs(schema: Json, path: Path, problems: CrdProblems): void {
  const others = schema['additionalProperties'];
  const isNamed = Object.keys(record(schema['properties']) ?? {}).length > 0;
  if (isNamed && (others === false || record(others)))
    problems.add(
      [...path, 'additionalProperties'],
      undefined,
      'additionalProperties and properties are mutual exclusive',
    );
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined && schema['type'] !== 'object')
    problems.add(
      [...path, 'x-kubernetes-map-type'],
      mapType,
      'type must be object if x-kubernetes-map-type is specified',
    );
  else if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular')
    problems.add([...path, 'x-kubernetes-map-type'], mapType, 'supported values: "atomic", "granular"');
}

/** What a schema may say of apiVersion, kind and metadata, which every object has. */
function metadata(schema: Json, path: Path, problems: CrdProblems): void {
  const properties = record(schema['properties']) ?? {};
  for (const name of ['apiVersion', 'kind']) {
    const type = record(properties[name])?.['type'];
    if (record(properties[name]) && type !== 'string')
      problems.add([...path, 'properties', name, 'type'], type, 'must be string');
  }
  for (const name of OBJECT_FIELDS) {
    const value = record(properties[name])?.['default'] ?? null;
    if (value !== null)
      problems.add([...path, 'properties', name, 'default'], value, `must not be set in top-level ${name}`);
  }
  const below = record(properties['metadata']);
  if (!below) return;
  const at = [...path, 'properties', 'metadata'];
  if (below['type'] !== 'object') problems.add(at, below['type'], 'type must be object');
  keywordProblems(below, at, problems);
  nestedProblems(below, at, problems, false);
  const others = Object.keys(record(below['properties']) ?? {}).filter(
    (name) => name !== 'name' && name !== 'generateName',
  );
  const isSet = ([keyword, value]: readonly [string, unknown]) =>
    !['type', 'default', 'properties', 'externalDocs', 'example'].includes(keyword) &&
    value !== null &&
    value !== false &&
    value !== '' &&
    !(Array.isArray(value) && value.length === 0);
  if (others.length > 0 || Object.entries(below).some(isSet))
    problems.add(
      at,
      undefined,
      'must not specify anything other than name and generateName, but metadata is implicitly specified',
    );
}
