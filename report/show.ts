import type { ReportedFinding } from '../checks/finding';

/** A value on one line, cut where it is long. */
export function valueText(value: unknown, longest = 80): string {
  if (value === null) return 'unset';
  const all = JSON.stringify(value) ?? 'unset';
  return all.length <= longest ? all : `${all.slice(0, longest - 1)}…`;
}

/** A field and its value, `spec.replicas = 3`; the path alone where a value stands that is not shown. */
export function fieldWithValue({ path, value, isSet }: ReportedFinding, longest?: number): string {
  return [path, isSet ? '' : valueText(value, longest)].filter(Boolean).join(' = ');
}

export function placeText({
  file,
  line,
  column,
}: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): string {
  return `${file}:${line}:${column}`;
}

/** `3 findings`, `1 finding`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** How a finding refers to the one that it follows from. */
export function nameOf({ check, object }: ReportedFinding): string {
  return `${check} ${object}`;
}

/** The lines of code that a finding of our own render comes from: where the object is made, and who asked for it. */
export function originText(origin: readonly string[]): string {
  return `made in ${origin.slice(0, 3).join(' from ')}`;
}

/** What a finding says, in one paragraph. */
export function paragraph(finding: ReportedFinding): string {
  const { object, message, fix, causedBy, origin } = finding;
  return [
    `${object}: ${fieldWithValue(finding)}: ${message}.`,
    causedBy === undefined ? '' : ` Follows from ${causedBy}.`,
    origin === undefined ? '' : ` It is ${originText(origin)}.`,
    ` Fix: ${fix}.`,
  ].join('');
}
