import type { Resource } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import type { ObjectChange } from '../object-change';
import type { WorldChange } from './risk';

/** The changes of objects of these kinds. */
export function changesOf(diff: WorldChange, ...kinds: readonly string[]): readonly ObjectChange[] {
  return kinds.flatMap((kind) => byKind(diff).get(kind) ?? []);
}

const byKind = memo((diff: WorldChange): ReadonlyMap<string, readonly ObjectChange[]> => {
  const map = new Map<string, ObjectChange[]>();
  for (const change of diff.changes) addTo(map, change.kind, change);
  return map;
});

/** An object that is there no more, under its name at least. */
export interface Gone {
  readonly change: ObjectChange;
  readonly before: Resource;
  readonly namespace: string;
  /** What stands in its place under another name. @default - nothing */
  readonly renamed: Resource | undefined;
}

/** The objects of these kinds that are removed or renamed, but for those that whoever applies the manifests is told to keep. */
export function goneOf(diff: WorldChange, ...kinds: readonly string[]): Gone[] {
  return changesOf(diff, ...kinds).flatMap((change) => {
    const { does, before, after } = change;
    if (!before || (does !== 'removed' && does !== 'renamed')) return [];
    const namespace = diff.before.namespaceOf(before);
    // The namespace controller knows of no annotation.
    if (isKept(before) && !namespacesGone(diff).has(namespace)) return [];
    return [{ change, before, namespace, renamed: after }];
  });
}

/** The namespaces whose Namespace goes, and everything in them with it. */
export const namespacesGone = memo(
  (diff: WorldChange): ReadonlySet<string> =>
    new Set(
      changesOf(diff, 'Namespace').flatMap(({ does, before }) =>
        before && (does === 'removed' || does === 'renamed') && !isKept(before) ? [before.name] : [],
      ),
    ),
);

/** Whether Helm, Argo CD or Flux leave an object in the cluster when its manifest goes. */
export function isKept({ annotations }: Resource): boolean {
  return (
    annotations['helm.sh/resource-policy'] === 'keep' ||
    annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled' ||
    /(^|,)\s*Prune=false\s*(,|$)/.test(annotations['argocd.argoproj.io/sync-options'] ?? '')
  );
}
