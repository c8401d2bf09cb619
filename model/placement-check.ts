import type { Cluster } from './cluster';
import { HOSTNAME, nodesOf, ZONE } from './cluster';
import type { Pool } from './cluster-facts';
import { knownNames, StrataError } from './errors';
import type { Placement } from './placement';
import { acceptedValues, taintText } from './placement';

/** On this pool and no other: its labels required, its taints tolerated. The pool's name is checked by the compiler. */
export function onPool<PoolName extends string>(cluster: Cluster<PoolName>, name: NoInfer<PoolName>): Placement {
  const pool: Pool = cluster.pools[name];
  const own = Object.entries(pool.labels ?? {});
  const alike = Object.entries<Pool>(cluster.pools).find(
    ([other, { labels = {} }]) => other !== name && own.every(([key, value]) => labels[key] === value),
  );
  if (alike || own.length === 0) {
    const why = own.length ? `pool ${alike![0]} carries all of its labels` : 'the pool has no labels of its own';
    throw new StrataError(`cluster ${cluster.name}, pool ${name}`, `${why}, so pods can not be held to it`, [
      `give the pool a label of its own in clusters/${cluster.name}.ts`,
      'place the pods by labels that only the nodes you mean have',
    ]);
  }
  return { ...(pool.labels ? { requires: pool.labels } : {}), ...(pool.taints ? { tolerates: pool.taints } : {}) };
}

/**
 * Refuses a placement that no node of the cluster can satisfy for so many pods, or that names labels and taints which none
 * has.
 */
export function checkPlacement(place: string, placement: Placement, cluster: Cluster, pods = 1): void {
  const nodes = nodesOf(cluster);
  const labels = [
    ...new Set(nodes.flatMap((node) => Object.entries(node.metadata.labels).map(([k, v]) => `${k}=${v}`))),
  ];
  const required = Object.entries(placement.requires ?? {}).flatMap(([key, values]) =>
    acceptedValues(values).map((value) => [key, value] as const),
  );
  const wanted = [...required, ...(placement.prefers ?? []).map(({ label }) => label)];
  for (const [key, value] of wanted) {
    if (!labels.includes(`${key}=${value}`)) {
      throw new StrataError(place, `no pool of cluster ${cluster.name} carries the label ${key}=${value}`, [
        `use a label that a pool has (${knownNames(
          `${key}=${value}`,
          labels.filter((l) => !l.startsWith('kubernetes.io/')),
        )})`,
        `give a pool this label in clusters/${cluster.name}.ts`,
      ]);
    }
  }
  for (const { weight } of placement.prefers ?? []) {
    if (!Number.isInteger(weight) || weight < 1 || weight > 100) {
      throw new StrataError(place, `the weight ${weight} of a preference is not a whole number from 1 to 100`, [
        'use a weight from 1 to 100',
        'use requires, if the preference is a must',
      ]);
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
  const fitting = nodes.filter(
    (node) =>
      Object.entries(placement.requires ?? {}).every(([key, values]) =>
        acceptedValues(values).some((value) => node.metadata.labels[key] === value),
      ) &&
      (node.spec.taints ?? []).every(
        (taint) =>
          taint.effect === 'PreferNoSchedule' ||
          placement.tolerates?.some((toleration) => taintText(toleration) === taintText(taint)),
      ),
  );
  if (fitting.length === 0) {
    throw new StrataError(
      place,
      `no node of cluster ${cluster.name} has all of ${JSON.stringify(placement.requires ?? {})} and only taints that are tolerated`,
      ['tolerate the taints of the pool that has these labels (onPool does)', 'require fewer labels'],
    );
  }
  const { apart } = placement;
  const domains = new Set(
    fitting.flatMap((node) => node.metadata.labels[apart?.over === 'zone' ? ZONE : HOSTNAME] ?? []),
  ).size;
  if (apart?.strength === 'required' && domains < pods) {
    throw new StrataError(
      place,
      `keeps ${pods} pods apart over ${apart.over}s, and only ${domains} of cluster ${cluster.name} may run them: the others would wait for ever`,
      ["keep them apart with strength 'preferred'", `run ${domains} pods or fewer`],
    );
  }
}
