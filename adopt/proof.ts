import type { KubernetesObject } from '../model/kubernetes';
import type { ObjectDifference } from '../model/object-differences';
import { objectDifferences } from '../model/object-differences';
import { withPatch } from '../model/patched';
import type { Meaning } from './expression';
import { renderedIn } from './plan';
import type { AdoptedPlan, PlannedEnvironment } from './planned';

/** In what the code of an environment renders something else than what was built before the move. */
export function differencesIn(plan: AdoptedPlan, environment: PlannedEnvironment): ObjectDifference[] {
  return objectDifferences(environment.wanted, renderedFor(plan, environment));
}

/** What the planned code renders for an environment, patches included. */
function renderedFor(plan: AdoptedPlan, environment: PlannedEnvironment): readonly KubernetesObject[] {
  const meaning: Meaning = {
    overlay: environment.name,
    tokens: environment.tokens,
    names: environment.names,
  };
  const objects = [...plan.parts, ...environment.features].flatMap((part) =>
    part.objects.map((object) => renderedIn(object, meaning)),
  );
  const patches = [...environment.features.flatMap((part) => part.patches), ...environment.patches];
  const each = patches.flatMap((patch) =>
    [patch.object, ...(patch.others ?? [])].map((object) => ({ ...patch, object })),
  );
  return each.reduce<readonly KubernetesObject[]>((before, patch) => {
    const { object, changed } = withPatch(environment.name, { ...patch, at: NOWHERE }, before, 'environment');
    return before.map((one) => (one === object ? changed : one));
  }, objects);
}

const NOWHERE = new Error('never thrown');
