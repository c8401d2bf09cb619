import type { Cluster, Pool } from './cluster';
import { nodesOf } from './cluster';
import { knownNames, StrataError } from './errors';
import type { Placement } from './placement';
import { acceptedValues, taintText } from './placement';

/** On this pool and no other: its labels required, its taints tolerated. The pool's name is checked by the compiler. */
export function onPool<PoolName extends string>(cluster: Cluster<PoolName>, name: NoInfer<PoolName>): Placement {
  const pool: Pool = cluster.pools[name];
  if (!pool.labels) {
    throw new StrataError(`cluster ${cluster.name}, pool ${name}`, 'the pool has no labels of its own, so pods can not be held to it', [
      `give the pool a label in clusters/${cluster.name}.ts`,
      'place the pods by labels that the nodes have',
    ]);
  }
  return { requires: pool.labels, ...(pool.taints ? { tolerates: pool.taints } : {}) };
}

/** Refuses a placement that no node of the cluster can satisfy, or that names labels and taints which none has. */
export function checkPlacement(place: string, placement: Placement, cluster: Cluster): void {
  const nodes = nodesOf(cluster);
  const labels = [...new Set(nodes.flatMap((node) => Object.entries(node.metadata.labels).map(([k, v]) => `${k}=${v}`)))];
  const required = Object.entries(placement.requires ?? {}).flatMap(([key, values]) => acceptedValues(values).map((value) => [key, value] as const));
  const wanted = [...required, ...(placement.prefers ?? []).map(({ label }) => label)];
  for (const [key, value] of wanted) {
    if (!labels.includes(`${key}=${value}`)) {
      throw new StrataError(place, `no pool of cluster ${cluster.name} carries the label ${key}=${value}`, [
        `use a label that a pool has (${knownNames(`${key}=${value}`, labels.filter((l) => !l.startsWith('kubernetes.io/')))})`,
        `give a pool this label in clusters/${cluster.name}.ts`,
      ]);
    }
  }
  for (const { weight } of placement.prefers ?? []) {
    if (!Number.isInteger(weight) || weight < 1 || weight > 100) {
      throw new StrataError(place, `the weight ${weight} of a preference is not a whole number from 1 to 100`, ['use a weight from 1 to 100', 'use requires, if the preference is a must']);
    }
  }
  const taints = nodes.flatMap((node) => node.spec.taints ?? []);
  for (const toleration of placement.tolerates ?? []) {
    if (!taints.some((taint) => taintText(taint) === taintText(toleration))) {
      const known = [...new Set(taints.map(taintText))].join(', ') || 'none';
      throw new StrataError(place, `no pool of cluster ${cluster.name} has the taint ${taintText(toleration)}`, [
        `tolerate a taint that a pool has (known: ${known})`,
        `give a pool this taint in clusters/${cluster.name}.ts`,
      ]);
    }
  }
  const fits = nodes.some(
    (node) =>
      Object.entries(placement.requires ?? {}).every(([key, values]) => acceptedValues(values).includes(node.metadata.labels[key] ?? '')) &&
      (node.spec.taints ?? []).every(
        (taint) => taint.effect === 'PreferNoSchedule' || placement.tolerates?.some((toleration) => taintText(toleration) === taintText(taint)),
      ),
  );
  if (!fits) {
    throw new StrataError(place, `no node of cluster ${cluster.name} has all of ${JSON.stringify(placement.requires ?? {})} and only taints that are tolerated`, [
      'tolerate the taints of the pool that has these labels (onPool does)',
      'require fewer labels',
    ]);
  }
}
