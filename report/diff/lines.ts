import { dump } from 'js-yaml';
import type { FieldChange } from '../../diff/field-change';
import { stepsText } from '../../diff/field-change';
import { folded } from '../../diff/folded';
import { isDescription, isOfSchema, withoutDescriptions } from '../../diff/schema-fields';
import type { SenseChange } from '../../diff/sense';
import { isMap } from '../../model/is-map';
import { count, valueText } from '../show';
import { changedLines } from '../unified-diff';

/** How a field changes, in lines: the first one says where; those after it begin with `+`, `-` or a space. */
export interface FieldLines {
  readonly head: string;
  readonly lines: readonly string[];
}

/** Longer values than this are shown line by line. */
const SHORT = 60;

/** Changes of fields in words: what is the same at several paths once, with one of them as an example. */
export function foldedLines(fields: readonly FieldChange[]): FieldLines[] {
  return folded(fields).map(({ fields: same, suffix, areDescriptions }) => {
    const [example] = same;
    const shown = isOfSchema(example) ? withoutText(example) : example;
    if (same.length === 1) return fieldLines(shown);
    const at = `at ${count(same.length, 'path')}`;
    const such = ` such as ${stepsText(example.path)}`;
    if (areDescriptions) return { head: `descriptions ${at}`, lines: [such] };
    const { head, lines } = fieldLines(shown, `….${stepsText(suffix)}, ${at}`);
    return { head, lines: [such, ...lines] };
  });
}

/** What a schema says to people is long, and changes nothing. */
function withoutText(field: FieldChange): FieldChange {
  if (isDescription(field)) return field;
  const [before, after] = [field.before, field.after].map(withoutDescriptions);
  return { ...field, before, after };
}

/** A field change in words. What a Secret holds is never shown. */
export function fieldLines(change: FieldChange, place = stepsText(change.path)): FieldLines {
  const { path, before, after, order, follows, hidden, sense } = change;
  if (follows !== undefined)
    return {
      head: `${place}: ${follows.includes('/') && follows !== path.at(-1) ? `follows ${follows}` : 'is the checksum of what has changed'}`,
      lines: [],
    };
  if (hidden)
    return {
      head: `${place}: ${before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'}, not shown`,
      lines: [],
    };
  if (sense) return senseLines(place, sense);
  if (order && isShort(before) && isShort(after))
    return { head: `${place}: in another order: ${orderText(before)} → ${orderText(after)}`, lines: [] };
  if (order) return { head: `${place}: in another order`, lines: changedLines(textOf(before), textOf(after)) };
  if (before === undefined && isShort(after)) return { head: `${place}: ${valueText(after)} added`, lines: [] };
  if (after === undefined && isShort(before)) return { head: `${place}: ${valueText(before)} removed`, lines: [] };
  if (isShort(before) && isShort(after))
    return { head: `${place}: ${valueText(before)} → ${valueText(after)}`, lines: [] };
  const what = before === undefined ? ' added' : after === undefined ? ' removed' : '';
  return { head: `${place}:${what}`, lines: entryLines(before, after) ?? changedLines(textOf(before), textOf(after)) };
}

/** `rules: 2 rights added, 1 removed`: a verb on a resource each; in a line those on the same resource. */
function senseLines(place: string, { added, removed, counts: all }: SenseChange): FieldLines {
  const [come, gone] = [all?.added ?? added.length, all?.removed ?? removed.length];
  const counts = [
    ...(come > 0 ? [`${count(come, 'right')} added`] : []),
    ...(gone > 0 ? [`${come > 0 ? gone : count(gone, 'right')} removed`] : []),
  ];
  return {
    head: `${place}: ${counts.join(', ')}`,
    lines: [...removed.map((right) => `- ${right}`), ...added.map((right) => `+ ${right}`)],
  };
}

function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= SHORT && !value.includes('\n');
  if (Array.isArray(value))
    return value.every((each) => typeof each === 'string') && JSON.stringify(value).length <= SHORT;
  if (isMap(value)) return JSON.stringify(value).length <= SHORT / 2;
  return true;
}

function orderText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}

/** Of a list of mappings only the entries that came, went or changed, wherever they stand; undefined for all else. */
function entryLines(before: unknown, after: unknown): string[] | undefined {
  if (!Array.isArray(before) || !Array.isArray(after) || ![...before, ...after].every(isMap)) return undefined;
  const [old, now] = [before.map(entryText), after.map(entryText)];
  const [gone, come] = [without(old, now), without(now, old)];
  // Nothing but the order: that is only seen in the whole.
  if (gone.length + come.length === 0) return undefined;
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => i).flatMap((i) => [
    ...(i > 0 ? [' …'] : []),
    ...changedLines(gone[i] ?? '', come[i] ?? ''),
  ]);
}

const entryText = (entry: unknown) => textOf([entry]);

/** Those of one list that the other one does not have, each as often. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return list.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A text as it is, JSON in it with a field per line, all else as YAML. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return dump(value, { lineWidth: -1, noRefs: true, sortKeys: true });
  return /^[[{]/.test(value) && !value.includes('\n') ? laidOut(value) : value;
}

function laidOut(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
