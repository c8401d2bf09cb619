import type { Json, Path } from '../../manifests/resource';
import { list } from '../../manifests/resource';
import type { ConfigProblem, FieldType } from './form';
import { objectOf, scalarText, TEXTS } from './form';
import { records } from './http-client';
import { labelNameProblems } from './names';
import type { Release } from './release';

const ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];

/** A list of relabelings. */
export const RELABELINGS: FieldType = {
  each: objectOf({
    source_labels: TEXTS,
    separator: 'text',
    regex: 'regex',
    modulus: 'count',
    target_label: 'text',
    replacement: 'text',
    action: { oneOf: ACTIONS, anyCase: true },
  }),
};

const TARGETED = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);
/** What actions do not take: a field may only repeat its default. */
const UNUSED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    lowercase: ['replacement'],
    uppercase: ['replacement'],
    keepequal: ['regex', 'modulus', 'separator', 'replacement'],
    dropequal: ['regex', 'modulus', 'separator', 'replacement'],
    labeldrop: ['source_labels', 'target_label', 'modulus', 'separator', 'replacement'],
    labelkeep: ['source_labels', 'target_label', 'modulus', 'separator', 'replacement'],
  }),
);
const DEFAULTS: ReadonlyMap<string, unknown> = new Map(
  Object.entries({ separator: ';', regex: '(.*)', replacement: '$1', target_label: '', modulus: 0 }),
);

/** What is wrong with relabelings beyond their form. */
export function* relabelingsProblems(relabelings: unknown, path: Path, release: Release): Iterable<ConfigProblem> {
  for (const [i, relabeling] of records(relabelings)) yield* relabelingProblems(relabeling, [...path, i], release);
}

function* relabelingProblems(relabeling: Json, path: Path, release: Release): Iterable<ConfigProblem> {
  const action = (scalarText(relabeling['action'] ?? 'replace') ?? 'replace').toLowerCase();
  const target = scalarText(relabeling['target_label']) ?? '';
  if (TARGETED.has(action) && target === '')
    yield { path, reason: `the relabel action ${action} needs a target_label` };
  else if (action === 'hashmod' && !relabeling['modulus'])
    yield { path, reason: 'the relabel action hashmod needs a modulus' };
  else if (action === 'labelmap' && relabeling['replacement'] === '')
    yield { path: [...path, 'replacement'], value: '', reason: 'the relabel action labelmap needs a replacement' };
  for (const field of UNUSED.get(action) ?? []) {
    const value = relabeling[field];
    if (value !== undefined && value !== null && value !== DEFAULTS.get(field))
      yield { path: [...path, field], value, reason: `the relabel action ${action} takes no ${field}` };
  }
  // What a group of the regex gives is known only at run time.
  const names = [...list(relabeling['source_labels']), ...(target !== '' && !target.includes('$') ? [target] : [])];
  for (const name of names) if (typeof name === 'string') yield* labelNameProblems(name, 'label', path, release);
}
