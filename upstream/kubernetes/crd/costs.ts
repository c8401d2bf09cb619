import type { Json, Path } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { minCost } from '../cel/cost';
import { declaredSize, LARGEST_REQUEST } from '../cel/declared-sizes';
import { parsed } from '../cel/expression';
import { isEmbedded } from '../structural/schemas';
import type { CrdProblems } from './problem';

/** What one rule, and all rules of a schema together, may cost (apiextensions, validation.go). */
const BUDGET = 10_000_000;
const BUDGET_OF_ALL = 100_000_000;

const BOUND = 'bound the lists, maps and strings that it reads and stands in (maxItems, maxProperties, maxLength)';

/** Rules that certainly cost more than the API server allows, by its own estimate. */
export function costProblems(schema: Json, path: Path, problems: CrdProblems): void {
  let total = 0;
  let dearest: { readonly path: Path; readonly rule: string; readonly cost: number } | undefined;
  for (const { rule, path: at, cost } of costsIn(schema, path, 1, true)) {
    total += cost;
    if (!dearest || cost > dearest.cost) dearest = { path: at, rule, cost };
    if (cost > BUDGET)
      problems.add(at, rule, `the estimated cost of the rule exceeds the budget ${times(cost, BUDGET)}: ${BOUND}`);
  }
  if (total > BUDGET_OF_ALL && dearest && dearest.cost <= BUDGET)
    problems.add(
      dearest.path,
      dearest.rule,
      `the estimated cost of all rules of the schema exceeds the budget ${times(total, BUDGET_OF_ALL)}, and this one costs most: ${BOUND}`,
    );
}

function times(cost: number, budget: number): string {
  const factor = cost / budget;
  return factor > 100 ? 'by a factor of more than 100' : `by a factor of ${Math.floor(factor * 10) / 10} or more`;
}

interface RuleCost {
  readonly rule: string;
  readonly path: Path;
  readonly cost: number;
}

/** Each rule with what it costs in an object: once for each value that there may be. `often` is undefined where nothing bounds these. */
function* costsIn(schema: Json, path: Path, often: number | undefined, isRoot: boolean): Iterable<RuleCost> {
  const rules = list(schema['x-kubernetes-validations']);
  const self = rules.length > 0 ? declaredSize(schema, isRoot || isEmbedded(schema)) : undefined;
  for (const [i, entry] of rules.entries()) {
    const rule = string(record(entry)?.['rule']);
    if (rule === undefined || !self) continue;
    const repeated = often ?? Math.floor(LARGEST_REQUEST / (self.shortest + 1));
    yield { rule, path: [...path, 'x-kubernetes-validations', i, 'rule'], cost: costOfRule(rule, self) * repeated };
  }
  const inside = (max: unknown) => {
    const each = number(max);
    return often === undefined || each === undefined ? undefined : often * Math.max(each, 0);
  };
  for (const [name, below] of Object.entries(record(schema['properties']) ?? {})) {
    const property = record(below);
    const others = record(schema['additionalProperties']);
    if (property)
      yield* costsIn(property, [...path, 'properties', name], others ? inside(schema['maxProperties']) : often, false);
  }
  const others = record(schema['additionalProperties']);
  if (others) yield* costsIn(others, [...path, 'additionalProperties'], inside(schema['maxProperties']), false);
  const items = record(schema['items']);
  if (items) yield* costsIn(items, [...path, 'items'], inside(schema['maxItems']), false);
}

function costOfRule(rule: string, self: Parameters<typeof minCost>[1][string]): number {
  try {
    return minCost(parsed(rule), { self, oldSelf: self });
  } catch {
    // Syntax that only Kubernetes has is not counted.
    return 0;
  }
}
