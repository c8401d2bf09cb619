import type { Resource } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { everyKnown } from '../../world/known';
import type { World } from '../../world/world';
import { knownNodes } from './fresh-pod';
import type { SchedulerPod } from './pod';
import { readPod } from './pod';
import { withPriority } from './priority';

/** The pods that there are or will be, each once. One that stands in the cluster is as it stands there, though it is applied again. */
export const knownPods = memo((world: World): readonly Resource[] => {
  const key = (resource: Resource) => `${world.namespaceOf(resource)}/${resource.name}`;
  const standing = new Map(
    world.external.flatMap((resource) =>
      resource.kind === 'Pod' && nodeNameOf(resource) !== undefined ? [[key(resource), resource] as const] : [],
    ),
  );
  return everyKnown(world, 'Pod').map((resource) =>
    nodeNameOf(resource) === undefined ? (standing.get(key(resource)) ?? resource) : resource,
  );
});

export function nodeNameOf(resource: Resource): string | undefined {
  return string(resource.at(['spec', 'nodeName'])) || undefined;
}

/** Whether it has ended, well or not. */
export function hasEnded(resource: Resource): boolean {
  return ['Succeeded', 'Failed'].includes(String(resource.at(['status', 'phase'])));
}

/** A pod that has a node. */
export interface RunningPod {
  readonly pod: SchedulerPod;
  readonly node: string;
  readonly resource: Resource;
}

/** Pods that take room: those that have ended do not. */
export const runningPods = memo((world: World): readonly RunningPod[] =>
  knownPods(world).flatMap((resource) => {
    const node = nodeNameOf(resource);
    if (node === undefined || hasEnded(resource)) return [];
    const named = { namespace: world.namespaceOf(resource), name: resource.name };
    const pod = withPriority(world, readPod(resource.object, named), record(resource.at(['spec'])) ?? {});
    return [{ pod, node, resource }];
  }),
);

/** Pods that run on nodes of which nothing is known: they take no room, and nobody can say what becomes of them. */
export function podsOnUnknownNodes(world: World): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  const known = knownNodes(world);
  if (!known) return found;
  const nodes = new Set(known.map(({ name }) => name));
  for (const { node, resource } of runningPods(world)) if (!nodes.has(node)) addTo(found, node, resource);
  return found;
}
