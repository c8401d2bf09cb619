import type { Resource } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import { blockTexts, without } from '../../../simulate/network/addresses';
import type { ObjectChange } from '../../object-change';
import {
  balancerField,
  placingAnnotations,
  reachOf,
  saysPlace,
  saysReach,
  sourceBlocks,
  sourceRangesOf,
} from '../balancers';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const web = (spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: LoadBalancer, ${spec}, selector: { app: web }, ports: [{ port: 443 }] }
`;

export default riskRule({
  id: 'service-narrowed',
  class: 'disruption',
  description:
    'a Service that fewer reach than before, by its type, its addresses, its source ranges or its traffic policy',
  reason:
    'Clients beside the source ranges are refused, nodes without a pod do not answer, and whoever kept the old address of a load balancer or a port of the nodes finds nobody there. A new load balancer gets another address.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer',
  advice: 'look at who uses it from where, and move them over before the old way goes',
  example: {
    before: web('loadBalancerSourceRanges: [10.0.0.0/8, 192.168.0.0/16]'),
    after: web('loadBalancerSourceRanges: [10.0.0.0/8]'),
    finds: ['Service/shop/web spec.loadBalancerSourceRanges'],
    harmless: web('loadBalancerSourceRanges: [192.168.0.0/16, 10.0.0.0/8]'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Service')) {
      const { before, after } = change;
      if (before?.group !== '') continue;
      if (!after) {
        if (typeOf(before) === 'LoadBalancer' && !isKept(before))
          yield { change, message: 'its load balancer goes with it, and the address with that' };
        continue;
      }
      for (const { at, message } of [...narrowedBy(before, after), ...placedAnew(before, after)]) {
        yield { change, field: fieldAt(change, ['spec', at]) ?? fieldOf(change), message };
      }
    }
    for (const change of changesOf(diff, 'Ingress', 'Gateway'))
      if (change.before && change.after) yield* ofGateways(change, change.before, change.after);
  },
});

interface Narrowed {
  /** The field of the spec, or `annotations`. */
  readonly at: string;
  readonly message: string;
}

function typeOf(service: Resource): string {
  return string(service.at(['spec', 'type'])) ?? 'ClusterIP';
}

function* narrowedBy(before: Resource, after: Resource): Iterable<Narrowed> {
  const [was, is] = [typeOf(before), typeOf(after)];
  const [old, now] = [before, after].map(
    ({ object }) => object['spec'] as Readonly<Record<string, unknown>> | undefined,
  );
  const of = (field: string, unset: unknown) => [old?.[field] ?? unset, now?.[field] ?? unset];
  if (is === 'ExternalName') {
    if (was !== is)
      yield { at: 'type', message: `its name leads to ${String(now?.['externalName'])} in place of its pods` };
    else if (old?.['externalName'] !== now?.['externalName'])
      yield {
        at: 'externalName',
        message: `its name leads to ${String(now?.['externalName'])} in place of ${String(old?.['externalName'])}`,
      };
    return;
  }
  if (was === 'ExternalName') {
    const pods = Object.keys(record(now?.['selector']) ?? {}).length > 0 ? 'the pods that it selects' : 'its endpoints';
    yield { at: 'type', message: `its name leads to ${pods} in place of ${String(old?.['externalName'])}` };
    return;
  }
  if (was === 'LoadBalancer' && is !== was)
    yield { at: 'type', message: 'its load balancer goes, and the address with that' };
  else if (was === 'NodePort' && is === 'ClusterIP')
    yield { at: 'type', message: 'no port of the nodes leads to it any more' };
  if (was === 'LoadBalancer' && is === was) {
    const lost = without(sourceBlocks(sourceRangesOf(before)), sourceBlocks(sourceRangesOf(after)));
    if (lost.length > 0)
      yield {
        at: 'loadBalancerSourceRanges',
        message:
          sourceRangesOf(before).length === 0
            ? `clients are refused unless they come from ${firstNames(sourceRangesOf(after))}`
            : `clients from ${firstNames(blockTexts(lost))} are refused`,
      };
  }
  const gone = nodePortsOf(before).filter(({ number }) => !nodePortsOf(after).some((each) => each.number === number));
  // Where the manifest does not say, the port keeps the number that it has (pkg/registry/core/service/storage/alloc.go).
  const moved = gone.filter(({ port }) => nodePortsOf(after).some((each) => each.port === port));
  if (was !== 'ClusterIP' && is !== 'ClusterIP' && moved.length > 0)
    yield {
      at: 'ports',
      message: `nothing answers at port ${moved.map(({ number }) => number).join(', ')} of the nodes any more`,
    };
  const addresses = list(old?.['externalIPs']).filter((address) => !list(now?.['externalIPs']).includes(address));
  if (addresses.length > 0) yield { at: 'externalIPs', message: `nothing answers at ${addresses.join(', ')} any more` };
  yield* byPolicy(of, [was, is].every((type) => type !== 'ClusterIP') || list(now?.['externalIPs']).length > 0);
}

function* byPolicy(
  of: (field: string, unset: unknown) => readonly unknown[],
  isReachedFromOutside: boolean,
): Iterable<Narrowed> {
  const turns = (field: string, from: unknown, to: unknown, unset: unknown) => {
    const [was, is] = of(field, unset);
    return was === from && is === to;
  };
  if (isReachedFromOutside && turns('externalTrafficPolicy', 'Cluster', 'Local', 'Cluster'))
    yield {
      at: 'externalTrafficPolicy',
      message: 'nodes without a ready pod of it no longer answer requests from outside',
    };
  if (isReachedFromOutside && turns('externalTrafficPolicy', 'Local', 'Cluster', 'Cluster'))
    yield {
      at: 'externalTrafficPolicy',
      message:
        'its pods see the address of a node in place of the client’s: whoever was let in by address may be refused',
    };
  if (turns('internalTrafficPolicy', 'Cluster', 'Local', 'Cluster'))
    yield {
      at: 'internalTrafficPolicy',
      message: 'pods on nodes without a ready pod of it cannot connect to it any more',
    };
  if (turns('sessionAffinity', 'ClientIP', 'None', 'None'))
    yield {
      at: 'sessionAffinity',
      message: 'a client reaches another pod with each connection: sessions that one pod keeps are lost',
    };
  if (turns('publishNotReadyAddresses', true, false, false))
    yield {
      at: 'publishNotReadyAddresses',
      message: 'pods are not found before they are ready: peers that look each other up at their start may not start',
    };
  if (turns('publishNotReadyAddresses', false, true, false))
    yield { at: 'publishNotReadyAddresses', message: 'requests are sent to pods that are not ready' };
  const [families, left] = of('ipFamilies', []).map(list);
  const lost = families!.filter((family) => !left!.includes(family));
  if (left!.length > 0 && lost.length > 0)
    yield { at: 'ipFamilies', message: `it has no ${lost.join(', ')} address any more` };
  else if (
    /DualStack/.test(String(of('ipFamilyPolicy', '')[0])) &&
    turns('ipFamilyPolicy', of('ipFamilyPolicy', '')[0], 'SingleStack', '')
  )
    yield { at: 'ipFamilyPolicy', message: 'its address of the second family goes' };
}

/** Another load balancer, or another address of it. */
function* placedAnew(before: Resource, after: Resource): Iterable<Narrowed> {
  if ([before, after].some((service) => typeOf(service) !== 'LoadBalancer')) return;
  yield* reachLost(before, after);
  const [old, now] = [before, after].map((service) => string(service.at(['spec', 'loadBalancerIP'])) ?? '');
  if (old !== now && old !== '')
    yield { at: 'loadBalancerIP', message: `the load balancer may leave the address ${old}` };
  yield* placing(before, after);
}

function* reachLost(before: Resource, after: Resource): Iterable<Narrowed> {
  const [was, is] = [reachOf(before), reachOf(after)];
  if (was !== is && is === 'internal')
    yield {
      at: 'annotations',
      message: 'the load balancer is an internal one: clients outside of its network cannot reach it any more',
    };
  else if (was === 'public' && is === 'default')
    yield {
      at: 'annotations',
      message: 'nothing asks for a public address any more: some controllers make an internal load balancer then',
    };
}

function* placing(before: Resource, after: Resource): Iterable<Narrowed> {
  const [old, now] = [before, after].map(placingAnnotations) as [Record<string, string>, Record<string, string>];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => old[name] !== now[name]);
  if (names.length > 0)
    yield {
      at: 'annotations',
      message: `the load balancer may be made anew, or get another address (${names.join(', ')})`,
    };
}

function* ofGateways(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  for (const { message } of [...reachLost(before, after), ...placing(before, after)])
    yield { change, field: fieldOf(change), message };
}

function fieldOf(change: ObjectChange): FoundRisk['field'] {
  return balancerField(change, (name) => saysReach(name) || saysPlace(name));
}

/** The ports of the nodes that a manifest names. */
function nodePortsOf(service: Resource) {
  return mappings(service.at(['spec', 'ports'])).flatMap(({ port, protocol, nodePort }) =>
    typeof nodePort === 'number' ? [{ number: nodePort, port: `${string(protocol) ?? 'TCP'} ${String(port)}` }] : [],
  );
}
