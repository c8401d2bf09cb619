import { Construct, type IConstruct } from 'constructs';
import type { PromtoolTests } from '../../model/promtool-tests';
import type { TestedRules } from './rules';

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
