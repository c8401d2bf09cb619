import type { Piece, Token, Tokens } from './tokens';
import { textIn } from './tokens';

/** A value that environments choose. */
export interface SettingUse {
  /** Its name in a group; the same for all uses of one setting. */
  readonly field: string;
  /** The group: a thing's, or `common`. */
  readonly group: string;
  readonly type: SettingType;
  /** What holds where no environment says otherwise. */
  readonly standard: unknown;
  /** The first field that it is: its object by key and for people, and the path. */
  readonly first: { readonly key: string; readonly object: string; readonly path: readonly string[] };
  /** All objects that have it, as people call them. */
  readonly objects: Set<string>;
  /** In each overlay, by its name. */
  readonly values: ReadonlyMap<string, unknown>;
  /** What stands before it in its fields: the repository of a tag. @default - nothing */
  readonly head?: string;
}

export type SettingType = 'text' | 'whole' | 'number' | 'flag' | 'strings' | 'map';

/** A value as code writes it: the same in every overlay, or computed from what differs. */
export type Expression =
  | { readonly is: 'literal'; readonly value: unknown }
  | { readonly is: 'map'; readonly fields: readonly (readonly [string, Expression])[] }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'text'; readonly pieces: readonly (Piece | SettingUse)[]; readonly at: readonly string[] }
  | { readonly is: 'setting'; readonly setting: SettingUse; readonly at: readonly string[] }
  /** The name of an object that ends in a hash; by its key. */
  | { readonly is: 'name'; readonly of: string }
  /** The namespace, in overlays that have one. */
  | { readonly is: 'namespace' };

/** What an expression means in one overlay. */
export interface Meaning {
  readonly overlay: string;
  readonly tokens: Tokens;
  /** The hashed names of objects by their keys. */
  readonly names: ReadonlyMap<string, string>;
}

/** What code with this expression renders in an overlay. */
export function evaluated(expression: Expression, meaning: Meaning): unknown {
  switch (expression.is) {
    case 'literal':
      return expression.value;
    case 'map':
      return Object.fromEntries(
        expression.fields
          .map(([key, field]) => [key, evaluated(field, meaning)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case 'list':
      return expression.items.map((item) => evaluated(item, meaning));
    case 'text':
      return expression.pieces
        .map((piece) =>
          isSetting(piece) ? String(settingIn(piece, meaning.overlay)) : textIn([piece], meaning.tokens),
        )
        .join('');
    case 'setting':
      return settingIn(expression.setting, meaning.overlay);
    case 'name':
      return meaning.names.get(expression.of);
    case 'namespace':
      return meaning.tokens.namespace;
  }
}

function settingIn({ values, standard }: SettingUse, overlay: string): unknown {
  return values.has(overlay) ? values.get(overlay) : standard;
}

export function isSetting(piece: Piece | SettingUse): piece is SettingUse {
  return typeof piece === 'object' && 'values' in piece;
}

/** Where an expression reads settings: the paths of these fields. */
export function settingPaths(expression: Expression): (readonly string[])[] {
  if (expression.is === 'setting') return [expression.at];
  if (expression.is === 'text') return expression.pieces.some(isSetting) ? [expression.at] : [];
  return childrenOf(expression).flatMap(settingPaths);
}

/** An expression in which a field reads no settings: it has what holds where no environment says otherwise. */
export function withStandardAt(expression: Expression, path: readonly string[]): Expression {
  switch (expression.is) {
    case 'map':
      return { is: 'map', fields: expression.fields.map(([key, field]) => [key, withStandardAt(field, path)]) };
    case 'list':
      return { is: 'list', items: expression.items.map((item) => withStandardAt(item, path)) };
    case 'setting':
      return isAt(expression.at, path) ? { is: 'literal', value: expression.setting.standard } : expression;
    case 'text': {
      const plain = (piece: Piece | SettingUse) => (isSetting(piece) ? String(piece.standard) : piece);
      return isAt(expression.at, path) ? { ...expression, pieces: expression.pieces.map(plain) } : expression;
    }
    default:
      return expression;
  }
}

function isAt(at: readonly string[], path: readonly string[]): boolean {
  return at.length === path.length && at.every((key, i) => key === path[i]);
}

/** Every setting that an expression reads. */
export function settingsIn(expression: Expression): SettingUse[] {
  if (expression.is === 'setting') return [expression.setting];
  if (expression.is === 'text') return expression.pieces.filter(isSetting);
  return childrenOf(expression).flatMap(settingsIn);
}

/** Every token that an expression reads. */
export function tokensIn(expression: Expression): Token[] {
  if (expression.is === 'namespace') return ['namespace'];
  if (expression.is === 'text')
    return expression.pieces.flatMap((piece) => (typeof piece === 'string' || isSetting(piece) ? [] : [piece.token]));
  return childrenOf(expression).flatMap(tokensIn);
}

/** The keys of the objects whose hashed names an expression says. */
export function namesIn(expression: Expression): string[] {
  return expression.is === 'name' ? [expression.of] : childrenOf(expression).flatMap(namesIn);
}

/** Whether an expression leaves the namespace out in some overlays. */
export function statesNamespace(expression: Expression): boolean {
  return expression.is === 'namespace' || childrenOf(expression).some(statesNamespace);
}

function childrenOf(expression: Expression): readonly Expression[] {
  if (expression.is === 'map') return expression.fields.map(([, field]) => field);
  return expression.is === 'list' ? expression.items : [];
}
