export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** Where pods may and should run. Every label and taint in it must be one that the cluster's pools have. */
export interface Placement {
  /**
   * Labels that a node must carry, all of them: one value (a node selector), or one of several (required node affinity).
   * @default - any node
   */
  readonly requires?: Readonly<Record<string, string | readonly string[]>>;
  /** Labels that make a node better, with a weight from 1 to 100 (preferred node affinity). @default - none */
  readonly prefers?: readonly { readonly label: readonly [key: string, value: string]; readonly weight: number }[];
  /** Taints that the pods accept. @default - none */
  readonly tolerates?: readonly Taint[];
  /** Replicas keep apart from each other, over nodes or zones. @default - preferred over nodes */
  readonly apart?: { readonly over: 'node' | 'zone'; readonly strength: 'preferred' | 'required' };
}

export function taintText(taint: Taint): string {
  return `${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`;
}

/** The values of a required label that will do. */
export function acceptedValues(required: string | readonly string[]): readonly string[] {
  return typeof required === 'string' ? [required] : required;
}
