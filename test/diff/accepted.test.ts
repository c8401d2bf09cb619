import { today } from '../../cli/diff/accepted';
import { acceptanceOf, markOf, markOfWhole, readAcceptedRisks } from '../../diff/accepted';
import { fleetOf } from '../../diff/fleet/fleet-of';
import type { RiskClass } from '../../diff/risk/classes';
import { targetChange } from '../../diff/target-change';
import { gateOf } from '../../report/diff/gate';
import { worldOf } from '../checks/judging';
import { allOf, workloadOf } from './risks';

const binding = (role: string, group: string) =>
  `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: team }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role} }, subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: ${group} }] }`;
const web = workloadOf();

/** The marks of what changes in some targets. */
function marks(before: string | undefined, after: string, targets: readonly string[] = ['prod@cloud']): string[] {
  const world = (text: string | undefined) => (text === undefined ? undefined : worldOf(text));
  const fleet = fleetOf(targets.map((target) => targetChange(target, world(before), world(after))));
  return [...fleet.changes.map(markOf), ...fleet.whole.map(markOfWhole)];
}

describe('the mark of a change', () => {
  test('is another one for another value before, another value after, and another target', () => {
    const [one, two, three] = [1, 2, 3].map((replicas) => workloadOf({ spec: `replicas: ${replicas}` })) as [
      string,
      string,
      string,
    ];
    const all = [marks(one, two), marks(one, three), marks(three, two), marks(one, two, ['prod@cloud', 'prod@shared'])];
    expect(new Set(all.map(String)).size).toBe(4);
    expect(marks(one, two)).toEqual(marks(one, two));
  });

  test('is another one where a new object says something else', () => {
    expect(marks(web, allOf(web, binding('view', 'team')))).not.toEqual(
      marks(web, allOf(web, binding('cluster-admin', 'system:authenticated'))),
    );
  });

  test('is another one where a new target holds something else that is a risk', () => {
    expect(marks(undefined, allOf(web, binding('view', 'team')))).not.toEqual(
      marks(undefined, allOf(web, binding('cluster-admin', 'system:authenticated'))),
    );
  });

  test('is another one where the same change is of another class', () => {
    const budget =
      '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { minAvailable: 2, selector: { matchLabels: { app: web } } } }';
    const [three, two] = [3, 2].map((replicas) => workloadOf({ spec: `replicas: ${replicas}` })) as [string, string];
    expect(marks(three, two)).toHaveLength(1);
    expect(marks(allOf(three, budget), allOf(two, budget))).toHaveLength(1);
    expect(marks(allOf(three, budget), allOf(two, budget))).not.toEqual(marks(three, two));
    const [target] = fleetOf([targetChange('prod@cloud', undefined, worldOf(web))]).whole;
    expect(markOfWhole({ ...target!, class: 'data-loss' })).not.toBe(markOfWhole(target!));
  });

  test('is the same in any order of the targets', () => {
    const after = allOf(web, binding('view', 'team'));
    expect(marks(web, after, ['a', 'b'])).toEqual(marks(web, after, ['b', 'a']));
  });
});

test('a change is accepted on the last day, and not on the next one', () => {
  const fleet = fleetOf([targetChange('prod@cloud', worldOf(web), worldOf(allOf(web, binding('view', 'team'))))]);
  const risk = { change: markOf(fleet.changes[0]!), reason: 'announced', expires: '2026-12-31', place: 'a.yaml:1' };
  expect(acceptanceOf(fleet, [risk], '2026-12-31')).toMatchObject({ open: [], expired: [], unused: [] });
  expect(acceptanceOf(fleet, [risk], '2027-01-01')).toMatchObject({ open: fleet.changes, expired: [risk] });
});

test('a secret cannot be guessed from a mark: it is of the keys alone', () => {
  const secret = (value: string) =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, stringData: { password: ${value} } }`;
  const marked = (before: string, after: string) =>
    markOf(fleetOf([targetChange('t', worldOf(before), worldOf(after))]).changes[0]!);
  expect(marked(secret('a'), secret('b'))).toBe(marked(secret('c'), secret('d')));
  expect(marked('', secret('a'))).toBe(marked('', secret('b')));
  expect(marked('', secret('a'))).not.toBe(marked('', secret('a').replace('password', 'token')));
});

test.each([
  ['a day that no month has', '[{ change: c1, reason: a, expires: 2026-02-30 }]', 'no day'],
  ['a month', '[{ change: c1, reason: a, expires: 2026-12 }]', 'no day'],
  ['an hour', "[{ change: c1, reason: a, expires: '2026-12-31T23:00:00Z' }]", 'no day'],
  ['no reason', "[{ change: c1, reason: ' ', expires: 2026-12-31 }]", 'reason is missing'],
  ['no end', '[{ change: c1, reason: a }]', 'expires is missing'],
  ['no list', '{ change: c1 }', 'is no list'],
])('a file of accepted risks with %s opens nothing', (_, text, message) => {
  expect(() => readAcceptedRisks({ file: 'a.yaml', text })).toThrow(message);
});

test('marks of digits alone and days without quotes are read as they are written', () => {
  const text = '- { change: 123456789012, reason: a, expires: 2026-12-31 }\n';
  expect(readAcceptedRisks({ file: 'a.yaml', text })).toEqual([
    { change: '123456789012', reason: 'a', expires: '2026-12-31', place: 'a.yaml:1' },
  ]);
});

test('a change of just the class that is refused is refused, and a worse one', () => {
  const fleet = fleetOf([targetChange('prod@cloud', worldOf(web), worldOf(allOf(web, binding('view', 'team'))))]);
  const [change] = fleet.changes;
  const refused = (limit: RiskClass) => gateOf(fleet, limit, acceptanceOf(fleet, [], '2026-12-31')).refused.length;
  expect(change!.class).toBe('privilege');
  expect(['exposure', 'privilege', 'disruption'].map((limit) => refused(limit as RiskClass))).toEqual([1, 1, 0]);
});

test('a day is one of UTC, written as the file writes it', () => {
  expect(today(new Date('2026-12-31T23:59:59.999Z'))).toBe('2026-12-31');
  expect(today(new Date('2027-01-01T00:30:00+02:00'))).toBe('2026-12-31');
});
