import { ZONE } from '../model/cluster';
import { StrataError, someNames } from '../model/errors';
import { misspellingOf } from '../model/misspelling';
import { addTo } from '../model/multimap';
import { drainOptions } from '../simulate/maintenance/eviction';
import type { LiveCluster } from '../simulate/maintenance/live';
import { liveCluster } from '../simulate/maintenance/live';
import type { GroupMaintenance, NodeMaintenance } from '../simulate/maintenance/maintain';
import { maintain, maintainByTaint, maintainTogether } from '../simulate/maintenance/maintain';
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
  const options = drainOptions(given.force);
  return nodesIn(cluster, given, command).map((node) => maintain(cluster, node, options));
}

/** Nodes that are empty together, and the zone that they are, where zones are taken. */
type ZoneMaintenance = GroupMaintenance & { readonly zone?: string };

/** Empties nodes for maintenance, all of them where none is named, one or one zone at a time. */
export function maintained(
  cluster: LiveCluster,
  given: NodesGiven & { readonly force: boolean; readonly by: 'node' | 'zone'; readonly taint: string | undefined },
  command: string,
): ZoneMaintenance[] {
  const options = drainOptions(given.force);
  const all = given.all || (given.node === undefined && given.zone === undefined);
  const nodes = nodesIn(cluster, { ...given, all }, command);
  const taint = given.taint === undefined ? undefined : taintGiven(given.taint);
  const emptied = (group: readonly string[]) =>
    taint ? maintainByTaint(cluster, group, taint) : maintainTogether(cluster, group, options);
  if (given.by === 'node') return nodes.map((node) => emptied([node]));
  return byZone(cluster, nodes, command).map(([zone, group]) => ({ zone, ...emptied(group) }));
}

function byZone({ state }: LiveCluster, nodes: readonly string[], command: string): [string, string[]][] {
  const zones = new Map<string, string[]>();
  for (const node of nodes) {
    const zone = state.node(node)!.labels[ZONE];
    if (zone === undefined)
      throw new StrataError(command, `cannot take one zone at a time: node ${node} is in none`, [
        'leave out --by zone',
        `give the node the label ${ZONE}`,
      ]);
    addTo(zones, zone, node);
  }
  return [...zones].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `maintenance=true`, as `kubectl taint` takes it, without the effect. */
function taintGiven(text: string): { readonly key: string; readonly value: string } {
  const [, key, value = ''] = /^([\w./-]+)(?:=([\w.-]*))?(?::NoExecute)?$/.exec(text) ?? [];
  if (key !== undefined) return { key, value };
  throw new StrataError(`--taint ${text}`, 'is not KEY or KEY=VALUE; its effect is NoExecute', [
    'write it such as --taint maintenance=true',
  ]);
}

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
