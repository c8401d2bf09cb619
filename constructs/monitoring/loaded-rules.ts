import { Construct, type IConstruct } from 'constructs';
import type { PromtoolTests } from '../../model/promtool-tests';
import type { StateExpression } from './object-state';
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

/** The rules in a tree and their tests; undefined where nothing evaluates rules. */
export function ruleTestsIn(root: IConstruct): PromtoolTests | undefined {
  const loaded = root.node.findAll().find((node): node is LoadedRules => node instanceof LoadedRules);
  return loaded && ruleTestsOf(loaded.rules);
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

function ruleTestsOf({ groups, tests }: TestedRules): PromtoolTests {
  return {
    rules: {
      groups: groups.map(({ rules, ...group }) => ({
        ...group,
        rules: rules.map((rule) => ('alert' in rule ? { ...rule, annotations: {} } : rule)),
      })),
    },
    tests: {
      evaluation_interval: '1m',
      tests: tests.flatMap(({ rule, tests: each }) =>
        each.map(({ name, series, firing }) => ({
          name: `${rule.alert}: ${name}`,
          interval: '1m',
          input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
          alert_rule_test: Object.entries(firing).map(([eval_time, alerts]) => ({
            eval_time,
            alertname: rule.alert,
            exp_alerts: alerts.map((labels) => ({ exp_labels: { ...labels, ...rule.labels } })),
          })),
        })),
      ),
    },
  };
}
