import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { parseRequestUri } from '../cel/uri';
import { costProblems } from './costs';
import type { CrdProblem } from './problem';
import { CrdProblems } from './problem';
import { ruleProblems } from './rules';
import { schemaRuleProblems } from './schema';

/** What the API server has against a CustomResourceDefinition beyond the form of its fields (ValidateCustomResourceDefinition). */
export function definitionProblems(definition: Resource): readonly CrdProblem[] {
  const problems = new CrdProblems();
  approval(definition, problems);
  conversion(definition, problems);
  list(definition.at(['spec', 'versions'])).forEach((entry, i) => {
    const version = record(entry);
    if (version) judgeVersion(version, ['spec', 'versions', i], problems);
  });
  return problems.all;
}

function judgeVersion(version: Json, path: Path, problems: CrdProblems): void {
  const at = [...path, 'schema', 'openAPIV3Schema'];
  const schema = record(record(version['schema'])?.['openAPIV3Schema']);
  columns(version, path, problems);
  if (!schema) return problems.add(at, undefined, 'Required value: every version has a schema');
  const before = problems.all.length;
  if (record(record(version['subresources'])?.['status'])) rootWithStatus(schema, at, problems);
  schemaRuleProblems(schema, at, problems);
  // Rules are compiled only against a schema that is right.
  if (problems.all.length === before) ruleProblems(schema, at, problems);
  if (problems.all.length === before) costProblems(schema, at, problems);
  selectable(version, schema, path, problems);
}

/** The keywords that the root of a schema may have beside a status subresource. */
const ROOT_WITH_STATUS: readonly string[] = [
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];

function rootWithStatus(schema: Json, path: Path, problems: CrdProblems): void {
  for (const [keyword, value] of Object.entries(schema)) {
    const isEmpty = value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
    if (
      !isEmpty &&
      !ROOT_WITH_STATUS.includes(keyword) &&
      /^(anyOf|allOf|oneOf|not|enum|default|nullable|maxProperties|minProperties|additionalProperties|x-kubernetes-(embedded-resource|int-or-string|list-type|list-map-keys|map-type))$/.test(
        keyword,
      )
    )
      problems.add(
        [...path, keyword],
        undefined,
        `${keyword} must not stand at the root of the schema if the status subresource is enabled`,
      );
  }
}

const COLUMN_FORMATS: readonly unknown[] = [
  'int32',
  'int64',
  'float',
  'double',
  'byte',
  'date',
  'date-time',
  'password',
];

function columns(version: Json, path: Path, problems: CrdProblems): void {
  list(version['additionalPrinterColumns']).forEach((entry, i) => {
    const { format, jsonPath } = record(entry) ?? {};
    const at = [...path, 'additionalPrinterColumns', i];
    if (typeof format === 'string' && format !== '' && !COLUMN_FORMATS.includes(format))
      problems.add([...at, 'format'], format, `must be one of ${COLUMN_FORMATS.join(', ')}`);
    if (typeof jsonPath === 'string' && jsonPath !== '' && !jsonPath.startsWith('.'))
      problems.add([...at, 'jsonPath'], jsonPath, 'must be a simple json path starting with .');
  });
}

function selectable(version: Json, schema: Json, path: Path, problems: CrdProblems): void {
  const seen = new Set<string>();
  list(version['selectableFields']).forEach((entry, i) => {
    const jsonPath = string(record(entry)?.['jsonPath']) ?? '';
    const at = [...path, 'selectableFields', i, 'jsonPath'];
    if (jsonPath === '') return;
    if (!/^(\.[A-Za-z_][\w-]*)+$/.test(jsonPath)) {
      if (!jsonPath.startsWith('.') || /[[\]]\d/.test(jsonPath)) problems.add(at, jsonPath, 'is an invalid path');
      return;
    }
    if (jsonPath.startsWith('.metadata')) return problems.add(at, jsonPath, 'must not point to fields in metadata');
    let field: Json | undefined = schema;
    for (const name of jsonPath.slice(1).split('.'))
      field = record(record(field?.['properties'])?.[name]) ?? record(field?.['additionalProperties']);
    if (!field) problems.add(at, jsonPath, 'is an invalid path: the schema has no such field');
    else if (!['string', 'boolean', 'integer'].includes(String(field['type'])))
      problems.add(at, jsonPath, 'must point to a field of type string, boolean or integer');
    if (seen.has(jsonPath)) problems.add(at, jsonPath, `Duplicate value: ${JSON.stringify(jsonPath)}`);
    seen.add(jsonPath);
  });
  if (seen.size > 8)
    problems.add([...path, 'selectableFields'], undefined, `Too many: ${seen.size}: must have at most 8 items`);
}

const APPROVED = 'api-approved.kubernetes.io';

/** Groups of the Kubernetes community need a word of its reviewers. */
function approval(definition: Resource, problems: CrdProblems): void {
  const group = string(definition.at(['spec', 'group'])) ?? '';
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const given = definition.annotations[APPROVED] ?? '';
  const at = ['metadata', 'annotations', APPROVED];
  if (given === '')
    return problems.add(
      at,
      undefined,
      `the group ${group} is protected: its definitions need the annotation ${APPROVED}, the URL of the approval or a reason that begins with "unapproved"`,
    );
  const url = parseRequestUri(given);
  if (!given.startsWith('unapproved') && !(url && url.host !== '' && url.scheme !== ''))
    problems.add(at, given, 'must be a URL, or a reason that begins with "unapproved"');
}

function conversion(definition: Resource, problems: CrdProblems): void {
  const conversion = record(definition.at(['spec', 'conversion']));
  const webhook = record(conversion?.['webhook']);
  const at = ['spec', 'conversion', 'webhook'];
  if (conversion?.['strategy'] === 'None' && webhook)
    problems.add(at, undefined, 'should not be set when strategy is not set to Webhook');
  if (conversion?.['strategy'] !== 'Webhook') return;
  if (!webhook) return problems.add(at, undefined, 'Required value: required when strategy is set to Webhook');
  const client = record(webhook['clientConfig']);
  if (!client || (client['url'] === undefined) === (client['service'] === undefined))
    problems.add([...at, 'clientConfig'], undefined, 'Required value: exactly one of url or service is required');
  const versions = list(webhook['conversionReviewVersions']);
  if (versions.length > 0 && !versions.includes('v1') && !versions.includes('v1beta1'))
    problems.add([...at, 'conversionReviewVersions'], versions, 'must include at least one of v1, v1beta1');
}
