import { inhibitionFaults } from '../../../simulate/alerting/inhibition-faults';
import { readContent } from '../../../upstream/prometheus/yaml';
import { alertingRulesOf } from '../../../world/alerting-rules';
import { worldOf } from '../../world/support';

const ROUTES = `
route:
  receiver: team
  routes:
  - { receiver: nobody, matchers: ['alertname=~"Quiet|InfoInhibitor"'] }
  - { receiver: team, matchers: [severity="ticket"], active_time_intervals: [work] }
receivers: [{ name: nobody }, { name: team, webhook_configs: [{ url: 'http://a' }] }]
time_intervals: [{ name: work, time_intervals: [{ weekdays: ['monday:friday'] }] }]
`;

/** `kind: sources > targets`, for what rules of inhibition lose of alerts. */
function lost(alerts: readonly string[], ...inhibitions: readonly string[]): string[] {
  const world = worldOf(
    `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: a, namespace: shop }, spec: { groups: [{ name: a, rules: [${alerts.join(', ')}] }] } }`,
  );
  const content = readContent(`${ROUTES}\ninhibit_rules: [${inhibitions.join(', ')}]`).content as never;
  return inhibitionFaults({ content }, alertingRulesOf(world)).map(
    ({ kind, sources, targets }) => `${kind}: ${sources.join(' ')} > ${targets.join(' ')}`,
  );
}

const alert = (name: string, severity: string, expr = 'asked > 0', labels = '') =>
  `{ alert: ${name}, expr: '${expr}', labels: { severity: ${severity}, ${labels} } }`;
const rule = (source: string, target: string, equal = 'job') =>
  `{ source_matchers: ['${source}'], target_matchers: ['${target}'], equal: [${equal}] }`;

const A = alert('A', 'page');
const B = alert('B', 'page');
const C = alert('C', 'page');
const A_TO_B = rule('alertname="A"', 'alertname="B"');
const B_TO_A = rule('alertname="B"', 'alertname="A"');

describe('a circle', () => {
  test('two that silence each other', () => {
    expect(lost([A, B], A_TO_B, B_TO_A)).toEqual(['circle: A B > A B']);
    expect(lost([A, B], A_TO_B)).toEqual([]);
  });
  test('three, by three rules', () => {
    const rules = [A_TO_B, rule('alertname="B"', 'alertname="C"'), rule('alertname="C"', 'alertname=~"A|D"')];
    expect(lost([A, B, C], ...rules)).toEqual(['circle: A B C > A B C']);
    expect(lost([A, B, C], ...rules.slice(1))).toEqual([]);
  });
  test('by severity and by name, as a rule of names meets one of severities', () => {
    const rules = [
      rule('severity="page"', 'severity="ticket"', 'namespace, job'),
      rule('alertname=~"Down|TargetDown"', 'alertname=~"Budget.*"', 'namespace, job'),
    ];
    const burns = alert('BudgetBurns', 'page', 'burns > 1');
    expect(lost([alert('TargetDown', 'ticket', 'up == 0'), burns], ...rules)).toEqual([
      'circle: BudgetBurns TargetDown > BudgetBurns TargetDown',
      'hours: TargetDown > BudgetBurns',
    ]);
    expect(lost([alert('Down', 'page', 'absent(up{job="web"})'), burns], ...rules)).toEqual([]);
  });
  test('not where their labels never are the same', () => {
    const of = (job: string) => alert(job.toUpperCase(), 'page', `up{job="${job}"} == 0`);
    expect(lost([of('a'), of('b')], A_TO_B, B_TO_A)).toEqual([]);
    expect(
      lost([alert('A', 'page', 'sum by (node) (x) > 1'), alert('B', 'page', 'y', 'job: web')], A_TO_B, B_TO_A),
    ).toEqual([]);
    // The one rule asks for one namespace, the other for another.
    const inNamespace = (from: string, to: string, name: string) =>
      `{ source_matchers: ['alertname="${from}"', 'namespace="${name}"'], target_matchers: ['alertname="${to}"'], equal: [namespace] }`;
    expect(lost([A, B], inNamespace('A', 'B', 'one'), inNamespace('B', 'A', 'two'))).toEqual([]);
    expect(lost([A, B], inNamespace('A', 'B', 'one'), inNamespace('B', 'A', 'one'))).toEqual(['circle: A B > A B']);
  });
  test('not by one rule with the same alerts on both sides, which silences neither', () => {
    expect(lost([A, B], rule('alertname=~"A|B"', 'alertname=~"A|B"'))).toEqual([]);
  });
  test('a label that the rule sets by a template may have any value', () => {
    const templated = (name: string) => alert(name, 'page', 'sum(x) > 1', 'job: "{{ $labels.app }}"');
    expect(lost([templated('A'), templated('B')], A_TO_B, B_TO_A)).toEqual(['circle: A B > A B']);
  });
  test('nobody would be told of either anyway', () => {
    const quiet = (name: string) => alert('Quiet', name, 'x');
    const rules = [rule('severity="a"', 'severity="b"'), rule('severity="b"', 'severity="a"')];
    expect(lost([quiet('a'), quiet('b')], ...rules)).toEqual([]);
  });
});

