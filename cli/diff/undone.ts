import { memo } from '../../model/memo';
import type { ChangedCause, Undone } from '../../render/explain/changed-causes';
import { undoneCauses } from '../../render/explain/changed-causes';
import { asWritten } from '../../render/plan';
import type { ComparedPair, ComparedSource } from './compared';
import { inFolder } from './sides';

/** What each difference of two declarations moved, rendered when it is asked for; undefined where one side is not our own render. */
export const undoneOf = memo((pair: ComparedPair): readonly Undone[] | undefined => {
  const [before, after] = [pair.before?.source, pair.after?.source];
  return before && after && undoneCauses(renderedBy(before), renderedBy(after));
});

/** A target and what renders it. */
export function renderedBy({ target, project }: ComparedSource) {
  return {
    target,
    compose: (one: typeof target) => inFolder(project.root, () => project.compose(one).map(asWritten)),
  };
}

/** From what to what: the same of two targets where their declarations changed alike. */
export function valuesOf(cause: ChangedCause): unknown {
  if (cause.kind === 'setting') return [cause.after.path, cause.before.value, cause.after.value];
  if (cause.kind === 'fact') return [cause.after.of, cause.after.path, cause.before.value, cause.after.value];
  return [cause.kind, cause.does, cause.kind === 'feature' ? cause.feature.name : cause.patch.object];
}
