import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { Certainty } from '../../world/certainty';
import { all } from '../../world/certainty';
import { NAMESPACE_NAME, selectsKnown } from '../../world/known-labels';
import type { Block } from './addresses';
import { EXPECTED_ADDRESSES, overlaps, POSSIBLE_ADDRESSES, without } from './addresses';
import type { AdminPolicy } from './admin-policy';
import type { Endpoint, PodEndpoint } from './endpoints';
import type { Policy, PolicyPeer, PortRange } from './policy';

/** What decides beside NetworkPolicies. */
export interface Surroundings {
  /** @default - none */
  readonly adminPolicies?: readonly AdminPolicy[];
  /** Whether the network plugin matches pods by the ipBlock of a NetworkPolicy. @default 'yes' */
  readonly podsByAddress?: Certainty;
  /** The same of nodes. @default 'yes' */
  readonly nodesByAddress?: Certainty;
}

/** Whether a policy is about this pod. */
export function selectsPod(policy: Policy, pod: PodEndpoint): Certainty {
  const here = isIn(policy.namespace, pod, hasConditions(policy.podSelector));
  return here === 'no' ? 'no' : all([here, selectsKnown(policy.podSelector, pod.labels)]);
}

/** Whether a port of a policy is the one that is connected to; a named one is looked up at the pod that has it. */
export function coversPort(entry: PortRange, to: Endpoint, port: number, protocol: string): Certainty {
  if (entry.protocol !== undefined && entry.protocol !== protocol) return 'no';
  if (entry.port === undefined) return 'yes';
  if (typeof entry.port === 'number') return entry.port <= port && port <= (entry.endPort ?? entry.port) ? 'yes' : 'no';
  if (to.is !== 'pod') return 'no';
  if (to.ports.some(({ name, number, protocol: at }) => name === entry.port && number === port && at === protocol))
    return 'yes';
  // Of a pod whose labels are not known the ports are not known either.
  return to.labels.complete ? 'no' : 'unknown';
}

/** Whether an endpoint is meant by a peer of a policy in this namespace. */
export function isPeer(
  { ipBlock, namespaceSelector, podSelector }: PolicyPeer,
  policyNamespace: string,
  endpoint: Endpoint,
  { podsByAddress = 'yes', nodesByAddress = 'yes' }: Surroundings = {},
): Certainty {
  if (ipBlock)
    return all([
      endpoint.is === 'pod' ? podsByAddress : endpoint.is === 'host' ? nodesByAddress : 'yes',
      inBlocks(without([ipBlock.cidr], ipBlock.except), endpoint.addresses),
    ]);
  if (endpoint.is !== 'pod' || (!namespaceSelector && !podSelector)) return 'no';
  const labelled = hasConditions(podSelector);
  const namespace = namespaceSelector
    ? isInSelected(namespaceSelector, endpoint, labelled)
    : isIn(policyNamespace, endpoint, labelled);
  return namespace === 'no' ? 'no' : all([namespace, podSelector ? selectsKnown(podSelector, endpoint.labels) : 'yes']);
}

function isIn(namespace: string, pod: PodEndpoint, labelled: boolean): Certainty {
  if (pod.namespace !== undefined) return pod.namespace === namespace ? 'yes' : 'no';
  return pod.isNotIn?.(namespace, labelled) ? 'no' : 'unknown';
}

function isInSelected(selector: Json, pod: PodEndpoint, labelled: boolean): Certainty {
  const selected = selectsKnown(selector, pod.namespaceLabels);
  if (selected !== 'unknown' || pod.namespace !== undefined || !pod.isNotIn) return selected;
  // Where the selector names namespaces, the pod may be in none of them.
  const named = [
    string(record(selector['matchLabels'])?.[NAMESPACE_NAME]) ?? [],
    ...list(selector['matchExpressions'])
      .map(record)
      .flatMap((expression) =>
        expression?.['key'] === NAMESPACE_NAME && expression['operator'] === 'In' ? list(expression['values']) : [],
      ),
  ].flat();
  return named.length > 0 && named.every((name) => typeof name === 'string' && pod.isNotIn!(name, labelled))
    ? 'no'
    : 'unknown';
}

/** `yes` if every address that it may have is in the blocks, `no` if none can be. */
export function inBlocks(blocks: readonly Block[], addresses: readonly Block[] | undefined): Certainty {
  if (without(addresses ?? EXPECTED_ADDRESSES, blocks).length === 0) return 'yes';
  return (addresses ?? POSSIBLE_ADDRESSES).some((address) => blocks.some((block) => overlaps(block, address)))
    ? 'unknown'
    : 'no';
}

export function* certainties<T>(items: readonly T[], certainty: (item: T) => Certainty): Iterable<Certainty> {
  for (const item of items) yield certainty(item);
}

/** Whether a podSelector asks for labels. */
function hasConditions(selector: Json | undefined): boolean {
  return ['matchLabels', 'matchExpressions'].some((field) => Object.keys(Object(selector?.[field])).length > 0);
}
