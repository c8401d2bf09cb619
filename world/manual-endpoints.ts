import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { possibleCreatorOf, stringsIn } from './possible-creators';
import { bindingsOf } from './rbac';
import { sendingsTo } from './senders';
import type { ServiceView } from './services';
import { manualAddresses } from './services';
import type { World } from './world';

/** Where the endpoints of a Service without a selector come from. */
export type ManualEndpoints =
  | { readonly are: 'written' }
  /** Nobody writes them: connections to the Service are refused. */
  | { readonly are: 'absent' }
  /** EndpointSlices may stand elsewhere. */
  | { readonly are: 'unknown' }
  /** This object stands for a program that may well write them, or lead the traffic past them. */
  | { readonly are: 'made'; readonly by: Resource };

/** The endpoints of a Service without a selector. */
export function manualEndpointsOf(world: World, service: ServiceView): ManualEndpoints {
  if (manualAddresses(world, service).length > 0) return { are: 'written' };
  // Its controller selects the pods of a version by their hash, also where there was no selector (argo-rollouts, switchServiceSelector).
  if (sendingsTo(world, service.namespace, service.name).some(({ from }) => from.kind === 'Rollout'))
    return { are: 'written' };
  const by = makerOf(world, service);
  if (by) return { are: 'made', by };
  return { are: world.isComplete(service.namespace, 'EndpointSlice') ? 'absent' : 'unknown' };
}

/** Meshes and programs that connect clusters: they lead traffic to a Service by themselves. */
const MESHES =
  /(^|\.)(istio\.io|linkerd\.io|cilium\.io|consul\.hashicorp\.com|smi-spec\.io|multicluster\.x-k8s\.io|submariner\.io|kuma\.io)$/;

function makerOf(world: World, { resource, namespace, name }: ServiceView): Resource | undefined {
  const prefixes = [...Object.keys(resource.labels), ...Object.keys(resource.annotations)].map(
    (key) => key.split('/')[0]!,
  );
  // Another program than kube-proxy answers for such a Service.
  if (
    prefixes.some((prefix) => MESHES.test(prefix)) ||
    resource.labels['service.kubernetes.io/service-proxy-name'] !== undefined ||
    list(resource.at(['metadata', 'ownerReferences'])).length > 0
  )
    return resource;
  return (
    possibleCreatorOf(world, 'Service', namespace, name) ??
    world.resources.find((other) => leadsTo(world, other, namespace, name)) ??
    endpointWriters(world, namespace)[0]
  );
}

/** A resource of a mesh that names the Service, or a route that hangs on the Service itself. */
function leadsTo(world: World, resource: Resource, namespace: string, name: string): boolean {
  const isRoute = resource.kind.endsWith('Route');
  if (!isRoute && !MESHES.test(resource.group)) return false;
  const isNear = world.namespaceOf(resource) === namespace;
  if (isRoute)
    return list(resource.at(['spec', 'parentRefs'])).some((entry) => {
      const { kind, name: parent, namespace: place } = record(entry) ?? {};
      return kind === 'Service' && parent === name && (string(place) ?? world.namespaceOf(resource)) === namespace;
    });
  if (isNear && resource.name === name) return true;
  for (const text of stringsIn(resource.at(['spec'])))
    if ((isNear && text === name) || text === `${name}.${namespace}` || text.startsWith(`${name}.${namespace}.`))
      return true;
  return false;
}

/**
 * The bindings that let a program write endpoints in a namespace: as Patroni does for its leader. A role of the whole cluster counts only
 * where it names them: one that may write everything would excuse every Service.
 */
const endpointWriters = memo((world: World, namespace: string): readonly Resource[] =>
  bindingsOf(world).filter((binding) => {
    if (binding.kind === 'RoleBinding' && world.namespaceOf(binding) !== namespace) return false;
    const kind = string(binding.at(['roleRef', 'kind'])) ?? '';
    const name = string(binding.at(['roleRef', 'name'])) ?? '';
    const role = world.find(kind, kind === 'Role' ? world.namespaceOf(binding) : '', name);
    if (role.is !== 'present') return false;
    return list(role.resource.at(['rules'])).some((entry) => {
      const has = (field: string, ...values: readonly string[]) =>
        list(record(entry)?.[field]).some((value) => values.includes(value as string));
      return (
        has('verbs', 'create', 'update', 'patch', '*') &&
        (has('resources', 'endpoints', 'endpointslices') || (kind === 'Role' && has('resources', '*')))
      );
    });
  }),
);
