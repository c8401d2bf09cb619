import { list, record } from '../manifests/resource';
import type { Reach } from '../simulate/network/reach';

/** What would settle where pods have their addresses, for messages. */
export const GIVE_ADDRESSES =
  "the policies name addresses, and where the pods have theirs is not known: give the cluster's nodes, whose podCIDR and annotations say it (kubectl get nodes -o yaml), or select the pods by labels";

/** Whether what is not known of connections depends on addresses of pods alone: every rule that may allow them names blocks of addresses. */
export function dependsOnAddresses(...reaches: readonly Reach[]): boolean {
  const rules = reaches.flatMap(({ egress, ingress }) =>
    [egress, ingress].flatMap((passage) => (passage.verdict === 'unknown' ? passage.rules : [])),
  );
  const open = rules.filter(({ does }) => does === 'may allow');
  return (
    open.length > 0 &&
    open.every(({ decider, path }) => {
      const rule = record(decider.resource.at(path));
      const peers = [...list(rule?.['from']), ...list(rule?.['to'])];
      return peers.length > 0 && peers.every((peer) => record(peer)?.['ipBlock'] !== undefined);
    })
  );
}
