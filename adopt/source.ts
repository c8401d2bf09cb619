import type { KubernetesObject } from '../model/kubernetes';
import type { KubernetesVersion } from '../model/kubernetes-version';

/** Keys and list positions from the top of an object to a field. */
export type KeyPath = readonly (string | number)[];

/** An object as it was built for one overlay, and what is known of where it comes from. */
export interface BuiltObject {
  readonly object: KubernetesObject;
  /** Its name in the source: without prefixes, suffixes and the hash of its content. */
  readonly name: string;
  /** The name ends in a hash of the content. */
  readonly hashed: boolean;
  /** The folder or file that declares it, relative to the source. */
  readonly from: string;
}

/** What is rendered for one environment, before the move. */
export interface Overlay {
  /** Of the environment. */
  readonly name: string;
  /** The folder or file that makes the difference, relative to the source. */
  readonly from: string;
  readonly objects: readonly BuiltObject[];
  /** What its objects' names begin and end with here, and not in the source. */
  readonly prefix: string;
  readonly suffix: string;
  /** The components that change objects of others, in the order in which they are applied. @default - none */
  readonly steps?: readonly ComponentStep[];
  /** The files that make a field of an object what it is here. */
  reasonFor(built: BuiltObject, path: KeyPath): string | undefined;
}

/** What one component makes of an overlay. */
export interface ComponentStep {
  /** Its folder. */
  readonly component: string;
  /** The overlay without what this component and those after it change. */
  readonly before: readonly BuiltObject[];
  /** The file of the component that makes a field what it is. */
  reasonFor(built: BuiltObject, path: KeyPath): string | undefined;
}

/** Everything that is adopted: pure data, whoever read it. */
export interface AdoptedSource {
  /** What the platform is called. */
  readonly platform: string;
  /** For people: `Kustomize`, `plain YAML`, `the chart web`. */
  readonly kind: string;
  readonly overlays: readonly Overlay[];
  /** What overlays have in common, built by itself: its values are the defaults. */
  readonly reference?: readonly BuiltObject[];
  /** Folders of optional parts: what only they bring is a feature with their name. */
  readonly components: readonly string[];
  /** Files of YAML that are no manifests. @default - none */
  readonly leftOut?: readonly string[];
  /** What the clusters of the new project run, until their facts are put right: a chart is rendered for it. */
  readonly kubernetes: KubernetesVersion;
  /** Whether the types of kubernetes-types take the object as it is. */
  readonly isTyped: (object: KubernetesObject) => boolean;
}

/** What is read from a place, whatever it becomes. */
export type ReadSource = Omit<AdoptedSource, 'isTyped' | 'platform' | 'kubernetes'>;
