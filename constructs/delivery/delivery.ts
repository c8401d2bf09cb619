import type { DeliveryFacts } from '../../model/delivered';
import { knownNames, StrataError } from '../../model/errors';
import type { ObjectReference } from '../../model/kubernetes';
import { flag, text, value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import type { Environment, Target } from '../../model/target';
import type { Notification } from './notifications';
import { notificationsProblem } from './notifications';

/** Where those that apply the rendered tree find it, and which of them there are. */
export interface Delivery {
  readonly repoUrl: string;
  /** Branch, tag or commit; the setting `delivery.revision` gives an environment another one. */
  readonly revision: string;
  /** The folder of the tree in the repository. `''` is its root. */
  readonly folder: string;
  /** The namespace that Argo CD runs in. @default - no objects of Argo CD are rendered */
  readonly argoNamespace?: string;
  /**
   * The environments in the order in which a commit reaches them; those of one list together. Argo CD goes on when all of a step is
   * healthy, so what breaks stops there. Its ApplicationSet controller must run with progressive syncs, and heals nothing by itself then.
   * Before 3.6.1 it holds back only what has not looked at the repository before those of the step before have.
   * @default - all at once
   */
  readonly progressive?: readonly (Environment | readonly Environment[])[];
  /** What Flux is given in each cluster. @default - no objects of Flux are rendered */
  readonly flux?: FluxDelivery;
  /** Targets are applied by `kubectl apply --applyset … --prune`, as `strata targets --how` prints. @default false */
  readonly kubectl?: boolean;
}

export interface FluxDelivery {
  /** The namespace that Flux runs in. @default 'flux-system' */
  readonly namespace?: string;
  /** How often it looks for a new commit, and heals what was changed by hand. @default '5m' */
  readonly interval?: `${bigint}${'s' | 'm' | 'h'}`;
  /** The Secret with the credentials of the repository. @default - it needs none */
  readonly secret?: string;
}

/**
 * What is applied by the server is compared by the server, too: it fills in what a schema says by default. Argo CD itself does not know the
 * defaults of custom kinds, and finds each HTTPRoute and each Rollout out of sync for ever (seen with 3.2).
 */
export const COMPARED = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };

/** What is rendered for a target, as far as those who apply it must know. */
export interface Delivered {
  readonly target: Target;
  /** The namespace of its app. */
  readonly namespace: string;
  readonly objects: readonly ObjectReference[];
  readonly facts: DeliveryFacts;
}

export const deliverySettings = settingsOf('delivery', {
  /** A new commit is applied without somebody who says so. */
  automated: flag(true),
  /** What is no longer rendered is deleted. */
  prune: flag(true),
  /** What somebody changed by hand is changed back. Flux does so in any case. */
  selfHeal: flag(true),
  /** Branch, tag or commit of the repository. `auto` is what environments/delivery.ts says. */
  revision: text('auto'),
  /** Who is told of what, by Argo CD: `{ on: 'on-sync-failed', by: 'slack', to: ['platform'] }`. */
  notify: value<readonly Notification[]>(
    [],
    notificationsProblem,
    () => "[{ on: 'on-sync-failed', by: 'slack', to: ['platform'] }]",
  ),
});

declare module '../../model/settings' {
  interface Settings {
    readonly delivery?: ValuesOf<typeof deliverySettings>;
  }
}

/** A target's values; of a matrix that has no such settings, the defaults. */
export function deliveryOf({ settings }: Target): ValuesOf<typeof deliverySettings> {
  return settings.delivery ?? deliverySettings.defaults;
}

/** What a target is called by those who apply it. */
export function deliveryName(product: string, { environment, cluster }: Target): string {
  return `${product}-${environment.name}-${cluster.name}`;
}

export function revisionOf(delivery: Delivery, target: Target): string {
  const { revision } = deliveryOf(target);
  return revision === 'auto' ? delivery.revision : revision;
}

/** The target's folder in the repository. */
export function pathOf({ folder }: Delivery, target: Target): string {
  return [folder, target.path].filter(Boolean).join('/');
}

/** The names of the environments, step by step; undefined where all are delivered at once. */
export function stepsOfDelivery(delivery: Delivery, delivered: readonly Delivered[]): string[][] | undefined {
  if (!delivery.progressive) return undefined;
  const steps = delivery.progressive.map((step) => ('name' in step ? [step] : step).map(({ name }) => name));
  const place = 'environments/delivery.ts, progressive';
  const all = steps.flat();
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined)
    throw new StrataError(place, `names environment ${twice} twice`, ['leave one of the two out']);
  const here = [...new Set(delivered.map(({ target }) => target.environment.name))];
  const missing = here.find((name) => !all.includes(name));
  if (missing !== undefined)
    throw new StrataError(
      place,
      `does not name environment ${missing}, and what is in no step is never delivered; ${knownNames(missing, all)}`,
      [`add ${missing} to a step`, 'leave progressive out: all environments are delivered at once'],
    );
  return steps.map((step) => step.filter((name) => here.includes(name))).filter((step) => step.length > 0);
}
