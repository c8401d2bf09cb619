import type { Cluster } from './cluster';
import { HOSTNAME, NODE_TAINTS, type NodeLabel, type NodeTaint, nodesOf, ZONE } from './cluster';
import type { Pool } from './cluster-facts';
import { knownNames, StrataError } from './errors';
import type { PlacedNode } from './node-match';
import { matchesExpression, mayRunOn, tolerates, wholeOf } from './node-match';
import type { NodeExpression, Placement, Toleration } from './placement';
import { preferredOf, requiredOf, taintText } from './placement';
import { placementProblem } from './placement-shape';

/** On this pool and no other: its labels required, its taints tolerated. The pool's name is checked by the compiler. */
export function onPool<PoolName extends string>(cluster: Cluster<PoolName>, name: NoInfer<PoolName>): Placement {
  const pool: Pool = cluster.pools[name];
  const own = Object.entries(pool.labels ?? {});
  const alike = Object.entries<Pool>(cluster.pools).find(
    ([other, { labels = {} }]) => other !== name && own.every(([key, value]) => labels[key] === value),
  );
  if (alike || own.length === 0) {
    const why = own.length ? `pool ${alike![0]} carries all of its labels` : 'the pool has no labels of its own';
    throw new StrataError(`cluster ${cluster.name}, pool ${name}`, `${why}, so pods cannot be held to it`, [
      `give the pool a label of its own in clusters/${cluster.name}.ts`,
      'place the pods by labels that only the nodes you mean have',
    ]);
  }
  return { ...(pool.labels ? { requires: pool.labels } : {}), ...(pool.taints ? { tolerates: pool.taints } : {}) };
}

/**
 * A placement whose labels and taints the compiler compares with the cluster's own, beside those that every node has. What
 * no node can satisfy is refused here and now.
 */
export function placedOn<Label extends string, TaintKey extends string>(
  cluster: Cluster<string, Label, TaintKey>,
  placement: Placement<NoInfer<Label> | NodeLabel, NoInfer<TaintKey> | NodeTaint>,
): Placement {
  checkPlacement(`cluster ${cluster.name}, placement`, placement, cluster);
  return placement;
}

/**
 * Refuses a placement that no node of the cluster can satisfy for so many pods, or that names labels and taints which none
 * has.
 */
export function checkPlacement(place: string, placement: Placement, cluster: Cluster, pods = 1): void {
  const nodes = nodesOf(cluster);
  const preferences = placement.prefers ?? [];
  const problem = placementProblem(placement);
  if (problem !== undefined)
    throw new StrataError(place, `is ${problem}`, [
      "write it such as { requires: { pool: 'batch' }, tolerates: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }] }",
      'use onPool: the labels and the taints of one pool',
    ]);
  checkLabels(place, cluster, nodes, [
    ...requiredOf(placement).map(([key, values]) => ({ key, operator: 'In', values }) as const),
    ...(placement.matches ?? []),
    ...preferences.flatMap(preferredOf),
  ]);
  for (const preference of preferences)
    if (
      !nodes.some(({ metadata: { labels } }) =>
        preferredOf(preference).every((each) => matchesExpression(labels, each)),
      )
    )
      throw new StrataError(
        place,
        `prefers ${JSON.stringify(preference)}, which no node of cluster ${cluster.name} satisfies`,
        ['remove the preference', 'ask for less in it'],
      );
  checkTolerations(place, cluster, nodes, placement.tolerates ?? []);

  const fitting = nodes.filter((node) => mayRunOn(placement, node));
  if (fitting.length === 0) {
    const wanted = JSON.stringify({
      ...placement.requires,
      ...(placement.matches ? { matches: placement.matches } : {}),
    });
    throw new StrataError(
      place,
      `no node of cluster ${cluster.name} has all of ${wanted} and only taints that are tolerated`,
      ['tolerate the taints of the pool that has these labels (onPool does)', 'require fewer labels'],
    );
  }
  checkDomains(place, placement, cluster, fitting, pods);
}

