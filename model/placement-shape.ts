import { wholeProblem } from './quantity';

/** What is wrong with the form of a placement, whatever the cluster: what the API server would refuse. */
export function placementProblem(given: unknown): string | undefined {
  const fields = mapOf(given);
  if (!fields) return 'not a placement';
  return (
    strangerIn(fields, 'a placement', ['requires', 'matches', 'prefers', 'tolerates', 'apart', 'spread']) ??
    first(Object.entries(mapOf(fields['requires'] ?? {}) ?? { requires: undefined }), requirementProblem) ??
    inList('matches', fields['matches'], expressionProblem) ??
    inList('prefers', fields['prefers'], preferenceProblem) ??
    inList('tolerates', fields['tolerates'], tolerationProblem) ??
    (fields['apart'] === undefined ? undefined : apartProblem(fields['apart'])) ??
    inList('spread', fields['spread'], spreadProblem) ??
    twiceProblem((fields['spread'] ?? []) as readonly Readonly<Record<string, unknown>>[])
  );
}

function requirementProblem([key, values]: [string, unknown]): string | undefined {
  if (typeof values === 'string') return undefined;
  if (Array.isArray(values) && values.every(isString))
    return values.length > 0 ? undefined : `wrong: it requires no value of ${key} (no value will do)`;
  return `wrong: what it requires of ${key} is not a value or a list of values`;
}

function expressionProblem(given: unknown): string | undefined {
  const { key, operator, values, value, ...others } = mapOf(given) ?? {};
  const known =
    operator === 'In' || operator === 'NotIn'
      ? value === undefined && Array.isArray(values) && values.length > 0 && values.every(isString)
      : operator === 'Exists' || operator === 'DoesNotExist'
        ? values === undefined && value === undefined
        : operator === 'Gt' || operator === 'Lt'
          ? values === undefined && Number.isSafeInteger(value)
          : false;
  return known && isString(key) && key !== '' && Object.keys(others).length === 0
    ? undefined
    : 'not { key, operator } with In or NotIn and values, Exists or DoesNotExist, Gt or Lt and a whole number as value';
}

function preferenceProblem(given: unknown): string | undefined {
  const { weight, label, matches, ...others } = mapOf(given) ?? {};
  const weightProblem = wholeProblem(weight, 1, 100);
  if (weightProblem !== undefined) return `wrong: its weight ${String(weight)} is ${weightProblem}`;
  if (matches !== undefined && label === undefined && Object.keys(others).length === 0)
    return Array.isArray(matches) && matches.length === 0
      ? 'without an expression'
      : inList('matches', matches, expressionProblem);
  return Array.isArray(label) && label.length === 2 && label.every(isString) && Object.keys(others).length === 0
    ? undefined
    : 'not { label: [key, value], weight } or { matches, weight }';
}

function tolerationProblem(given: unknown): string | undefined {
  const { key, operator, value, effect, seconds, ...others } = mapOf(given) ?? { none: given };
  if (Object.keys(others).length > 0) return 'not { key, operator, value, effect, seconds }';
  if (![undefined, 'Equal', 'Exists'].includes(operator as string)) return 'wrong: its operator is not Equal or Exists';
  if (![undefined, 'NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(effect as string))
    return 'wrong: its effect is not NoSchedule, PreferNoSchedule or NoExecute';
  if (operator === 'Exists' && value !== undefined) return 'wrong: Exists takes every value, so it has none';
  if (key === undefined && operator !== 'Exists') return 'wrong: without a key its operator is Exists: every taint';
  if (seconds !== undefined && effect !== 'NoExecute')
    return 'wrong: seconds are for running pods, which only the effect NoExecute concerns';
  const problem = seconds === undefined ? undefined : wholeProblem(seconds, 0);
  return problem && `wrong: its seconds are ${problem}`;
}

function apartProblem(given: unknown): string | undefined {
  const { over, strength, ...others } = mapOf(given) ?? {};
  return isOver(over) && isStrength(strength) && Object.keys(others).length === 0
    ? undefined
    : `wrong: apart is ${JSON.stringify(given)}, not { over: 'node' or 'zone', strength: 'preferred' or 'required' }`;
}

function spreadProblem(given: unknown): string | undefined {
  const { over, strength, maxSkew, minDomains, ...others } = mapOf(given) ?? {};
  if (!isOver(over) || !isStrength(strength) || Object.keys(others).length > 0)
    return "not { over: 'node' or 'zone', strength: 'preferred' or 'required', maxSkew, minDomains }";
  if (minDomains !== undefined && strength !== 'required') return "wrong: minDomains is for strength 'required' alone";
  return first(Object.entries({ maxSkew, minDomains }), ([name, value]) => {
    const problem = value === undefined ? undefined : wholeProblem(value, 1);
    return problem && `wrong: its ${name} is ${problem}`;
  });
}

/** The API server takes one constraint for each topology and strength. */
function twiceProblem(spread: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  const texts = spread.map(({ over, strength }) => `${String(strength)} over ${String(over)}s`);
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  return twice && `wrong: it spreads twice, ${twice}`;
}

function inList(name: string, given: unknown, problemOf: (item: unknown) => string | undefined): string | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) return `wrong: ${name} is not a list`;
  return first(given, (item) => {
    const problem = problemOf(item);
    return problem && `wrong: in ${name}, ${JSON.stringify(item)} is ${problem}`;
  });
}

function first<T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function strangerIn(fields: Readonly<Record<string, unknown>>, what: string, known: readonly string[]) {
  const stranger = Object.keys(fields).find((field) => !known.includes(field));
  return stranger === undefined ? undefined : `not ${what}: ${stranger} is not one of ${known.join(', ')}`;
}

function mapOf(given: unknown): Readonly<Record<string, unknown>> | undefined {
  return given !== null && typeof given === 'object' && !Array.isArray(given)
    ? (given as Readonly<Record<string, unknown>>)
    : undefined;
}

const isString = (given: unknown): given is string => typeof given === 'string';
const isOver = (given: unknown) => given === 'node' || given === 'zone';
const isStrength = (given: unknown) => given === 'preferred' || given === 'required';
