import type { Sized } from './declared-sizes';
import type { Expr } from './macros';

/**
 * What an expression costs at least by the API server's estimate (cel-go, checker/cost.go). Only what certainly counts is
 * counted: loops, texts of known length, and the steps of a path. What this does not know costs nothing.
 */
export function minCost(expression: Expr, variables: Readonly<Record<string, Sized>>): number {
  return costOf(expression, new Map(Object.entries(variables))).cost;
}

type Scope = ReadonlyMap<string, Sized | undefined>;

interface Cost {
  readonly cost: number;
  /** The part of the schema that it is. */
  readonly at?: Sized | undefined;
  /** Its length, where it is no part of the schema. */
  readonly length?: number | undefined;
}

const PER_CHARACTER = 0.1;
const PER_REGEX_CHARACTER = 0.25;
const NEW_LIST = 10;
/** Operators that cost one besides their operands, whatever these are. */
const ONE: ReadonlySet<string> = new Set(['!_', '_[_]', 'size', '@not_strictly_false']);
/** Macros of Kubernetes that the parser leaves as calls: their arguments are evaluated in another way. */
const MACROS: ReadonlySet<string> = new Set(
  'bind optMap optFlatMap sortBy all exists exists_one existsOne transformList transformMap transformMapEntry'.split(
    ' ',
  ),
);
const COMPARISONS: ReadonlySet<string> = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);

function costOf(expr: Expr | undefined, scope: Scope): Cost {
  const kind = expr?.exprKind;
  switch (kind?.case) {
    case 'constExpr': {
      const { constantKind } = kind.value;
      return { cost: 0, length: constantKind.case === 'stringValue' ? [...constantKind.value].length : 1 };
    }
    case 'identExpr':
      return { cost: 1, at: scope.get(kind.value.name) };
    case 'selectExpr': {
      const { cost, at } = costOf(kind.value.operand as Expr, scope);
      if (kind.value.testOnly) return { cost, length: 1 };
      const isStep = at?.is === 'object' || at?.is === 'map';
      return { cost: cost + (isStep ? 1 : 0), at: at?.is === 'map' ? undefined : at?.fields?.get(kind.value.field) };
    }
    case 'listExpr': {
      const { elements } = kind.value;
      return {
        cost: NEW_LIST + sum(elements.map((element) => costOf(element as Expr, scope))),
        length: elements.length,
      };
    }
    case 'comprehensionExpr': {
      const { iterVar, accuVar, iterRange, loopCondition, loopStep } = kind.value;
      const range = costOf(iterRange as Expr, scope);
      // Keys of a map are texts of any length.
      const item = range.at?.is === 'list' ? range.at.item : undefined;
      const inner = new Map(scope).set(iterVar, item).set(accuVar, undefined);
      const step = costOf(loopCondition as Expr, inner).cost + costOf(loopStep as Expr, inner).cost;
      return { cost: range.cost + lengthOf(range, 0) * step };
    }
    case 'callExpr':
      return callCost(kind.value.function, kind.value.target as Expr | undefined, kind.value.args as Expr[], scope);
    default:
      return { cost: 0 };
  }
}

function callCost(name: string, target: Expr | undefined, args: readonly Expr[], scope: Scope): Cost {
  if (target && MACROS.has(name)) return { cost: 0 };
  const on = target && costOf(target, scope);
  const given = args.map((arg) => costOf(arg, scope));
  const operands = sum(given) + (on?.cost ?? 0);
  const [first, second, third] = given;
  if (name === '_?_:_') return { cost: first!.cost + Math.max(second!.cost, third!.cost) };
  if (name === '_[_]') return { cost: operands + 1, at: first!.at?.item };
  if (name === '@in') return { cost: operands + (second!.at?.is === 'map' ? 1 : lengthOf(second!, 0)) };
  if (COMPARISONS.has(name)) {
    // The shorter of the two is read; one of unknown length may be short.
    return { cost: operands + traversal(Math.min(lengthOf(first!, 0), lengthOf(second!, 0))), length: 1 };
  }
  if (on && first && name === 'matches')
    return {
      cost: operands + traversal(lengthOf(on, 0) + 1) * Math.ceil(lengthOf(first, 0) * PER_REGEX_CHARACTER),
      length: 1,
    };
  if (on && first && name === 'contains')
    return { cost: operands + traversal(lengthOf(on, 0)) * traversal(lengthOf(first, 0)), length: 1 };
  if (on && first && (name === 'startsWith' || name === 'endsWith'))
    return { cost: operands + traversal(lengthOf(first, 0)), length: 1 };
  return { cost: operands + (ONE.has(name) ? 1 : 0), length: name === 'size' ? 1 : undefined };
}

function sum(costs: readonly Cost[]): number {
  return costs.reduce((total, { cost }) => total + cost, 0);
}

function traversal(characters: number): number {
  return Math.ceil(characters * PER_CHARACTER);
}

/** How long it may be at most: that is what the estimate takes. */
function lengthOf({ at, length }: Cost, unknown: number): number {
  if (at && (at.is === 'list' || at.is === 'map' || at.is === 'string')) return at.max;
  return length ?? unknown;
}
