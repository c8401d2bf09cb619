import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';
import type { Block } from './addresses';
import {
  ALL_IPV4,
  ALL_IPV6,
  blockTexts,
  contains,
  cutAt,
  EXPECTED_ADDRESSES,
  POSSIBLE_ADDRESSES,
  without,
} from './addresses';
import type { Endpoint } from './endpoints';
import type { End, Wanted } from './ends';
import { gateway, isCalled, nodes, OUTSIDE, otherPods, outside, serviceEnds, workloadEnds } from './ends';
import { deciderName } from './explain';
import type { Network } from './network';
import { networkOf } from './network';
import type { Verdict } from './passage';
import type { FlowPort } from './ports';
import { portsOf, portsToward, unnamedPort } from './ports';
import { isBehindGateway } from './proxies';
import type { Reach } from './reach';
import { blocksOf } from './reach';

/** Whether somebody may connect to a port of somebody, and who says so. */
export interface Flow {
  /** `Deployment/shop/web`, `any other pod`, `outside the cluster`, `outside the cluster: 10.0.0.0/8`. */
  readonly from: string;
  readonly to: string;
  /** `any`: every port that is not in a flow of its own. */
  readonly port: number | 'any';
  /** The last of several ports. @default - one port */
  readonly endPort?: number;
  /** `any`: TCP, UDP and SCTP. */
  readonly protocol: string;
  readonly portName: string | undefined;
  readonly verdict: Verdict;
  /** The policies of the source and of the destination that allow, deny or leave it open; empty where none is about it. */
  readonly egress: readonly string[];
  readonly ingress: readonly string[];
}

/** Which flows are asked for; without it those to workloads, from workloads and from those who are none. */
export interface FlowQuery {
  readonly from?: Wanted;
  readonly to?: Wanted;
  /** Ports that are listed for a destination beside its own. @default - none */
  readonly alsoPorts?: (to: string) => readonly FlowPort[];
  /** Addresses outside are listed apart at the ends of these blocks, whatever the verdicts are. @default - by verdict */
  readonly cutAt?: readonly Block[];
}

/** A flow with the addresses outside that it is about, where they are listed apart. */
export interface PartFlow extends Flow {
  readonly blocks?: readonly Block[];
  /** Unknown only because the source or the destination may be on the node of the other one, which policies never hold back. */
  readonly ownNodeOnly?: boolean;
  /** What the destination alone says, of a pod that is not here: its own policies are about pods of which nothing is known. @default - the verdict */
  readonly letIn?: Pick<PartFlow, 'verdict' | 'ownNodeOnly'>;
}

export function* flowsOf(world: World, query: FlowQuery = {}): Iterable<PartFlow> {
  const network = networkOf(world);
  for (const to of destinationsOf(world, network, query.to)) {
    for (const from of sourcesOf(world, network, query.from, to)) {
      for (const port of portsBetween(world, network, from, to, query))
        yield* between(network, from, to, port, query.cutAt);
    }
  }
}

/** The ends of a place, which may be at either side of a flow; undefined where what is wanted is no place. */
function placeEnds(world: World, network: Network, wanted: Wanted | undefined): readonly End[] | undefined {
  switch (wanted?.is) {
    case 'pods':
      return [...workloadEnds(world, network), otherPods(network)];
    case 'outside':
      return [outside()];
    case 'address':
      return [outside(wanted.block, wanted.text)];
    case 'nodes':
      return [nodes(network)];
    case 'gateway':
      return [gateway(world, network)];
    default:
      return undefined;
  }
}

