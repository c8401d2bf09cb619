import type { SyntaxNode } from '@lezer/common';
import type { Query } from './query';
import { argumentsOf, childrenOf, functionOf, selectionsOf, syntaxNodes } from './query';

/** The labels that the series of a result may have; undefined where any may be among them. */
export type ResultLabels = ReadonlySet<string> | undefined;

const NONE: ReadonlySet<string> = new Set();

/** The labels of what an expression, or a part of it, returns. */
export function resultLabels(query: Query, node: SyntaxNode | null = query.root.firstChild): ResultLabels {
  if (!node) return undefined;
  const { text } = query;
  switch (node.name) {
    case 'ParenExpr':
    case 'SubqueryExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return resultLabels(query, node.firstChild);
    case 'UnaryExpr':
      return resultLabels(query, node.lastChild);
    case 'NumberDurationLiteral':
      return NONE;
    case 'AggregateExpr':
      return ofAggregation(query, node);
    case 'FunctionCall':
      return ofFunction(query, node, functionOf(node, text) ?? '');
    case 'BinaryExpr':
      return ofOperation(query, node);
    default:
      return undefined;
  }
}

function ofAggregation(query: Query, node: SyntaxNode): ResultLabels {
  const operator = query.text.slice(node.from, node.firstChild?.to).toLowerCase();
  const operands = argumentsOf(node);
  const inner = resultLabels(query, operands.at(-1) ?? null);
  if (/^(topk|bottomk|limitk|limit_ratio)$/.test(operator)) return inner;
  const modifier = node.getChild('AggregateModifier');
  const names = modifier ? labelNames(query, modifier) : [];
  const added = operator === 'count_values' ? [textOf(query, operands[0])] : [];
  if (modifier && !modifier.getChild('By'))
    return inner && new Set([...[...inner].filter((name) => !names.includes(name)), ...added]);
  return new Set([...names.filter((name) => !inner || inner.has(name)), ...added]);
}

function ofFunction(query: Query, node: SyntaxNode, name: string): ResultLabels {
  const operands = argumentsOf(node);
  if (/^(vector|scalar|time|pi)$/.test(name)) return NONE;
  if (name === 'info') return undefined;
  if (/^absent(_over_time)?$/.test(name)) return ofAbsent(query, operands[0]);
  if (name === 'label_replace' || name === 'label_join') {
    const inner = resultLabels(query, operands[0] ?? null);
    return inner && new Set([...inner, textOf(query, operands[1])]);
  }
  const series = operands.filter(({ name: kind }) => !/Literal$/.test(kind));
  return series.length === 1 ? resultLabels(query, series[0]) : undefined;
}

/** absent() returns the labels that the selector sets equal to something, once each. */
function ofAbsent(query: Query, operand: SyntaxNode | undefined): ResultLabels {
  if (!operand) return undefined;
  const selector = operand.name === 'MatrixSelector' ? operand.firstChild : operand;
  const inner = selector?.name === 'VectorSelector' ? undefined : resultLabels(query, operand);
  if (selector?.name !== 'VectorSelector') return inner && NONE;
  const selection = selectionsOf(query).find(({ node }) => node.from === selector.from && node.to === selector.to);
  return selection && new Set(Object.keys(selection.equal).filter((name) => name !== '__name__'));
}

function ofOperation(query: Query, node: SyntaxNode): ResultLabels {
  const [left, right] = [node.firstChild, node.lastChild];
  if (isScalar(left)) return resultLabels(query, right);
  if (isScalar(right)) return resultLabels(query, left);
  const [a, b] = [resultLabels(query, left), resultLabels(query, right)];
  if (node.getChild('Or')) return a && b && new Set([...a, ...b]);
  if (node.getChild('And') || node.getChild('Unless')) return a;
  const matching = node.getChild('MatchingModifierClause');
  const included = matching ? includedLabels(query, matching) : undefined;
  if (included) {
    const many = matching!.getChild('GroupLeft') ? a : b;
    return many && new Set([...many, ...included]);
  }
  if (matching?.getChild('On')) return new Set(matchedLabels(query, matching));
  if (matching) {
    const ignored = matchedLabels(query, matching);
    return a && new Set([...a].filter((name) => !ignored.includes(name)));
  }
  // Only series with the same labels match.
  return a && b ? new Set([...a].filter((name) => b.has(name))) : (a ?? b);
}

