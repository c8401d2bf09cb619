import type { Json, Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { typeProblem } from '../cel/check';
import { declaredType } from '../cel/declared-type';
import { isEmbedded } from '../structural/schemas';
import type { CrdProblems } from './problem';

/** Whether the rules of a schema compile, and whether they may compare with the object before. */
export function ruleProblems(
  schema: Json,
  path: Path,
  problems: CrdProblems,
  isRoot = true,
  uncorrelated?: Path,
): void {
  list(schema['x-kubernetes-validations']).forEach((entry, i) => {
    const rule = record(entry);
    if (rule) judge(rule, schema, [...path, 'x-kubernetes-validations', i], problems, isRoot, uncorrelated);
  });
  for (const [name, below] of Object.entries(record(schema['properties']) ?? {}))
    if (record(below)) ruleProblems(below as Json, [...path, 'properties', name], problems, false, uncorrelated);
  const others = record(schema['additionalProperties']);
  if (others) ruleProblems(others, [...path, 'additionalProperties'], problems, false, uncorrelated);
  const items = record(schema['items']);
  // Only in lists that are maps an item has one before it.
  const inItems = schema['x-kubernetes-list-type'] === 'map' ? uncorrelated : (uncorrelated ?? path);
  if (items) ruleProblems(items, [...path, 'items'], problems, false, inItems);
}

function judge(
  rule: Json,
  schema: Json,
  path: Path,
  problems: CrdProblems,
  isRoot: boolean,
  uncorrelated: Path | undefined,
): void {
  const text = string(rule['rule'])?.trim() ?? '';
  const message = string(rule['message']);
  if (text === '') return problems.add([...path, 'rule'], rule['rule'], 'Required value: rule is not specified');
  if (message !== undefined && message !== '' && message.trim() === '')
    problems.add([...path, 'message'], message, 'must be non-empty if specified');
  else if (message !== undefined && /[\r\n]/.test(message.trim()))
    problems.add([...path, 'message'], message, 'must not contain line breaks');
  else if (/[\r\n]/.test(text) && (message ?? '').trim() === '')
    problems.add(
      [...path, 'message'],
      undefined,
      'Required value: message must be specified if rule contains line breaks',
    );
  const self = declaredType(schema, isRoot || isEmbedded(schema));
  const optional = rule['optionalOldSelf'] === true;
  const problem = self && typeProblem(text, { self, oldSelf: optional ? 'dyn' : self }, 'bool');
  if (problem) problems.add([...path, 'rule'], text, `the rule does not compile: ${problem}`);
  const usesOldSelf = /\boldSelf\b/.test(withoutTexts(text));
  if (usesOldSelf && uncorrelated)
    problems.add(
      [...path, 'rule'],
      text,
      'oldSelf cannot be used in the items of a list that is no map (x-kubernetes-list-type: map): no item is known to be the one before',
    );
  else if (!usesOldSelf && rule['optionalOldSelf'] !== undefined && rule['optionalOldSelf'] !== null)
    problems.add(
      [...path, 'optionalOldSelf'],
      rule['optionalOldSelf'],
      'may not be set if oldSelf is not used in rule',
    );
  const told = string(rule['messageExpression'])?.trim() ?? '';
  const wrong = told === '' || !self ? undefined : typeProblem(told, { self, oldSelf: self }, 'string');
  if (wrong) problems.add([...path, 'messageExpression'], told, `the expression does not compile: ${wrong}`);
}

function withoutTexts(text: string): string {
  return text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""');
}
