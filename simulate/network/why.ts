import { StrataError, someNames } from '../../model/errors';
import { near } from '../../model/near';
import type { World } from '../../world/world';
import type { End, Wanted } from './ends';
import { gateway, isCalled, nodes, OTHER_POD, OUTSIDE, otherPods, outside, serviceEnds, workloadEnds } from './ends';
import { reachesOf } from './flows';
import type { Network } from './network';
import { networkOf } from './network';
import type { Passage, Verdict } from './passage';
import type { FlowPort } from './ports';
import { portsOf } from './ports';

/** One connection with what decides on it. */
export interface Reason {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly verdict: Verdict;
  /** One for each pair of pods that may be meant. */
  readonly passages: readonly { readonly egress: Passage; readonly ingress: Passage }[];
}

/** Why a connection passes or does not; names and ports that are not there are errors. */
export function whyFlow(world: World, fromWanted: Wanted, toWanted: Wanted): readonly Reason[] {
  const network = networkOf(world);
  const from = oneEnd(world, network, fromWanted, 'FROM');
  const to = oneEnd(world, network, toWanted, 'TO');
  return portsAsked(world, network, to, toWanted).map((port) => {
    const reaches = reachesOf(network, from, to, port, port.protocol);
    const verdicts = new Set(reaches.map(({ verdict }) => verdict));
    return {
      from: from.name,
      to: to.name,
      port: Number(port.number),
      protocol: port.protocol,
      verdict: verdicts.size === 1 ? reaches[0]!.verdict : 'unknown',
      passages: reaches.map(({ egress, ingress }) => ({ egress, ingress })),
    };
  });
}

/** The one end that is meant: its whole name, the name of the object alone, or a part that only it has. */
function oneEnd(world: World, network: Network, wanted: Wanted, what: 'FROM' | 'TO'): End {
  switch (wanted.is) {
    case 'outside':
      return outside();
    case 'address':
      return outside(wanted.block, wanted.text);
    case 'nodes':
      return nodes(network);
    case 'pods':
      return otherPods(network);
    case 'gateway':
      return gateway(world, network);
    case 'services':
    case 'name':
  }
  if (wanted.text === OTHER_POD) return otherPods(network);
  if (wanted.text === OUTSIDE) return outside();
  const ends = [...workloadEnds(world, network), ...(what === 'TO' ? serviceEnds(world) : [])];
  const { text } = wanted;
  const matches = [
    ends.filter(({ name }) => name === text),
    ends.filter(({ name, is }) => is === 'workload' && name.endsWith(`/${text}`)),
    ends.filter(({ name }) => name.endsWith(`/${text}`)),
    ends.filter((end) => isCalled(end, wanted)),
  ].find((found) => found.length > 0);
  if (matches?.length === 1) return matches[0]!;
  const names = ends.map(({ name }) => name);
  throw new StrataError(
    `${what} ${text}`,
    matches
      ? `is the name of several: ${matches.map(({ name }) => name).join(', ')}`
      : 'is no workload of the manifests',
    [
      matches
        ? 'write kind, namespace and name'
        : `name one of these${near(
            text,
            names.map((name) => name.slice(name.lastIndexOf('/') + 1)),
          )}: ${someNames(names, 10)}`,
      'write outside, pods, nodes, gateway, or an address',
    ],
  );
}

function portsAsked(world: World, network: Network, to: End, { port, protocol, text }: Wanted): readonly FlowPort[] {
  const known: readonly FlowPort[] = to.service
    ? to.service.ports.map(({ name, number, protocol: own }) => ({ name, number, protocol: own }))
    : to.workload
      ? portsOf(world, network, to.workload).filter(({ number }) => number !== 'any')
      : [];
  const list = known.map((one) => (one.name === undefined ? one.number : `${one.name} (${one.number})`)).join(', ');
  if (port === undefined)
    throw new StrataError(`TO ${text}`, 'names no port', [
      known.length > 0 ? `write ${text}:PORT with one of its ports: ${list}` : `write ${text}:PORT`,
    ]);
  const found = known.filter(
    (one) =>
      (one.name === port || String(one.number) === port) && (protocol === undefined || one.protocol === protocol),
  );
  if (found.length > 0) return found;
  if (!/^\d+$/.test(port) || to.service)
    throw new StrataError(`TO ${text}:${port}`, `${to.name} has no such port`, [`use one of these: ${list || 'none'}`]);
  return [{ number: Number(port), protocol: protocol ?? 'TCP', name: undefined }];
}
