import type { CelInput } from '@bufbuild/cel';

/** A rule of a CustomResourceDefinition, ready to be asked: true or false, undefined where it can not be told. */
export type CelRule = (self: CelInput) => boolean | undefined;

const compiled = new Map<string, CelRule>();

/** Compiles a rule once. The library is loaded with the first: most manifests have none. */
export function celRule(text: string): CelRule {
  let rule = compiled.get(text);
  if (!rule) compiled.set(text, (rule = compile(text)));
  return rule;
}

function compile(text: string): CelRule {
  const { celEnv, parse, plan } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const { strings } = require('@bufbuild/cel/ext') as typeof import('@bufbuild/cel/ext');
  try {
    const evaluate = plan(celEnv({ funcs: strings }), parse(text));
    return (self) => {
      try {
        const result = evaluate({ self });
        // Errors, such as a function that only Kubernetes has, are no verdict.
        return typeof result === 'boolean' ? result : undefined;
      } catch {
        return undefined;
      }
    };
  } catch {
    return () => undefined;
  }
}