describe('a source that nobody hears as soon', () => {
  test('it always fires', () => {
    const watchdog = alert('Watchdog', 'none', 'vector(1)');
    const silences = (equal: string) => rule('alertname="Watchdog"', 'severity="page"', equal);
    expect(lost([watchdog, A], silences(''))).toEqual(['always: Watchdog > A']);
    expect(lost([watchdog, alert('A', 'page', 'sum(x) > 0')], silences('namespace'))).toEqual(['always: Watchdog > A']);
    // With a namespace it is another one.
    expect(lost([watchdog, alert('A', 'page', 'x{namespace="shop"} > 0')], silences('namespace'))).toEqual([]);
    expect(lost([alert('Watchdog', 'page', 'vector(1) > 2'), A], silences(''))).toEqual([]);
  });
  test('nobody is told of it', () => {
    expect(lost([alert('Quiet', 'page'), A], rule('alertname="Quiet"', 'alertname="A"'))).toEqual([
      'nobody: Quiet > A',
    ]);
  });
  test('it is told at some hours', () => {
    const ticket = alert('T', 'ticket');
    expect(lost([ticket, A, alert('U', 'ticket')], rule('alertname="T"', 'alertname=~"A|U"'))).toEqual([
      'hours: T > A',
    ]);
  });
  test('alerts that are alike are all named, and hundreds of them are judged at once', () => {
    const many = Array.from({ length: 400 }, (_, i) => alert(`P${i}`, 'critical', `sum by (job) (x${i}) > 0`));
    const began = Date.now();
    const [found, ...others] = lost(
      [alert('T', 'warning'), ...many],
      rule('severity="warning"', 'severity="critical"'),
    );
    expect(others).toEqual([]);
    expect(found?.split(' ')).toHaveLength(403);
    // Pair by pair it takes 160,000 of them.
    expect(Date.now() - began).toBeLessThan(3000);
    expect(lost([A, B, alert('D', 'page')], rule('alertname=~"A|B"', 'alertname="D"'))).toEqual([]);
  });
  test('it is less urgent', () => {
    const rules = rule('alertname="T"', 'alertname="A"');
    expect(lost([alert('T', 'warning'), alert('A', 'critical')], rules)).toEqual(['severity: T > A']);
    expect(lost([alert('T', 'critical'), alert('A', 'page')], rules)).toEqual([]);
    expect(lost([alert('T', 'sev7'), alert('A', 'page')], rules)).toEqual([]);
  });
  test('the rules of kube-prometheus lose nothing', () => {
    const alerts = [
      alert('Watchdog', 'none', 'vector(1)'),
      alert(
        'InfoInhibitor',
        'none',
        'ALERTS{severity="info"} == 1 unless on (namespace) ALERTS{severity=~"warning|critical"} == 1',
      ),
      alert('NodeDown', 'critical', 'up == 0'),
      alert('NodeDown', 'warning', 'up == 0'),
      alert('CPUThrottlingHigh', 'info'),
    ];
    const rules = [
      rule('severity="critical"', 'severity=~"warning|info"', 'namespace, alertname'),
      rule('severity="warning"', 'severity="info"', 'namespace, alertname'),
      rule('alertname="InfoInhibitor"', 'severity="info"', 'namespace'),
    ];
    expect(lost(alerts, ...rules)).toEqual([]);
  });
});
