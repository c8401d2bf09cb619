import { isDeepStrictEqual } from 'node:util';
import { positionOf } from '../manifests/reading/yaml/position';
import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { addTo } from '../model/multimap';
import { World } from '../world/world';
import { stableIdentity } from './stable-name';
import { inServedVersion, versionAsRead } from './versions';

/** An object that stands several times among the manifests of one side, each time with another content. */
export interface TwiceSaid {
  /** `Service/shop/web` */
  readonly object: string;
  /** `a.yaml:3`, in the order in which they are read: kubectl applies the last one last. */
  readonly places: readonly string[];
}

/** A world as it is compared with another one. */
export interface ComparableWorld {
  readonly world: World;
  readonly twice: readonly TwiceSaid[];
}

/** A world whose objects are in versions of their kinds that are served, with what stands there several times. */
export function comparable(world: World): ComparableWorld {
  const served = world.resources.map(inServedVersion);
  const byName = new Map<string, Resource[]>();
  for (const resource of served) {
    // The API server generates a name of its own for each object with generateName.
    if (string(resource.at(['metadata', 'name'])) === undefined) continue;
    addTo(byName, [resource.group, resource.kind, world.namespaceOf(resource), resource.name].join('\n'), resource);
  }
  const twice = [...byName.values()]
    .filter(([first, ...others]) => others.some(({ object }) => !isDeepStrictEqual(object, first!.object)))
    .map((each) => ({ object: stableIdentity(each[0]!, world.namespaceOf(each[0]!)).id, places: each.map(placeOf) }))
    .sort((a, b) => (a.object < b.object ? -1 : 1));
  const isAsRead = served.every((resource, i) => resource === world.resources[i]);
  return { world: isAsRead ? world : withResources(world, served), twice };
}

function placeOf(resource: Resource): string {
  const own = versionAsRead(resource);
  return `${own.source.file}:${positionOf(own, ['metadata', 'name']).line}`;
}

/** The same world with other manifests. */
export function withResources(world: World, resources: readonly Resource[]): World {
  const { facts, declaredExternal, previous, documents, appliedTo, unread } = world;
  return new World(resources, facts, declaredExternal, previous, documents, appliedTo, unread);
}
