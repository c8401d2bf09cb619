/** A combination: an environment on a cluster, with features; all by name. */
export interface Row {
  readonly environment: string;
  readonly cluster: string;
  readonly features: readonly string[];
}

/** What shall be together in some row, and what shall not be there. */
export interface Goal {
  readonly environment?: string;
  readonly cluster?: string;
  readonly features: readonly string[];
  readonly without?: string;
}

/** On every cluster every two features, and each one without the other; and every feature in every environment. */
export function pairGoals(
  environments: readonly string[],
  clusters: readonly string[],
  features: readonly string[],
): Goal[] {
  const pairs = features.flatMap((a, i) => features.slice(i + 1).map((b) => [a, b]));
  const alone = features.flatMap((a) => features.filter((b) => b !== a).map((b) => ({ features: [a], without: b })));
  return [
    ...clusters.flatMap((cluster) => [
      ...pairs.map((pair) => ({ cluster, features: pair })),
      ...alone.map((goal) => ({ cluster, ...goal })),
    ]),
    ...environments.flatMap((environment) => features.map((feature) => ({ environment, features: [feature] }))),
  ];
}

/**
 * Few rows that meet every goal that can be met: for each goal in turn the smallest accepted row, then further features, as
 * long as one more meets more of what is left. Goals that no accepted row meets come back as such.
 */
export function coveringRows(
  all: {
    readonly environments: readonly string[];
    readonly clusters: readonly string[];
    readonly features: readonly string[];
  },
  goals: readonly Goal[],
  accepts: (row: Row) => boolean,
): { rows: Row[]; unmet: Goal[] } {
  const rows: Row[] = [];
  const unmet: Goal[] = [];
  let open = [...goals];
  while (open.length) {
    const [goal] = open as [Goal];
    const smallest = smallestRow(goal);
    if (!smallest) {
      unmet.push(goal);
      open = open.slice(1);
      continue;
    }
    const row = grown(smallest);
    rows.push(row);
    open = open.filter((each) => !meets(row, each));
  }
  return { rows, unmet };

  /** The goal alone, or with as few features more as it needs, three at most: they may need others in turn. */
  function smallestRow(goal: Goal): Row | undefined {
    const places = (goal.environment ? [goal.environment] : all.environments).flatMap((environment) =>
      (goal.cluster ? [goal.cluster] : all.clusters).map((cluster) => ({ environment, cluster })),
    );
    const others = all.features.filter((feature) => !goal.features.includes(feature) && feature !== goal.without);
    for (let more = 0; more <= 3; more++)
      for (const added of choicesOf(others, more))
        for (const place of places) {
          const row = { ...place, features: [...goal.features, ...added] };
          if (accepts(row)) return row;
        }
    return undefined;
  }

  function grown(row: Row): Row {
    const met = (candidate: Row) => open.filter((goal) => meets(candidate, goal)).length;
    const larger = all.features
      .filter((feature) => !row.features.includes(feature))
      .map((feature) => ({ ...row, features: [...row.features, feature] }))
      .filter(accepts)
      .sort((a, b) => met(b) - met(a))[0];
    return larger && met(larger) > met(row) ? grown(larger) : row;
  }
}

/** Every choice of so many of these, in their order. */
function* choicesOf(from: readonly string[], count: number): Iterable<readonly string[]> {
  if (count === 0) yield [];
  else
    for (const [i, first] of from.entries())
      for (const others of choicesOf(from.slice(i + 1), count - 1)) yield [first, ...others];
}

export function meets(row: Row, goal: Goal): boolean {
  return (
    (goal.environment === undefined || goal.environment === row.environment) &&
    (goal.cluster === undefined || goal.cluster === row.cluster) &&
    goal.features.every((feature) => row.features.includes(feature)) &&
    (goal.without === undefined || !row.features.includes(goal.without))
  );
}
