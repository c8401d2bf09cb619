import { controlledStages } from '../../model/controlled-stages';
import { blueGreen, canary, hold, share, watch } from '../../model/release';

const pods = { replicas: 3, byPods: false };
const told = (...args: Parameters<typeof controlledStages>) =>
  controlledStages(...args).map(({ does, share: percent, next, old, until }) => [
    ...[does, percent, next, old],
    ...until.map((each) =>
      each.by === 'hand'
        ? 'hand'
        : each.by === 'time'
          ? each.time
          : `${each.time} by ${each.every} at ${each.failing} %`,
    ),
  ]);

test('a canary by a route keeps the pods of the version before until the end', () =>
  expect(
    told(
      canary({ by: 'argo-rollouts', steps: [share(20), watch('10m'), hold(), share(50)], judge: { failing: 5 } }),
      pods,
    ),
  ).toEqual([
    ['share', 20, 1, 3, '10m by 2m at 5 %', 'hand'],
    ['share', 50, 2, 3],
    ['switch', 100, 3, 3, '30s'],
    ['end', 100, 3, 0],
  ]));

test('by pods one goes for each that comes, and before the first share there is none', () =>
  expect(
    told(canary({ by: 'argo-rollouts', steps: [hold(), share(25), watch('1h')] }), { replicas: 4, byPods: true }),
  ).toEqual([
    ['start', 0, 0, 4, 'hand'],
    ['share', 25, 1, 3, '1h'],
    ['end', 100, 4, 0],
  ]));

test('blueGreen has both until the old one may go, by hand or when ready', () => {
  const both = (...until: readonly string[]) => ['start', 0, 3, 3, ...until];
  expect(told(blueGreen({ by: 'argo-rollouts' }), pods)).toEqual([
    both('hand'),
    ['switch', 100, 3, 3, '1m'],
    ['end', 100, 3, 0],
  ]);
  const judge = { failing: 1, every: '1m', watch: '1h' } as const;
  expect(told(blueGreen({ by: 'argo-rollouts', switches: 'when-ready', keepOld: '5m', judge }), pods)).toEqual([
    both(),
    ['switch', 100, 3, 3, '1h by 1m at 1 %', '5m'],
    ['end', 100, 3, 0],
  ]);
});
