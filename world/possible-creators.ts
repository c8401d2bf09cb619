import type { Resource } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import type { CreatedKind } from './created';
import { createsOf, mayCreate, placesOf } from './creates';
import type { World } from './world';

/** A custom resource whose controller may well have created an object: its spec names the object, or the object is called after it. */
export function possibleCreatorOf(world: World, kind: string, namespace: string, name: string): Resource | undefined {
  const known = makers(world);
  return [...(known.get(namespace) ?? []), ...(known.get('') ?? [])].find(
    ({ resource, mentions }) =>
      mayCreate(resource, createdAs(kind)) &&
      (name === resource.name ||
        name.startsWith(`${resource.name}-`) ||
        name.startsWith(`${resource.name}.`) ||
        mentions.has(name)),
  )?.resource;
}

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout', 'DaemonSet']);

/** What creates pods creates their workload; other kinds only come from what may create anything. */
function createdAs(kind: string): CreatedKind {
  return WORKLOADS.has(kind) ? 'pods' : (kind as CreatedKind);
}

interface Maker {
  readonly resource: Resource;
  readonly mentions: ReadonlySet<string>;
}

const makers = memo((world: World): ReadonlyMap<string, readonly Maker[]> => {
  const map = new Map<string, Maker[]>();
  for (const resource of world.resources) {
    if (createsOf(resource).length === 0) continue;
    const mentions = new Set(stringsIn(resource.at(['spec'])));
    for (const place of placesOf(world, resource)) addTo(map, place, { resource, mentions });
  }
  return map;
});

/** Every text of a value, however deep. */
export function* stringsIn(value: unknown): Iterable<string> {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') yield next;
    else if (next !== null && typeof next === 'object') for (const inner of Object.values(next)) open.push(inner);
  }
}
