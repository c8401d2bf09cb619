import type { KubernetesObject } from '../../model/kubernetes';
import type { Target } from '../../model/target';
import type { Compose } from './counterfactual';
import { tryCompose, withoutFeature, withSetting } from './counterfactual';
import { isSame } from './same';

/** Whether a setting moves nothing of a target: with another value the same is rendered. */
export function isIdle<P>(target: Target<P>, compose: Compose<P>, path: string, other: unknown): boolean {
  return isAlike(tryCompose(target, compose), tryCompose(withSetting(target, path, other), compose));
}

/** The features without which a setting that moves nothing would move something: they decide in its place. */
export function overriddenBy<P>(target: Target<P>, compose: Compose<P>, path: string, other: unknown): string[] {
  return target.features
    .map(({ name }) => name)
    .filter((name) => !isIdle(withoutFeature(target, name), compose, path, other));
}

type Rendered = ReadonlyMap<string, KubernetesObject> | string;

/** What cannot be rendered tells nothing. */
function isAlike(one: Rendered, other: Rendered): boolean {
  if (typeof one === 'string' || typeof other === 'string') return true;
  return one.size === other.size && [...one].every(([key, object]) => isSame(object, other.get(key)));
}
