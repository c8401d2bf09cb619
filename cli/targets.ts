import type { Cluster } from '../model/cluster';
import type { ExcludedPair } from '../model/matrix';
import type { Environment } from '../model/target';
import { planTarget } from '../render/plan';
import { columns } from '../report/columns';
import { howOf, howText } from './how';
import type { Run } from './options/table';
import type { targets } from './tables';
import { whereOf } from './where';

/** More excluded pairs than these are told by environment. */
const MANY_PAIRS = 50;

export const command: Run<typeof targets> = (project, { values: { where, format, check, how }, words }, host) => {
  const { matrix, compose } = project;
  const all = matrix.targets(words);
  const pairs = words.length > 0 || how ? [] : matrix.excludedPairs();
  const wanted = whereOf(where ?? [], [...all, ...pairs]);
  const listed = all.filter(wanted);
  const excluded = pairs.filter(wanted);
  if (check)
    for (const target of listed) {
      host.progress?.(`rendering ${target.name}`);
      planTarget(target, compose(target));
    }
  if (how) {
    const commands = howOf(project, listed);
    if (format === 'json') host.print(JSON.stringify({ targets: commands }, undefined, 2));
    else for (const line of howText(commands)) host.print(line);
    return;
  }
  if (format === 'json') {
    host.print(JSON.stringify({ targets: listed.map(described), excluded: excluded.map(pairOf) }, undefined, 2));
    return;
  }
  const rows = listed.map((target) => [
    target.name,
    target.cluster.kubernetes,
    featuresOf(target).join(' ') || 'no features',
  ]);
  for (const line of columns([...rows, ...excludedRows(excluded)])) host.print(line);
  if (listed.length + excluded.length === 0)
    host.print(where && where.length > 1 ? 'no target: all conditions must hold of one' : 'no target');
};

function described(target: Place & { readonly path: string; readonly features: readonly { readonly name: string }[] }) {
  const { name, path, environment, cluster } = target;
  return {
    name,
    path,
    environment: environment.name,
    cluster: cluster.name,
    kubernetes: cluster.kubernetes,
    ephemeral: environment.ephemeral,
    features: featuresOf(target),
  };
}

interface Place {
  readonly name: string;
  readonly environment: Environment;
  readonly cluster: Cluster;
}

function featuresOf({ features }: { readonly features: readonly { readonly name: string }[] }): string[] {
  return features.map(({ name }) => name);
}

function pairOf({ name, environment, cluster, why }: ExcludedPair) {
  return { name, environment: environment.name, cluster: cluster.name, why };
}

/** A row per pair; of very many one per environment and reason. */
function excludedRows(pairs: readonly ExcludedPair[]): string[][] {
  if (pairs.length <= MANY_PAIRS) return pairs.map(({ name, why }) => [name, '-', `excluded: ${why}`]);
  const groups = new Map<string, ExcludedPair[]>();
  for (const pair of pairs) {
    const key = `${pair.environment.name} ${pair.why}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  return [...groups.values()].map(([first, ...more]) =>
    more.length === 0
      ? [first!.name, '-', `excluded: ${first!.why}`]
      : [`${first!.environment.name}@…`, '-', `excluded on ${more.length + 1} clusters: ${first!.why}`],
  );
}
