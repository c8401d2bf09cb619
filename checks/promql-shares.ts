import type { SyntaxNode } from '@lezer/common';
import type { Query } from '../upstream/prometheus/query';
import {
  argumentsOf,
  askedLabels,
  childrenOf,
  functionOf,
  queryOf,
  selectionsOf,
  syntaxNodes,
  unwrapped,
} from '../upstream/prometheus/query';

/** What is known of a rule around an expression. */
export interface ShareContext {
  /** The series that it records. @default - it is no recording */
  readonly recorded: string | undefined;
  /** Whether it alerts: what is left of a comparison wakes somebody. */
  readonly isAlert: boolean;
  /** The expression that records a series, if exactly one does. */
  readonly recordedBy: (metric: string) => string | undefined;
}

/** How often something happens, as a rate or an increase of a counter or a sum of such. */
interface Count {
  readonly metric: string;
  readonly words: ReadonlySet<string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly range: string;
  /** How it is aggregated, and by which function it is counted. */
  readonly form: string;
}

/**
 * One count by another of the same counter: a part of what it is divided by, all of it, more than it, or nothing of it.
 * Of any other pair nothing is certain.
 */
interface Share {
  readonly is: 'part' | 'same' | 'whole' | 'apart';
  readonly of: Count;
  readonly by: Count;
  /** Whether 1 is what is left of it. */
  readonly isRest: boolean;
  /** What it is multiplied by: 100 for percent. */
  readonly scale: number;
}

const RATIO_NAME = /ratio|share|percent|availab|error|(^|[:_])sl[io]([:_]|$)/i;
const CODE = /^(code|status|status_code|response_code|http_status|http_status_code)$/;
/** `5..`, `5xx`, `500`, `50[0-9]|5..`: failures of servers and nothing else. */
const FAILURES = /^\(?5[\w.[\]+*-]*(\|5[\w.[\]+*-]*)*\)?$/;
const SUCCESSES = /^\(?[23][\w.[\]+*-]*(\|[23][\w.[\]+*-]*)*\)?$/;
const COMPARISONS = ['Gtr', 'Gte', 'Lss', 'Lte'] as const;

/** Shares that are none, and comparisons of shares that are always or never true, as far as the selections tell it for certain. */
export function* impossibleShares(query: Query, context: ShareContext): Iterable<string> {
  for (const operation of syntaxNodes(query.root, 'BinaryExpr')) {
    yield* ofDivision(query, operation, context);
    yield* ofComparison(query, operation, context);
  }
}

function* ofDivision(query: Query, operation: SyntaxNode, { recorded }: ShareContext): Iterable<string> {
  const share = divisionOf(query, operation);
  if (!share) return;
  const { is, of, by } = share;
  const named = recorded !== undefined && RATIO_NAME.test(recorded);
  const words = `${shown(of)} divided by ${shown(by)}`;
  if (of.range !== by.range) {
    // The same over two times is a comparison of both.
    if (is === 'part')
      yield `${words} is no share: it looks back ${of.range} above and ${by.range} below, and may be more than 1`;
  } else if (is === 'same') yield `${words} divides a count by itself: it is always 1`;
  else if (is === 'whole' && named)
    yield `${words} is at least 1: what it is divided by is a part of it; turn it round`;
  else if (is === 'apart' && (named || isTakenFromOne(query, operation)))
    yield `${words} is no share: none of what it counts is in what it is divided by, and it may be more than 1; divide by all`;
}

