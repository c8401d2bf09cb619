import type { World } from '../../world/world';
import type { Block } from './addresses';
import { ALL_IPV4, ALL_IPV6, without } from './addresses';
import { OUTSIDE } from './ends';
import type { Flow, FlowQuery, PartFlow } from './flows';
import { flowsOf, outsideName } from './flows';
import { networkOf } from './network';
import type { Verdict } from './passage';
import type { FlowPort } from './ports';
import { blocksOf } from './reach';

/** A flow of which two sets of manifests say different things. */
export interface FlowChange {
  /** `opens`, `closes`: certain on both sides. `may open`, `may close`: unknown on one. */
  readonly does: 'opens' | 'closes' | 'may open' | 'may close';
  /** The flow as it is afterwards; as it was, where it is gone. */
  readonly flow: Flow;
  /** Undefined: an end of the flow is not there. */
  readonly before: Verdict | undefined;
  readonly after: Verdict | undefined;
}

/**
 * What a change of manifests opens and closes. Of a pod that is not here only what the destination lets in is compared: a policy about some
 * pods' egress opens nothing at whom these connect to, but by those pods.
 */
export function flowDiff(before: World, after: World, query: FlowQuery = {}): readonly FlowChange[] {
  // Ports and addresses that only one side distinguishes are asked of the other one too.
  const cutAt = [before, after].flatMap(blocksNamedIn);
  // Of both: the ports of what is outside are those that policies about somebody who sends to it name.
  const ports = portsByEnd([before, after].flatMap((world) => [...flowsOf(world, query)]));
  const asked = {
    ...query,
    cutAt,
    alsoPorts: (to: string) => [...(ports.get(to) ?? []), ...(query.alsoPorts?.(to) ?? [])],
  };
  const [old, now] = [byKey(flowsOf(before, asked)), byKey(flowsOf(after, asked))];
  const changes = new Map<string, { change: FlowChange; blocks: Block[] }>();
  for (const key of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(key), now.get(key)].map((flow) => flow && { ...flow, ...flow.letIn });
    const does = changeOf(was, is);
    if (!does) continue;
    const { blocks, ownNodeOnly: _, letIn: __, ...flow } = (is ?? was)!;
    const change = { does, flow, before: was?.verdict, after: is?.verdict };
    // Parts of the addresses outside that change alike are one change.
    const whole = { ...flow, from: plain(flow.from), to: plain(flow.to) };
    const together = changes.get(`${does} ${keyOf(whole)}`);
    if (together && blocks) together.blocks.push(...blocks);
    else changes.set(`${does} ${keyOf(whole)}`, { change, blocks: [...(blocks ?? [])] });
  }
  const pods = [before, after].flatMap((world) => networkOf(world).podBlocks);
  return [...changes.values()].map(({ change, blocks }) =>
    blocks.length > 0 ? renamed(change, blocks, pods) : change,
  );
}

function plain(name: string): string {
  return name.startsWith(`${OUTSIDE}: `) ? OUTSIDE : name;
}

function renamed(change: FlowChange, blocks: readonly Block[], pods: readonly Block[]): FlowChange {
  const isAll = [ALL_IPV4, ...(blocks.some(({ family }) => family === 6) ? [ALL_IPV6] : [])].every(
    (all) => without([all], [...blocks, ...pods]).length === 0,
  );
  const name = isAll ? OUTSIDE : outsideName(blocks);
  const of = (end: string) => (plain(end) === OUTSIDE ? name : end);
  return { ...change, flow: { ...change.flow, from: of(change.flow.from), to: of(change.flow.to) } };
}

function blocksNamedIn(world: World): readonly Block[] {
  const network = networkOf(world);
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    blocksOf(network.allPolicies(), network.adminPolicies, direction),
  );
}

/**
 * A connection that nobody can try is not open. One that passes only where both ends happen to be on one node is less open than one that a rule
 * may allow.
 */
function changeOf(before: PartFlow | undefined, after: PartFlow | undefined): FlowChange['does'] | undefined {
  const [was, is] = [opennessOf(before), opennessOf(after)];
  if (was === is) return undefined;
  const certain = [was, is].every((open) => open === 0 || open === OPEN);
  return is > was ? (certain ? 'opens' : 'may open') : certain ? 'closes' : 'may close';
}

const OPEN = 3;

function opennessOf(flow: PartFlow | undefined): number {
  switch (flow?.verdict) {
    case 'allowed':
      return OPEN;
    case 'unknown':
      return flow.ownNodeOnly ? 1 : 2;
    default:
      return 0;
  }
}

function keyOf({ from, to, port, endPort, protocol }: Flow): string {
  return [from, to, port, endPort, protocol].join(' ');
}

function byKey(flows: Iterable<PartFlow>): ReadonlyMap<string, PartFlow> {
  return new Map([...flows].map((flow) => [keyOf(flow), flow]));
}

function portsByEnd(flows: Iterable<Flow>): ReadonlyMap<string, readonly FlowPort[]> {
  const ports = new Map<string, Map<string, FlowPort>>();
  for (const { to, port, endPort, protocol, portName } of flows) {
    // Parts of the addresses outside are asked for together.
    const own = ports.get(plain(to)) ?? new Map<string, FlowPort>();
    ports.set(plain(to), own);
    const end = endPort === undefined ? {} : { end: endPort };
    own.set(`${port} ${endPort} ${protocol}`, { number: port, ...end, protocol, name: portName });
  }
  return new Map([...ports].map(([to, own]) => [to, [...own.values()]]));
}
