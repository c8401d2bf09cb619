import type { Repair } from '../../manifests/editing/repair';
import type { Json, Path } from '../../manifests/resource';
import type { ProblemText } from './formats';
import { dnsSubdomain, portName, qualifiedName } from './formats';

/** What a rule sees of the walk through an object, and how it reports. */
export interface Visit {
  /** The minor version of the server. */
  readonly minor: number;
  /** Volumes that the pods get without saying so: the claims of a StatefulSet. */
  claims: readonly string[];
  /** In the selector of a metric, which the metrics' API reads and the server does not. */
  ofMetric: boolean;
  /** Reports a problem at a path below the struct that the rule is about. */
  fail(
    below: Path,
    value: unknown,
    words: string,
    topic?: Topic,
    more?: { readonly fix?: string; readonly quote?: true; readonly depends?: string; readonly later?: true },
  ): void;
}

/** What a server has against the value of a field; it is never null here, but may be of the wrong type, which is not its business. */
export type FieldRule = (value: unknown, minor: number) => ProblemText;

/** What the server's validation asks of a struct beyond its OpenAPI document. */
export interface Rule {
  readonly fields?: { readonly [field: string]: FieldRule };
  /** The check that a field's rule belongs to. @default 'schema-valid' */
  readonly topics?: { readonly [field: string]: Topic };
  /** Fields that the document calls required and the server does not miss. */
  readonly optional?: readonly string[] | 'all';
  /** Fields that the server misses though the document does not call them required. */
  readonly required?: readonly string[];
  /** Where nothing of this is asked. */
  readonly unless?: (walk: Visit) => boolean;
  /** What those below must know, before the walk goes there. */
  readonly enter?: (object: Json, walk: Visit) => void;
  /** What concerns several fields. */
  readonly object?: (object: Json, walk: Visit) => void;
}

/** Rules by the struct that they are about. */
export type Rules = ReadonlyMap<string, Rule>;

/** A text of a form. An empty one counts as absent. */
export const inFormat =
  (rule: (value: string, minor: number) => ProblemText): FieldRule =>
  (value, minor) =>
    typeof value === 'string' && value !== '' ? rule(value, minor) : undefined;

/** One of some values. An empty one is filled in by the server. */
export const oneOf = (...supported: readonly string[]): FieldRule => inFormat(supportedBy(supported));

/** One of some values, and an empty one is none of them. */
export const strictlyOneOf =
  (...supported: readonly string[]): FieldRule =>
  (value) =>
    typeof value === 'string' ? supportedBy(supported)(value) : undefined;

const supportedBy =
  (supported: readonly string[]) =>
  (value: string): ProblemText =>
    supported.includes(value)
      ? undefined
      : `Unsupported value: "${value}": supported values: ${supported.map((name) => `"${name}"`).join(', ')}`;

/** A rule that servers have from a version on; older ones drop the field, or take it as it is. */
export const since =
  (least: number, rule: FieldRule): FieldRule =>
  (value, minor) =>
    minor >= least ? rule(value, minor) : undefined;

/** A number in bounds, both included. Numbers that are no whole ones are for the decoder to refuse. */
export const between =
  (least: number, most: number): FieldRule =>
  (value) =>
    typeof value === 'number' && (value < least || value > most)
      ? `must be between ${least} and ${most}, inclusive`
      : undefined;

export const atLeast =
  (least: number): FieldRule =>
  (value) =>
    typeof value === 'number' && value < least ? `must be greater than or equal to ${least}` : undefined;

export const port = between(1, 65535);

/** A port by number or by name; a missing one is 0. */
export function portNumOrName(value: unknown): string | undefined {
  if (typeof value === 'number') return port(value, 0);
  return typeof value === 'string' ? portName(value) : undefined;
}

/** A port that may be absent, which 0 says too. */
export const portOrZero: FieldRule = (value) => (value === 0 ? undefined : port(value, 0));

/** Each text of a list. */
export const each =
  (rule: FieldRule): FieldRule =>
  (value, minor) =>
    Array.isArray(value)
      ? value.reduce<ProblemText>((found, entry) => found ?? rule(entry ?? '', minor), undefined)
      : undefined;

export const subdomain = inFormat(dnsSubdomain);

export const qualified = inFormat(qualifiedName);

/** A text of a form, which an empty one has not. */
export const inStrictFormat =
  (rule: (value: string, minor: number) => ProblemText): FieldRule =>
  (value, minor) =>
    typeof value === 'string' ? rule(value, minor) : undefined;

export const notEmpty: FieldRule = (value) => (value === '' ? 'Required value' : undefined);

/** How many of some fields are set. */
export function fieldsSet(object: Json, names: Iterable<string>): string[] {
  return [...names].filter((name) => object[name] !== undefined && object[name] !== null);
}

/** Values of a list that may each stand there once, and where each is. */
export function allUnique(values: readonly unknown[], walk: Visit, at: (i: number) => Path): void {
  const before = new Set<unknown>();
  values.forEach((value, i) => {
    if (before.has(value)) walk.fail(at(i), value, `Duplicate value: ${JSON.stringify(value)}`, 'list-map-duplicates');
    before.add(value);
  });
}

/** Exactly one of some fields. */
export function exactlyOne(
  object: Json,
  names: readonly string[],
  walk: Visit,
  none: string | undefined,
  several: string,
): void {
  const found = fieldsSet(object, names);
  if (found.length === 0 && none !== undefined) walk.fail([], undefined, none);
  for (const name of found.slice(1)) walk.fail([name], object[name], several);
}

/** Which check says it. All of them come from one walk through the object. */
export type Topic =
  | 'schema-valid'
  | 'unknown-field'
  | 'name-label-syntax'
  | 'list-map-duplicates'
  | 'selector-matches-template'
  | 'volumemount-has-volume'
  | 'cron-schedule-valid'
  // Reported by checks of their own, which know more than the struct: the kind, and what the namespace fills in.
  | 'restart-policy'
  | 'rollout-can-progress'
  | 'pod-fits-own-namespace-psa'
  | 'request-le-limit'
  | 'hpa-bounds';

/** What an API server has against an object. */
export interface Problem {
  readonly topic: Topic;
  readonly path: Path;
  readonly value: unknown;
  /** In the server's words. */
  readonly message: string;
  readonly fix?: string;
  /** Quotes would make it right. */
  readonly quote?: true;
  /** The change that makes it right, where that is certain. */
  readonly repair?: Repair;
  /** Only some ways of applying it refuse it: says which. */
  readonly depends?: string;
  /** A template with it is accepted, and the pods of the template are refused. */
  readonly later?: true;
}