function destinationsOf(world: World, network: Network, wanted: Wanted | undefined): readonly End[] {
  const place = placeEnds(world, network, wanted);
  if (place) return place;
  if (wanted?.is === 'services') return serviceEnds(world);
  if (!wanted) return workloadEnds(world, network);
  const services = /^(service|svc)\//i.test(wanted.text)
    ? serviceEnds(world).filter(({ name }) => name.includes(wanted.text.replace(/^(service|svc)\//i, 'Service/')))
    : [];
  return [...workloadEnds(world, network).filter((end) => isCalled(end, wanted)), ...services];
}

function sourcesOf(world: World, network: Network, wanted: Wanted | undefined, to: End): readonly End[] {
  const place = placeEnds(world, network, wanted);
  if (place) return place;
  // A Service connects to nothing.
  if (wanted?.is === 'services') return [];
  // What is no pod connects to what is no pod without asking this cluster.
  const others = to.is === 'outside' || to.is === 'nodes' ? [] : [otherPods(network), outside()];
  const proxies = to.workload && isBehindGateway(world, to.workload) ? [gateway(world, network)] : [];
  const all = [...workloadEnds(world, network), ...others, ...proxies];
  return wanted ? all.filter((end) => isCalled(end, wanted)) : all;
}

function portsBetween(
  world: World,
  network: Network,
  from: End,
  to: End,
  { to: wanted, alsoPorts }: FlowQuery,
): readonly FlowPort[] {
  const own: readonly FlowPort[] = to.service
    ? to.service.ports.map(({ name, number, protocol }) => ({ name, number, protocol }))
    : to.workload
      ? portsOf(world, network, to.workload)
      : distinct(from.endpoints.flatMap((endpoint) => portsToward(network, endpoint)));
  const all = distinct([...own, ...(alsoPorts?.(to.name) ?? [])]);
  const { port, protocol } = wanted ?? {};
  if (port === undefined) return all;
  const found = all.filter(
    (one) =>
      (one.name === port || String(one.number) === port) && (protocol === undefined || one.protocol === protocol),
  );
  // Nobody has to declare a port to be asked for it.
  return found.length > 0 || !/^\d+$/.test(port) || to.service
    ? found
    : [{ number: Number(port), protocol: protocol ?? 'TCP', name: undefined }];
}

function distinct(ports: readonly FlowPort[]): readonly FlowPort[] {
  const found = new Map<string, FlowPort>();
  for (const port of ports) {
    const key = `${port.number}-${port.end ?? ''}/${port.protocol}`;
    if (!found.has(key)) found.set(key, port);
  }
  return [...found.values()];
}

/** The flows of one port: several where the verdict differs between addresses outside, or between protocols. */
function* between(
  network: Network,
  from: End,
  to: End,
  port: FlowPort,
  apart: readonly Block[] | undefined,
): Iterable<PartFlow> {
  // One pod alone connects to itself only, which nothing forbids.
  if (from.workload !== undefined && from.workload === to.workload && from.workload.replicas === 1) return;
  const end = port.end === undefined ? {} : { endPort: port.end };
  const pieces = partsOf(network, from, to, apart);
  const perProtocol = (port.protocol === 'any' ? ['TCP', 'UDP', 'SCTP'] : [port.protocol]).map((protocol) => ({
    protocol,
    answers: (apart ? separate : joined)(
      pieces.map((piece) => ({
        blocks: piece.blocks,
        ...answerOf(network, piece.from, piece.to, port, protocol),
      })),
    ),
  }));
  const key = (answers: readonly PartAnswer[]) => JSON.stringify(answers.map(({ verdict, name }) => [verdict, name]));
  const alike = perProtocol.every(({ answers }) => key(answers) === key(perProtocol[0]!.answers));
  for (const { protocol, answers } of alike ? [{ ...perProtocol[0]!, protocol: port.protocol }] : perProtocol) {
    for (const { name, blocks, verdict, egress, ingress, ownNodeOnly, letIn } of answers) {
      yield {
        from: from.is === 'outside' && name ? name : from.name,
        to: to.is === 'outside' && name ? name : to.name,
        ...{ port: port.number, ...end, protocol, portName: port.name, verdict, egress, ingress },
        ...(apart && blocks ? { blocks } : {}),
        ...(apart && ownNodeOnly ? { ownNodeOnly } : {}),
        ...(apart && letIn ? { letIn } : {}),
      };
    }
  }
}

interface Part {
  readonly from: End;
  readonly to: End;
  /** Undefined: the ends as they are. */
  readonly blocks: readonly Block[] | undefined;
}

/** Addresses outside of which policies may say different things, apart. */
function partsOf(network: Network, from: End, to: End, apart: readonly Block[] | undefined): readonly Part[] {
  const whole: Part = { from, to, blocks: undefined };
  const side = from.is === 'outside' ? 'from' : to.is === 'outside' ? 'to' : undefined;
  const asked = side && (side === 'from' ? from : to).endpoints[0]?.addresses;
  if (!side) return [whole];
  const policies = endpointsOf(network, side === 'from' ? to : from).flatMap((end) => network.policiesAbout(end));
  const ends = apart ?? blocksOf(policies, network.adminPolicies, side === 'from' ? 'ingress' : 'egress');
  if (ends.length === 0) return [whole];
  const all = ends.some(({ family }) => family === 6) ? POSSIBLE_ADDRESSES : EXPECTED_ADDRESSES;
  // Whoever has the address of a pod is one of the cluster.
  const addresses = asked ?? without(all, network.podBlocks);
  const groups = new Map<string, Block[]>();
  for (const block of cutAt(addresses, ends)) addTo(groups, ends.map((end) => contains(end, block)).join(), block);
  const partOf = (blocks: readonly Block[]) => {
    const part: End = { ...(side === 'from' ? from : to), endpoints: [{ is: 'outside', addresses: blocks }] };
    return { ...whole, [side]: part };
  };
  if (groups.size === 1) return asked || network.podBlocks.length === 0 ? [whole] : [partOf(addresses)];
  return [...groups.values()].map((blocks) => ({ ...partOf(blocks), blocks }));
}

interface PartAnswer extends Answer {
  /** Undefined: the end as a whole. */
  readonly name: string | undefined;
  readonly blocks: readonly Block[] | undefined;
}

/** How a part of the addresses outside is called. */
export function outsideName(blocks: readonly Block[]): string {
  const families = [ALL_IPV4, ALL_IPV6].filter(({ family }) => blocks.some((block) => block.family === family));
  const [own, others] = [blockTexts(blocks), blockTexts(without(families, blocks))];
  const isShorter = others.length > 0 && others.join().length < own.join().length;
  return `${OUTSIDE}: ${isShorter ? `all but ${others.join(', ')}` : own.join(', ')}`;
}

function separate(answers: readonly Omit<PartAnswer, 'name'>[]): PartAnswer[] {
  return answers.map((answer) => ({ ...answer, name: answer.blocks && outsideName(answer.blocks) }));
}

/** Parts that get one verdict, together. */
function joined(answers: readonly Omit<PartAnswer, 'name'>[]): PartAnswer[] {
  const verdicts = [...new Set(answers.map(({ verdict }) => verdict))];
  return verdicts.map((verdict) => {
    const own = answers.filter((answer) => answer.verdict === verdict);
    const blocks = own.flatMap((answer) => answer.blocks ?? []);
    return {
      name: verdicts.length === 1 ? undefined : outsideName(blocks),
      blocks: undefined,
      verdict,
      egress: [...new Set(own.flatMap(({ egress }) => egress))],
      ingress: [...new Set(own.flatMap(({ ingress }) => ingress))],
    };
  });
}

function endpointsOf(network: Network, end: End): readonly Endpoint[] {
  return end.service ? end.service.workloads.map((workload) => network.endpointOf(workload)) : end.endpoints;
}

type Answer = Pick<PartFlow, 'verdict' | 'egress' | 'ingress' | 'ownNodeOnly' | 'letIn'>;

/** One answer for all pods that an end stands for. */
function answerOf(network: Network, from: End, to: End, port: FlowPort, protocol: string): Answer {
  const reaches = reachesOf(network, from, to, port, protocol);
  const verdicts = new Set(reaches.map(({ verdict }) => verdict));
  return {
    verdict: verdicts.size === 1 ? reaches[0]!.verdict : 'unknown',
    egress: namesOf(reaches, 'egress'),
    ingress: namesOf(reaches, 'ingress'),
    ownNodeOnly: reaches.every(isOwnNodeOnly),
    ...(from.is === 'pods' && to.is !== 'outside' && to.is !== 'nodes' ? { letIn: letInBy(reaches) } : {}),
  };
}

function letInBy(reaches: readonly Reach[]): NonNullable<PartFlow['letIn']> {
  const verdicts = new Set(reaches.map(({ ingress }) => ingress.verdict));
  return {
    verdict: verdicts.size === 1 ? reaches[0]!.ingress.verdict : 'unknown',
    ownNodeOnly: reaches.every(({ ingress }) => ingress.verdict !== 'unknown' || ingress.why === 'own-node-only'),
  };
}

function isOwnNodeOnly({ egress, ingress }: Reach): boolean {
  const open = [egress, ingress].filter(({ verdict }) => verdict === 'unknown');
  return open.length > 0 && open.some(({ why }) => why === 'own-node-only');
}

/** Every connection that is meant by a flow. */
export function reachesOf(network: Network, from: End, to: End, port: FlowPort, protocol: string): readonly Reach[] {
  const targets: readonly { readonly endpoint: Endpoint; readonly number: number }[] = to.service
    ? to.service.ports
        .filter(({ number }) => number === port.number)
        .flatMap((servicePort) => to.service!.targets(servicePort))
        .map(({ workload, number }) => ({
          // A Service leads to any pod, seldom to the one that asks.
          endpoint: workload === from.workload ? network.replicaOf(workload) : network.endpointOf(workload),
          number,
        }))
    : to.endpoints.map((endpoint) => ({
        endpoint: from.workload !== undefined && from.workload === to.workload ? { ...endpoint } : endpoint,
        number: port.number === 'any' ? unnamedPort(network) : port.number,
      }));
  return from.endpoints.flatMap((source) =>
    targets.map(({ endpoint, number }) => network.reach(source, endpoint, number, protocol)),
  );
}

function namesOf(reaches: readonly Reach[], direction: 'egress' | 'ingress'): string[] {
  return [...new Set(reaches.flatMap((one) => one[direction].by.map(deciderName)))];
}
