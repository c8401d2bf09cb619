import { blueGreen, canary, hold, mirror, recreate, rolling, share, watch } from '../../model/release';
import { stagesOf } from '../../model/release-stages';

const image = 'registry.example.com/web:2';
const steps = [watch('1m'), share(10), watch('10m'), hold(), share(50)];
const told = (...args: Parameters<typeof stagesOf>) =>
  stagesOf(...args).map(({ does, release, image: own, watch: time, hold: stop }) => [
    does,
    ...(release.way === 'canary'
      ? [release.at]
      : release.way === 'blueGreen'
        ? [release.live]
        : release.way === 'mirror'
          ? [release.share]
          : [release.way]),
    ...(own === undefined ? [] : [own]),
    ...(time === undefined ? [] : [time]),
    ...(stop === undefined ? [] : ['hold']),
  ]);

test('a canary rises, becomes the service, gives the requests back, and goes', () => {
  expect(told(canary({ next: { image }, steps, at: 10 }))).toEqual([
    ['pods', 0, '1m'],
    ['share', 10, '10m', 'hold'],
    ['share', 50],
    ['share', 100],
    ['first', 100, image],
    ['back', 0, image],
    ['end', 'rolling', image],
  ]);
});

test('by the number of pods the requests come back as they went', () => {
  expect(told(canary({ next: { image }, steps }), { byPods: true }).slice(4)).toEqual([
    ['first', 100, image],
    ['back', 50, image],
    ['back', 10, image],
    ['back', 0, image],
    ['end', 'rolling', image],
  ]);
});

test('blue and green change, from whichever is live', () => {
  const green = { image };
  expect(told(blueGreen({ live: 'blue', green }))).toEqual([
    ['pods', 'blue', 'hold'],
    ['switch', 'green'],
  ]);
  expect(told(blueGreen({ live: 'green', green })).at(-1)).toEqual(['switch', 'blue']);
});

test('what is one commit has no stages, and copies stand until somebody has seen enough', () => {
  expect([rolling(), recreate({ because: 'a test' })].map((each) => stagesOf(each))).toEqual([[], []]);
  expect(told(mirror({ next: { image }, state: 'own' }))).toEqual([
    ['pods', 0],
    ['copies', 100, 'hold'],
    ['quiet', 0],
    ['end', 'rolling'],
  ]);
  expect(told(mirror({ next: { image }, share: 25, state: 'own' }))[1]).toEqual(['copies', 25, 'hold']);
});
