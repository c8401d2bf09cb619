import { list } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { GATEWAY, OUTSIDE, readWanted } from '../../simulate/network/ends';
import type { FlowChange } from '../../simulate/network/flow-diff';
import { flowDiff } from '../../simulate/network/flow-diff';
import { ANY_PORT } from '../../simulate/network/ports';
import type { ObjectChange } from '../object-change';
import { flowWorlds } from './flow-worlds';
import { isInside } from './paths';
import type { FoundRisk, WorldChange } from './risk';
import { withoutSwitches } from './versions';
import { changedWorkloads, isBelow, workloadOf } from './workloads';

/** The connections that a change opens or closes, at the object that does it. */
export function* flowRisks(
  diff: WorldChange,
  kinds: readonly FlowChange['does'][],
  text: (flows: readonly FlowChange[]) => string,
): Iterable<FoundRisk> {
  const byChange = new Map<ObjectChange, FlowChange[]>();
  for (const flow of flowChanges(diff)) {
    if (!kinds.includes(flow.does)) continue;
    const cause = causeOf(diff, flow);
    if (cause) addTo(byChange, cause, flow);
  }
  for (const [change, flows] of byChange) yield { change, message: text(flows) };
}

/**
 * What opens and closes for workloads that stay. What can reach a new workload is no change of anything that was there; what a new
 * one can reach is, where policies let only some in.
 */
export const flowChanges = memo((diff: WorldChange): readonly FlowChange[] => {
  if (!diff.changes.some((change) => isOfNetwork(diff, change))) return [];
  const ids = (does: ObjectChange['does']) =>
    new Set(diff.changes.filter((change) => change.does === does).map(({ id }) => id));
  const [added, removed] = [ids('added'), ids('removed')];
  const worlds = flowWorlds(diff, (change) => isOfNetwork(diff, change));
  // What listens on a port need not be declared: all other ports are asked for, too.
  const flows = [{ alsoPorts: () => [ANY_PORT] }, { to: readWanted('outside') }].flatMap((query) =>
    flowDiff(worlds.before, worlds.after, query),
  );
  return withoutSwitches(worlds, withoutRenames(diff, flows)).filter(
    ({ does, flow, before, after }) =>
      !added.has(flow.to) &&
      !removed.has(flow.to) &&
      // Who is not there any more connects to nothing.
      !removed.has(flow.from) &&
      (!added.has(flow.from) || flow.ingress.length > 0) &&
      // Nothing is known to listen on a port that nobody names: what certainly opens is told, for whatever may.
      (flow.port !== 'any' || flow.to.startsWith(OUTSIDE) || does === 'opens') &&
      // A gateway connects where routes lead, whatever policies would let it: with a new route, to the port of that route alone.
      (flow.port !== 'any' || flow.from !== GATEWAY || before !== undefined) &&
      // Between the pods of one workload there is nothing to connect while it has a single one.
      (flow.from !== flow.to || (before !== undefined && after !== undefined)),
  );
});

/** Without the connections that close for a workload and open for the one that it is called now. */
function withoutRenames(diff: WorldChange, flows: readonly FlowChange[]): readonly FlowChange[] {
  const names = new Map(diff.changes.flatMap(({ was, id }) => (was === undefined ? [] : [[was.id, id] as const])));
  if (names.size === 0) return flows;
  const now = (end: string) => names.get(end) ?? end;
  const keyOf = ({ does, flow: { from, to, protocol, port } }: FlowChange) =>
    [does.startsWith('may'), now(from), now(to), protocol, port].join(' ');
  const sides = (opens: boolean) =>
    new Set(
      flows
        .filter(({ does }) => does.endsWith(opens ? 'opens' : 'closes') || does.endsWith(opens ? 'open' : 'close'))
        .map(keyOf),
    );
  const [opened, closed] = [sides(true), sides(false)];
  return flows.filter((flow) => !opened.has(keyOf(flow)) || !closed.has(keyOf(flow)));
}

const KINDS = /^(Namespace|Service|Ingress|.*Policy|.*Route|Gateway|EndpointSlice|Endpoints)$/;

/** Without any of them nothing asks for labels. */
const hasPolicies = memo(({ before, after }: WorldChange): boolean =>
  [before, after].some((world) => world.resources.some(({ kind }) => kind.endsWith('Policy'))),
);

const byChange = memo(
  (diff: WorldChange) => new Map(changedWorkloads(diff).map((workload) => [workload.change, workload])),
);

/** Whether a change may open or close a connection. */
function isOfNetwork(diff: WorldChange, change: ObjectChange): boolean {
  if (KINDS.test(change.kind)) return true;
  if (change.does !== 'changed')
    return change.after !== undefined && workloadOf(diff.after, change.after) !== undefined;
  const workload = byChange(diff).get(change);
  if (!workload) return false;
  const pod = workload.after.templatePath;
  return change.fields.some(
    (field) =>
      (hasPolicies(diff) && isBelow(field, [...pod, 'metadata', 'labels'])) ||
      isBelow(field, [...pod, 'spec', 'hostNetwork']) ||
      (isBelow(field, [...pod, 'spec']) &&
        ['containers', 'initContainers'].some((list) =>
          isInside({ path: field.path.slice(pod.length) }, `spec.${list}.*.ports`),
        )),
  );
}

/** The changed object that a connection opens or closes by: a policy, then what stands at one of its ends. */
function causeOf(diff: WorldChange, { flow }: FlowChange): ObjectChange | undefined {
  const { changes } = diff;
  const deciders = [...flow.ingress, ...flow.egress];
  const nameOf = ({ namespace, name }: ObjectChange) => [namespace, name].filter(Boolean).join('/');
  const policies = changes.filter(({ kind }) => kind.endsWith('Policy'));
  return (
    policies.find((change) => deciders.includes(nameOf(change))) ??
    policies.find((change) => selectsEnd(diff, change, flow.to, 'Ingress')) ??
    policies.find((change) => selectsEnd(diff, change, flow.from, 'Egress')) ??
    changes.find((change) => (change.id === flow.to || change.id === flow.from) && isOfNetwork(diff, change)) ??
    // A policy of another API, or what else decides; an Ingress only calls.
    changes.find(({ kind }) => KINDS.test(kind) && kind !== 'NetworkPolicy' && kind !== 'Ingress') ??
    policies[0] ??
    changes.find(({ kind }) => KINDS.test(kind))
  );
}

/** Whether a policy is, or was, about what the pods at an end let in, or where they connect to. */
function selectsEnd(
  { before, after }: WorldChange,
  { before: was, after: is }: ObjectChange,
  end: string,
  direction: 'Ingress' | 'Egress',
): boolean {
  const sides = [
    [before, was],
    [after, is],
  ] as const;
  return sides.some(([world, policy]) => {
    if (!policy) return false;
    const types = list(policy.at(['spec', 'policyTypes']));
    if (types.length > 0 && !types.includes(direction)) return false;
    return world.workloads.some(
      ({ resource, namespace, podLabels }) =>
        world.idOf(resource) === end &&
        world.namespaceOf(policy) === namespace &&
        selects(policy.at(['spec', 'podSelector']), podLabels),
    );
  });
}
