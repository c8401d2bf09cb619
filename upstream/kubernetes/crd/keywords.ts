import type { Json, Path } from '../../../manifests/resource';
import { goRegExp } from '../cel/regexp';
import type { CrdProblems } from './problem';

const TYPES: readonly unknown[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
/** Keywords of JSON Schema that no definition may have. */
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

/** What is wrong with single keywords of a schema, or of one of anyOf and its like. */
export function keywordProblems(schema: Json, path: Path, problems: CrdProblems): void {
  const { type, pattern } = schema;
  if (typeof type === 'string' && type !== '' && !TYPES.includes(type))
    problems.add(
      [...path, 'type'],
      type,
      `Unsupported value: "${type}": supported values: ${TYPES.map((name) => `"${name}"`).join(', ')}`,
    );
  if (typeof pattern === 'string' && pattern !== '' && !goRegExp(pattern))
    problems.add(
      [...path, 'pattern'],
      pattern,
      'must be a valid regular expression of Go (RE2), which has no lookaround and no backreferences',
    );
  if (schema['uniqueItems'] === true)
    problems.add(
      [...path, 'uniqueItems'],
      true,
      'uniqueItems cannot be set to true since the runtime complexity becomes quadratic: use x-kubernetes-list-type: set',
    );
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    problems.add([...path, 'x-kubernetes-preserve-unknown-fields'], false, 'must be true or undefined');
  for (const keyword of UNSUPPORTED)
    if (schema[keyword] !== undefined && schema[keyword] !== null)
      problems.add([...path, keyword], undefined, `${keyword} is not supported`);
  if (Array.isArray(schema['items']))
    problems.add([...path, 'items'], undefined, 'items must be a schema object and not an array');
}
