import type { CelFunc, CelInput } from '@bufbuild/cel';
import { memo } from '../../../model/memo';
import { readExpression } from './expression';
import { kubernetesFunctions } from './library';

/** A rule of a CustomResourceDefinition, ready to be asked: true or false, undefined where it cannot be told. */
export type CelRule = (self: CelInput) => boolean | undefined;

const compiled = new Map<string, CelRule>();

/** Compiles a rule once. The package is loaded with the first: most manifests have none. */
export function celRule(text: string): CelRule {
  let rule = compiled.get(text);
  if (!rule) compiled.set(text, (rule = compile(text)));
  return rule;
}

const functions = memo((cel: typeof import('@bufbuild/cel')): CelFunc[] => {
  const { strings } = require('@bufbuild/cel/ext') as typeof import('@bufbuild/cel/ext');
  return [...strings, ...kubernetesFunctions(cel)];
});

/** Prepares an expression, with the functions of CEL and Kubernetes; undefined where its syntax is not known here. Throws where it is none. */
export function planned(text: string): ReturnType<typeof import('@bufbuild/cel').plan> | undefined {
  const cel = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const expression = readExpression(text);
  return expression && cel.plan(cel.celEnv({ funcs: functions(cel) }), expression);
}

function compile(text: string): CelRule {
  const { isCelError } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  // A failure that the server has too refuses the object. Others, such as a function that is not known here, are no verdict.
  const isRefused = (error: unknown): boolean =>
    isCelError(error) && REFUSED.test(error.message) && (!Array.isArray(error.cause) || error.cause.every(isRefused));
  try {
    const evaluate = planned(text);
    if (!evaluate) return () => undefined;
    return (self) => {
      try {
        const result = evaluate({ self });
        if (typeof result === 'boolean') return result;
        return isRefused(result) ? false : undefined;
      } catch {
        return undefined;
      }
    };
  } catch {
    return () => undefined;
  }
}

/** A time or a duration as a value; throws where it is none. */
export function celTime(type: 'timestamp' | 'duration', text: string): CelInput {
  const { run, isCelError } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const value = run(`${type}(text)`, { text });
  if (isCelError(value)) throw new Error(value.message);
  return value as CelInput;
}

/** What the package says of failures at run time that are the same everywhere. */
const REFUSED =
  /^(refused: |field not found|index .* out of bounds|\w+ (divide|modulus) by zero|.*overflow|.*out of range|invalid argument to function|Unable to convert string|Cannot convert .* to a BigInt|Failed to parse)/;