function* ofComparison(query: Query, operation: SyntaxNode, { isAlert, recordedBy }: ShareContext): Iterable<string> {
  const operator = childrenOf(operation).find(({ name }) => COMPARISONS.some((each) => each === name));
  const [left, right] = [operation.firstChild, operation.lastChild];
  const bound = right ? numberOf(right, query.text) : undefined;
  const share = left && shareOf(query, left, recordedBy);
  if (!operator || !share || bound === undefined || share.of.range !== share.by.range) return;
  const { is, of, by, isRest, scale } = share;
  const limit = bound / scale;
  const asked = query.text.slice(operator.from, operation.to);
  const words = `${isRest ? '1 less ' : ''}${shown(of)} divided by ${shown(by)}`;
  const isAbove = operator.name.startsWith('Gt');
  const isBool = operation.getChild('BoolModifier') !== null;
  if (is === 'part' && (isAbove ? limit > 1 || (limit === 1 && operator.name === 'Gtr') : limit > 1)) {
    const meant = scale === 1 && bound <= 100 ? `; did you mean ${Number((bound / 100).toPrecision(12))}?` : '';
    yield `${words} is a share, ${scale === 1 ? '1' : scale} at most, so ${asked} is ${isAbove ? 'never' : 'always'} true${meant}`;
    return;
  }
  if (is === 'whole' && !isRest && limit < 1) {
    yield `${words} is at least 1: what it is divided by is a part of it, so ${asked} is ${isAbove ? 'always' : 'never'} true; turn it round`;
    return;
  }
  const kind = is === 'part' ? kindOf(of, by) : undefined;
  if (!isAlert || isBool || kind === undefined) return;
  const isGood = (kind === 'good') !== isRest;
  if (isGood && isAbove && limit < 0.5)
    yield `${words} is the share of what succeeds, so ${asked} is true as long as all is well, and the alert fires; compare with <, or take it from 1`;
  if (!isGood && !isAbove && limit > 0.5)
    yield `${words} is the share of what fails, so ${asked} is true as long as all is well, and the alert fires; compare with >, or take it from 1`;
}

/** A share in an expression, a number times or by it and what 1 is more than it included; or what a rule has recorded so. */
function shareOf(query: Query, at: SyntaxNode, recordedBy: ShareContext['recordedBy'], depth = 0): Share | undefined {
  const node = unwrapped(at);
  if (node.name === 'VectorSelector') {
    const metric = selectionsOf(query).find((each) => each.node.from === node.from)?.metric;
    const expr = metric === undefined || depth > 3 ? undefined : recordedBy(metric);
    const inner = expr === undefined ? undefined : queryOf(expr);
    return inner?.root.firstChild ? shareOf(inner, inner.root.firstChild, recordedBy, depth + 1) : undefined;
  }
  if (node.name !== 'BinaryExpr') return undefined;
  const operator = operatorOf(node);
  const [left, right] = [node.firstChild!, node.lastChild!];
  const [before, after] = [numberOf(left, query.text), numberOf(right, query.text)];
  const inside = (of: SyntaxNode) => shareOf(query, of, recordedBy, depth);
  const scaled = (share: Share | undefined, by: number) => share && by > 0 && { ...share, scale: share.scale * by };
  if (operator === 'Sub' && before === 1) {
    const share = inside(right);
    return share?.scale === 1 ? { ...share, isRest: !share.isRest } : undefined;
  }
  if (operator === 'Mul' && before !== undefined) return scaled(inside(right), before) || undefined;
  if (operator === 'Mul' && after !== undefined) return scaled(inside(left), after) || undefined;
  if (operator === 'Div' && after !== undefined && after !== 0) return scaled(inside(left), 1 / after) || undefined;
  return divisionOf(query, node);
}

function divisionOf(query: Query, node: SyntaxNode): Share | undefined {
  if (operatorOf(node) !== 'Div' || node.getChild('MatchingModifierClause')) return undefined;
  const [of, by] = [countOf(query, node.firstChild!), countOf(query, node.lastChild!)];
  if (!of || !by || of.metric !== by.metric || of.form !== by.form) return undefined;
  const isIn = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].every((word) => b.has(word));
  const [more, less] = [isIn(by.words, of.words), isIn(of.words, by.words)];
  const is = more && less ? 'same' : more ? 'part' : less ? 'whole' : areApart(of, by) ? 'apart' : undefined;
  return is && { is, of, by, isRest: false, scale: 1 };
}

/** Whether no series is in both: one asks for what the other leaves out, or for another value. */
function areApart(a: Count, b: Count): boolean {
  const negated: Readonly<Record<string, string>> = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' };
  const others = [...a.labels].filter(([label, asked]) => b.labels.has(label) && b.labels.get(label) !== asked);
  return others.some(([label, asked]) => {
    const [, op = '', value = ''] = /^(=~|!~|!=|=)(.*)$/s.exec(asked) ?? [];
    const [, otherOp = '', otherValue = ''] = /^(=~|!~|!=|=)(.*)$/s.exec(b.labels.get(label)!) ?? [];
    return (value === otherValue && negated[op] === otherOp) || (op === '=' && otherOp === '=');
  });
}

