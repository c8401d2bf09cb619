import { Inputs } from '../../checks/inputs';
import { existing } from '../../checks/paths';
import type { ManifestSet } from '../../checks/sets';
import { setsAt } from '../../checks/sets';
import { systemAccess } from '../../manifests/reading/inputs';
import { positionOf } from '../../manifests/reading/yaml/position';
import type { Wanted } from '../../simulate/network/ends';
import { readWanted } from '../../simulate/network/ends';
import { networkOf } from '../../simulate/network/network';
import { World } from '../../world/world';
import { clusterGiven } from '../cluster-given';
import type { Host, Project } from '../command';
import { appliedIn, configured, declaredIn } from '../configured';
import type { Given } from '../options/table';
import type { flows } from '../tables';

/** What the forms of `strata flows` are given. */
export type FlowsGiven = Given<typeof flows>;

/** One of the sets that some paths hold, as a world. */
export interface NamedWorld {
  readonly name: string;
  readonly world: World;
}

/** Reads manifests into worlds, with the facts that all of them have. */
export interface Reader {
  readonly inputs: Inputs;
  /** The sets at some paths: overlays and targets that are never in a cluster together are looked at apart. */
  readonly worldsOf: (paths: readonly string[]) => readonly NamedWorld[];
}

export function reader<P>(project: Project<P>, given: FlowsGiven, host: Host): Reader {
  const { values, config } = configured(given.values);
  const appliedTo = appliedIn(values, config);
  const inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile }, host.progress);
  const { kubernetes, factsFor } = clusterGiven(() => project.matrix.clusters, values, inputs);
  const declared = declaredIn(values, inputs);
  const unreadDeclared = [...inputs.unreadable];
  const worldIn = ({ manifests: { resources, documents }, cluster, expected, unread }: ManifestSet) => {
    const own = cluster === undefined ? undefined : project.matrix.clusters.find(({ name }) => name === cluster);
    const world = new World(
      resources,
      factsFor(resources, own).with(expected),
      declared,
      undefined,
      documents,
      appliedTo,
      [...unreadDeclared, ...unread].filter(({ foreign }) => foreign !== true),
    );
    for (const policy of networkOf(world).refused)
      host.printError(
        `${policy.source.file}:${positionOf(policy, []).line}: the API server refuses ${world.idOf(policy)}, so it is left out; strata verify says why`,
      );
    return world;
  };
  const worldsOf = (paths: readonly string[]) => {
    for (const path of paths) if (path !== '-') existing('strata flows', path);
    const unreadable = inputs.unreadable.length;
    const worlds = [...setsAt(paths, inputs, kubernetes)].map((set) => ({ name: set.name, world: worldIn(set) }));
    for (const { file, line, column, reason } of inputs.unreadable.slice(unreadable))
      host.printError(`${file}:${line}:${column}: ${reason}`);
    return worlds;
  };
  return { inputs, worldsOf };
}

/** `--from` and `--to`. */
export function query({ values }: FlowsGiven): { readonly from?: Wanted; readonly to?: Wanted } {
  return {
    ...(values.from === undefined ? {} : { from: readWanted(values.from) }),
    ...(values.to === undefined ? {} : { to: readWanted(values.to) }),
  };
}

export function exitCode({ inputs }: Reader): number {
  return inputs.unreadable.length > 0 ? 2 : 0;
}
