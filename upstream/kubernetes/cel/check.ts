import type { CelType } from './declared-type';
import { readExpression } from './expression';
import type { Expr } from './macros';
import { functionType, isFunction } from './signatures';

/** Why an expression certainly does not compile. */
class TypeFault extends Error {}

type Scope = ReadonlyMap<string, CelType>;

/**
 * What is certainly wrong with an expression: a name that nothing declares, a field that an object does not have, operators and functions
 * that do not take these types. Undefined where nothing is, or where this cannot tell.
 */
export function typeProblem(
  text: string,
  variables: Readonly<Record<string, CelType>>,
  wanted: 'bool' | 'string',
): string | undefined {
  let expression: Expr | undefined;
  try {
    expression = readExpression(text);
  } catch (error) {
    // Names in backticks are of newer parsers than this one.
    return text.includes('`') ? undefined : `Syntax error: ${(error as Error).message.replace(/^<input>:/, '')}`;
  }
  if (!expression) return undefined;
  try {
    const type = typeOf(expression, new Map(Object.entries(variables)));
    if (type === wanted) return undefined;
    const name = type === 'dyn' ? otherTypeOf(expression) : nameOf(type);
    return name === undefined ? undefined : `must evaluate to ${wanted}, and is ${name}`;
  } catch (error) {
    if (error instanceof TypeFault) return error.message;
    throw error;
  }
}

/** The type of what is neither bool nor string for certain, though nothing else is known of it. */
function otherTypeOf({ exprKind }: Expr): string | undefined {
  if (exprKind.case === 'structExpr' && exprKind.value.messageName === '') return 'map';
  if (exprKind.case === 'constExpr' && exprKind.value.constantKind.case === 'uint64Value') return 'uint';
  return exprKind.case === 'callExpr' ? OPAQUE.get(exprKind.value.function) : undefined;
}

/** Functions whose values have types of their own, which the checker does not follow. */
const OPAQUE: ReadonlyMap<string, string> = new Map([
  ['uint', 'uint'],
  ['type', 'type'],
  ['url', 'URL'],
  ['ip', 'IP'],
  ['cidr', 'CIDR'],
  ['quantity', 'Quantity'],
  ['semver', 'Semver'],
  ['getQuery', 'map'],
]);