function countOf(query: Query, at: SyntaxNode): Count | undefined {
  const { text } = query;
  let node = unwrapped(at);
  // Nothing counts as 0.
  if (
    node.name === 'BinaryExpr' &&
    node.getChild('Or') &&
    /^vector\s*\(\s*0\s*\)$/.test(wordsAt(node.lastChild!, text))
  )
    node = unwrapped(node.firstChild!);
  let form = '';
  if (node.name === 'AggregateExpr') {
    const aggregation = text.slice(node.from, node.firstChild!.to).toLowerCase();
    const modifier = node.getChild('AggregateModifier');
    if (aggregation !== 'sum') return undefined;
    form = `sum ${
      modifier
        ? wordsAt(modifier, text)
            .replace(/[\s()]+/g, ' ')
            .trim()
        : ''
    } `;
    node = unwrapped(argumentsOf(node)[0] ?? node);
  }
  const name = functionOf(node, text);
  const ranged = name && /^(rate|increase|irate)$/.test(name) ? argumentsOf(node)[0] : undefined;
  if (ranged?.name !== 'MatrixSelector') return undefined;
  const selection = selectionsOf(query).find((each) => each.node.from === ranged.from);
  if (selection?.metric === undefined) return undefined;
  const asked = askedLabels(selection, query).filter(({ label }) => label !== '__name__');
  const isBucket = selection.metric.endsWith('_bucket') && asked.some(({ label }) => label === 'le');
  const isAll = isBucket && selection.equal['le'] === '+Inf';
  const kept = isAll ? asked.filter(({ label }) => label !== 'le') : asked;
  return {
    // A bucket counts a part of what the histogram counts.
    metric: isBucket ? selection.metric.replace(/_bucket$/, '_count') : selection.metric,
    words: new Set(kept.map(({ label, operator, value }) => `${label}${operator}${value}`)),
    labels: new Map(kept.map(({ label, operator, value }) => [label, `${operator}${value}`])),
    range: text.slice(ranged.firstChild!.to, ranged.to),
    form: form + name,
  };
}

/** Whether a part is what fails or what succeeds, by the labels that it has more than the whole. */
function kindOf(of: Count, by: Count): 'good' | 'bad' | undefined {
  const more = [...of.labels].filter(([label, asked]) => !by.words.has(`${label}${asked}`));
  const [only, ...others] = more;
  if (!only || others.length > 0) return undefined;
  const [label, asked] = only;
  const [, op = '', value = ''] = /^(=~|!~|!=|=)(.*)$/s.exec(asked) ?? [];
  if (label === 'le') return op === '=' ? 'good' : undefined;
  if (!CODE.test(label)) return undefined;
  const isNot = op.startsWith('!');
  if (FAILURES.test(value)) return isNot ? 'good' : 'bad';
  return SUCCESSES.test(value) ? (isNot ? undefined : 'good') : undefined;
}

/** `1 - …` around it. */
function isTakenFromOne(query: Query, node: SyntaxNode): boolean {
  let outer = node.parent;
  while (outer?.name === 'ParenExpr') outer = outer.parent;
  return outer?.name === 'BinaryExpr' && operatorOf(outer) === 'Sub' && numberOf(outer.firstChild!, query.text) === 1;
}

function operatorOf(node: SyntaxNode): string | undefined {
  return childrenOf(node).find(({ name }, i) => i > 0 && name !== 'LineComment')?.name;
}

/** The value of a number, or of numbers that are put together; undefined for all else. */
function numberOf(at: SyntaxNode, text: string): number | undefined {
  const node = unwrapped(at);
  if (node.name === 'NumberDurationLiteral') {
    const written = wordsAt(node, text);
    return /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : undefined;
  }
  if (node.name !== 'BinaryExpr') return undefined;
  const [a, b] = [numberOf(node.firstChild!, text), numberOf(node.lastChild!, text)];
  if (a === undefined || b === undefined) return undefined;
  switch (operatorOf(node)) {
    case 'Add':
      return a + b;
    case 'Sub':
      return a - b;
    case 'Mul':
      return a * b;
    case 'Div':
      return a / b;
    default:
      return undefined;
  }
}

function wordsAt({ from, to }: SyntaxNode, text: string): string {
  return text.slice(from, to).trim();
}

function shown({ metric, labels }: Count): string {
  return labels.size === 0 ? metric : `${metric}{${[...labels].map(([label, asked]) => label + asked).join(', ')}}`;
}
