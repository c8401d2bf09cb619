import type { SecuredPod, Violation } from './pod';

/** The Pod Security Standards, as the admission of that name enforces them: levels, versions, and the labels of namespaces. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof LEVELS)[number];

/** One control of a level. */
export interface Control {
  readonly name: string;
  readonly level: 'baseline' | 'restricted';
  /** The control of baseline that this is a stricter form of. */
  readonly replaces?: string;
  /** The last one of these that fits counts; where none does, the control is not there yet. */
  readonly versions: readonly {
    /** The minor version of the standard. */
    readonly since: number;
    /** The minor version of the API server, where the fields came later than the rule. */
    readonly served?: number;
    readonly violation: ControlTest;
  }[];
}

export type ControlTest = (pod: SecuredPod) => Violation | undefined;
