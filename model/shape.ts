import { nearest } from './near';

/** A value that is not as it must be, and where it stands in the whole. */
export interface ShapeProblem {
  /** `pools.general.nodes`; empty for the whole value. */
  readonly path: string;
  readonly value: unknown;
  /** Completes "is …": `not a whole number of 1 or more`. */
  readonly problem: string;
}

/** What a value must be; types are not there at run time. */
export type Shape = (value: unknown, path: string) => Iterable<ShapeProblem>;

/** A value of which one function tells what is wrong. */
export function leaf(problemOf: (value: unknown) => string | undefined): Shape {
  return function* (value, path) {
    const problem = value === undefined ? 'missing' : problemOf(value);
    if (problem !== undefined) yield { path, value, problem };
  };
}

export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? [] : shape(value, path));
}

/** A map with these fields and no others. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  return function* (value, path) {
    if (!isFields(value))
      return yield { path, value, problem: value === undefined ? 'missing' : 'not a map of fields' };
    for (const [name, shape] of Object.entries(shapes)) yield* shape(value[name], join(path, name));
    const known = Object.keys(shapes);
    for (const name of Object.keys(value).filter((given) => !known.includes(given))) {
      const meant = nearest(name, known);
      const problem = `not a field that is known${meant === undefined ? '' : `; did you mean ${meant}?`}`;
      yield { path: join(path, name), value: value[name], problem };
    }
  };
}

/** A map from names to values. */
export function mapOf(nameProblem: (name: string) => string | undefined, shape: Shape): Shape {
  return function* (value, path) {
    if (!isFields(value)) return yield { path, value, problem: value === undefined ? 'missing' : 'not a map' };
    for (const [name, entry] of Object.entries(value)) {
      const problem = nameProblem(name);
      if (problem !== undefined) yield { path: join(path, name), value: name, problem };
      yield* shape(entry, join(path, name));
    }
  };
}

export function listOf(shape: Shape): Shape {
  return function* (value, path) {
    if (!Array.isArray(value)) return yield { path, value, problem: value === undefined ? 'missing' : 'not a list' };
    for (const [i, entry] of value.entries()) yield* shape(entry, `${path}[${i}]`);
  };
}

export function anyOf(...known: readonly string[]): Shape {
  return leaf((value) => (known.includes(value as string) ? undefined : `not one of ${known.join(', ')}`));
}

export const trueOrFalse: Shape = leaf((value) => (typeof value === 'boolean' ? undefined : 'not true or false'));

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
