import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import type { RiskClass } from '../risk/classes';
import type { Risk } from '../risk/risk';
import type { WorkloadReplacement } from '../rollout';
import type { SideTwice } from '../target-change';
import type { UnknownObject } from '../unknown';

/** One object of one target. */
export interface FleetInstance {
  readonly target: string;
  /** The target, or how a set of manifests is called below the folders that are compared. */
  readonly place: string;
  readonly change: ObjectChange;
}

/** The same change of one object or of several, in one target or in several: it is shown once. */
export interface FleetChange {
  readonly does: ObjectChange['does'];
  /** `Deployment/shop/web`; without the namespace where it has another one in other targets. */
  readonly objects: readonly string[];
  /** What a renamed one was called; `in namespace shop` where nothing but that is another one. @default - it keeps its name */
  readonly was?: string;
  readonly targets: readonly string[];
  /** In what each differs; none where it comes or goes. */
  readonly fields: readonly FieldChange[];
  readonly class: RiskClass;
  /** What the rules say of it, each sentence once, the worst first. */
  readonly risks: readonly Pick<Risk, 'class' | 'rule' | 'message' | 'advice'>[];
  /** Every object of every target that it is about. */
  readonly instances: readonly FleetInstance[];
  /** What of the sources moved it. @default - nobody knows: it is not our own render */
  readonly causes?: readonly FleetCause[];
}

/** What of the sources moved a change, in words. */
export interface FleetCause {
  /** `web.replicas: 3 → 4 (environment, environments/prod.ts:11: "one per zone")` */
  readonly text: string;
  /** The fields that it moved. @default - all of them */
  readonly fields?: readonly FieldChange[];
  /** The objects that it brought or took away. @default - all of them */
  readonly objects?: readonly string[];
}

/** A target that is there on one side only. */
export interface FleetTarget {
  readonly target: string;
  readonly does: 'added' | 'removed';
  readonly objects: readonly string[];
  readonly class: RiskClass;
  readonly risks: readonly Risk[];
}

/** The same replacement in several targets. */
export interface FleetReplacement {
  readonly targets: readonly string[];
  readonly replacement: WorkloadReplacement;
}

/** A setting that has another value, and moves nothing. */
export interface FleetIdle {
  /** `web.replicas: 3 → 5 (environment, environments/prod.ts:10: "one per zone")` */
  readonly text: string;
  /** Where it moves nothing. */
  readonly targets: readonly string[];
  /** The features that decide in its place, in the first of them; empty: none does. */
  readonly instead: readonly string[];
}

/** An object that stands several times on one side of a target. */
export interface FleetTwice extends SideTwice {
  readonly target: string;
}

/** Objects of one target of which nobody knows what becomes, since the side could not be read as a whole. */
export interface FleetUnknown extends Pick<UnknownObject, 'side'> {
  readonly target: string;
  readonly objects: readonly string[];
}

export interface Fleet {
  /** The targets that were compared. */
  readonly targets: readonly string[];
  /** What was compared beside the targets and is none, such as what hands them over. */
  readonly beside: readonly string[];
  readonly changes: readonly FleetChange[];
  readonly whole: readonly FleetTarget[];
  readonly class: RiskClass;
  /** Pods that are replaced, in the order in which targets are declared and objects are applied; alike ones are one. */
  readonly replaced: readonly FleetReplacement[];
  /** Whether the rules judged it; what differs in two environments is no change. */
  readonly judged: boolean;
  /** Objects that stand several times on one side of a target. */
  readonly twice: readonly FleetTwice[];
  /** Objects that may have come, gone or stayed. */
  readonly unknown: readonly FleetUnknown[];
  /** Settings of our own render that changed and moved nothing. @default - none did */
  readonly idle?: readonly FleetIdle[];
}
