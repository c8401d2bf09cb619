import type { Json } from '../manifests/resource';
import { list, mappings, record, string } from '../manifests/resource';
import { roleRights, roleRightsText, withoutCovered } from './role-rights';

/** What one value says that another one does not, in words. Both are empty where the two mean the same. */
export interface SenseChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** How many there are, where a text holds several. @default - as many as texts */
  readonly counts?: { readonly added: number; readonly removed: number };
}

/** Compares two values by what they mean and not by how they are written. */
export interface SenseOfValues {
  readonly changed: (before: unknown, after: unknown) => SenseChange;
  /** Whether the change is told by what it means; else field by field. */
  readonly isTold: boolean;
}

/** A list whose entries count once each, in any order: entries that say the same are one. */
export const SET: SenseOfValues = { changed: bySet((value) => list(value).map(canonical)), isTold: false };

/** A LabelSelector: `matchLabels: { a: b }` and `a In (b)` are one requirement, and all of them have to be met. */
export const SELECTOR: SenseOfValues = { changed: bySet(requirementsOf), isTold: false };

/** The rules of a role, by the rights that they give, however they are split into rules. */
export const RIGHTS: SenseOfValues = {
  changed: (before, after) => {
    const [was, is] = [roleRights(mappings(before)), roleRights(mappings(after))];
    const [added, removed] = [withoutCovered(is, was), withoutCovered(was, is)];
    return {
      added: roleRightsText(added),
      removed: roleRightsText(removed),
      counts: { added: added.length, removed: removed.length },
    };
  },
  isTold: true,
};

function bySet(of: (value: unknown) => readonly string[] | undefined): SenseOfValues['changed'] {
  return (before, after) => {
    const [was, is] = [of(before), of(after)];
    // What cannot be read as that is told as it is written.
    if (!was || !is) return { added: [JSON.stringify(after)], removed: [JSON.stringify(before)] };
    const [old, now] = [new Set(was), new Set(is)];
    return { added: [...now].filter((each) => !old.has(each)), removed: [...old].filter((each) => !now.has(each)) };
  };
}

/** Undefined where there is no selector: that selects nothing, and an empty one everything. */
function requirementsOf(value: unknown): readonly string[] | undefined {
  const selector = record(value);
  if (!selector) return undefined;
  const known = ['matchLabels', 'matchExpressions'];
  if (Object.keys(selector).some((key) => !known.includes(key))) return undefined;
  const labels = Object.entries(record(selector['matchLabels']) ?? {}).map(([key, label]) =>
    canonical({ key, operator: 'In', values: [label] }),
  );
  return [...labels, ...mappings(selector['matchExpressions']).map(requirementOf)];
}

function requirementOf(expression: Json): string {
  const values = [...new Set(list(expression['values']).map(canonical))].sort();
  const operator = string(expression['operator']);
  return canonical({ key: expression['key'], operator, values: values.map((each) => JSON.parse(each) as unknown) });
}

/** JSON with the keys in one order; what is not there, and null, are the same. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => {
      const map = record(each);
      if (!map) return each;
      const entries = Object.entries(map).filter(([, field]) => field !== null && field !== undefined);
      return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
    }) ?? 'null'
  );
}