/** The labels of on(…) or ignoring(…). */
function matchedLabels(query: Query, matching: SyntaxNode): readonly string[] {
  const first = matching.getChild('GroupingLabels');
  const group = matching.getChild('GroupLeft') ?? matching.getChild('GroupRight');
  return first && (!group || first.from < group.from) ? labelNames(query, first) : [];
}

/** What group_left(…) or group_right(…) adds; undefined without one. */
function includedLabels(query: Query, matching: SyntaxNode): readonly string[] | undefined {
  const group = matching.getChild('GroupLeft') ?? matching.getChild('GroupRight');
  if (!group) return undefined;
  const after = matching.getChildren('GroupingLabels').find(({ from }) => from >= group.from);
  return after ? labelNames(query, after) : [];
}

function isScalar(node: SyntaxNode | null): boolean {
  if (node?.name === 'ParenExpr' || node?.name === 'UnaryExpr')
    return isScalar(node.name === 'ParenExpr' ? node.firstChild : node.lastChild);
  if (node?.name === 'BinaryExpr') return isScalar(node.firstChild) && isScalar(node.lastChild);
  const call = node?.name === 'FunctionCall' ? node.getChild('FunctionIdentifier') : null;
  return node?.name === 'NumberDurationLiteral' || ['Scalar', 'Time', 'Pi'].includes(call?.firstChild?.name ?? '');
}

function labelNames({ text }: Query, node: SyntaxNode): string[] {
  return syntaxNodes(node, 'LabelName', 'QuotedLabelName').map(({ from, to }) =>
    text.slice(from, to).replace(/^["'`]|["'`]$/g, ''),
  );
}

function textOf({ text }: Query, node: SyntaxNode | undefined): string {
  return node ? text.slice(node.from + 1, node.to - 1) : '';
}

/** A label that a part of an expression asks for and that the series there do not have. */
export interface DroppedLabel {
  readonly label: string;
  /** What asks for it: `on (node)`, `by (node)`, `label_replace`. */
  readonly asks: string;
  /** The part whose series do not have it. */
  readonly of: string;
}

/** Labels that a scrape or an exporter gives to each series of its kind; others, such as a cluster's, may be nowhere. */
const USUAL =
  /^(instance|job|pod|node|namespace|container|service|endpoint|le|device|mountpoint|code|method|status|path|handler|phase|deployment|statefulset|daemonset)$/;

/** Labels that were aggregated away before they are used. */
export function* droppedLabels(query: Query): Iterable<DroppedLabel> {
  const { root, text } = query;
  const words = (node: SyntaxNode) => text.slice(node.from, node.to).replace(/\s+/g, ' ').slice(0, 60);
  for (const node of syntaxNodes(root, 'AggregateExpr')) {
    const modifier = node.getChild('AggregateModifier');
    const inner = argumentsOf(node).at(-1);
    const labels = inner && resultLabels(query, inner);
    if (!modifier?.getChild('By') || !labels) continue;
    for (const label of labelNames(query, modifier))
      if (!labels.has(label)) yield { label, asks: `by (${label})`, of: words(inner) };
  }
  for (const node of syntaxNodes(root, 'FunctionCall')) {
    const source = functionOf(node, text) === 'label_replace' ? argumentsOf(node) : [];
    const labels = source[0] && resultLabels(query, source[0]);
    const label = textOf(query, source[3]);
    if (labels && label !== '' && !labels.has(label)) yield { label, asks: 'label_replace', of: words(source[0]!) };
  }
  for (const node of syntaxNodes(root, 'BinaryExpr')) {
    const matching = node.getChild('MatchingModifierClause');
    // What `or` and `unless` do not match stays.
    if (!matching?.getChild('On') || childrenOf(node).some(({ name }) => name === 'Or' || name === 'Unless')) continue;
    const sides = [node.firstChild, node.lastChild] as const;
    const labels = sides.map((side) => resultLabels(query, side));
    for (const label of matchedLabels(query, matching))
      for (const [here, there] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const other = labels[there];
        if (!labels[here] || labels[here].has(label) || (other ? !other.has(label) : !USUAL.test(label))) continue;
        yield { label, asks: `on (${label})`, of: words(sides[here]!) };
      }
  }
}
