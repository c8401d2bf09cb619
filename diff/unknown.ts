import type { Unreadable } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { isScopeKnown } from '../world/scope';
import type { World } from '../world/world';
import { withResources } from './comparable';
import { stableIdentity, stableName } from './stable-name';

/** An object that only one side is seen to have, where something of the other one could not be read: it may stand in that. */
export interface UnknownObject {
  /** `Deployment/shop/web` */
  readonly object: string;
  /** The side that could not be read: `before`: it may have been there; `after`: it may be there still. */
  readonly side: 'before' | 'after';
}

/** What could not be read of each side. */
export interface UnreadSides {
  readonly before: readonly Unreadable[];
  readonly after: readonly Unreadable[];
}

/**
 * Two worlds in which an object that may stand in what could not be read of one side is as the other side has it: nobody takes it for new
 * or for gone, nor what depends on it for broken.
 */
export function withUnread(
  before: World,
  after: World,
  unread: UnreadSides,
): { readonly before: World; readonly after: World; readonly unknown: readonly UnknownObject[] } {
  if (unread.before.length + unread.after.length === 0) return { before, after, unknown: [] };
  const keyOf = (own: World, other: World) => (resource: Resource) => {
    const world = isScopeKnown(resource, own.of('CustomResourceDefinition')) ? own : other;
    return [resource.group, resource.kind, world.namespaceOf(resource), stableName(resource)].join('\n');
  };
  const [oldKey, newKey] = [keyOf(before, after), keyOf(after, before)];
  const [old, now] = [new Set(before.resources.map(oldKey)), new Set(after.resources.map(newKey))];
  const gone =
    unread.after.length === 0 ? [] : before.resources.filter((each) => isNamed(each) && !now.has(oldKey(each)));
  const come =
    unread.before.length === 0 ? [] : after.resources.filter((each) => isNamed(each) && !old.has(newKey(each)));
  const told = (side: UnknownObject['side'], resources: readonly Resource[], world: World) =>
    resources.map((each): UnknownObject => ({ object: stableIdentity(each, world.namespaceOf(each)).id, side }));
  return {
    before: come.length === 0 ? before : withResources(before, [...before.resources, ...come]),
    after: gone.length === 0 ? after : withResources(after, [...after.resources, ...gone]),
    unknown: [...told('after', gone, before), ...told('before', come, after)],
  };
}

/** What the server names is another object each time it is made. */
function isNamed(resource: Resource): boolean {
  return string(resource.at(['metadata', 'name'])) !== undefined;
}
