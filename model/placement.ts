export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/**
 * Where pods may and should run. Every label and taint in it must be one that the cluster's pools have. `placedOn` has the
 * compiler look, too: `Label` and `TaintKey` are then the cluster's own.
 */
export interface Placement<Label extends string = string, TaintKey extends string = string> {
  /**
   * Labels that a node must carry, all of them: one value (a node selector), or one of several (required node affinity).
   * @default - any node
   */
  readonly requires?: { readonly [L in Label]?: string | readonly string[] };
  /** What else must hold of a node's labels, all of it (required node affinity). @default - nothing */
  readonly matches?: readonly NodeExpression<Label>[];
  /** What makes a node better, with a weight from 1 to 100 (preferred node affinity). @default - nothing */
  readonly prefers?: readonly Preference<Label>[];
  /** Taints that the pods accept. @default - none */
  readonly tolerates?: readonly Toleration<TaintKey>[];
  /** Replicas keep apart from each other, over nodes or zones. @default - preferred over nodes */
  readonly apart?: { readonly over: 'node' | 'zone'; readonly strength: 'preferred' | 'required' };
  /** Replicas are spread evenly over nodes or zones (topology spread constraints). @default - none */
  readonly spread?: readonly Spread[];
}

/** A label with its value, or expressions of which all must hold. */
export type Preference<Label extends string = string> = { readonly weight: number } & (
  | { readonly label: readonly [key: Label, value: string] }
  | { readonly matches: readonly NodeExpression<Label>[] }
);

/** An expression over the labels of a node, as node affinity writes it. */
export type NodeExpression<Label extends string = string> =
  /** The label has one of the values; or it has none of them, or is not there. */
  | { readonly key: Label; readonly operator: 'In' | 'NotIn'; readonly values: readonly string[] }
  /** The label is there, whatever its value; or it is not. */
  | { readonly key: Label; readonly operator: 'Exists' | 'DoesNotExist' }
  /** The label's value is a whole number above, or below, this one. */
  | { readonly key: Label; readonly operator: 'Gt' | 'Lt'; readonly value: number };

/** Taints that pods accept. */
export interface Toleration<TaintKey extends string = string> {
  /** @default - with operator `Exists`: taints of every key */
  readonly key?: TaintKey;
  /** `Equal`: of this value; `Exists`: of every value. @default - `Equal` with a value, else `Exists` */
  readonly operator?: 'Equal' | 'Exists';
  readonly value?: string;
  /** @default - every effect */
  readonly effect?: Taint['effect'];
  /** Seconds that a running pod stays after a taint `NoExecute` was added. @default - for ever */
  readonly seconds?: number;
}

export interface Spread {
  readonly over: 'node' | 'zone';
  /** How many pods more one of them may have than the one with the fewest. @default 1 */
  readonly maxSkew?: number;
  /**
   * With `required`: so many nodes or zones there must be; as long as there are fewer, none may have more than `maxSkew` pods.
   * @default 1
   */
  readonly minDomains?: number;
  /** `required`: a pod that would break this stays pending. */
  readonly strength: 'preferred' | 'required';
}

export function taintText(taint: Partial<Taint>): string {
  return `${taint.key ?? ''}${taint.value === undefined ? '' : `=${taint.value}`}${taint.effect ? `:${taint.effect}` : ''}`;
}

/** What a node must carry in labels of which one of some values will do. */
export function requiredOf(placement: Placement): readonly (readonly [key: string, values: readonly string[]])[] {
  return Object.entries(placement.requires ?? {}).map(([key, values = []]) => [
    key,
    typeof values === 'string' ? [values] : values,
  ]);
}

/** The expressions of a preference. */
export function preferredOf(preference: Preference): readonly NodeExpression[] {
  return 'matches' in preference
    ? preference.matches
    : [{ key: preference.label[0], operator: 'In', values: [preference.label[1]] }];
}
