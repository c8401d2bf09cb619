import type { CallExpression, Node, OptionalCallExpression, StringLiteral } from '@babel/types';
import { childrenOf, isFunction, syntaxOf, type Visit, walk } from './syntax';

/** One change of one file: the text from `start` to `end` is replaced. */
export interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly original: string;
  readonly replacement: string;
}

type Change = readonly [start: number, end: number, replacement: string];
type Mutator = (visit: Visit, text: string) => readonly Change[];

const BINARY: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
};
const LOGICAL: Readonly<Record<string, string>> = { '&&': '||', '||': '&&', '??': '&&' };
const METHODS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
};
/** Methods that may be left out: the value they are called on is of the same type. */
const DROPPED = /^(filter|sort|toSorted|reverse|toReversed|toLowerCase|toUpperCase|trim|slice|replace|replaceAll)$/;
const LISTS = /^(map|filter|flatMap|sort|toSorted|slice|flat)$/;
/** Strings like values of fields, kinds and keys; not text for people. */
const WORD = /^[\w@./:*-]{1,60}$/;
/** From this many strings on, a literal at the top of a file is a table of facts: each entry would only be repeated in a test. */
const TABLE = 10;

const textOf = (node: Node, text: string) => text.slice(node.start!, node.end!);
const over = (node: Node, replacement: string): Change => [node.start!, node.end!, replacement];
const called = (node: Node) =>
  (node.type === 'CallExpression' || node.type === 'OptionalCallExpression') &&
  (node.callee.type === 'MemberExpression' || node.callee.type === 'OptionalMemberExpression') &&
  node.callee.property.type === 'Identifier'
    ? { object: node.callee.object, property: node.callee.property }
    : undefined;

const conditions: Mutator = ({ node }) => {
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression')
    return [over(node.test, 'true'), over(node.test, 'false')];
  if ((node.type === 'WhileStatement' || node.type === 'ForStatement') && node.test) return [over(node.test, 'false')];
  return [];
};

const operators: Mutator = ({ node }, text) => {
  if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return [];
  const { left, right, operator } = node;
  const words = [left, right].some(({ type }) => type === 'StringLiteral' || type === 'TemplateLiteral');
  if (operator === '+' && words) return [];
  const at = text.indexOf(operator, left.end!);
  const others = node.type === 'LogicalExpression' ? [LOGICAL[operator]!] : (BINARY[operator] ?? []);
  const swapped = others.map((other): Change => [at, at + operator.length, other]);
  if (operator !== '&&' && operator !== '||') return swapped;
  return [...swapped, over(node, textOf(left, text)), over(node, textOf(right, text))];
};

const unary: Mutator = ({ node }, text) => {
  if (node.type === 'UnaryExpression' && (node.operator === '!' || node.operator === '-'))
    return [over(node, textOf(node.argument, text))];
  if (node.type === 'UpdateExpression')
    return [over(node, textOf(node, text).replace(node.operator, node.operator === '++' ? '--' : '++'))];
  if (node.type === 'BooleanLiteral') return [over(node, String(!node.value))];
  return [];
};

const results: Mutator = ({ node }) => {
  const result =
    node.type === 'ReturnStatement'
      ? node.argument
      : node.type === 'ArrowFunctionExpression' && node.body.type !== 'BlockStatement'
        ? node.body
        : undefined;
  if (!result || result.type === 'BooleanLiteral') return [];
  if (result.type === 'Identifier' && result.name === 'undefined') return [];
  if (isTruth(result)) return [over(result, 'true'), over(result, 'false')];
  if (result.type === 'ArrayExpression') return result.elements.length > 0 ? [over(result, '[]')] : [];
  const method = called(result)?.property.name;
  return [over(result, method !== undefined && LISTS.test(method) ? '[]' : 'undefined')];
};

