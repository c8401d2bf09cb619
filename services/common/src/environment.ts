export type Variables = Readonly<Record<string, string | undefined>>;

/** Why the program cannot start, in one line for the person who set the variable. */
export class UnusableVariable extends Error {
  constructor(name: string, received: string, rule: string) {
    super(`${name} is ${received}; it must ${rule}`);
  }
}

/** `says` completes the sentence "it must …". */
export interface Rule {
  readonly says: string;
  readonly accepts: (value: string) => boolean;
}

export const PRINTABLE: Rule = {
  says: 'be 1 to 253 characters without control characters',
  accepts: (value) => /^\P{Cc}{1,253}$/u.test(value),
};

const wholeNumber = (min: number, max: number): Rule => ({
  says: `be a whole number from ${min} to ${max}`,
  accepts: (value) => /^(0|[1-9]\d{0,8})$/.test(value) && Number(value) >= min && Number(value) <= max,
});

/** Only an absent variable takes the fallback: an empty one was set by somebody and is checked like any other value. */
export function readText(variables: Variables, name: string, rule: Rule, fallback?: string): string {
  const value = variables[name] ?? fallback;
  if (value === undefined) throw new UnusableVariable(name, 'not set', rule.says);
  if (!rule.accepts(value)) throw new UnusableVariable(name, JSON.stringify(value), rule.says);
  return value;
}

export function readWholeNumber(
  variables: Variables,
  name: string,
  range: { readonly min: number; readonly max: number },
  fallback?: number,
): number {
  return Number(readText(variables, name, wholeNumber(range.min, range.max), fallback?.toString()));
}
