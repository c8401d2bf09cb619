import type { Unreadable } from '../manifests/reading/read';
import type { KubernetesVersion } from '../model/kubernetes-version';
import { expectedResources } from '../world/expected-secrets';
import { batchesOf, TREE_INDEX } from './batches';
import { expectedIn } from './expected';
import type { Inputs, Manifests } from './inputs';
import { variantsOf } from './variants';

/** Manifests that go to one cluster at one time, and so are looked at together. */
export interface ManifestSet {
  /** What tells it from the other sets of the same paths: the folders that it alone is built from, or a target's. */
  readonly name: string;
  readonly manifests: Manifests;
  /** The cluster of a rendered target. @default - nobody said */
  readonly cluster?: string | undefined;
  /** Secrets that a rendered target expects from outside. */
  readonly expected: ReturnType<typeof expectedResources>;
  /** The manifests that are live now, of the same target. */
  readonly previous: readonly string[];
  /** What could not be read of them. */
  readonly unread: readonly Unreadable[];
}

/** What stands at some paths, taken apart: each target of a rendered tree, and overlays that build the same objects in different ways. */
export function* setsAt(
  paths: readonly string[],
  inputs: Inputs,
  kubernetes: KubernetesVersion | undefined,
  live?: string,
): Iterable<ManifestSet> {
  for (const { paths: own, cluster, previous } of batchesOf(paths, live)) {
    const before = inputs.unreadable.length;
    const read = inputs.read(own, kubernetes);
    const unread = inputs.unreadable.slice(before);
    const expected = expectedResources(expectedIn(own), TREE_INDEX);
    for (const { only, ...manifests } of variantsOf(read, read.built)) {
      const name = (only.length > 0 ? only.map(folderOf) : own).join(' ');
      yield { name, manifests, cluster, expected, previous, unread };
    }
  }
}

/** `kustomize build overlays/dev` is how what that folder gives is called. */
function folderOf(built: string): string {
  return built.replace(/^(kustomize build|kubectl kustomize) /, '');
}
