import type { Json } from '../../manifests/resource';
import { list, mappings, record, string, strings } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { fieldAt } from './paths';

/** One way in which pods take fewer nodes than before. */
export type NodeNarrowing =
  | { readonly by: 'nodeSelector'; readonly key: string /** `disk=ssd` */; readonly label: string }
  | { readonly by: 'affinity' }
  | { readonly by: 'tolerations' /** Those that go. */; readonly tolerations: readonly Json[] };

/** How pods take fewer nodes than before, whatever nodes there are. */
export function* nodeNarrowings(was: Json, is: Json): Iterable<NodeNarrowing> {
  const [old, now] = [strings(was['nodeSelector']), strings(is['nodeSelector'])];
  // An image for Linux has run on no other node.
  for (const [key, value] of Object.entries(now))
    if (old[key] !== value && !(key === OS && value === 'linux'))
      yield { by: 'nodeSelector', key, label: `${key}=${value}` };
  if (isNarrower(termsOf(was), termsOf(is))) yield { by: 'affinity' };
  const tolerations = mappings(is['tolerations']);
  const lost = mappings(was['tolerations']).filter(
    (toleration) => !tolerations.some((each) => covers(each, toleration)),
  );
  if (lost.length > 0) yield { by: 'tolerations', tolerations: lost };
}

/** The change of a workload that narrows it. */
export function fieldOfNarrowing(
  change: ObjectChange,
  { podSpecPath }: WorkloadManifest,
  narrowing: NodeNarrowing,
): FieldChange | undefined {
  const at = (...path: string[]) => fieldAt(change, [...podSpecPath.map(String), ...path]);
  return narrowing.by === 'nodeSelector' ? (at('nodeSelector', narrowing.key) ?? at('nodeSelector')) : at(narrowing.by);
}

const OS = 'kubernetes.io/os';

function termsOf(podSpec: Json): readonly Json[] | undefined {
  const affinity = record(record(podSpec['affinity'])?.['nodeAffinity']);
  const required = record(affinity?.['requiredDuringSchedulingIgnoredDuringExecution']);
  return required && mappings(required['nodeSelectorTerms']);
}

/** Whether some term of before is in none of those afterwards. Any of the terms is enough, and each asks for all of its requirements. */
function isNarrower(was: readonly Json[] | undefined, is: readonly Json[] | undefined): boolean {
  if (is === undefined) return false;
  const old = was ?? [{}];
  return old.some((term) => !is.some((each) => asksNoMore(each, term)));
}

function asksNoMore(term: Json, other: Json): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  const asked = parts.flatMap((part) => mappings(term[part]).map((each) => [part, each] as const));
  // A term without requirements takes no node.
  if (asked.length === 0) return false;
  return asked.every(
    ([part, each]) =>
      (each['key'] === OS && list(each['values']).includes('linux')) ||
      mappings(other[part]).some((given) => isMet(each, given)),
  );
}

/** Whether one requirement is met wherever another one is. */
function isMet(asked: Json, given: Json): boolean {
  const { key, operator } = asked;
  const [wide, narrow] = [asked, given].map(({ values }) => list(values).map(String)) as [string[], string[]];
  if (key !== given['key']) return false;
  if (operator === 'Exists') return given['operator'] === 'Exists' || given['operator'] === 'In';
  if (operator !== given['operator']) return false;
  if (operator === 'In') return narrow.every((value) => wide.includes(value));
  if (operator === 'NotIn') return wide.every((value) => narrow.includes(value));
  return wide.join() === narrow.join();
}

/** Whether a toleration takes every taint that another one takes, for as long. */
function covers(wide: Json, own: Json): boolean {
  const [key, effect] = ['key', 'effect'].map((field) => string(wide[field]) ?? '');
  const isAny = wide['operator'] === 'Exists';
  const sameValue = own['operator'] !== 'Exists' && (wide['value'] ?? '') === (own['value'] ?? '');
  return (
    (key === '' || key === (string(own['key']) ?? '')) &&
    (effect === '' || effect === (string(own['effect']) ?? '')) &&
    (isAny || sameValue) &&
    (wide['tolerationSeconds'] === undefined || wide['tolerationSeconds'] === own['tolerationSeconds'])
  );
}

/** `dedicated=gpu:NoSchedule`, `every taint` */
export function tolerationText(toleration: Json): string {
  const [key, value, effect] = ['key', 'value', 'effect'].map((field) => string(toleration[field]) ?? '');
  const name = key === '' ? 'every taint' : `${key}${value && `=${value}`}`;
  return effect === '' ? name : `${name}${key === '' ? ' of ' : ':'}${effect}`;
}
