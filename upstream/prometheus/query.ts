import type { SyntaxNode } from '@lezer/common';
import type { parser } from '@prometheus-io/lezer-promql';
import { near } from '../../model/near';
import { regexProblem } from './regex';

/** What an expression yields: one number, a value for each series, values over a time for each, a text. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** A problem of a query, with the place in it. */
export interface QueryProblem {
  readonly from: number;
  readonly reason: string;
  /** What only another version or another engine may take. */
  readonly open?: boolean;
  /** It is open for a function that is not known here. */
  readonly unknownFunction?: boolean;
}

/** A query that Prometheus' own grammar has read. */
export interface Query {
  readonly text: string;
  readonly root: SyntaxNode;
  /** Why every Prometheus refuses it; empty where some take it. */
  readonly problems: readonly QueryProblem[];
  /** The experimental functions and aggregations in it. */
  readonly experimental: readonly string[];
  /** The function that Prometheus 3 renamed; the text then has the new name. */
  readonly usesHoltWinters: boolean;
}

const EXPERIMENTAL = new Set(
  'histogram_quantiles info integral limit_ratio limitk mad_over_time max_of min_of sort_by_label sort_by_label_desc start_timestamp ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time'.split(
    ' ',
  ),
);
const SMOOTHING = 'double_exponential_smoothing';

const queries = new Map<string, Query>();

/** What stands in parentheses, however many. */
export function unwrapped(node: SyntaxNode): SyntaxNode {
  return node.name === 'ParenExpr' && node.firstChild ? unwrapped(node.firstChild) : node;
}

/** Loaded with the first query: most manifests have none. */
function parseQuery(text: string): SyntaxNode {
  const grammar = require('@prometheus-io/lezer-promql') as { readonly parser: typeof parser };
  return grammar.parser.parse(text).topNode;
}

/** Reads a query once. */
export function queryOf(text: string): Query {
  let query = queries.get(text);
  if (!query) {
    // Long-lived processes judge many worlds.
    if (queries.size > 20_000) queries.clear();
    queries.set(text, (query = read(text)));
  }
  return query;
}

