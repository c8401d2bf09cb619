import type { CelInput } from '@bufbuild/cel';

/** A rule of a CustomResourceDefinition, ready to be asked: true or false, undefined where it cannot be told. */
export type CelRule = (self: CelInput) => boolean | undefined;

const compiled = new Map<string, CelRule>();

/** Compiles a rule once. The library is loaded with the first: most manifests have none. */
export function celRule(text: string): CelRule {
  let rule = compiled.get(text);
  if (!rule) compiled.set(text, (rule = compile(text)));
  return rule;
}

function compile(text: string): CelRule {
  const { celEnv, isCelError, parse, plan } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const { strings } = require('@bufbuild/cel/ext') as typeof import('@bufbuild/cel/ext');
  try {
    const evaluate = plan(celEnv({ funcs: strings }), parse(text));
    return (self) => {
      try {
        const result = evaluate({ self });
        if (typeof result === 'boolean') return result;
        // A field that a rule counts on is an error to the server too, which then refuses. Other errors, such as a function
        // that only Kubernetes has, are no verdict.
        const misses = (error: unknown): boolean =>
          isCelError(error) &&
          error.message.startsWith('field not found') &&
          (!Array.isArray(error.cause) || error.cause.every(misses));
        return misses(result) ? false : undefined;
      } catch {
        return undefined;
      }
    };
  } catch {
    return () => undefined;
  }
}

/** An expression over variables of its own. */
export interface CelExpression {
  /** True or false; a problem where it has no such value. */
  readonly evaluate: (variables: Readonly<Record<string, unknown>>) => boolean | { readonly problem: string };
}

/** Compiles an expression that a person wrote, or says what is wrong with it. */
export function celExpression(text: string): CelExpression | { readonly problem: string } {
  const { celEnv, isCelError, parse, plan } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const { strings } = require('@bufbuild/cel/ext') as typeof import('@bufbuild/cel/ext');
  const problemOf = (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) });
  try {
    const evaluate = plan(celEnv({ funcs: strings }), parse(text));
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