function typeOf(expr: Expr, scope: Scope): CelType {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return CONSTANTS.get(exprKind.value.constantKind.case ?? '') ?? 'dyn';
    case 'identExpr': {
      const { name } = exprKind.value;
      const type = scope.get(name);
      if (type === undefined && !TYPES.has(name)) throw new TypeFault(`undeclared reference to '${name}'`);
      return type ?? 'dyn';
    }
    case 'selectExpr': {
      const { operand, field, testOnly } = exprKind.value;
      const type = fieldType(typeOf(operand as Expr, scope), field);
      return testOnly ? 'bool' : type;
    }
    case 'listExpr': {
      const types = exprKind.value.elements.map((element) => typeOf(element as Expr, scope));
      return {
        list: types.length > 0 && types.every((type) => nameOf(type) === nameOf(types[0]!)) ? types[0]! : 'dyn',
      };
    }
    case 'structExpr':
      for (const { keyKind, value } of exprKind.value.entries) {
        if (keyKind.case === 'mapKey') typeOf(keyKind.value as Expr, scope);
        if (value) typeOf(value as Expr, scope);
      }
      return 'dyn';
    case 'comprehensionExpr': {
      const { iterVar, iterRange, loopStep, accuVar, accuInit, result } = exprKind.value;
      const range = typeOf(iterRange as Expr, scope);
      const item =
        typeof range === 'object'
          ? 'list' in range
            ? range.list
            : 'map' in range
              ? 'string'
              : undefined
          : range === 'dyn'
            ? 'dyn'
            : undefined;
      if (item === undefined)
        throw new TypeFault(
          `expression of type '${nameOf(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
      const initial = typeOf(accuInit as Expr, scope);
      const accumulated: CelType = typeof initial === 'object' ? { list: 'dyn' } : initial;
      const inner = new Map(scope).set(iterVar, item).set(accuVar, accumulated);
      if (loopStep) typeOf(loopStep as Expr, inner);
      return result ? typeOf(result as Expr, inner) : 'dyn';
    }
    case 'callExpr':
      return callType(exprKind.value as never, scope);
    default:
      return 'dyn';
  }
}

interface Call {
  readonly function: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

function callType({ function: name, target, args }: Call, scope: Scope): CelType {
  const namespace =
    target?.exprKind.case === 'identExpr' && !scope.has(target.exprKind.value.name)
      ? `${target.exprKind.value.name}.${name}`
      : undefined;
  if (namespace !== undefined && isFunction(namespace)) {
    const given = args.map((arg) => typeOf(arg, scope));
    if (namespace.startsWith('sets.') && !given.every((type) => type === 'dyn' || nameOf(type) === 'list'))
      throw new TypeFault(
        `found no matching overload for '${namespace}' applied to '(${given.map(nameOf).join(', ')})'`,
      );
    return functionType(namespace);
  }
  const on = target && typeOf(target, scope);
  const types = args.map((arg) => typeOf(arg, scope));
  const mismatch = () =>
    new TypeFault(
      `found no matching overload for '${name}' applied to '${on === undefined ? '' : `${nameOf(on)}.`}(${types.map(nameOf).join(', ')})'`,
    );
  const operator = OPERATORS.get(name);
  if (operator) {
    const result = operator(types);
    if (result === undefined) throw mismatch();
    return result;
  }
  if (name === '_[_]') return indexed(types[0]!, types[1]!, mismatch);
  if (name === '_?_:_') {
    if (!is(types[0]!, 'bool') || !isSame(types[1]!, types[2]!)) throw mismatch();
    return nameOf(types[1]!) === nameOf(types[2]!) ? types[1]! : 'dyn';
  }
  const key = args[1]?.exprKind;
  if (name === '@optional_at' && key?.case === 'constExpr' && key.value.constantKind.case === 'stringValue')
    fieldType(types[0]!, key.value.constantKind.value);
  if (!isFunction(name)) throw new TypeFault(`undeclared reference to '${name}'`);
  const wanted = RECEIVERS.get(name);
  const subject = on ?? (name === 'size' || name === 'matches' ? types[0] : undefined);
  if (wanted && subject !== undefined && subject !== 'dyn' && !wanted.includes(nameOf(subject))) throw mismatch();
  const text = on === undefined ? types[1] : types[0];
  if (OF_TEXTS.has(name) && !is(text ?? 'dyn', 'string')) throw mismatch();
  return functionType(name);
}

/** Methods whose first argument is a string, too. */
const OF_TEXTS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', 'find', 'findAll']);

/** Methods that only these types have. */
const RECEIVERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...[
    'startsWith',
    'endsWith',
    'contains',
    'matches',
    'find',
    'findAll',
    'replace',
    'split',
    'substring',
    'charAt',
    'trim',
    'lowerAscii',
    'upperAscii',
    'format',
  ].map((name) => [name, ['string']] as const),
  ['isSorted', ['list']],
  ['sum', ['list']],
  ['min', ['list']],
  ['max', ['list']],
  ['join', ['list']],
  ['size', ['string', 'bytes', 'list', 'map']],
]);

function fieldType(type: CelType, field: string): CelType {
  if (type === 'dyn') return 'dyn';
  if (typeof type === 'object' && 'map' in type) return type.known?.get(field) ?? type.map;
  if (typeof type === 'object' && 'fields' in type) {
    const found = type.fields.get(field);
    if (found === undefined) throw new TypeFault(`undefined field '${field}'`);
    return found;
  }
  throw new TypeFault(`type '${nameOf(type)}' does not support field selection`);
}

function indexed(on: CelType, index: CelType, mismatch: () => Error): CelType {
  if (on === 'dyn') return 'dyn';
  if (typeof on === 'object' && 'list' in on && is(index, 'int')) return on.list;
  if (typeof on === 'object' && 'map' in on && is(index, 'string')) return on.map;
  throw mismatch();
}

const is = (type: CelType, wanted: CelType) => type === 'dyn' || type === wanted;
const isNumber = (type: CelType) => type === 'int' || type === 'double';
const bothBool = ([a, b = 'bool']: readonly CelType[]): CelType | undefined =>
  is(a!, 'bool') && is(b, 'bool') ? 'bool' : undefined;

/** Types of which equality and order are known. */
function isSame(a: CelType, b: CelType): boolean {
  if (a === 'dyn' || b === 'dyn' || nameOf(a) === nameOf(b)) return true;
  // Texts, numbers and truth values are never null; other types are left to the server.
  return (
    (a === 'null' || b === 'null') && ![a, b].some((type) => ['string', 'int', 'double', 'bool'].includes(nameOf(type)))
  );
}

const equality = ([a, b]: readonly CelType[]): CelType | undefined => (isSame(a!, b!) ? 'bool' : undefined);
const order = ([a, b]: readonly CelType[]): CelType | undefined =>
  isSame(a!, b!) || (isNumber(a!) && isNumber(b!))
    ? typeof a === 'object' || typeof b === 'object'
      ? undefined
      : 'bool'
    : undefined;
const arithmetic = ([a, b]: readonly CelType[]): CelType | undefined => {
  if (a === 'dyn' || b === 'dyn') return 'dyn';
  return isNumber(a!) && a === b ? a : undefined;
};
const sum = ([a, b]: readonly CelType[]): CelType | undefined => {
  if (a === 'dyn' || b === 'dyn' || typeof a === 'object' || typeof b === 'object')
    return typeof a === typeof b && typeof a === 'object'
      ? { list: 'dyn' }
      : a === 'dyn' || b === 'dyn'
        ? 'dyn'
        : undefined;
  if (a === 'timestamp' || b === 'timestamp' || a === 'duration' || b === 'duration') return 'dyn';
  return a === b && ['int', 'double', 'string', 'bytes'].includes(a!) ? a : undefined;
};

const OPERATORS: ReadonlyMap<string, (types: readonly CelType[]) => CelType | undefined> = new Map<
  string,
  (types: readonly CelType[]) => CelType | undefined
>([
  ['_&&_', bothBool],
  ['_||_', bothBool],
  ['!_', bothBool],
  ['@not_strictly_false', () => 'bool' as const],
  ['_==_', equality],
  ['_!=_', equality],
  ['_<_', order],
  ['_<=_', order],
  ['_>_', order],
  ['_>=_', order],
  ['_+_', sum],
  ['_-_', (types) => (types.some((type) => type === 'timestamp' || type === 'duration') ? 'dyn' : arithmetic(types))],
  ['_*_', arithmetic],
  ['_/_', arithmetic],
  ['_%_', ([a, b]) => (is(a!, 'int') && is(b!, 'int') ? 'int' : undefined)],
  ['-_', ([a]) => (a === 'dyn' || isNumber(a!) ? a : undefined)],
  [
    '@in',
    ([item, of]) =>
      of === 'dyn'
        ? 'bool'
        : typeof of !== 'object' || 'fields' in of
          ? undefined
          : 'list' in of
            ? equality([item!, of.list])
            : equality([item!, 'string']),
  ],
]);

const CONSTANTS: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['stringValue', 'string'],
  ['int64Value', 'int'],
  ['doubleValue', 'double'],
  ['boolValue', 'bool'],
  ['bytesValue', 'bytes'],
  ['nullValue', 'null'],
]);
/** Names of types are values. */
const TYPES: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'google',
  'net',
  'kubernetes',
]);

function nameOf(type: CelType): string {
  return typeof type === 'string' ? type : 'list' in type ? 'list' : 'map' in type ? 'map' : 'object';
}
