import type { Path, Resource } from '../manifests/resource';
import { creatorOf } from '../world/creates';
import { nearObject } from '../world/near';
import { possibleCreatorOf } from '../world/possible-creators';
import type { World } from '../world/world';
import { writerOf } from '../world/writers';
import type { Finding } from './check';
import { respelt } from './respelt';

/** A reference to an object by its name. */
export interface NamedReference {
  readonly resource: Resource;
  readonly path: Path;
  readonly kind: string;
  /** Where the object is looked for; empty for the cluster's own. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * What is to say of a reference whose object is not there, nothing if it is: that it is absent and what follows from that
 * (`its pods are never made`), or that nobody knows: neither whether it stands elsewhere, nor what an operator makes.
 */
export function missing(
  world: World,
  { resource, path, kind, namespace, name }: NamedReference,
  consequence: string,
): Finding | undefined {
  const found = world.find(kind, namespace, name);
  if (found.is === 'present' || creatorOf(world, kind, namespace, name)) return undefined;
  const unplaced = unplacedObject(world, { resource, path, kind, namespace, name }, found.is, consequence);
  if (unplaced) return unplaced;
  if (found.is === 'unknown')
    return unknownReference(world, { resource, path, kind, namespace, name }, found.settledBy);
  const maker =
    namespace === ''
      ? undefined
      : (possibleCreatorOf(world, kind, namespace, name) ?? writerOf(world, kind, namespace, name)?.resource);
  if (maker)
    return {
      resource,
      path,
      value: name,
      verdict: 'unknown',
      message: `whether ${world.idOf(maker)} makes ${kind} ${name} is not known; --declare the ${kind} if it does`,
    };
  return {
    resource,
    path,
    value: name,
    message: `${placeOf(namespace)} has no ${kind} ${name}, so ${consequence}${nearObject(world, kind, namespace, name) || takenAsWhole(world, namespace)}`,
    ...respelt(name, world.namesOf(kind, namespace)),
  };
}

/** Why it is certain, where nobody said what stands elsewhere: whoever makes it by other means has to say so. */
function takenAsWhole(world: World, namespace: string): string {
  return world.declaredExternal === undefined && world.of('Namespace').some(({ name }) => name === namespace)
    ? ' (the manifests create the namespace, so they are taken as all of it: --declare what is made elsewhere)'
    : '';
}

/**
 * What is referred to in a namespace stands among the manifests without one, as in the install.yaml of Argo CD, which is made for
 * `kubectl apply -n argocd`: that is what was meant, and what verify has to be told.
 */
function unplacedObject(
  world: World,
  { resource, path, kind, namespace, name }: NamedReference,
  is: 'absent' | 'unknown',
  consequence: string,
): Finding | undefined {
  const here = world
    .of(kind)
    .find((other) => other.name === name && other.statedNamespace === '' && world.namespaceOf(other) === 'default');
  if (!here || world.appliedTo(here) !== undefined) return undefined;
  const meant = `${kind} ${name} is here without a namespace, so it is taken for one of default`;
  return {
    resource,
    path,
    value: name,
    ...(is === 'unknown' ? { verdict: 'unknown' as const } : {}),
    message:
      is === 'unknown'
        ? `whether namespace ${namespace} has a ${kind} ${name} is not known: ${meant} (is --namespace ${namespace} meant?)`
        : `namespace ${namespace} has no ${kind} ${name}, so ${consequence}; ${meant}`,
    fix: `judge with --namespace ${namespace} if that is where these manifests are applied (kubectl apply -n ${namespace}), or set metadata.namespace of the ${kind}`,
  };
}

/** What is to say where nobody knows whether an object stands elsewhere. */
export function unknownReference(
  world: World,
  { resource, path, kind, namespace, name }: NamedReference,
  settledBy: string,
): Finding {
  return {
    resource,
    path,
    value: name,
    verdict: 'unknown',
    message: `whether ${placeOf(namespace)} has a ${kind} ${name} is not known${nearObject(world, kind, namespace, name)}; ${settledBy}`,
  };
}

function placeOf(namespace: string): string {
  return namespace === '' ? 'the cluster' : `namespace ${namespace}`;
}
