import { StrataError } from '../model/errors';
import { misspellingOf } from '../model/misspelling';
import { drainFormats, lossFormats } from '../report/drains';
import { placementFormats } from '../report/placements';
import { drain, isSmooth, uncordon } from '../simulate/maintenance/drain';
import type { LiveCluster } from '../simulate/maintenance/live';
import { liveCluster } from '../simulate/maintenance/live';
import { lose } from '../simulate/maintenance/loss';
import { simulateSchedule } from '../simulate/scheduling/simulate';
import type { World } from '../world/world';
import { oneWorld, withoutNodes } from './one-world';
import type { Given, Run } from './options/table';
import type { simulate } from './tables';

type Values = Given<typeof simulate>['values'];

/** What can be simulated: each gives the text and whether something does not go well. */
const SIMULATIONS: Readonly<Record<string, (world: World, values: Values) => { text: string; bad: boolean }>> = {
  schedule: (world, { format }) => {
    const pods = simulateSchedule(world);
    if (!pods) throw withoutNodes('strata simulate schedule');
    return {
      text: placementFormats[format](pods),
      bad: pods.some(({ placement }) => placement.verdict === 'pending'),
    };
  },
  drain: (world, values) => {
    const cluster = aliveIn(world, 'drain');
    const options = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: values.force };
    const drains = nodesIn(cluster, values, 'drain').map((node) => {
      const found = drain(cluster, node, options);
      uncordon(cluster, node);
      return found;
    });
    return { text: drainFormats[values.format](drains), bad: !drains.every(isSmooth) };
  },
  lose: (world, values) => {
    const cluster = aliveIn(world, 'lose');
    const loss = lose(cluster, nodesIn(cluster, values, 'lose'));
    return { text: lossFormats[values.format](loss), bad: loss.pods.some(({ verdict }) => verdict === 'waiting') };
  },
};

export const command: Run<typeof simulate> = (project, given, host) => {
  const [what = '', ...words] = given.words;
  const simulation = Object.hasOwn(SIMULATIONS, what) ? SIMULATIONS[what] : undefined;
  if (!simulation)
    throw new StrataError(`strata simulate ${what}`.trim(), 'does not say what to simulate', [
      `write one of ${Object.keys(SIMULATIONS).join(', ')}, and the manifests or the target`,
    ]);
  const { world, unreadable } = oneWorld(project, `strata simulate ${what}`, words, given.values, host);
  const { text, bad } = simulation(world, given.values);
  host.print(text);
  if (unreadable) return 2;
  return bad ? 1 : 0;
};

function aliveIn(world: World, what: string): LiveCluster {
  const cluster = liveCluster(world);
  if (!cluster) throw withoutNodes(`strata simulate ${what}`);
  return cluster;
}

const ZONE = 'topology.kubernetes.io/zone';

/** The nodes that are named, in their order, or those of the zones that are named. */
function nodesIn({ state }: LiveCluster, { node, zone, all }: Values, what: string): string[] {
  const nodes = [...state.nodes];
  const names = nodes.map(({ name }) => name);
  const zones = [...new Set(nodes.flatMap(({ labels }) => labels[ZONE] ?? []))].sort();
  refuseUnknown('--node', node ?? [], names);
  refuseUnknown('--zone', zone ?? [], zones);
  if (all) return names;
  const found = names.filter((name) => node?.includes(name) || zone?.includes(state.node(name)!.labels[ZONE] ?? ''));
  const inOrder = [...(node ?? []), ...found.filter((name) => !node?.includes(name))];
  if (inOrder.length > 0) return [...new Set(inOrder)];
  throw new StrataError(`strata simulate ${what}`, 'does not say which nodes', [
    `name them: --node ${names.slice(0, 3).join(' --node ')}`,
    ...(zones.length > 0 ? [`name a zone: --zone ${zones[0]}`] : []),
    ...(what === 'drain' ? ['take one after the other: --all'] : []),
  ]);
}

function refuseUnknown(option: string, given: readonly string[], known: readonly string[]): void {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const [meant] = misspellingOf(wrong, known);
  throw new StrataError(`${option} ${wrong}`, 'is not in the cluster', [
    meant === undefined
      ? `name one of ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`
      : `write ${meant}`,
  ]);
}