function read(written: string): Query {
  const text = written.replace(/(?<![\w:."'`])holt_winters(?=\s*\()/g, SMOOTHING);
  const usesHoltWinters = text !== written;
  let root = parseQuery(text);
  // Prometheus reads `1.` as a number, its grammar for editors does not.
  if (errorsIn(root).length > 0) root = parseQuery(text.replace(/(\d)\.(?![\d\w])/g, '$1 '));
  const first = errorsIn(root)[0];
  if (first) return { text, root, problems: [problemAt(text, first.from)], experimental: [], usesHoltWinters };
  const problems: QueryProblem[] = [];
  typeOf(root, text, problems);
  return {
    text,
    root,
    problems,
    experimental: [...new Set(experimentalIn(root, text, usesHoltWinters))],
    usesHoltWinters,
  };
}

function* experimentalIn(root: SyntaxNode, text: string, usesHoltWinters: boolean): Iterable<string> {
  for (const node of syntaxNodes(root, 'FunctionCall', 'AggregateExpr')) {
    const name = functionOf(node, text) ?? text.slice(node.from, node.firstChild?.to ?? node.from).toLowerCase();
    // What was written as holt_winters belongs to a Prometheus in which it is not experimental.
    if (EXPERIMENTAL.has(name) || (name === SMOOTHING && !usesHoltWinters)) yield name;
  }
}

function problemAt(text: string, from: number): QueryProblem {
  if (text.trim() === '') return { from, reason: 'there is no expression' };
  if (from >= text.trimEnd().length) return { from, reason: 'it ends too early' };
  // The name of a function that is not known is taken for a series, and the parenthesis is too much.
  const called = /([A-Za-z_]\w*)\s*$/.exec(text.slice(0, from))?.[1];
  if (called && text[from] === '(' && !Object.hasOwn(SIGNATURES, called) && !WORDS_OF_LANGUAGE.test(called)) {
    const meant = near(called, Object.keys(SIGNATURES));
    return {
      from: from - called.length,
      reason: `there is no function ${called}${meant}`,
      open: true,
      unknownFunction: true,
    };
  }
  const reason = `"${text.slice(from, from + 20)}" is not understood there`;
  const may = mayBe(text, from);
  return { from, reason, ...(may ? { open: true } : {}), ...(may === 'function' ? { unknownFunction: true } : {}) };
}

/** A function that is not known here; or a word of the language where an operand may begin: Prometheus takes some as names of series. */
function mayBe(text: string, from: number): 'name' | 'function' | undefined {
  // Prometheus 3 takes labels with colons.
  if (/^:\w/.test(text.slice(from)) && /[\w(,]\s*$/.test(text.slice(0, from))) return 'name';
  const word = /^([A-Za-z_]\w*)\s*(\()?/.exec(text.slice(from));
  if (!word) return undefined;
  if (word[2]) return Object.hasOwn(SIGNATURES, word[1]!) || WORDS_OF_LANGUAGE.test(word[1]!) ? undefined : 'function';
  return WORDS_OF_LANGUAGE.test(word[1]!) &&
    /(?:^|[-+*/%^(,<>=]|\b(?:and|or|unless|atan2|bool))$/i.test(text.slice(0, from).trimEnd())
    ? 'name'
    : undefined;
}

function errorsIn(root: SyntaxNode): SyntaxNode[] {
  const errors: SyntaxNode[] = [];
  root.cursor().iterate((node) => {
    if (node.type.isError) errors.push(node.node);
  });
  return errors;
}

/** All nodes of these names, in their order. */
export function syntaxNodes(root: SyntaxNode, ...names: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate((node) => {
    if (names.includes(node.name)) found.push(node.node);
  });
  return found;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** The arguments of a call or an aggregation. */
export function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const body = call.getChild('FunctionCallBody');
  return body ? childrenOf(body).filter(({ name }) => name !== 'LineComment') : [];
}

/** The function that is called; undefined for other nodes. */
export function functionOf(node: SyntaxNode, text: string): string | undefined {
  const identifier = node.name === 'FunctionCall' ? node.getChild('FunctionIdentifier') : null;
  return identifier ? text.slice(identifier.from, identifier.to) : undefined;
}

/** A series that a query reads: the metric's name, if it is written, and the labels that must be equal to something. */
export interface Selection {
  readonly metric: string | undefined;
  readonly equal: Readonly<Record<string, string>>;
  readonly node: SyntaxNode;
}

/** Every series that a query reads. */
export function selectionsOf({ root, text }: Query): Selection[] {
  return syntaxNodes(root, 'VectorSelector').map((node) => {
    const equal: Record<string, string> = {};
    let metric: string | undefined;
    const identifier = node.getChild('Identifier');
    if (identifier) metric = text.slice(identifier.from, identifier.to);
    for (const matcher of syntaxNodes(node, 'UnquotedLabelMatcher', 'QuotedLabelMatcher')) {
      const [label, op, value] = childrenOf(matcher);
      if (!label || !value || op?.firstChild?.name !== 'EqlSingle') continue;
      equal[unquoted(text.slice(label.from, label.to))] = unquoted(text.slice(value.from, value.to));
    }
    // A name may also be the value of __name__, or stand in quotes alone.
    const quoted = syntaxNodes(node, 'QuotedLabelName')[0];
    metric ??=
      equal['__name__'] ??
      (quoted && quoted.parent?.name === 'LabelMatchers' ? unquoted(text.slice(quoted.from, quoted.to)) : undefined);
    return { metric, equal, node };
  });
}

/** What a selection asks of a label: `code`, `=~`, `5..`. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** All that a selection asks of labels, be it by equality or not. */
export function askedLabels({ node }: Selection, { text }: Query): Matcher[] {
  return syntaxNodes(node, 'UnquotedLabelMatcher', 'QuotedLabelMatcher').flatMap((matcher) => {
    const [label, operator, value] = childrenOf(matcher).map(({ from, to }) => text.slice(from, to));
    return label && operator && value ? [{ label: unquoted(label), operator, value: unquoted(value) }] : [];
  });
}

function unquoted(value: string): string {
  return /^(["'`]).*\1$/s.test(value) ? value.slice(1, -1) : value;
}

/**
 * What functions take: v a value for each series, m values over a time, s a number, t a text; and how many at the end may be
 * left out (`?` each) or repeated (`*`). From Prometheus' own table.
 */
const SIGNATURES: Readonly<Record<string, string>> = {
  ...each(
    'v',
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar ln log10 log2 rad scalar sgn sin sinh sort sort_desc sqrt tan tanh timestamp',
  ),
  ...each(
    'm',
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
  ),
  ...each('v?', 'days_in_month day_of_month day_of_week day_of_year hour minute month year'),
  ...each('', 'pi time'),
  clamp: 'vss',
  clamp_max: 'vs',
  clamp_min: 'vs',
  histogram_fraction: 'ssv',
  histogram_quantile: 'sv',
  double_exponential_smoothing: 'mss',
  holt_winters: 'mss',
  label_replace: 'vtttt',
  label_join: 'vttt*',
  predict_linear: 'ms',
  quantile_over_time: 'sm',
  round: 'vs?',
  vector: 's',
};
/** What the aggregations take before the series. */
const PARAMETERS: Readonly<Record<string, ValueType>> = {
  topk: 'scalar',
  bottomk: 'scalar',
  quantile: 'scalar',
  limitk: 'scalar',
  limit_ratio: 'scalar',
  count_values: 'string',
};
const WORDS_OF_LANGUAGE =
  /^(?:sum|avg|min|max|count|stddev|stdvar|group|topk|bottomk|quantile|limitk|limit_ratio|count_values|by|without|on|ignoring|group_left|group_right|bool|offset|start|end|and|or|unless|atan2)$/i;
const MOVABLE: ReadonlySet<string> = new Set([
  'VectorSelector',
  'MatrixSelector',
  'SubqueryExpr',
  'OffsetExpr',
  'StepInvariantExpr',
]);
const COMPARISONS: ReadonlySet<string> = new Set(['Eql', 'EqlC', 'Neq', 'Gtr', 'Lss', 'Gte', 'Lte']);
const SETS: ReadonlySet<string> = new Set(['And', 'Or', 'Unless']);
const SCALARS: ReadonlySet<string> = new Set(['scalar', 'pi', 'time']);
const LETTERS: Readonly<Record<string, ValueType>> = { v: 'vector', m: 'matrix', s: 'scalar', t: 'string' };
const WORDS: Readonly<Record<ValueType, string>> = {
  scalar: 'a number',
  vector: 'one value for each series',
  matrix: 'a range such as [5m]',
  string: 'a text',
};

function each(signature: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, signature]));
}

/** The type of an expression; undefined where it is not known. What is wrong below is added to the problems. */
function typeOf(node: SyntaxNode | null, text: string, problems: QueryProblem[]): ValueType | undefined {
  if (!node) return undefined;
  switch (node.name) {
    case 'PromQL':
    case 'ParenExpr':
      return typeOf(childrenOf(node).find(({ name }) => name !== 'LineComment') ?? null, text, problems);
    case 'NumberDurationLiteral':
      return 'scalar';
    case 'StringLiteral':
      judgeText(node, text, problems);
      return 'string';
    case 'VectorSelector':
      judgeSelector(node, text, problems);
      return 'vector';
    case 'MatrixSelector':
      typeOf(node.firstChild, text, problems);
      if (node.firstChild?.name !== 'VectorSelector')
        problems.push({
          from: node.from,
          reason:
            'a range such as [5m] stands directly behind the name and the labels of a series; elsewhere a subquery such as [5m:] is needed',
        });
      return 'matrix';
    case 'SubqueryExpr':
      // It binds more tightly than operators: `a + b[5m:]` has the subquery of b alone.
      if (node.firstChild?.name === 'BinaryExpr' || node.firstChild?.name === 'UnaryExpr')
        problems.push({
          from: node.from,
          reason:
            'the subquery belongs to the last operand alone, and a range cannot be an operand; put the rest in parentheses',
        });
      expect(node.firstChild, 'vector', 'a subquery', text, problems);
      return 'matrix';
    case 'OffsetExpr':
    case 'StepInvariantExpr': {
      // Both bind more tightly than operators: in `a + b offset 5m` the offset is that of b.
      let moved = node.firstChild;
      while (moved && /^(?:BinaryExpr|UnaryExpr)$/.test(moved.name)) moved = moved.lastChild;
      if (moved && !MOVABLE.has(moved.name))
        problems.push({
          from: node.from,
          reason: 'offset and @ stand directly behind a series, a range or a subquery',
        });
      return typeOf(node.firstChild, text, problems);
    }
    case 'UnaryExpr': {
      const inner = childrenOf(node).find(({ name }) => /Expr$|Selector$|Call$|Literal$/.test(name));
      const type = typeOf(inner ?? null, text, problems);
      if (type === 'matrix' || type === 'string')
        problems.push({ from: node.from, reason: `${WORDS[type]} cannot be an operand` });
      return type;
    }
    case 'BinaryExpr':
      return typeOfOperation(node, text, problems);
    case 'AggregateExpr':
      judgeAggregation(node, text, problems);
      return 'vector';
    case 'FunctionCall':
      return typeOfCall(node, text, problems);
    default:
      return undefined;
  }
}

function typeOfOperation(node: SyntaxNode, text: string, problems: QueryProblem[]): ValueType | undefined {
  const types = [node.firstChild, node.lastChild].map((side) => {
    const type = typeOf(side, text, problems);
    if (type === 'matrix' || type === 'string')
      problems.push({
        from: side!.from,
        reason: `${WORDS[type]} cannot be an operand; take ${type === 'matrix' ? 'rate(…), or leave the range out' : 'a label matcher'}`,
      });
    return type;
  });
  const operator = childrenOf(node).find(({ name }, i) => i > 0 && name !== 'LineComment')?.name ?? '';
  const scalars = types.filter((type) => type === 'scalar').length;
  const refuse = (reason: string): unknown => problems.push({ from: node.from, reason });
  if (node.getChild('BoolModifier') && !COMPARISONS.has(operator)) refuse('bool belongs to comparisons');
  if (scalars === 2 && COMPARISONS.has(operator) && !node.getChild('BoolModifier'))
    refuse('two numbers are compared with bool, as in 1 > bool 2');
  if (scalars > 0 && SETS.has(operator)) refuse('and, or and unless stand between series, not numbers');
  const matching = node.getChild('MatchingModifierClause');
  if (matching && scalars > 0 && syntaxNodes(matching, 'LabelName').length > 0)
    refuse('labels are matched between series, not numbers');
  if (matching && SETS.has(operator) && (matching.getChild('GroupLeft') || matching.getChild('GroupRight')))
    refuse('and, or and unless have no group_left or group_right');
  return types.includes('vector') ? 'vector' : scalars === 2 ? 'scalar' : undefined;
}

function judgeAggregation(node: SyntaxNode, text: string, problems: QueryProblem[]): void {
  const name = text.slice(node.from, node.firstChild?.to ?? node.from);
  const parameter = Object.hasOwn(PARAMETERS, name.toLowerCase()) ? PARAMETERS[name.toLowerCase()] : undefined;
  const wanted: readonly ValueType[] = parameter ? [parameter, 'vector'] : ['vector'];
  const given = argumentsOf(node);
  if (given.length !== wanted.length)
    problems.push({
      from: node.from,
      reason: `${name} takes ${wanted.map((type) => WORDS[type]).join(', and then ')}, and has ${given.length} argument${given.length === 1 ? '' : 's'}`,
    });
  for (const [i, argument] of given.entries())
    expect(argument, given.length === wanted.length ? wanted[i] : undefined, name, text, problems);
}

/** Labels: no name twice, regular expressions of Go, and one that an absent label does not meet. */
function judgeSelector(node: SyntaxNode, text: string, problems: QueryProblem[]): void {
  const quoted = syntaxNodes(node, 'QuotedLabelName').filter(({ parent }) => parent?.name === 'LabelMatchers');
  let named = (node.getChild('Identifier') ? 1 : 0) + quoted.length;
  let selective = named > 0;
  for (const matcher of syntaxNodes(node, 'UnquotedLabelMatcher', 'QuotedLabelMatcher')) {
    const [label, operator, value] = childrenOf(matcher);
    if (!label || !operator || !value) continue;
    judgeText(value, text, problems);
    const literal = unquoted(text.slice(value.from, value.to));
    const kind = operator.firstChild?.name ?? '';
    if (unquoted(text.slice(label.from, label.to)) === '__name__' && node.getChild('Identifier')) named++;
    if (kind.endsWith('Regex')) {
      const reason = regexProblem(text[value.from] === '`' ? literal : unescaped(literal));
      if (reason)
        problems.push({ from: value.from, reason: `the regular expression ${literal} cannot be read: ${reason}` });
    }
    // Whether a regular expression meets an empty text is only said of the plainest.
    selective ||=
      kind === 'EqlSingle'
        ? literal !== ''
        : kind === 'Neq'
          ? literal === ''
          : kind === 'EqlRegex'
            ? !/^(?:\.\*)?$/.test(literal)
            : !/^[\w ]+$/.test(literal);
  }
  if (named > 1) problems.push({ from: node.from, reason: 'the name of the series is given twice' });
  // The second argument of info() is a selection of labels.
  if (!selective && !isOfInfo(node))
    problems.push({
      from: node.from,
      reason: 'it would select every series: give a name, or a label that is not empty',
    });
}

function isOfInfo(node: SyntaxNode): boolean {
  return node.parent?.parent?.getChild('FunctionIdentifier')?.firstChild?.name === 'Info';
}

/** Escapes in quotes are those of Go: for `\d` of a regular expression `\\d` is written. */
function judgeText(node: SyntaxNode, text: string, problems: QueryProblem[]): void {
  const quote = text[node.from];
  if (quote === '`') return;
  const literal = text.slice(node.from + 1, node.to - 1);
  const known = new RegExp(
    `^\\\\(?:[abfnrtv\\\\${quote}]|[0-3][0-7]{2}|x[\\da-fA-F]{2}|u[\\da-fA-F]{4}|U[\\da-fA-F]{8})`,
  );
  for (let i = literal.indexOf('\\'); i >= 0; ) {
    const sequence = known.exec(literal.slice(i, i + 10))?.[0];
    if (sequence === undefined) {
      problems.push({
        from: node.from + 1 + i,
        reason: `${literal.slice(i, i + 2)} is no escape in quotes; write \\${literal.slice(i, i + 2)}, or the text in \`…\``,
      });
      return;
    }
    i = literal.indexOf('\\', i + sequence.length);
  }
}

/** The text that quotes with escapes stand for, as far as regular expressions care. */
function unescaped(literal: string): string {
  return literal.replace(/\\(.)/gs, (sequence, letter: string) =>
    /[\\"']/.test(letter) ? letter : /[abfnrtvxuU0-7]/.test(letter) ? ' ' : sequence,
  );
}

function typeOfCall(node: SyntaxNode, text: string, problems: QueryProblem[]): ValueType | undefined {
  const name = functionOf(node, text) ?? '';
  const signature = Object.hasOwn(SIGNATURES, name) ? SIGNATURES[name]! : undefined;
  const given = argumentsOf(node);
  if (signature === undefined) {
    // One of a later Prometheus: its operands are judged all the same.
    for (const argument of given) typeOf(argument, text, problems);
    return undefined;
  }
  const letters = [...signature.replace(/[?*]/g, '')];
  const least = /[?*]$/.test(signature) ? letters.length - 1 : letters.length;
  if (given.length < least || (given.length > letters.length && !signature.endsWith('*')))
    problems.push({
      from: node.from,
      reason: `${name} takes ${least === letters.length ? '' : 'at least '}${least} argument${least === 1 ? '' : 's'} and has ${given.length}`,
    });
  for (const [i, argument] of given.entries())
    expect(argument, LETTERS[letters[Math.min(i, letters.length - 1)] ?? ''], name, text, problems);
  return SCALARS.has(name) ? 'scalar' : 'vector';
}

function expect(
  node: SyntaxNode | null,
  wanted: ValueType | undefined,
  of: string,
  text: string,
  problems: QueryProblem[],
): void {
  const type = typeOf(node, text, problems);
  if (!node || type === undefined || wanted === undefined || type === wanted) return;
  problems.push({
    from: node.from,
    reason: `${of} takes ${WORDS[wanted]}, and ${text.slice(node.from, node.to).slice(0, 60)} is ${WORDS[type]}`,
  });
}
