import type { Json, Resource } from '../manifests/resource';
import { Resource as ResourceOf } from '../manifests/resource';
import { inReplacingVersion } from '../upstream/kubernetes/conversions';
import { apiOf } from '../upstream/kubernetes/model';
import type { FieldChange } from './field-change';

/** Two objects as one version of their kind says them, and the one whose version that is. */
export interface InOneVersion {
  readonly before: Json;
  readonly after: Json;
  readonly as: Resource;
  /** The change of the version, where both are converted and so do not show it. @default - they show it, or there is none */
  readonly version?: FieldChange;
}

/** What the API server makes of two versions that spell the same with other fields. */
export function inOneVersion(before: Resource, after: Resource): InOneVersion {
  const [was, is] = [versionAsRead(before).apiVersion, versionAsRead(after).apiVersion];
  const asTheyAre = { before: before.object, after: after.object, as: after };
  if (was === is) return asTheyAre;
  const version: FieldChange = { path: ['apiVersion'], before: was, after: is };
  if (before.apiVersion === after.apiVersion) return { ...asTheyAre, version };
  const [old, now] = [before, after].map(({ object }) => [object, ...replacing(object)]) as [Json[], Json[]];
  for (const [i, own] of now.entries()) {
    const twin = old.find((each) => each['apiVersion'] === own['apiVersion']);
    if (!twin) continue;
    return {
      before: twin,
      after: own,
      as: i === 0 ? after : new ResourceOf(own, after.source, after.document),
      version,
    };
  }
  return asTheyAre;
}

/** An object in each version that replaces the one before it. */
function replacing(object: Json): Json[] {
  const next = inReplacingVersion(object);
  return next ? [next, ...replacing(next)] : [];
}

const written = new WeakMap<Resource, Resource>();

/** The resource in a version that a known Kubernetes serves: what reads objects knows their fields by that. Itself where it is served. */
export function inServedVersion(resource: Resource): Resource {
  if (apiOf(Number.POSITIVE_INFINITY).kind(resource.apiVersion, resource.kind)) return resource;
  const object = inReplacingVersion(resource.object);
  if (!object) return resource;
  const converted = new ResourceOf(object, resource.source, resource.document, resource.place);
  written.set(converted, resource);
  return converted;
}

/** The resource as it was read. */
export function versionAsRead(resource: Resource): Resource {
  return written.get(resource) ?? resource;
}
