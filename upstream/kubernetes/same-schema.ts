import { isDeepStrictEqual } from 'node:util';
import { Resource } from '../../manifests/resource';
import { inReplacingVersion } from './conversions';
import { problemsAt } from './validate';

/** The API version that takes an object just as it is and means the same by it, if there is one. */
export function successorOf(resource: Resource, minor: number): string | undefined {
  const converted = inReplacingVersion(resource.object);
  if (!converted) return undefined;
  const successor = String(converted['apiVersion']);
  const asItIs = { ...resource.object, apiVersion: successor };
  // What has other fields or other defaults there is more than another version.
  if (!isDeepStrictEqual(converted, asItIs)) return undefined;
  const migrated = new Resource(asItIs, resource.source, resource.document);
  return problemsAt(migrated, minor)?.length === 0 ? successor : undefined;
}
