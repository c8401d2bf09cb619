import type { parse } from '@bufbuild/cel';
import { OPTIONAL_FIELD, OPTIONAL_INDEX } from './optional-syntax';

/** An expression as the parser gives it. */
export type Expr = ReturnType<typeof parse>['expr'];
type Read = (text: string) => Expr;

/** Macros of two variables (cel-go, TwoVarComprehensions), as those of one over the pairs of a list or a map. */
const TWO_VARIABLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'all 3': 'R.all(P, A)',
    'exists 3': 'R.exists(P, A)',
    'exists_one 3': 'R.exists_one(P, A)',
    'existsOne 3': 'R.exists_one(P, A)',
    'transformList 3': 'R.map(P, A)',
    'transformList 4': 'R.map(P, A, B)',
    'transformMap 3': 'M(R.map(P, [P[0], A]))',
    'transformMap 4': 'M(R.map(P, A, [P[0], B]))',
    'transformMapEntry 3': 'G(R.map(P, A))',
    'transformMapEntry 4': 'G(R.map(P, A, B))',
  }),
);

/** Macros of one variable: `x` is what they are called on, `v` the variable. */
const ONE_VARIABLE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'optMap 2': 'X.hasValue() ? optional.of([X.value()].map(V, A)[0]) : optional.none()',
    'optFlatMap 2': 'X.hasValue() ? [X.value()].map(V, A)[0] : optional.none()',
    'sortBy 2': 'S(X, X.map(V, A))',
  }),
);

/** The functions behind one letter of the templates. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map(Object.entries({ M: '@map_of', G: '@merged', S: '@sort_by' }));

/** Expands the macros that the parser leaves as calls, and what stands for optional syntax. */
export function expandMacros(root: Expr, read: Read): Expr {
  let pairs = 0;

  const expand = (expr: Expr): Expr => {
    forEachChild(expr, expand);
    const { exprKind } = expr;
    if (exprKind.case === 'selectExpr') optionalSelect(expr);
    if (exprKind.case === 'callExpr') call(expr);
    return expr;
  };

  const call = (expr: Expr): void => {
    const kind = expr.exprKind;
    if (kind.case !== 'callExpr' || !kind.value.target) return;
    const { target, function: name, args } = kind.value;
    const [first, second, ...rest] = args as Expr[];
    if (name === OPTIONAL_INDEX && first) return replace(expr, callOf('@optional_at', [target as Expr, first]));
    if (isOptional(target as Expr) && name === '_[_]' && first)
      return replace(expr, callOf('@optional_at', [target as Expr, first]));
    const key = `${name} ${args.length}`;
    const variable = first && identOf(first);
    if (key === 'bind 3' && identOf(target as Expr) === 'cel' && variable && second && rest[0])
      return replace(expr, filled('[X].map(V, A)[0]', { X: second, A: rest[0] }, { V: variable }));
    const two = TWO_VARIABLES.get(key);
    const other = second && identOf(second);
    if (two && variable && other) {
      const pair = `__pair${pairs++}`;
      const body = (part: Expr | undefined) =>
        part &&
        substituted(
          part,
          new Map([
            [variable, `${pair}[0]`],
            [other, `${pair}[1]`],
          ]),
        );
      const range = callOf('@pairs', [target as Expr]);
      return replace(expr, filled(two, { R: range, A: body(rest[0]), B: body(rest[1]) }, { P: pair }));
    }
    const one = ONE_VARIABLE.get(key);
    if (one && variable && second) replace(expr, filled(one, { X: target as Expr, A: second }, { V: variable }));
  };

  /** `a.__optional_field__.b`, and fields of what is optional itself. */
  const optionalSelect = (expr: Expr): void => {
    if (expr.exprKind.case !== 'selectExpr') return;
    const { operand, field, testOnly } = expr.exprKind.value;
    const marker = operand?.exprKind.case === 'selectExpr' && operand.exprKind.value.field === OPTIONAL_FIELD;
    const from = marker && operand.exprKind.case === 'selectExpr' ? operand.exprKind.value.operand : operand;
    if (!from || (!marker && !isOptional(from as Expr)) || field === OPTIONAL_FIELD) return;
    const at = callOf('@optional_at', [from as Expr, read(JSON.stringify(field))]);
    replace(expr, testOnly ? methodOf('hasValue', at) : at);
  };

  /** A template with its names filled in: expressions by a capital letter, variables and functions by theirs. */
  const filled = (
    template: string,
    expressions: Readonly<Record<string, Expr | undefined>>,
    variables: Readonly<Record<string, string>>,
  ): Expr => {
    const text = template.replace(/\b[PV]\b/g, (letter) => variables[letter] ?? letter);
    const fill = (expr: Expr): Expr => {
      forEachChild(expr, fill);
      const { exprKind } = expr;
      if (exprKind.case === 'identExpr') {
        const by = expressions[exprKind.value.name];
        if (by) replace(expr, by);
      } else if (exprKind.case === 'callExpr') {
        const name = exprKind.value.target ? undefined : FUNCTIONS.get(exprKind.value.function);
        if (name) exprKind.value.function = name;
      }
      return expr;
    };
    return fill(read(text));
  };

  /** An expression with other ones for some variables, where no macro inside has a variable of that name. */
  const substituted = (expr: Expr, by: ReadonlyMap<string, string>): Expr => {
    const { exprKind } = expr;
    if (exprKind.case === 'identExpr') {
      const text = by.get(exprKind.value.name);
      if (text !== undefined) replace(expr, read(text));
      return expr;
    }
    if (exprKind.case === 'comprehensionExpr') {
      const inner = new Map(by);
      inner.delete(exprKind.value.iterVar);
      const { iterRange, loopStep } = exprKind.value;
      if (iterRange) substituted(iterRange as Expr, by);
      if (loopStep) substituted(loopStep as Expr, inner);
      return expr;
    }
    forEachChild(expr, (child) => substituted(child, by));
    return expr;
  };

  return expand(root);
}

/** Calls it for what an expression consists of. */
export function forEachChild({ exprKind }: Expr, act: (child: Expr) => unknown): void {
  const children: readonly unknown[] = (() => {
    switch (exprKind.case) {
      case 'selectExpr':
        return [exprKind.value.operand];
      case 'callExpr':
        return [exprKind.value.target, ...exprKind.value.args];
      case 'listExpr':
        return exprKind.value.elements;
      case 'structExpr':
        return exprKind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === 'mapKey' ? keyKind.value : undefined,
          value,
        ]);
      case 'comprehensionExpr': {
        const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
        return [iterRange, accuInit, loopCondition, loopStep, result];
      }
      default:
        return [];
    }
  })();
  for (const child of children) if (child) act(child as Expr);
}

function identOf({ exprKind }: Expr): string | undefined {
  return exprKind.case === 'identExpr' ? exprKind.value.name : undefined;
}

/** Whether it is written as an optional: what follows from it is one, too. */
function isOptional({ exprKind }: Expr): boolean {
  return exprKind.case === 'callExpr' && exprKind.value.function === '@optional_at';
}

/** One expression in the place of another one. */
function replace(expr: Expr, by: Expr): void {
  Object.assign(expr, { exprKind: by.exprKind, id: by.id });
}

function callOf(name: string, args: readonly Expr[]): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id: args[0]!.id,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args: [...args] } },
  } as Expr;
}

function methodOf(name: string, target: Expr): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id: target.id,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, target, args: [] } },
  } as unknown as Expr;
}
