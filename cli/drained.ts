import { StrataError, someNames } from '../model/errors';
import { misspellingOf } from '../model/misspelling';
import type { LiveCluster } from '../simulate/maintenance/live';
import { liveCluster } from '../simulate/maintenance/live';
import type { NodeMaintenance } from '../simulate/maintenance/maintain';
import { maintain } from '../simulate/maintenance/maintain';
import type { World } from '../world/world';
import { withoutNodes } from './one-world';

/** Which nodes are meant. */
interface NodesGiven {
  readonly node: readonly string[] | undefined;
  readonly zone: readonly string[] | undefined;
  readonly all: boolean;
}

/** The cluster with its pods running. */
export function aliveIn(world: World, command: string): LiveCluster {
  const cluster = liveCluster(world);
  if (!cluster) throw withoutNodes(command);
  return cluster;
}

/** Drains the nodes that are named one after the other, each uncordoned before the next. */
export function drained(
  cluster: LiveCluster,
  given: NodesGiven & { readonly force: boolean },
  command: string,
): NodeMaintenance[] {
  const options = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: given.force };
  return nodesIn(cluster, given, command).map((node) => maintain(cluster, node, options));
}

const ZONE = 'topology.kubernetes.io/zone';

/** The nodes that are named, in their order, then those of the zones that are named. */
export function nodesIn({ state }: LiveCluster, { node = [], zone = [], all }: NodesGiven, command: string): string[] {
  const nodes = [...state.nodes];
  const names = nodes.map(({ name }) => name);
  const zones = [...new Set(nodes.flatMap(({ labels }) => labels[ZONE] ?? []))].sort();
  refuseUnknown('--node', node, names);
  refuseUnknown('--zone', zone, zones);
  if (all) return names;
  const found = [...new Set([...node, ...names.filter((name) => zone.includes(state.node(name)!.labels[ZONE] ?? ''))])];
  if (found.length > 0) return found;
  throw new StrataError(command, 'does not say which nodes', [
    `name them: --node ${names.slice(0, 3).join(' --node ')}`,
    ...(zones.length > 0 ? [`name a zone: --zone ${zones[0]}`] : []),
    ...(command.endsWith('drain') ? ['take one after the other: --all'] : []),
  ]);
}

function refuseUnknown(option: string, given: readonly string[], known: readonly string[]): void {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const [meant] = misspellingOf(wrong, known);
  throw new StrataError(`${option} ${wrong}`, 'is not in the cluster', [
    meant === undefined ? `name one of ${someNames(known, 8)}` : `write ${meant}`,
  ]);
}
