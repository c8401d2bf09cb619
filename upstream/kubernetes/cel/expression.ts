import type { Expr } from './macros';
import { expandMacros } from './macros';
import { withoutOptionalSyntax } from './optional-syntax';

/** Reads an expression, with the syntax and the macros that Kubernetes has and the package has not; undefined where it cannot. */
export function readExpression(text: string): Expr | undefined {
  const plain = withoutOptionalSyntax(text);
  return plain === undefined ? undefined : expandMacros(parsed(plain), parsed);
}

/** Reads an expression as the package does. Throws where it is none. */
export function parsed(text: string): Expr {
  const { parse } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  return parse(text).expr;
}
