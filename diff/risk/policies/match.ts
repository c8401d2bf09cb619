import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import type { Block } from '../../../simulate/network/addresses';
import { without } from '../../../simulate/network/addresses';

/** What one entry of a policy matches: each condition that it names. Without conditions it matches everything. */
export interface PolicyMatch {
  readonly conditions: Json;
  /** The addresses at the other end. @default - any */
  readonly blocks?: readonly Block[];
}

/** Of more alternatives than these an entry is compared as it is written. */
const MAX_ALTERNATIVES = 500;

/** Whether one of some values takes in another one: `*` does, and a map that asks for no more. */
export function isAnyOf(values: readonly unknown[], wanted: unknown): boolean {
  return values.some((value) =>
    isMap(value) && isMap(wanted) ? meets(value as Json, wanted as Json) : takesIn(value, wanted),
  );
}

/** Conditions that all have to hold. Every other list is met by one of its entries. */
const ALL_OF = /^(when|requires|not[A-Z]\w*|matchExpressions|matchLabels|selector|\w+Selector)$/;

/** The alternatives of conditions, each with one value where the policy lists several. */
export function alternatives(conditions: Json): Json[] {
  const all = expanded(conditions) as Json[];
  return all.length > MAX_ALTERNATIVES ? [conditions] : all;
}

function expanded(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(expanded);
  if (!isMap(value)) return [value];
  let all: Json[] = [{}];
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined || field === null || (Array.isArray(field) && field.length === 0)) continue;
    const each = ALL_OF.test(key) ? [field] : expanded(field);
    all = all.flatMap((one) => each.map((own) => ({ ...one, [key]: own })));
    if (all.length > MAX_ALTERNATIVES) return all;
  }
  return all;
}

/** The matches that none of others takes in. */
export function uncovered(matches: readonly PolicyMatch[], others: readonly PolicyMatch[]): PolicyMatch[] {
  return matches.filter(({ conditions, blocks }) => {
    const wide = others.filter((other) => meets(other.conditions, conditions));
    if (wide.some((other) => other.blocks === undefined)) return false;
    if (areAllPortsIn({ conditions, ...(blocks && { blocks }) }, others)) return false;
    return (
      blocks === undefined ||
      without(
        blocks,
        wide.flatMap((other) => other.blocks ?? []),
      ).length > 0
    );
  });
}

/** Whether others take in each port of a range, one of them this and another one that. */
function areAllPortsIn({ conditions, blocks }: PolicyMatch, others: readonly PolicyMatch[]): boolean {
  const range = portsOf(conditions);
  if (!range) return false;
  const beside = others.filter(
    (other) =>
      meets(withoutPorts(other.conditions), withoutPorts(conditions)) &&
      (other.blocks === undefined || (blocks !== undefined && without(blocks, other.blocks).length === 0)),
  );
  return (
    without(
      [range],
      beside.flatMap((other) => portsOf(other.conditions) ?? []),
    ).length === 0
  );
}

/** A range of ports, as numbers that can be taken away from each other. */
function portsOf({ 'from port': first, 'to port': last }: Json): Block | undefined {
  return first === undefined ? undefined : { family: 4, first: BigInt(Number(first)), last: BigInt(Number(last)) };
}

function withoutPorts({ 'from port': _, 'to port': __, ...conditions }: Json): Json {
  return conditions;
}

/** Whether conditions are met wherever the other ones are: they ask for no more. */
function meets(one: Json, other: Json): boolean {
  return Object.entries(one).every(([key, asked]) => {
    const given = other[key];
    if (key === 'from port') return Number(given ?? Number.NaN) >= Number(asked);
    if (key === 'to port') return Number(given ?? Number.NaN) <= Number(asked);
    if (/Selector$|^selector$/.test(key) && isMap(asked)) return isWider(asked, given);
    if (/^not[A-Z]/.test(key)) return list(asked).every((each) => includes(list(given), each));
    if (key === 'when' || key === 'requires' || key === 'matchExpressions')
      return list(asked).every((each) =>
        list(given).some((own) => (isMap(each) && isMap(own) ? isSameCondition(each, own) : each === own)),
      );
    if (isMap(asked)) return isMap(given) && meets(asked, given as Json);
    return takesIn(asked, given);
  });
}

/** One of the conditions of `when`: any of its values will do. */
function isSameCondition(one: Json, other: Json): boolean {
  return (
    one['key'] === other['key'] &&
    one['operator'] === other['operator'] &&
    (one['values'] === undefined ||
      (other['values'] !== undefined &&
        list(other['values']).every((value) => includes(list(one['values']), value)))) &&
    list(one['notValues']).every((value) => includes(list(other['notValues']), value))
  );
}

function includes(values: readonly unknown[], wanted: unknown): boolean {
  return values.some((value) => takesIn(value, wanted));
}

/** Texts as meshes compare them: `*`, `shop/*` and `*.example.com` stand for more than one. */
function takesIn(one: unknown, other: unknown): boolean {
  const [pattern, text] = [one, other].map((each) => (typeof each === 'number' ? String(each) : string(each)));
  if (pattern === undefined || text === undefined) return one === other;
  if (pattern === text || pattern === '*') return true;
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') && text.endsWith(pattern.slice(1));
}

/** Whether a LabelSelector selects all that another one does, whatever the labels are. */
export function isWider(one: unknown, other: unknown): boolean {
  const [asked, given] = [one, other].map(requirements) as [string[] | undefined, string[] | undefined];
  return asked !== undefined && given !== undefined && asked.every((each) => given.includes(each));
}

/** Undefined where there is no selector. One of another form, such as Calico’s texts, is one requirement. */
function requirements(selector: unknown): string[] | undefined {
  if (typeof selector === 'string') return ['', 'all()'].includes(selector.trim()) ? [] : [selector.trim()];
  const map = record(selector);
  if (!map) return undefined;
  const labels = Object.entries(record(map['matchLabels']) ?? {}).map(([key, value]) => inText(key, 'In', [value]));
  const expressions = list(map['matchExpressions']).map((expression) => {
    const { key, operator, values } = record(expression) ?? {};
    return inText(String(key), String(operator), [...list(values)].map(String).sort());
  });
  const others = Object.entries(map).filter(([key]) => key !== 'matchLabels' && key !== 'matchExpressions');
  return [...labels, ...expressions, ...others.map((entry) => JSON.stringify(entry))];
}

function inText(key: string, operator: string, values: readonly unknown[]): string {
  return `${key} ${operator} ${values.join(', ')}`;
}
