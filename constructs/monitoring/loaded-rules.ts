import { Construct, type IConstruct } from 'constructs';
import type { PromtoolTests } from '../../model/promtool-tests';
import type { StateExpression } from './object-state';
import type { RuleGroup } from './rule-groups';
import type { TestedRules } from './rules';
import { ruleSetsIn, watchesIn } from './watch';

/** The rules that a Prometheus of the target loads, for who wants to test them: it renders nothing. */
export class LoadedRules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly rules: TestedRules,
  ) {
    super(scope, id);
  }
}

/** The rules in a tree and their tests, by group; none where nothing evaluates rules. */
export function ruleTestsIn(root: IConstruct): readonly PromtoolTests[] {
  const loaded = root.node.findAll().find((node): node is LoadedRules => node instanceof LoadedRules);
  return loaded ? ruleTestsOf(loaded.rules) : [];
}

/** Every expression that some Prometheus of a tree may evaluate. */
export function ruleExpressionsIn(root: IConstruct): StateExpression[] {
  const loaded = root.node.findAll().filter((node): node is LoadedRules => node instanceof LoadedRules);
  return [
    ...ruleSetsIn(root).flatMap(({ name, recordings, alerts }) => [
      ...recordings.map(({ record, ...rule }) => ({ ...rule, place: `${name}, recording ${record}` })),
      ...alerts.map((alert) => ({ ...alert, place: `${name}, alert ${alert.name}` })),
    ]),
    ...watchesIn(root).flatMap(({ of, alerts }) =>
      alerts.map((alert) => ({ ...alert, place: `${of.app}, alert ${alert.name}` })),
    ),
    // Those that follow from objectives and from how requests are counted.
    ...loaded.flatMap(({ rules: { groups } }) =>
      groups.flatMap(({ name, rules }) => rules.map(({ expr }) => ({ place: name, expr }))),
    ),
  ];
}

/**
 * A test plays with the rules of its own group, and with those that record what the group asks for: another workload, of which the test
 * says nothing, would be down. And promtool evaluates every rule of a file for every minute of every test.
 */
function ruleTestsOf({ groups, tests }: TestedRules): readonly PromtoolTests[] {
  return groups.flatMap((group) => {
    const own = tests.filter(({ rule }) => (group.rules as readonly object[]).includes(rule));
    if (own.length === 0) return [];
    return {
      name: group.name,
      rules: {
        groups: neededBy(group, groups).map(({ rules, ...rest }) => ({
          ...rest,
          rules: rules.map((rule) => ('alert' in rule ? { ...rule, annotations: {} } : rule)),
        })),
      },
      tests: { evaluation_interval: '1m', tests: own.flatMap(promtoolTests) },
    };
  });
}

/**
 * The group, and those that record what it asks for and does not record itself, however far away; in the order in which they are
 * evaluated.
 */
function neededBy(group: RuleGroup, groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const needed = new Set([group]);
  // What is added while it is walked is walked, too.
  for (const { rules } of needed) {
    const asked = new Set(rules.flatMap(({ expr }) => expr.match(/[\w:]+/g) ?? []));
    const own = new Set(rules.flatMap((rule) => ('record' in rule ? rule.record : [])));
    for (const other of groups)
      if (other.rules.some((rule) => 'record' in rule && asked.has(rule.record) && !own.has(rule.record)))
        needed.add(other);
  }
  return groups.filter((each) => needed.has(each));
}

function promtoolTests({ rule, tests }: TestedRules['tests'][number]): object[] {
  return tests.map(({ name, series, firing }) => ({
    name: `${rule.alert}: ${name}`,
    interval: '1m',
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    alert_rule_test: Object.entries(firing).map(([eval_time, alerts]) => ({
      eval_time,
      alertname: rule.alert,
      exp_alerts: alerts.map((labels) => ({ exp_labels: { ...labels, ...rule.labels } })),
    })),
  }));
}
