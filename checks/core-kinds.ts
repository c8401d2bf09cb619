import { near } from '../model/near';
import { kubernetesData } from '../upstream/kubernetes/data';

let kinds: ReadonlySet<string> | undefined;

/** Why a kind of the core API group is none, with a near name; undefined where it is one. */
export function noCoreKind(kind: string, usual: readonly string[]): string | undefined {
  kinds ??= new Set(Object.keys(kubernetesData().kinds).flatMap((id) => (id.startsWith('v1 ') ? [id.slice(3)] : [])));
  return kinds.has(kind) ? undefined : `the core API group has no kind ${kind}${near(kind, usual)}`;
}
