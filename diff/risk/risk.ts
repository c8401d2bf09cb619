import type { Suppression } from '../../checks/suppression/suppression';
import type { World } from '../../world/world';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import type { RiskClass } from './classes';

/** What changes between two worlds: the same target, before and after. */
export interface WorldChange {
  readonly before: World;
  readonly after: World;
  readonly changes: readonly ObjectChange[];
  /** What a repository says of findings of `strata verify`. @default - only what stands beside the objects */
  readonly livedWith?: LivedWith | undefined;
  /** What stands in a folder of the tree that is compared beside it: a target, delivered by what is compared here. @default - nothing is known */
  readonly delivered?: DeliveredWorld | undefined;
}

/** The world of a target by a path that leads to its folder; undefined where it leads to none. */
export type DeliveredWorld = (path: string, side: 'before' | 'after') => World | undefined;

/** Which findings of checks somebody knows of and lives with, by `.strata.yaml`. */
export interface LivedWith {
  readonly suppressions: readonly Suppression[];
  /** Whether what a check finds is to be told as what will break: it is not skipped, and not weighed as advice. */
  readonly asks: (check: string) => boolean;
}

/** What a change may do. */
export interface Risk {
  readonly class: RiskClass;
  /** The rule that says so. */
  readonly rule: string;
  readonly change: ObjectChange;
  /** The field whose change does it. @default - the object as a whole */
  readonly field?: FieldChange | undefined;
  /** What happens, in a sentence without a full stop. */
  readonly message: string;
  /** What to do about it, beginning with a verb. @default - what the rule says */
  readonly advice: string;
  /**
   * Of class immutable: how much of the rest of the change happens all the same. `nothing`: the object is not stored as it is written;
   * `everything`: only some ways of applying it are refused. @default - all but rollouts, once the object is made again
   */
  readonly leaves?: 'nothing' | 'everything';
  /** Whether it is left out where another rule tells something as bad of the same change in words of its own. @default false */
  readonly unlessTold?: true;
}

export type FoundRisk = Omit<Risk, 'class' | 'rule' | 'advice'> & Partial<Pick<Risk, 'class' | 'advice'>>;

/** A rule that classes changes: one file of diff/risk/rules, called after its id. */
export interface RiskRule {
  readonly id: string;
  /** The class of what it finds, unless a finding says otherwise. */
  readonly class: RiskClass;
  /** Which change it is about, in one line. */
  readonly description: string;
  /** Why that is a risk, in one or two sentences. */
  readonly reason: string;
  /** Where that is written: a page of the documentation, or a file of Kubernetes' source. */
  readonly source: string;
  /** What to do, beginning with a verb. */
  readonly advice: string;
  /** The tests run it, and the docs show it. */
  readonly example: RiskExample;
  readonly find: (change: WorldChange) => Iterable<FoundRisk>;
}

export interface RiskExample {
  readonly before: string;
  readonly after: string;
  /** Each place that is found, as `Deployment/shop/web spec.replicas`; only the object where it is found as a whole. */
  readonly finds: readonly [string, ...string[]];
  /** A change of the same `before` that is like it and that the rule says nothing of. */
  readonly harmless: string;
  /** Whether more may stand in the cluster than these manifests. @default false: they are all that there is */
  readonly partial?: true;
  /** Kubernetes objects that are the facts of the cluster. @default - none are known */
  readonly facts?: string;
}

/** Declares a rule. Without its example it does not compile. */
export function riskRule(definition: RiskRule): RiskRule {
  return definition;
}
