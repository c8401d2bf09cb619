import type { SyntaxNode } from '@lezer/common';
import type { Query } from '../upstream/prometheus/query';
import {
  argumentsOf,
  childrenOf,
  functionOf,
  selectionsOf,
  syntaxNodes,
  unwrapped,
} from '../upstream/prometheus/query';

/** Which argument of a function is the quantile that it asks for. */
const QUANTILE_OF: Readonly<Record<string, number>> = { histogram_quantile: 0, quantile_over_time: 0 };
/** What is 1 where there is nothing, and nothing where there is something. */
const ABSENT: ReadonlySet<string> = new Set(['absent', 'absent_over_time']);
const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  Eql: (value, bound) => value === bound,
  Neq: (value, bound) => value !== bound,
  Gtr: (value, bound) => value > bound,
  Gte: (value, bound) => value >= bound,
  Lss: (value, bound) => value < bound,
  Lte: (value, bound) => value <= bound,
};

/** What an expression says that its values never are: a quantile above 1, the absence of something with another value than 1. */
export function* impossibleValues(query: Query): Iterable<string> {
  yield* quantiles(query);
  for (const operation of syntaxNodes(query.root, 'BinaryExpr')) {
    const [left, right] = [operation.firstChild, operation.lastChild].map((side) => side && unwrapped(side));
    const comparison = childrenOf(operation).find(({ name }) => COMPARISONS[name]);
    const bound = right ? numberAt(right, query.text) : undefined;
    if (!left || !comparison || bound === undefined) continue;
    const name = left.name === 'FunctionCall' ? functionOf(left, query.text) : undefined;
    if (name !== undefined && ABSENT.has(name) && !COMPARISONS[comparison.name]!(1, bound))
      yield `${name} is 1 or nothing at all, never ${query.text.slice(comparison.from, operation.to)}: it returns nothing`;
    const counter = counterOf(left, query);
    if (counter !== undefined && bound > 0 && /^Gt/.test(comparison.name))
      yield `${counter} is a counter, which only grows until its program starts anew: once above ${bound} it stays there; use rate or increase`;
  }
}

function* quantiles({ root, text }: Query): Iterable<string> {
  const asked = [
    ...syntaxNodes(root, 'FunctionCall').map((call) => {
      const name = functionOf(call, text) ?? '';
      return [name, argumentsOf(call)[QUANTILE_OF[name] ?? -1]] as const;
    }),
    ...syntaxNodes(root, 'AggregateExpr')
      .filter(({ from, to }) => /^quantile\b/i.test(text.slice(from, to)))
      .map((node) => ['quantile', argumentsOf(node)[0]] as const),
  ];
  for (const [name, argument] of asked) {
    const value = argument && numberAt(unwrapped(argument), text);
    if (value === undefined || (value >= 0 && value <= 1)) continue;
    const meant = value > 1 && value < 100 ? `; did you mean ${value / 100}?` : '';
    yield `${name} takes a quantile from 0 to 1, and ${value} is none: the result is ${value > 1 ? '+Inf' : '-Inf'}${meant}`;
  }
}

/** The counter that an expression shows as it is, or the largest or smallest of which. */
function counterOf(node: SyntaxNode, query: Query): string | undefined {
  const selection = selectionsOf(query).find((each) => each.node.from >= node.from && each.node.to <= node.to);
  if (!selection?.metric?.endsWith('_total')) return undefined;
  const { text } = query;
  const isPlain = node.name === 'VectorSelector';
  const isOfSome =
    node.name === 'AggregateExpr' &&
    /^(max|min|sum|avg)\b/i.test(text.slice(node.from, node.to)) &&
    syntaxNodes(node, 'FunctionCall', 'BinaryExpr').length === 0;
  return isPlain || isOfSome ? selection.metric : undefined;
}

function numberAt(node: SyntaxNode, text: string): number | undefined {
  const written = text.slice(node.from, node.to).replace(/\s+/g, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : undefined;
}
