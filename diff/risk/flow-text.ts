import { addTo } from '../../model/multimap';
import { OTHER_POD, OUTSIDE } from '../../simulate/network/ends';
import type { FlowChange } from '../../simulate/network/flow-diff';
import { firstNames } from './plural';
import { EVERY_POD } from './unseen';

/** So many sentences are said, and so many ends and ports named in each; of more only the number is. */
const SHOWN = 3;

/** Some ends that connect to one on the same ports. */
interface ToldFlows {
  readonly from: readonly string[];
  readonly to: string;
  readonly ports: string;
  readonly isCertain: boolean;
}

/** Who can reach what from now on: those who come from farthest first, and nobody who is one of those named already. */
export function openedText(flows: readonly FlowChange[]): string {
  // Whoever could reach it with the right labels, and now can with any, is every pod.
  const isOpen = ({ after }: FlowChange) => after === 'allowed';
  const wide = new Set(flows.filter((one) => one.flow.from === OTHER_POD && isOpen(one)).map(endOf));
  const others = flows.filter((one) => one.flow.from === OTHER_POD || isFromOutside(one) || !wide.has(endOf(one)));
  const told = together(others, isOpen).sort((a, b) => farthest(a) - farthest(b));
  return sentences(told, ({ from, to, ports, isCertain }) => {
    const can = isCertain ? 'can' : 'may be able to';
    return `${endsText(from.map((end) => (isCertain ? (EVERYBODY[end] ?? end) : end)))} ${can} reach ${to} on ${ports}`;
  });
}

/** Ends that stand for everybody, where they certainly can. */
const EVERYBODY: Readonly<Record<string, string>> = {
  [OUTSIDE]: 'everybody outside the cluster',
  [OTHER_POD]: EVERY_POD,
};

/** Who cannot reach what any more. */
export function closedText(flows: readonly FlowChange[]): string {
  return sentences(
    together(flows, ({ does }) => does === 'closes'),
    ({ from, to, ports, isCertain }) => {
      const cannot = isCertain ? 'cannot' : 'may not be able to';
      return `${endsText(from, 'named first')} ${cannot} reach ${to} on ${ports.replaceAll('every', 'any')} any more`;
    },
  );
}

function sentences(told: readonly ToldFlows[], text: (flows: ToldFlows) => string): string {
  return told.slice(0, SHOWN).map(text).join('; ') + (told.length > SHOWN ? `; and ${told.length - SHOWN} more` : '');
}

/** The flows with the same ends as one, and of those the ones to one end on the same ports. */
function together(flows: readonly FlowChange[], isCertain: (change: FlowChange) => boolean): ToldFlows[] {
  const byEnds = new Map<string, FlowChange[]>();
  for (const one of flows) addTo(byEnds, JSON.stringify([one.flow.from, one.flow.to, isCertain(one)]), one);
  const told = new Map<string, ToldFlows & { readonly from: string[] }>();
  for (const own of byEnds.values()) {
    const { from, to } = own[0]!.flow;
    const flow = { from: [], to, ports: portsText(own.map((one) => one.flow)), isCertain: isCertain(own[0]!) };
    const key = JSON.stringify(flow);
    const known = told.get(key) ?? flow;
    known.from.push(from);
    told.set(key, known);
  }
  return [...told.values()];
}

/** Farthest first: everybody outside, some of them, every pod, a gateway, pods of other namespaces, those beside it. */
function farthest({ from, to, ports, isCertain }: ToldFlows): number {
  const [, place = ''] = namespaced(to);
  const rank = (end: string) => {
    if (end === OUTSIDE) return 0;
    if (end.startsWith(OUTSIDE)) return 1;
    if (end === OTHER_POD) return isCertain ? 2 : 5;
    return namespaced(end)[1] === place ? 4 : 3;
  };
  // A port that somebody names is one that is known to be listened on.
  return Math.min(...from.map(rank)) + (isCertain ? 0 : 0.5) + (ports.startsWith('every') ? 0.25 : 0);
}

/** The namespace of `Deployment/shop/web`; of `Deployment/web` it is the one that all of them share. */
function namespaced(end: string): [string, string] {
  const parts = end.split('/');
  return [parts.at(-1)!, parts.length > 2 ? parts[1]! : ''];
}

/** `a, b and 3 more`. */
export function endsText(ends: readonly string[], order: 'farthest first' | 'named first' = 'farthest first'): string {
  const first = (end: string) => Number(end.includes(OUTSIDE)) * 2 + Number(end === EVERY_POD || end === OTHER_POD);
  const sorted = [...ends].sort((a, b) => (first(b) - first(a)) * (order === 'named first' ? -1 : 1));
  const shown = sorted.slice(0, SHOWN);
  const left = sorted.length - shown.length;
  if (left > 0) return `${shown.join(', ')} and ${left} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `TCP 8080, 9090`, `every port`, `TCP 8080 and every other port`. */
function portsText(flows: readonly FlowChange['flow'][]): string {
  const byProtocol = new Map<string, string[]>();
  for (const { protocol, port, endPort } of flows)
    if (port !== 'any') addTo(byProtocol, protocol, `${port}${endPort === undefined ? '' : `-${endPort}`}`);
  const named = [...byProtocol].map(([protocol, ports]) => `${protocol} ${firstNames(ports)}`);
  const open = flows.filter(({ port }) => port === 'any');
  const toPods = open.some(({ to }) => !to.startsWith(OUTSIDE));
  // Where all ports are named as a range there is no other one.
  const others = open.flatMap(({ protocol, to }) =>
    flows.some((one) => one.endPort === LAST_PORT && one.protocol === protocol)
      ? []
      : [
          `every ${named.length > 0 || !to.startsWith(OUTSIDE) ? 'other ' : ''}port${protocol === 'any' ? '' : ` of ${protocol}`}`,
        ],
  );
  return [...named, ...others].join(' and ') + (toPods && others.length > 0 ? ', whatever listens there' : '');
}

const LAST_PORT = 65_535;

function isFromOutside({ flow }: FlowChange): boolean {
  return flow.from.startsWith(OUTSIDE);
}

function endOf({ flow: { to, port, endPort, protocol } }: FlowChange): string {
  return [to, port, endPort, protocol].join(' ');
}
