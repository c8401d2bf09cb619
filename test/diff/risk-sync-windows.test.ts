import { allOf, risksBetween } from './risks';

const project = (...windows: readonly string[]) =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: shop, namespace: argocd }, spec: { syncWindows: [${windows.map((window) => `{ ${window} }`).join(', ')}] } }`;
const allow = (schedule: string, duration: string, more = "applications: ['*']") =>
  `kind: allow, schedule: '${schedule}', duration: ${duration}, ${more}`;
const deny = (schedule: string, duration: string, more = "applications: ['*']") =>
  `kind: deny, schedule: '${schedule}', duration: ${duration}, ${more}`;
const told = (before: string, after: string) =>
  risksBetween(['sync-windows-changed'], before, after).map(({ class: risk, message }) => `${risk} ${message}`);
const WHO = 'an Application that it is for: Argo CD';

describe('sync-windows-changed', () => {
  test('a window that is longer', () => {
    expect(told(project(allow('0 8 * * 6', '2h')), project(allow('0 8 * * 6', '5h')))).toEqual([
      `disruption ${WHO} syncs it by itself also at times at which it did not: 3 hours a week, such as Sat 10:00 UTC`,
      `disruption ${WHO} syncs it when somebody asks for it also at times at which it did not: 3 hours a week, such as Sat 10:00 UTC`,
    ]);
  });
  test('a window that closes what was open', () => {
    expect(told(project(), project(deny('0 9 * * 1-5', '8h', "applications: ['*'], manualSync: true")))).toEqual([
      `in-place ${WHO} does not sync it by itself at times at which it did: 40 hours a week, such as Mon 09:00 UTC`,
    ]);
    expect(told(project(), project(deny('30 23 * * 5', '1h')))).toEqual([
      `in-place ${WHO} does not sync it by itself at times at which it did: 1 hours a week, such as Fri 23:30 UTC`,
      `in-place ${WHO} does not sync it when somebody asks for it at times at which it did: 1 hours a week, such as Fri 23:30 UTC`,
    ]);
  });
  test('the first window that allows closes all other times, and the last that goes opens them', () => {
    const night = project(allow('0 22 * * *', '4h'));
    expect(told(project(), night).map((each) => each.split(' ')[0])).toEqual(['in-place', 'in-place']);
    expect(told(night, project())).toEqual([
      expect.stringMatching(/^disruption .* by itself .*: 140 hours a week/),
      expect.stringMatching(/^disruption .* asks for it .*: 140 hours a week/),
    ]);
    // One of two that goes closes its own times.
    const both = project(allow('0 22 * * *', '4h'), allow('0 10 * * *', '1h'));
    expect(told(both, night)).toEqual([
      expect.stringMatching(/^in-place .* by itself .*: 7 hours a week, such as Sat 10:00 UTC/),
      expect.stringMatching(/^in-place .* asks for it /),
    ]);
  });
  test('manual syncs that are let through', () => {
    const at = (manual: boolean) => project(deny('0 0 * * 0', '24h', `applications: ['*'], manualSync: ${manual}`));
    expect(told(at(false), at(true))).toEqual([
      `disruption ${WHO} syncs it when somebody asks for it also at times at which it did not: 24 hours a week, such as Sun 00:00 UTC`,
    ]);
    expect(told(at(true), at(false))).toEqual([
      expect.stringMatching(/^in-place .*does not sync it when somebody asks for it/),
    ]);
  });
  test('nothing is ever synced', () => {
    expect(told(project(), project(deny('* * * * *', '1h'))).map((each) => each.split(': ')[1])).toEqual([
      'Argo CD never syncs it by itself any more',
      'Argo CD never syncs it when somebody asks for it any more',
    ]);
    // Nor where a window cannot be read.
    expect(told(project(), project(deny('@daily', '1h')))[0]).toMatch(/^disruption .* never syncs it by itself/);
    expect(told(project(), project(deny('0 0 * * *', '1 hour')))[0]).toMatch(/^disruption .* never syncs it by itself/);
  });
  test('a day of the month, and another time zone', () => {
    expect(told(project(deny('0 0 1 * *', '24h')), project())[0]).toMatch(/hours a week, such as 1 Feb 00:00 UTC$/);
    const zone = (name: string) => project(allow('0 22 * * 1', '1h', `applications: ['*'], timeZone: ${name}`));
    expect(told(zone('UTC'), zone('Asia/Tokyo'))[0]).toMatch(
      /also at times at which it did not: 1 hours a week, such as Mon 13:00 UTC$/,
    );
    expect(told(zone('UTC'), zone('No/Where'))).toEqual([]);
  });
  test.each([
    [
      'another order',
      project(allow('0 1 * * *', '1h'), deny('0 2 * * 1', '1h')),
      project(deny('0 2 * * 1', '1h'), allow('0 1 * * *', '1h')),
    ],
    ['the same in other words', project(allow('0 1 * * *', '60m')), project(allow('0 1 * * 0-6', '1h'))],
    [
      'what another window refuses',
      project(deny('0 1 * * *', '3h')),
      project(deny('0 1 * * *', '3h'), deny('0 2 * * *', '1h')),
    ],
    ['a window for nobody', project(), project("kind: deny, schedule: '* * * * *', duration: 1h")],
  ])('nothing of %s', (_, before, after) => {
    expect(told(before, after)).toEqual([]);
  });

  const application = (name: string, namespace: string, cluster = 'prod') =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: ${name}, namespace: argocd }, spec: { project: shop, source: { repoURL: r, path: p }, destination: { name: ${cluster}, namespace: ${namespace} } } }`;
  test('of the Applications that it is for, and no others', () => {
    const apps = allOf(application('web', 'a'), application('db', 'b'));
    const on = (more: string) => told(allOf(apps, project()), allOf(apps, project(deny('0 0 * * *', '1h', more))));
    expect(on("applications: ['w*']")[0]).toMatch(/^in-place Application web: /);
    expect(on('namespaces: [b]')[0]).toMatch(/^in-place Application db: /);
    expect(on("clusters: ['pro?']")[0]).toMatch(/^in-place Application web, db: /);
    expect(on("clusters: ['pro?'], namespaces: [b], andOperator: true")[0]).toMatch(/^in-place Application db: /);
    expect(on('clusters: [stage], applications: [db], andOperator: true')).toEqual([]);
    expect(on('applications: [other]')).toEqual([]);
  });
});
