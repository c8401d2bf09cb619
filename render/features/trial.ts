import { StrataError } from '../../model/errors';
import type { Feature } from '../../model/feature';
import { featureProblems } from '../../model/feature-check';
import type { Component } from '../../model/kubernetes';
import type { Matrix, TargetPair } from '../../model/matrix';
import type { Target } from '../../model/target';
import type { PlannedTarget } from '../plan';
import { planTarget } from '../plan';
import { refuseSharedObjects } from '../plan-tree';

/** A target as it would be with these features: what it renders, or why it does not. */
export type Trial<P> =
  | { readonly target: Target<P>; readonly components: readonly Component[]; readonly objects: number }
  | { readonly failure: StrataError };

/** Renders targets in memory as they would be with other features. */
export class Trials<P> {
  private readonly done = new Map<string, Trial<P>>();

  constructor(
    readonly matrix: Matrix<P>,
    private readonly compose: (target: Target<P>) => readonly Component[],
    private readonly progress?: (text: string) => void,
  ) {}

  /** The pair as a target with these features, beside all other targets; rendered once, however often it is asked for. */
  of(pair: TargetPair<P>, features: readonly Feature<P>[]): Trial<P> {
    const key = [pair.name, ...features.map(({ name, facts }) => `${name} ${facts.excludes?.length ?? 0}`)].join('\n');
    const known = this.done.get(key);
    if (known) return known;
    const trial = this.render(pair, features);
    this.done.set(key, trial);
    return trial;
  }

  /** The same, without a render where the features cannot stand together at all. */
  fits(pair: TargetPair<P>, features: readonly Feature<P>[]): Exclude<Trial<P>, { failure: StrataError }> | undefined {
    for (const _ of featureProblems(pair.environment, pair.cluster, features)) return undefined;
    const trial = this.of(pair, features);
    return 'failure' in trial ? undefined : trial;
  }

  /**
   * The components of the same target without one of its features and that feature's patches. What the other features need of it is
   * not asked: they are rendered as they are.
   */
  without(
    pair: TargetPair<P>,
    features: readonly Feature<P>[],
    feature: Feature<P>,
  ): readonly Component[] | StrataError {
    const trial = this.of(pair, features);
    if ('failure' in trial) return trial.failure;
    const { target } = trial;
    try {
      return this.compose({
        ...target,
        features: target.features.filter(({ name }) => name !== feature.name),
        patches: target.patches.filter((patch) => !feature.facts.patches?.includes(patch)),
      });
    } catch (error) {
      if (error instanceof StrataError) return error;
      throw error;
    }
  }

  private render({ environment, cluster, declared, name }: TargetPair<P>, features: readonly Feature<P>[]): Trial<P> {
    this.progress?.(`rendering ${name} with ${features.map((feature) => feature.name).join(', ') || 'no features'}`);
    try {
      const [target] = this.matrix.with({ environment, cluster, ...declared, features }).targets([name]);
      const components = this.compose(target!);
      const plan = planTarget(target!, components);
      const neighbours = this.neighbours(target!);
      refuseSharedObjects(
        [...neighbours.map((each) => each.target), target!],
        Object.fromEntries([...neighbours, { target: target!, plan }].map((each) => [each.target.path, each.plan])),
      );
      return { target: target!, components, objects: plan.objects.length };
    } catch (error) {
      if (error instanceof StrataError) return { failure: error };
      throw error;
    }
  }

  /** The other targets on its cluster: two that render one object would overwrite each other. */
  private neighbours({ name, cluster }: Target<P>): { readonly target: Target<P>; readonly plan: PlannedTarget }[] {
    const names = this.matrix.pairs.filter((pair) => pair.declared && pair.cluster === cluster && pair.name !== name);
    return names.flatMap((pair) => this.plans.get(pair.name) ?? this.plan(pair.name));
  }

  private readonly plans = new Map<string, { readonly target: Target<P>; readonly plan: PlannedTarget }[]>();

  /** Nothing of a target that does not render as it is. */
  private plan(name: string): { readonly target: Target<P>; readonly plan: PlannedTarget }[] {
    let found: { readonly target: Target<P>; readonly plan: PlannedTarget }[] = [];
    try {
      const [target] = this.matrix.targets([name]);
      found = [{ target: target!, plan: planTarget(target!, this.compose(target!)) }];
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
    }
    this.plans.set(name, found);
    return found;
  }
}
