import type { KubernetesObject } from '../model/kubernetes';
import type { KubernetesVersion } from '../model/kubernetes-version';
import type { Expression, SettingUse } from './expression';
import type { ObjectKey } from './key';
import type { Part } from './naming';
import type { Tokens } from './tokens';

/** An object as code says it. */
export interface PlannedObject {
  readonly key: ObjectKey;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly expression: Expression;
  /** Whether kubernetes-types has a type that takes it in every overlay. */
  readonly isTyped: boolean;
  /** The name ends in the hash of the content. */
  readonly hashed: boolean;
  /** In which overlays it does. @default - in all */
  readonly hashedIf?: SettingUse;
  /** The folder or file that it comes from. */
  readonly from: string;
}

/** One file of objects: what every target has, or a feature. */
export interface PlannedPart extends Part {
  readonly objects: readonly PlannedObject[];
  readonly settings: readonly SettingUse[];
  /** What a feature changes of objects of others. */
  readonly patches: readonly PlannedPatch[];
}

export interface PlannedPatch {
  /** `Deployment/web` */
  readonly object: string;
  /** Further objects that change alike. @default - none */
  readonly others?: readonly string[];
  readonly change: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly apiVersion: string;
  readonly isTyped: boolean;
}

export interface PlannedEnvironment {
  readonly name: string;
  readonly from: string;
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly settings: readonly { readonly setting: SettingUse; readonly value: unknown; readonly reason: string }[];
  readonly patches: readonly PlannedPatch[];
  readonly features: readonly PlannedPart[];
  readonly tokens: Tokens;
  /** The names of its objects, by key. */
  readonly names: ReadonlyMap<ObjectKey, string>;
  /** Objects that hold secrets. */
  readonly secrets: readonly string[];
  /** What is to be rendered for it. */
  readonly wanted: readonly KubernetesObject[];
}

/** An adopted platform, before it is written as code. */
export interface AdoptedPlan {
  readonly platform: string;
  readonly kind: string;
  readonly parts: readonly PlannedPart[];
  readonly features: readonly PlannedPart[];
  /** Settings of several parts. */
  readonly common: readonly SettingUse[];
  readonly environments: readonly PlannedEnvironment[];
  readonly clusters: readonly string[];
  /** What the clusters run, as far as it is known. */
  readonly kubernetes: KubernetesVersion;
  /** Files of YAML that are no manifests. */
  readonly leftOut: readonly string[];
}
