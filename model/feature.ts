import type { Capability } from './capability';
import type { Patch } from './patch';
import type { SettingsGroup } from './settings';

/** The groups of building blocks and features, which are the folders that they stand in. */
export type FeatureGroup =
  | 'app'
  | 'monitoring'
  | 'logging'
  | 'delivery'
  | 'scaling'
  | 'availability'
  | 'security'
  | 'recovery'
  | 'operators'
  | 'practice';

/** What is known of a feature without applying it. */
export interface FeatureFacts {
  /** The folder of features/ that it stands in. */
  readonly group: FeatureGroup;
  /** One line: what a target gains. */
  readonly summary: string;
  /** @default - nothing */
  readonly needs?: readonly Capability[];
  /** @default - nothing */
  readonly provides?: readonly Capability[];
  /** Names of features and environments that it cannot be combined with, with the reason. @default - none */
  readonly excludes?: readonly { readonly what: string; readonly why: string }[];
  /** Changes of final objects of others, in the order of the target's features and before those of the cluster. @default - none */
  readonly patches?: readonly Patch[];
}

/**
 * An optional capability. A target applies its features in four steps, so that their order does not matter. `Context` is
 * what they are applied to; the model need not know.
 */
export interface Feature<Context = never> {
  readonly name: string;
  readonly facts: FeatureFacts;
  /** Where it was declared. @default - unknown */
  readonly at?: Error;
  /** What its user may choose. */
  readonly settings: SettingsGroup;
  /** First: adds building blocks of its own. */
  readonly apply: (context: Context) => void;
  /** When these are there: adds what connects to all of them. */
  readonly connect: (context: Context) => void;
  /** When every workload is there: changes those that it is for. */
  readonly adjust: (context: Context) => void;
  /** When all flows are declared: adds what follows from the whole. */
  readonly finish: (context: Context) => void;
}
