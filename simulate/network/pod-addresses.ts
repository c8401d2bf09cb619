import { isIPv6 } from 'node:net';
import type { Resource } from '../../manifests/resource';
import { list, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { usesPodCidrs } from '../../world/network-plugin';
import type { World } from '../../world/world';
import type { Block } from './addresses';
import { POSSIBLE_ADDRESSES, readBlock } from './addresses';

/** Where clusters have their pods: no plugin gives them public addresses unless it is told to, and then podCIDRs show it. */
const PRIVATE: readonly Block[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '240.0.0.0/4',
  'fc00::/7',
].map((cidr) => readBlock(cidr)!);

/**
 * Where pods may have their addresses; undefined where nothing is known. The nodes' podCIDRs say it only with plugins that use
 * them; with others they give the family of the addresses.
 */
export const podAddressesOf = memo((world: World): readonly Block[] | undefined => {
  const nodes = world.facts.known('nodes') ?? [];
  const ranges = nodes.flatMap(podRanges);
  if (nodes.length === 0 || !nodes.every((node) => podRanges(node).length > 0))
    return showsIPv6(world) ? POSSIBLE_ADDRESSES : undefined;
  if (usesPodCidrs(world)) return ranges;
  const families = new Set(ranges.map(({ family }) => family));
  return [...ranges, ...PRIVATE.filter(({ family }) => families.has(family))];
});

/** The addresses that are pods' and nobody else's; none where that is not known. */
export const podBlocksOf = memo((world: World): readonly Block[] => {
  const nodes = world.facts.known('nodes') ?? [];
  return usesPodCidrs(world) ? nodes.flatMap(podRanges) : [];
});

function podRanges(node: Resource): Block[] {
  return [...list(node.at(['spec', 'podCIDRs'])), node.at(['spec', 'podCIDR'])].flatMap(
    (range) => readBlock(string(range) ?? '') ?? [],
  );
}

/** Whether a Service has an address of IPv6, or asks for one. */
function showsIPv6(world: World): boolean {
  return [...world.of('Service'), ...world.external.filter(({ kind }) => kind === 'Service')].some(
    (service) =>
      list(service.at(['spec', 'ipFamilies'])).includes('IPv6') ||
      isIPv6(string(service.at(['spec', 'clusterIP'])) ?? ''),
  );
}
