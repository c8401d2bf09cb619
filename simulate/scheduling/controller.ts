import type { Resource } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import type { World } from '../../world/world';

/** What keeps a pod that stands in the cluster, as far as it is known. */
export interface StandingController {
  readonly kind: string;
  /** `Deployment/shop/web` */
  readonly name: string;
  /** How many it is told to keep; undefined: nobody shows it. */
  readonly replicas: number | undefined;
}

/** By its owner: for a ReplicaSet of a Deployment, the Deployment, though nobody shows the ReplicaSet. */
export function podControllerOf(world: World, resource: Resource): StandingController | undefined {
  const namespace = world.namespaceOf(resource);
  const owner = ownerIn(resource);
  if (!owner) return undefined;
  const find = ({ kind, name }: OwnerNamed) => {
    const found = world.find(kind, namespace, name);
    return found.is === 'present' ? found.resource : undefined;
  };
  const direct = find(owner);
  const above =
    owner.kind === 'ReplicaSet' ? (direct ? ownerIn(direct) : deploymentOf(owner, resource, find)) : undefined;
  const controller = above ?? owner;
  const known = above ? find(above) : direct;
  return {
    kind: controller.kind,
    name: `${controller.kind}/${namespace}/${controller.name}`,
    replicas: known && (number(known.at(['spec', 'replicas'])) ?? 1),
  };
}

/** A ReplicaSet is called after its Deployment, and its pods have the labels that the Deployment selects. */
function deploymentOf(
  { name }: OwnerNamed,
  pod: Resource,
  find: (owner: OwnerNamed) => Resource | undefined,
): OwnerNamed | undefined {
  const [, above, hash] = /^(.+)-([a-z0-9]{1,10})$/.exec(name) ?? [];
  if (above === undefined || (pod.labels['pod-template-hash'] ?? hash) !== hash) return undefined;
  const owner = { kind: 'Deployment', name: above };
  const selector = find(owner)?.at(['spec', 'selector']);
  return record(selector) && selects(selector, pod.labels) ? owner : undefined;
}

interface OwnerNamed {
  readonly kind: string;
  readonly name: string;
}

function ownerIn(resource: Resource): OwnerNamed | undefined {
  const owner = mappings(resource.at(['metadata', 'ownerReferences'])).find((each) => each['controller'] === true);
  return owner && { kind: string(owner['kind']) ?? '', name: string(owner['name']) ?? '' };
}
