import type { Resource } from '../manifests/resource';
import { memo } from '../model/memo';
import { ADD_ONS } from './add-ons';
import type { CreatedKind, Creates, KindEntry } from './created';
import { NOTHING, OTHERS } from './created';
import type { World } from './world';

/** What a controller may create out of a resource, beside what the manifests show. */
export function createsOf(resource: Resource): Creates {
  const entry = entryOf(resource.group, resource.kind);
  return typeof entry === 'function' ? entry(resource) : entry;
}

/** The entry of a kind: that of its group, else of the group above. A kind that no entry is about may create anything. */
function entryOf(group: string, kind: string): KindEntry {
  // Kubernetes' own: its workloads are judged themselves.
  if (!group.includes('.')) return NOTHING;
  for (let place = group; place !== ''; place = place.split('.').slice(1).join('.')) {
    const kinds = Object.hasOwn(ADD_ONS, place) ? ADD_ONS[place]! : undefined;
    if (kinds) return (Object.hasOwn(kinds, kind) ? kinds[kind] : kinds[OTHERS]) ?? 'anything';
  }
  return 'anything';
}

/** Whether a controller may create such objects out of a resource, under names that are not known. */
export function mayCreate(resource: Resource, ...wanted: readonly CreatedKind[]): boolean {
  const creates = createsOf(resource);
  return creates === 'anything' || wanted.some((kind) => creates.includes(kind));
}

/** The namespaces that a resource's controller creates objects in: its own, and the one that it installs into. */
export function placesOf(world: World, resource: Resource): ReadonlySet<string> {
  const template = resource.kind === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  const destination = resource.at([...template, 'destination', 'namespace']);
  // Argo CD installs nothing beside an Application.
  if (resource.group === 'argoproj.io' && typeof destination === 'string') return new Set([destination]);
  const target = resource.at(['spec', 'targetNamespace']);
  return new Set([world.namespaceOf(resource), ...[destination, target].filter((place) => typeof place === 'string')]);
}

/** The resource that a controller certainly creates an object from, as a Certificate its Secret. */
export function creatorOf(world: World, kind: string, namespace: string, name: string): Resource | undefined {
  const creators = creatorsByObject(world);
  return creators.get(`${kind}/${namespace}/${name}`) ?? creators.get(`${kind}/*/${name}`);
}

const creatorsByObject = memo((world: World): ReadonlyMap<string, Resource> => {
  const creators = new Map<string, Resource>();
  for (const resource of [...world.resources, ...world.external]) {
    const creates = createsOf(resource);
    for (const created of creates === 'anything' ? [] : creates) {
      if (typeof created === 'string') continue;
      const key = `${created.kind}/${created.namespace ?? world.namespaceOf(resource)}/${created.name}`;
      if (!creators.has(key)) creators.set(key, resource);
    }
  }
  return creators;
});
