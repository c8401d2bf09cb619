import type { Fleet } from '../../diff/fleet/fleet';
import type { CommittedRelease } from '../../model/release';
import { ab, blueGreen, canary, cookie, mirror, recreate, rolling, share } from '../../model/release';
import { stagesOf } from '../../model/release-stages';
import { releaseScript } from '../../report/release-script';
import type { PlannedStage, ReleasePlan } from '../../report/release-words';
import { nextOf, settingOf, titleOf } from '../../report/release-words';

const release = canary({ next: { image: 'web:2' }, steps: [share(5), share(50)] }) as CommittedRelease;
const stage = (more: Partial<PlannedStage>): PlannedStage => ({
  ...{ does: 'share', release, fleet: {} as Fleet, checks: [], watched: undefined, isNow: false, isFromUnknown: false },
  ...{ problems: [], advice: [] },
  ...more,
});
const plan = (...stages: readonly PlannedStage[]): ReleasePlan => ({
  ...{ target: 'prod@shared', service: 'web', image: 'web:1', release, stages, from: 'web.release', isAtEnd: false },
});
/** The stages of the script, each with its lines. */
const stages = (...of: readonly PlannedStage[]) =>
  [...releaseScript(plan(...of)).matchAll(/^if \[ "\$from" -le (\d+) \]; then\n([^]*?)^fi$/gm)].map(([, at, lines]) => [
    Number(at),
    ...lines!
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim()),
  ]);

test('what a stage says of itself is asked for before rollouts that end, in the order given', () => {
  const checks = [
    { command: 'kubectl rollout status a --timeout=15m' },
    { command: 'kubectl get a', expected: '1' },
    { command: 'kubectl rollout status b --timeout=15m' },
    { command: 'kubectl get b', expected: 'two words' },
  ];
  const wait = (name: string) =>
    `kubectl rollout status ${name} --timeout="\${TIMEOUT-900}s" || back 'its pods do not become ready'`;
  expect(stages(stage({ checks }))).toEqual([
    [1, 'prints 1 kubectl get a', "prints 'two words' kubectl get b", wait('a'), wait('b')],
  ]);
});

test('it is watched behind its checks, and held behind that; the last one is not held', () => {
  const watched = { query: 'rate(errors)', limit: '0.05' } as NonNullable<PlannedStage['watched']>;
  const checks = [{ command: 'kubectl get a', expected: '1' }];
  const held = stage({ checks, watch: '10m', watched, hold: true });
  expect(stages(held, stage({ watch: '90s' }), held)).toEqual([
    [1, 'prints 1 kubectl get a', "watch 600 'rate(errors)' 0.05", 'hold 2'],
    [2, "say 'no metric says which of its requests fail'", 'sleep 90'],
    [3, 'prints 1 kubectl get a', "watch 600 'rate(errors)' 0.05"],
  ]);
});

test('where a stage would break there is none to run', () => {
  const problem = {} as PlannedStage['problems'][number];
  const script = releaseScript(plan(stage({}), stage({ problems: [problem] })));
  expect(script).not.toContain('"$from" -le');
  expect(script.trimEnd().split('\n').slice(-2)).toEqual([
    "say 'a stage of it would break: strata plan release says what to mend'",
    'exit 1',
  ]);
});

test.each<[string, CommittedRelease, string | undefined]>([
  ['canary', release, 'web:2'],
  ['ab', ab({ next: { image: 'web:3' }, when: cookie('release', 'next') }) as CommittedRelease, 'web:3'],
  [
    'mirror',
    mirror({ next: { image: 'web:4' }, share: 5, methods: ['GET'], state: 'own' }) as CommittedRelease,
    'web:4',
  ],
  [
    'blueGreen, live blue',
    blueGreen({ live: 'blue', blue: { image: 'web:1' }, green: { image: 'web:5' } }) as CommittedRelease,
    'web:5',
  ],
  [
    'blueGreen, live green',
    blueGreen({ live: 'green', blue: { image: 'web:6' }, green: { image: 'web:5' } }) as CommittedRelease,
    'web:6',
  ],
  ['rolling', rolling() as CommittedRelease, undefined],
  ['recreate', recreate({ because: 'a test' }) as CommittedRelease, undefined],
])('the image that comes by %s', (_, of, image) => expect(nextOf(of)).toBe(image));

/** Each stage of a release, with what is set in it. */
const told = (of: CommittedRelease, more: object = {}) =>
  stagesOf(of, more).map((each) => `${titleOf(each)} | ${settingOf(each)}`);

test('what the stages of each release are called, and what is set', () => {
  const next = { image: 'web:2' };
  const by = canary({ next, steps: [share(5)] }) as CommittedRelease;
  const image = ", image: 'web:2'";
  const start = [
    'The pods of the next version start, and get no request | release: canary({ …, at: 0 })',
    '5 % of the requests go to the next version | release: canary({ …, at: 5 })',
    'All requests go to the next version | release: canary({ …, at: 100 })',
    `The pods of the service itself become the next version, and get no request meanwhile | release: canary({ …, at: 100 })${image}`,
  ];
  const end = [
    `All requests go back to the service itself, which is the next version now | release: canary({ …, at: 0 })${image}`,
    `The service is alone again, and is the next version | release: rolling()${image}`,
  ];
  expect(told(by)).toEqual([...start, ...end]);
  expect(told(by, { byPods: true })).toEqual([
    ...start,
    `The service itself, which is the next version now, has 95 % of the pods | release: canary({ …, at: 5 })${image}`,
    ...end,
  ]);
  expect(told(ab({ next, when: cookie('release', 'next') }) as CommittedRelease)).toEqual([
    'The next version gets the requests of which it is said | release: ab({ … })',
  ]);
  expect(told(mirror({ next, share: 25, methods: ['GET'], state: 'own' }) as CommittedRelease)).toEqual([
    'The pods of the next version start, and get no request | release: mirror({ …, share: 0 })',
    'The next version gets copies of requests, and nobody its answers | release: mirror({ …, share: 25 })',
    'No request is copied any more | release: mirror({ …, share: 0 })',
    'The service is alone again, as it was | release: rolling()',
  ]);
  expect(told(blueGreen({ live: 'blue', blue: { image: 'web:1' }, green: next }) as CommittedRelease)).toEqual([
    "The pods of the next version start, and get no request | release: blueGreen({ …, live: 'blue' })",
    "All requests go to the other version | release: blueGreen({ …, live: 'green' })",
  ]);
});
