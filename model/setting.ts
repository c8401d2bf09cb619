import type { Placement } from './placement';
import { placementProblem } from './placement-shape';
import type { Bytes, Duration, Resources } from './quantity';
import { bytesProblem, cpuProblem, durationProblem, wholeProblem } from './quantity';

/** A value that a component or a feature lets its user choose: its default, and which values it takes. */
export interface Setting<T> {
  /** What holds when no layer says otherwise. */
  readonly default: T;
  /** What is wrong with a value, as the end of "is … "; undefined where nothing is. Types are not there at run time. */
  readonly problem: (value: unknown) => string | undefined;
  /**
   * A value that fits, as the sources write it, for somebody who gave another one. @default - the default, where it is no empty list, map or string
   */
  readonly example?: (given: unknown) => string;
  /** Where it was declared; its stack is read only when somebody asks. */
  readonly at: Error;
}

function setting<T>(value: T, problem: Setting<T>['problem'], example?: Setting<T>['example']): Setting<T> {
  return { default: value, problem, ...(example ? { example } : {}), at: new Error('declared here') };
}

/** A whole number within bounds, both included. */
export function whole(value: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): Setting<number> {
  return setting(value, (given) => wholeProblem(given, min, max));
}

/** A span of time: `'30s'`, `'5m'`, `'12h'`, `'15d'`. */
export function duration(value: Duration): Setting<Duration> {
  return setting(value, durationProblem);
}

/** A size in binary units: `'64Mi'`, `'1.5Gi'`. */
export function bytes(value: Bytes): Setting<Bytes> {
  return setting(value, bytesProblem);
}

/** One of some words; the first is the default. */
export function choice<const T extends string>(first: T, ...others: readonly T[]): Setting<T> {
  const known: readonly unknown[] = [first, ...others];
  return setting<T>(first, (given) => (known.includes(given) ? undefined : `not one of ${known.join(', ')}`));
}

/**
 * A string that matches a pattern; `description` completes "is not …". @default any string that is not empty. `example`: one, where the default is a
 * word with a meaning of its own, or empty.
 */
export function text(
  value: string,
  pattern: RegExp = /\S/,
  description = 'a string that is not empty',
  example?: string,
): Setting<string> {
  return setting(
    value,
    (given) => (typeof given === 'string' && pattern.test(given) ? undefined : `not ${description}`),
    example === undefined ? undefined : () => `'${example}'`,
  );
}

/** True or false. */
export function flag(value: boolean): Setting<boolean> {
  return setting(value, (given) => (typeof given === 'boolean' ? undefined : 'not true or false'));
}

/** Any number, with digits after the point or without. */
export function decimal(value: number): Setting<number> {
  return setting(value, (given) => (typeof given === 'number' && Number.isFinite(given) ? undefined : 'not a number'));
}

/** A share in percent, above 0 and below 100: a service level objective leaves something to fail. Below 1 it is a share that was meant otherwise. */
export function percent(value: number): Setting<number> {
  return setting(value, (given) => {
    if (!(typeof given === 'number' && given > 0 && given < 100)) return 'not a percentage above 0 and below 100';
    return given < 1 ? `a share, not a percentage: did you mean ${Number((given * 100).toFixed(10))}?` : undefined;
  });
}

/** How to mend a value that a setting refuses: by one that fits. An empty default shows nobody what a value looks like. */
export function valueFix({ default: standard, example }: Setting<unknown>, given: unknown): string {
  if (example) return `use a value such as ${example(given)}`;
  const text = JSON.stringify(standard);
  return /^(\[\]|\{\}|"")$/.test(text)
    ? `write what the message asks for, or remove the line: the default is ${text}`
    : `use a value like the default: ${text}`;
}

/** Strings in their order, such as the arguments of a program. */
export function texts(value: readonly string[]): Setting<readonly string[]> {
  return setting(
    value,
    (given) => (Array.isArray(given) && given.every(isString) ? undefined : 'not a list of strings'),
    value.length > 0 ? undefined : () => "['one', 'another']",
  );
}

/** Strings by name, such as labels or files. */
export function textMap(value: Readonly<Record<string, string>>): Setting<Readonly<Record<string, string>>> {
  return setting(
    value,
    (given) => (isObject(given) && Object.values(given).every(isString) ? undefined : 'not a map of strings'),
    Object.keys(value).length > 0 ? undefined : () => "{ name: 'value' }",
  );
}

/** Names of workloads, ports or the like. */
export function names(value: readonly string[]): Setting<readonly string[]> {
  const isName = (given: unknown) => typeof given === 'string' && given !== '';
  return setting(
    value,
    (given) => (Array.isArray(given) && given.every(isName) ? undefined : 'not a list of names'),
    value.length > 0 ? undefined : () => "['web']",
  );
}

/** Which workloads a feature is for: `public`, those that are served to people, or these. */
export function forWorkloads(): Setting<'public' | readonly string[]> {
  return setting<'public' | readonly string[]>(
    'public',
    (given) =>
      given === 'public' || (Array.isArray(given) && given.length > 0 && given.every(isString))
        ? undefined
        : "not 'public' or a list of workloads' names",
    () => "['web']",
  );
}

/** What containers ask for and may use. */
export function resources(value: Resources): Setting<Resources> {
  return setting(value, resourcesProblem);
}

/** Where pods run. Labels and taints are compared with the cluster's when a target is composed. */
export function placement(value: Placement = {}): Setting<Placement> {
  return setting(value, placementProblem, () => "{ spread: [{ over: 'zone', strength: 'preferred' }] }");
}

/** Anything else, with its own rule, and an example where the default is none of what the rule asks for. */
export function value<T>(standard: T, problem: Setting<T>['problem'], example?: Setting<T>['example']): Setting<T> {
  return setting(standard, problem, example);
}

function resourcesProblem(given: unknown): string | undefined {
  if (!isObject(given)) return 'not resources: { cpu, memory } with limits at most';
  const { cpu, memory, cpuLimit, memoryLimit, ...others } = given;
  const [other] = Object.keys(others);
  if (other !== undefined) return `not resources: ${other} is not one of cpu, memory, cpuLimit, memoryLimit`;
  const parts: [string, string | undefined][] = [
    ['cpu', cpuProblem(cpu)],
    ['memory', bytesProblem(memory)],
    ['cpuLimit', cpuLimit === undefined ? undefined : cpuProblem(cpuLimit)],
    ['memoryLimit', memoryLimit === undefined ? undefined : bytesProblem(memoryLimit)],
  ];
  const wrong = parts.find(([, problem]) => problem !== undefined);
  return wrong && `wrong: its ${wrong[0]} is ${wrong[1]}`;
}

function isString(given: unknown): given is string {
  return typeof given === 'string';
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return given !== null && typeof given === 'object' && !Array.isArray(given);
}
