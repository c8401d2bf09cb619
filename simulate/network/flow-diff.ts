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

/** What a change of manifests opens and closes. */
export function flowDiff(before: World, after: World, query: FlowQuery = {}): readonly FlowChange[] {
  // Ports and addresses that only one side distinguishes are asked of the other one too.
  const cutAt = [before, after].flatMap(blocksNamedIn);
  const portsBefore = portsByEnd(flowsOf(before, query));
  const portsAfter = portsByEnd(flowsOf(after, query));
  const old = byKey(flowsOf(before, { ...query, cutAt, alsoPorts: (to) => portsAfter.get(to) ?? [] }));
  const now = byKey(flowsOf(after, { ...query, cutAt, alsoPorts: (to) => portsBefore.get(to) ?? [] }));
  const changes = new Map<string, { change: FlowChange; blocks: Block[] }>();
  for (const key of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(key), now.get(key)];
    const does = changeOf(was?.verdict, is?.verdict);
    if (!does) continue;
    const { blocks, ...flow } = (is ?? was)!;
    const change = { does, flow, before: was?.verdict, after: is?.verdict };
    // Parts of the addresses outside that change alike are one change.
    const whole = { ...flow, from: plain(flow.from), to: plain(flow.to) };
    const together = changes.get(`${does} ${keyOf(whole)}`);
    if (together && blocks) together.blocks.push(...blocks);
    else changes.set(`${does} ${keyOf(whole)}`, { change, blocks: [...(blocks ?? [])] });
  }
  return [...changes.values()].map(({ change, blocks }) => (blocks.length > 0 ? renamed(change, blocks) : change));
}

function plain(name: string): string {
  return name.startsWith(`${OUTSIDE}: `) ? OUTSIDE : name;
}

function renamed(change: FlowChange, blocks: readonly Block[]): FlowChange {
  const isAll = [ALL_IPV4, ...(blocks.some(({ family }) => family === 6) ? [ALL_IPV6] : [])].every(
    (all) => without([all], blocks).length === 0,
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

/** A connection that nobody can try is not open. */
function changeOf(before: Verdict | undefined, after: Verdict | undefined): FlowChange['does'] | undefined {
  const open = { allowed: 2, unknown: 1, denied: 0 };
  const [was, is] = [before === undefined ? 0 : open[before], after === undefined ? 0 : open[after]];
  if (was === is) return undefined;
  const certain = was !== 1 && is !== 1;
  return is > was ? (certain ? 'opens' : 'may open') : certain ? 'closes' : 'may close';
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
    const own = ports.get(to) ?? new Map<string, FlowPort>();
    ports.set(to, own);
    const end = endPort === undefined ? {} : { end: endPort };
    own.set(`${port} ${endPort} ${protocol}`, { number: port, ...end, protocol, name: portName });
  }
  return new Map([...ports].map(([to, own]) => [to, [...own.values()]]));
}
