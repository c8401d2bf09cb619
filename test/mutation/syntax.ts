import { parse } from '@babel/parser';
import type { Node } from '@babel/types';

/** A node with the nodes around it, from the file down to its parent. */
export interface Visit {
  readonly node: Node;
  readonly ancestors: readonly Node[];
}

/** TypeScript's nodes that hold an expression that runs; all the others are types. */
const RUNS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
  'TSParameterProperty',
]);

/** Syntax of a TypeScript file. Positions are indexes into the text. */
export function syntaxOf(text: string): Node {
  return parse(text, { sourceType: 'module', plugins: ['typescript'] }).program;
}

/** Visits what runs, parents first. `enter` returns true to leave a node's children out. */
export function walk(root: Node, enter: (visit: Visit) => boolean | undefined, leave?: (visit: Visit) => void): void {
  const ancestors: Node[] = [];
  const go = (node: Node): void => {
    if (enter({ node, ancestors })) return;
    ancestors.push(node);
    for (const child of childrenOf(node)) go(child);
    ancestors.pop();
    leave?.({ node, ancestors });
  };
  go(root);
}

/** Child nodes in the order of the text, without types. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc' || key === 'extra' || key.endsWith('Comments')) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child) && runs(child)) children.push(child);
  }
  return children.sort((a, b) => a.start! - b.start!);
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Node).type === 'string' &&
    'start' in (value as Node)
  );
}

function runs({ type }: Node): boolean {
  return !type.startsWith('TS') || RUNS.has(type);
}

export const isFunction = ({ type }: Node): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/.test(
    type,
  );
