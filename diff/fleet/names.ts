import { NAMESPACE } from '../anywhere';
import type { ObjectChange } from '../object-change';
import type { TargetChange } from '../target-change';

/** Names without the namespace where the same object stands in another one in another target. */
export function shownNames(targets: readonly TargetChange[]): ReadonlyMap<ObjectChange, string> {
  const short = ({ kind, namespace, name, id }: ObjectChange) => {
    if (kind === 'Namespace') return `Namespace/${NAMESPACE}`;
    return namespace === '' ? id : `${kind}/${name}`;
  };
  const namespaces = new Map<string, Set<string>>();
  const twice = new Set<string>();
  for (const { changes } of targets) {
    const here = new Set<string>();
    for (const change of changes) {
      const name = short(change);
      if (here.has(name)) twice.add(name);
      here.add(name);
      namespaces.set(name, (namespaces.get(name) ?? new Set()).add(change.id));
    }
  }
  return new Map(
    targets.flatMap(({ changes }) =>
      changes.map((change) => {
        const name = short(change);
        return [change, namespaces.get(name)!.size > 1 && !twice.has(name) ? name : change.id] as const;
      }),
    ),
  );
}
