import type { Resource } from '../../../manifests/resource';
import { list, mappings, string } from '../../../manifests/resource';
import type { Block } from '../../../simulate/network/addresses';
import { ALL_IPV4, ALL_IPV6, readBlock, without } from '../../../simulate/network/addresses';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const web = (spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ${spec}, selector: { app: web }, ports: [{ port: 80 }] }
`;

export default riskRule({
  id: 'service-exposed',
  class: 'exposure',
  description: 'a Service that is reached from outside of the cluster, by more people or on more ports than before',
  reason:
    'A NodePort listens on every node, and a load balancer has an address that may be public. NetworkPolicies see the address of the node, not of the client.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
  advice: 'publish it by a Gateway or an Ingress with TLS, or keep loadBalancerSourceRanges to those who need it',
  example: {
    before: web('type: ClusterIP'),
    after: web('type: LoadBalancer'),
    finds: ['Service/shop/web spec.type'],
    harmless: web('type: ClusterIP, sessionAffinity: ClientIP'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Service')) {
      const { after } = change;
      if (after?.group !== '' || change.does === 'removed') continue;
      yield* exposed(change, change.before, after);
    }
  },
});

const LEVELS = ['ClusterIP', 'NodePort', 'LoadBalancer'];
const REACH: Readonly<Record<string, string>> = {
  NodePort: 'a port of every node leads to it',
  LoadBalancer: 'a load balancer with an address of its own leads to it',
};

function* exposed(change: ObjectChange, before: Resource | undefined, after: Resource): Iterable<FoundRisk> {
  const at = (...path: readonly string[]): FieldChange | undefined => fieldAt(change, path);
  const [was, is] = [before, after].map((service) => string(service?.at(['spec', 'type'])) ?? 'ClusterIP') as [
    string,
    string,
  ];
  const old = texts(before, 'externalIPs');
  const addresses = texts(after, 'externalIPs').filter((address) => !old.includes(address));
  if (addresses.length > 0)
    yield { change, field: at('spec', 'externalIPs'), message: `the nodes take requests for ${addresses.join(', ')}` };
  if (LEVELS.indexOf(is) > Math.max(0, LEVELS.indexOf(was))) {
    const ranges = is === 'LoadBalancer' ? whoReaches(after) : '';
    yield { change, field: at('spec', 'type'), message: `${REACH[is]}${ranges}` };
    return;
  }
  if (is !== was || is === 'ClusterIP' || is === 'ExternalName' || !before) return;
  yield* ports(change, before, after);
  if (is !== 'LoadBalancer') return;
  const left = without(blocksOf(after), blocksOf(before));
  if (left.length > 0)
    yield {
      change,
      field: at('spec', 'loadBalancerSourceRanges'),
      message: `the load balancer takes requests from more addresses than before${whoReaches(after)}`,
    };
  if (isInternal(before) && !isInternal(after))
    yield {
      change,
      field: at('metadata', 'annotations'),
      message: 'the load balancer may have a public address: it was an internal one',
    };
}

function* ports(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const of = (service: Resource) =>
    mappings(service.at(['spec', 'ports'])).map((port) => ({
      port: port['port'],
      protocol: port['protocol'] ?? 'TCP',
    }));
  const old = of(before).map((port) => JSON.stringify(port));
  for (const port of of(after))
    if (!old.includes(JSON.stringify(port)))
      yield {
        change,
        field: fieldAt(change, ['spec', 'ports', port]),
        message: `${port.protocol} ${port.port} is reached from outside of the cluster`,
      };
}

function texts(service: Resource | undefined, field: string): string[] {
  return list(service?.at(['spec', field])).map(String);
}

/** Who the load balancer takes requests from. */
function blocksOf(service: Resource): readonly Block[] {
  const ranges = texts(service, 'loadBalancerSourceRanges');
  return ranges.length === 0 ? [ALL_IPV4, ALL_IPV6] : ranges.flatMap((range) => readBlock(range.trim()) ?? []);
}

function whoReaches(service: Resource): string {
  const ranges = texts(service, 'loadBalancerSourceRanges');
  if (ranges.length > 0)
    return `, for ${ranges.slice(0, 3).join(', ')}${ranges.length > 3 ? ` and ${ranges.length - 3} more` : ''}`;
  return isInternal(service) ? ', within the network of the cluster' : ', for everybody who reaches that';
}

/** Annotations of clouds that keep a load balancer within their networks. */
function isInternal({ annotations }: Resource): boolean {
  return (
    annotations['service.beta.kubernetes.io/aws-load-balancer-scheme'] === 'internal' ||
    /^(true|0\.0\.0\.0\/0)$/.test(annotations['service.beta.kubernetes.io/aws-load-balancer-internal'] ?? '') ||
    annotations['service.beta.kubernetes.io/azure-load-balancer-internal'] === 'true' ||
    /^internal$/i.test(
      annotations['networking.gke.io/load-balancer-type'] ?? annotations['cloud.google.com/load-balancer-type'] ?? '',
    )
  );
}
