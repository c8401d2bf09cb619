import type { Resource } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import type { World } from '../../world/world';

export { all, configMap, namespace, resources, service, workload, worldOf } from '../checks/judging';

/** An object in flow style; in namespace shop unless told otherwise. */
export function object(apiVersion: string, kind: string, name: string, rest = '', namespace = 'shop'): string {
  const place = namespace === '' ? '' : `, namespace: ${namespace}`;
  return `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}${place} }${rest && `, ${rest}`} }`;
}

/** The judged object of a name; of a kind, where several have it. */
export function the(world: World, name: string, kind?: string): Resource {
  const found = world.resources.find((resource) => resource.name === name && (kind ?? resource.kind) === resource.kind);
  if (!found) throw new Error(`there is no ${kind ?? 'object'} ${name}`);
  return found;
}

export function workloadOf(world: World, name: string): WorkloadManifest {
  const found = world.workloads.find(({ resource }) => resource.name === name);
  if (!found) throw new Error(`there is no workload ${name}`);
  return found;
}

export const namesOf = (found: readonly (Resource | WorkloadManifest | { readonly resource: Resource })[]) =>
  found.map((one) => ('resource' in one ? one.resource.name : one.name));
