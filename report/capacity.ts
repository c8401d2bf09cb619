import { addTo } from '../model/multimap';
import type { Capacity, Load, NodeLoad, Scenario } from '../simulate/scaling/capacity';
import type { ControllerUse } from '../simulate/scaling/use';
import { unitsText } from '../simulate/scheduling/amounts';
import { columns } from './columns';

/** How full a cluster is, and what its pods were seen to use, if that was given. */
export interface CapacityReport extends Capacity {
  readonly uses: { readonly controllers: readonly ControllerUse[]; readonly unknown: readonly string[] } | undefined;
}

export const capacityFormats = {
  json: (report: CapacityReport): string =>
    JSON.stringify(
      {
        nodes: report.nodes.map(({ node, pool, zone, closed, resources }) => ({
          node,
          pool,
          zone: zone ?? null,
          closed,
          resources: resources.map(amounts),
        })),
        pools: poolsOf(report.nodes).map(({ pool, nodes, resources, freest }) => ({
          pool,
          nodes,
          resources: resources.map(amounts),
          largestPod: Object.fromEntries(freest.map((load) => [load.resource, inWords(load.resource, free(load))])),
        })),
        scenarios: report.scenarios,
        ...(report.uses && {
          use: report.uses.controllers.map(({ resources, ...each }) => ({
            ...each,
            resources: resources.map(({ resource, requested, most, mean }) => ({
              resource,
              requested: inWords(resource, requested),
              most: inWords(resource, most),
              mean: inWords(resource, mean),
            })),
          })),
          unknownPods: report.uses.unknown,
        }),
      },
      null,
      2,
    ),
  text: (report: CapacityReport): string =>
    sections(report)
      .map(([, table, after]) => [...columns(table).map((line) => line.trimEnd()), ...after].join('\n'))
      .join('\n\n'),
  markdown: (report: CapacityReport): string =>
    [
      '# Capacity',
      ...sections(report).map(([title, table, after]) =>
        [`## ${title}`, '', ...markdownTable(table), ...after.map((line) => `\n${line}`)].join('\n'),
      ),
    ].join('\n\n'),
};

export type CapacityFormat = keyof typeof capacityFormats;

type Section = readonly [title: string, table: readonly (readonly string[])[], after: readonly string[]];

function sections({ nodes, scenarios, uses }: CapacityReport): Section[] {
  const resources = ['cpu', 'memory', 'pods'];
  return [
    [
      'Nodes',
      [
        ['NODE', 'POOL', 'ZONE', ...resources.map((name) => name.toUpperCase())],
        ...nodes.map((load) => [
          load.closed ? `${load.node} (closed)` : load.node,
          load.pool,
          load.zone ?? '-',
          ...resources.map((name) => loadText(loadIn(load.resources, name))),
        ]),
      ],
      [],
    ],
    [
      'Pools',
      [
        ['POOL', 'NODES', 'CPU FREE', 'MEMORY FREE', 'LARGEST POD THAT FITS'],
        ...poolsOf(nodes).map(({ pool, nodes: n, resources: all, freest }) => [
          pool,
          String(n),
          ...['cpu', 'memory'].map((name) => freeText(loadIn(all, name))),
          ['cpu', 'memory'].map((name) => `${inWords(name, free(loadIn(freest, name)))} ${name}`).join(', '),
        ]),
      ],
      [],
    ],
    ['What may happen', [['WHAT IF', 'PODS THAT WAIT', 'REASON'], ...scenarios.flatMap(scenarioRows)], []],
    ...(uses ? [useSection(uses)] : []),
  ];
}

function scenarioRows({ what, waiting }: Scenario): string[][] {
  if (waiting.length === 0) return [[what, 'none', '']];
  return waiting.map(({ controller, pods, reason }, i) => [i === 0 ? what : '', `${pods} of ${controller}`, reason]);
}

function useSection({ controllers, unknown }: NonNullable<CapacityReport['uses']>): Section {
  const rows = controllers.map(({ controller, pods, resources }) => [
    controller,
    String(pods),
    ...resources.flatMap(({ resource, requested, most, mean }) => [
      inWords(resource, requested),
      `${inWords(resource, mean)}, at most ${inWords(resource, most)}`,
      requested === 0n
        ? 'nothing is asked for'
        : requested >= most
          ? `${inWords(resource, requested - most)} more than used`
          : `${inWords(resource, most - requested)} less than used`,
    ]),
  ]);
  const head = ['cpu', 'memory'].flatMap((name) => [`${name.toUpperCase()} ASKED`, 'USED', 'DIFFERENCE']);
  return [
    'Requests and use, for each pod',
    [['CONTROLLER', 'PODS', ...head], ...rows],
    unknown.length === 0 ? [] : [`Not in the manifests or facts: ${unknown.join(', ')}`],
  ];
}

interface PoolLoad {
  readonly pool: string;
  readonly nodes: number;
  readonly resources: readonly Load[];
  /** The resources of the node that has the most left. */
  readonly freest: readonly Load[];
}

function poolsOf(nodes: readonly NodeLoad[]): PoolLoad[] {
  const members = new Map<string, NodeLoad[]>();
  for (const load of nodes) addTo(members, load.pool, load);
  return [...members].map(([pool, own]) => {
    const names = [...new Set(own.flatMap(({ resources }) => resources.map(({ resource }) => resource)))];
    // What takes no new pods has no room.
    const open = own.filter(({ closed }) => !closed);
    const sum = (name: string, of: (load: Load) => bigint) =>
      open.reduce((total, { resources }) => total + of(loadIn(resources, name)), 0n);
    const byRoom = [...open].sort((a, b) => Number(room(b) - room(a)));
    return {
      pool,
      nodes: own.length,
      resources: names.map((resource) => ({
        resource,
        allocatable: sum(resource, ({ allocatable }) => allocatable),
        requested: sum(resource, ({ requested }) => requested),
      })),
      freest: byRoom[0]?.resources ?? [],
    };
  });
}

const room = ({ resources }: NodeLoad) => free(loadIn(resources, 'cpu'));

function loadIn(loads: readonly Load[], name: string): Load {
  return loads.find(({ resource }) => resource === name) ?? { resource: name, allocatable: 0n, requested: 0n };
}

function free({ allocatable, requested }: Load): bigint {
  return allocatable > requested ? allocatable - requested : 0n;
}

function amounts(load: Load) {
  const { resource, allocatable, requested } = load;
  return { resource, allocatable: inWords(resource, allocatable), requested: inWords(resource, requested) };
}

const BAR = 10;

/** `######....  1200m of 2` */
function loadText(load: Load): string {
  const { resource, allocatable, requested } = load;
  const share = allocatable > 0n ? Number(requested) / Number(allocatable) : 0;
  const filled = Math.min(BAR, Math.ceil(share * BAR));
  return `${'#'.repeat(filled)}${'.'.repeat(BAR - filled)} ${inWords(resource, requested)} of ${inWords(resource, allocatable)}`;
}

function freeText(load: Load): string {
  return `${inWords(load.resource, free(load))} of ${inWords(load.resource, load.allocatable)}`;
}

/** A memory that was measured is not worth more digits. */
function inWords(resource: string, amount: bigint): string {
  const isLarge = resource === 'memory' && amount > MEBI;
  return unitsText(resource, isLarge ? ((amount + MEBI / 2n) / MEBI) * MEBI : amount);
}

const MEBI = 1024n * 1024n;

function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((each) => each.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
