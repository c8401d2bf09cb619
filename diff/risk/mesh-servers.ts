import type { Resource } from '../../manifests/resource';
import { record, string, strings } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';

/** What the pods behind the host of a DestinationRule take, as a PeerAuthentication says. */
export interface MeshServer {
  /** `STRICT`, `PERMISSIVE`, `DISABLE`. */
  readonly mode: string;
  readonly by: Resource;
}

/**
 * Undefined where no policy among the manifests says it, or where it depends on the port. A policy that selects pods comes before that of their namespace
 * (istio.io/latest/docs/reference/config/security/peer_authentication); that of the whole mesh is left out, as only Istio knows its root namespace.
 */
export function meshServerOf(world: World, rule: Resource): MeshServer | undefined {
  const [name, namespace] = hostOf(string(rule.at(['spec', 'host'])) ?? '', world.namespaceOf(rule));
  if (name === '') return undefined;
  const pods = serviceOf(world, namespace, name)?.workloads ?? [];
  const policies = world
    .of('PeerAuthentication')
    .filter((each) => each.group === 'security.istio.io' && world.namespaceOf(each) === namespace);
  const labelsOf = (policy: Resource) => record(policy.at(['spec', 'selector']));
  const own = policies.filter(
    (policy) =>
      labelsOf(policy) &&
      pods.some(({ podLabels }) => selects({ matchLabels: strings(labelsOf(policy)?.['matchLabels']) }, podLabels)),
  );
  const [by] = own.length > 0 ? own : policies.filter((policy) => !labelsOf(policy));
  const mode = string(by?.at(['spec', 'mtls', 'mode']));
  if (!by || own.length > 1 || mode === undefined || mode === 'UNSET' || by.at(['spec', 'portLevelMtls']))
    return undefined;
  return { mode, by };
}

/** `web`, `web.shop`, `web.shop.svc.cluster.local`: the name, and the namespace. A host outside is no Service. */
function hostOf(host: string, namespace: string): readonly [string, string] {
  const [name = '', own, ...rest] = host.replace(/\.svc(\.cluster\.local)?$/, '').split('.');
  return rest.length > 0 ? ['', ''] : [name, own ?? namespace];
}
