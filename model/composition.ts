import type { DeliveryFacts } from './delivered';
import type { Feature } from './feature';
import type { Component, KubernetesObject, ObjectReference } from './kubernetes';
import type { Matrix } from './matrix';
import type { PromtoolTests } from './promtool-tests';
import type { SecretContract } from './secret-contract';
import type { Target } from './target';

/** What a project's `main.ts` exports, and all that the commands know of the project. `P` is what features are applied to. */
export interface Composition<P> {
  readonly matrix: Matrix<P>;
  readonly features: readonly Feature<P>[];
  /** The repository that the rendered tree is read from. @default - nobody said */
  readonly delivery?: { readonly repoUrl: string; readonly revision: string; readonly folder: string } | undefined;
  /** The branch, tag or commit of that repository from which a target is read. @default - nobody said */
  readFrom?(target: Target<P>): string | undefined;
  /** A target's objects. */
  compose(target: Target<P>): readonly Component[];
  /** The Secrets that a target's pods need, and what they must hold: known before any of them is there. */
  secrets(target: Target<P>): readonly SecretContract[];
  /** The rules of a target's Prometheus with their unit tests, by group; none where nothing evaluates rules. */
  ruleTests?(target: Target<P>): readonly PromtoolTests[];
  /** Where each of a target's objects was made: call stacks by object name. */
  origins(target: Target<P>): ReadonlyMap<string, string>;
  /** What hands the rendered targets to Argo CD and Flux. */
  deliver(
    delivered: readonly {
      readonly target: Target<P>;
      readonly objects: readonly ObjectReference[];
      readonly facts: DeliveryFacts;
    }[],
  ): readonly { readonly file: string; readonly objects: readonly KubernetesObject[] }[];
}
