import type { CelInput } from '@bufbuild/cel';
import { planned } from './rule';

/** An expression over variables of its own. */
export interface CelExpression {
  /** True or false; a problem where it has no such value. */
  readonly evaluate: (variables: Readonly<Record<string, unknown>>) => boolean | { readonly problem: string };
}

/** Compiles an expression that a person wrote, or says what is wrong with it. */
export function celExpression(text: string): CelExpression | { readonly problem: string } {
  const { isCelError } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const problemOf = (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) });
  try {
    const evaluate = planned(text);
    if (!evaluate) return { problem: 'uses syntax that strata does not know' };
    return {
      evaluate: (variables) => {
        try {
          const bindings = Object.entries(variables).map(([name, value]) => [name, plainValue(value)] as const);
          const result = evaluate(Object.fromEntries(bindings));
          if (typeof result === 'boolean') return result;
          return isCelError(result) ? problemOf(result) : { problem: 'it is neither true nor false' };
        } catch (error) {
          return problemOf(error);
        }
      },
    };
  } catch (error) {
    return problemOf(error);
  }
}

/** A value without a schema as CEL has it: whole numbers are int, objects maps. */
function plainValue(value: unknown): CelInput {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (value !== null && typeof value === 'object')
    return new Map(Object.entries(value).map(([name, entry]) => [name, plainValue(entry)])) as CelInput;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