function isTruth(node: Node): boolean {
  if (node.type === 'BinaryExpression') return /^([!=]==|[<>]=?|in|instanceof)$/.test(node.operator);
  if (node.type === 'LogicalExpression') return node.operator !== '??' && isTruth(node.left) && isTruth(node.right);
  if (node.type === 'UnaryExpression') return node.operator === '!';
  return /^(some|every|has|includes|test|startsWith|endsWith)$/.test(called(node)?.property.name ?? '');
}

const statements: Mutator = ({ node, ancestors }) =>
  /^(ExpressionStatement|ThrowStatement|ContinueStatement|BreakStatement)$/.test(node.type) &&
  ancestors.some(isFunction)
    ? [over(node, ';')]
    : [];

const chains: Mutator = ({ node }, text) => {
  const isCall = node.type === 'OptionalCallExpression';
  if (!(isCall || node.type === 'OptionalMemberExpression') || !node.optional) return [];
  const at = text.indexOf('?.', (isCall ? node.callee : node.object).end!);
  return [[at, at + 2, isCall || node.computed ? '' : '.']];
};

const methods: Mutator = ({ node }, text) => {
  const call = called(node);
  if (!call) return [];
  const { object, property } = call;
  const other = METHODS[property.name];
  if (other !== undefined && Object.hasOwn(METHODS, property.name)) return [over(property, other)];
  const args = (node as CallExpression | OptionalCallExpression).arguments;
  const drops = DROPPED.test(property.name) && !(property.name === 'filter' && args.length === 0);
  return drops ? [over(node, textOf(object, text))] : [];
};

const spreads: Mutator = ({ node, ancestors }, text) => {
  const parent = ancestors.at(-1);
  if (node.type !== 'SpreadElement' || !parent || !/^(Array|Object)Expression$/.test(parent.type)) return [];
  const comma = /^\s*,/.exec(text.slice(node.end!));
  return [[node.start!, node.end! + (comma?.[0].length ?? 0), '']];
};

const words: Mutator = ({ node, ancestors }) => {
  if (node.type !== 'StringLiteral') return [];
  const parent = ancestors.at(-1)!;
  const compared = parent.type === 'BinaryExpression' && parent.operator !== '+';
  if (!(WORD.test(node.value) || compared) || isName(node, parent) || isTableEntry(ancestors)) return [];
  return [over(node, "'mutated'")];
};

function isName(node: StringLiteral, parent: Node): boolean {
  if (/^(Import|Export)/.test(parent.type) || parent.type === 'ImportExpression') return true;
  return (
    (parent.type === 'ObjectProperty' || parent.type === 'ClassProperty' || parent.type === 'ObjectMethod') &&
    parent.key === node &&
    !parent.computed
  );
}

function isTableEntry(ancestors: readonly Node[]): boolean {
  if (ancestors.some(isFunction)) return false;
  const outermost = ancestors.find(({ type }) => /^(Array|Object)Expression$/.test(type));
  return outermost !== undefined && stringsIn(outermost) >= TABLE;
}

function stringsIn(node: Node): number {
  return childrenOf(node).reduce((sum, child) => sum + stringsIn(child), node.type === 'StringLiteral' ? 1 : 0);
}

const MUTATORS = [conditions, operators, unary, results, statements, chains, methods, spreads, words];

/** Wording is for the tests of messages, not for these: texts are left alone, with all that is put together within them. */
function isWording(node: Node): boolean {
  return (
    node.type === 'TemplateLiteral' ||
    (node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name.endsWith('Error'))
  );
}

/** All mutants of a file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const found = new Map<string, Mutant>();
  walk(syntaxOf(text), (visit) => {
    if (isWording(visit.node)) return true;
    for (const mutate of MUTATORS)
      for (const [start, end, replacement] of mutate(visit, text)) {
        const original = text.slice(start, end);
        const line = text.slice(0, start).split('\n').length;
        if (original !== replacement)
          found.set(`${start} ${end} ${replacement}`, { file, start, end, line, original, replacement });
      }
    return undefined;
  });
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The file's text with the change. */
export function applied({ start, end, replacement }: Mutant, text: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
