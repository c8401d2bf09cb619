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