/** Every label of the expressions is one that a node has, with the values that they name. */
function checkLabels(
  place: string,
  cluster: Cluster,
  nodes: readonly PlacedNode[],
  expressions: readonly NodeExpression[],
): void {
  const labels = [
    ...new Set(nodes.flatMap((node) => Object.entries(node.metadata.labels).map(([k, v]) => `${k}=${v}`))),
  ];
  const refuse = (label: string, known: readonly string[], whose = `carries the label ${label}`) =>
    new StrataError(place, `no pool of cluster ${cluster.name} ${whose}`, [
      `use a label that a pool has (${knownNames(
        label,
        known.filter((each) => !each.startsWith('kubernetes.io/')),
      )})`,
      `give a pool this label in clusters/${cluster.name}.ts`,
    ]);
  for (const expression of expressions) {
    const { key } = expression;
    if ('values' in expression) {
      const unknown = expression.values.find((value) => !labels.includes(`${key}=${value}`));
      if (unknown !== undefined) throw refuse(`${key}=${unknown}`, labels);
      continue;
    }
    const values = nodes.flatMap(({ metadata }) => metadata.labels[key] ?? []);
    if (values.length === 0) throw refuse(key, [...new Set(labels.map((label) => label.slice(0, label.indexOf('='))))]);
    if ('value' in expression && values.every((value) => wholeOf(value) === undefined))
      throw refuse(key, labels, `has a whole number as ${key}, which ${expression.operator} compares`);
  }
}

function checkTolerations(
  place: string,
  cluster: Cluster,
  nodes: readonly PlacedNode[],
  tolerations: readonly Toleration[],
): void {
  const taints = nodes.flatMap((node) => node.spec.taints ?? []);
  for (const toleration of tolerations) {
    if ([...taints, ...NODE_TAINTS].some((taint) => tolerates(toleration, taint))) continue;
    // A taint that is tolerated for a time is one that somebody adds, as for maintenance.
    if (toleration.seconds !== undefined) continue;
    const known = [...new Set(taints.map(taintText))].join(', ') || 'none';
    throw new StrataError(place, `no pool of cluster ${cluster.name} has the taint ${taintText(toleration)}`, [
      `tolerate a taint that a pool has (known: ${known})`,
      `give a pool this taint in clusters/${cluster.name}.ts`,
    ]);
  }
}

/** Pods that must keep apart or be spread find as many nodes or zones as they need. */
function checkDomains(
  place: string,
  { apart, spread = [] }: Placement,
  cluster: Cluster,
  fitting: readonly PlacedNode[],
  pods: number,
): void {
  const domainsOf = (over: 'node' | 'zone') =>
    new Set(fitting.flatMap((node) => node.metadata.labels[over === 'zone' ? ZONE : HOSTNAME] ?? [])).size;
  if (apart?.strength === 'required' && domainsOf(apart.over) < pods) {
    const domains = domainsOf(apart.over);
    throw new StrataError(
      place,
      `keeps ${pods} pods apart over ${apart.over}s, and only ${domains} of cluster ${cluster.name} may run them: the others would wait for ever`,
      ["keep them apart with strength 'preferred'", `run ${domains} pods or fewer`],
    );
  }
  const nowhere = spread.find(({ over }) => domainsOf(over) === 0);
  if (nowhere)
    throw new StrataError(
      place,
      `spreads pods over ${nowhere.over}s, and no node of cluster ${cluster.name} that may run them has one`,
      ["spread them over 'node'", `give the pools zones in clusters/${cluster.name}.ts`],
    );
  for (const { over, strength, maxSkew = 1, minDomains = 1 } of spread) {
    const domains = domainsOf(over);
    if (strength !== 'required' || minDomains <= domains || pods <= maxSkew * domains) continue;
    throw new StrataError(
      place,
      `spreads ${pods} pods over at least ${minDomains} ${over}s, and only ${domains} of cluster ${cluster.name} may run them, ${maxSkew} pod${maxSkew === 1 ? '' : 's'} each: the others would wait for ever`,
      [`set minDomains to ${domains} or less`, `run ${maxSkew * domains} pods or fewer`],
    );
  }
}
