import { blueGreen, recreate, release, rolling } from '../../model/release';
import { refusal } from '../support/render';

const { problem, default: standard } = release();
const IMAGE = 'registry.example.com/web:2';

test('a service is released by rolling unless it says otherwise', () => {
  expect(standard).toEqual({ way: 'rolling' });
  expect(problem(standard)).toBeUndefined();
});

test.each([
  rolling({ surge: 2, unavailable: '25%', settle: '30s', giveUpAfter: '5m' }),
  rolling({ surge: 0 }),
  rolling({ settle: '599s' }),
  recreate({ because: 'it locks its files' }),
  blueGreen({ live: 'blue', green: { image: IMAGE } }),
  blueGreen({ live: 'green', blue: { image: IMAGE, replicas: 0 }, green: { replicas: 3 } }),
])('%j can be', (value) => expect(problem(value)).toBeUndefined());

test.each<[unknown, string]>([
  [undefined, 'not a release: recreate'],
  ['rolling', 'not a release: recreate'],
  [{ way: 'canary' }, 'not a release: recreate'],
  [{ way: 'rolling', pace: 1 }, 'wrong: rolling has no pace, only surge, unavailable, settle, giveUpAfter'],
  [rolling({ surge: -1 }), "wrong: its surge is not a number of pods or a share such as '25%'"],
  [rolling({ surge: 1.5 }), 'wrong: its surge is'],
  [rolling({ unavailable: '101%' }), 'wrong: its unavailable is'],
  [rolling({ unavailable: '1/4' as never }), 'wrong: its unavailable is'],
  [rolling({ surge: 0, unavailable: '0%' }), 'both 0, so no pod could ever be replaced'],
  [rolling({ settle: '0s' }), 'wrong: its settle is not a span of time'],
  [rolling({ giveUpAfter: '5 minutes' as never }), 'wrong: its giveUpAfter is not a span of time'],
  [rolling({ settle: '10m' }), 'settle (10m) is not shorter than giveUpAfter (10m)'],
  [rolling({ settle: '60s', giveUpAfter: '1m' }), 'settle (60s) is not shorter than giveUpAfter (1m)'],
  [{ way: 'recreate' }, 'does not say why'],
  [{ way: 'blueGreen', live: 'red', green: {} }, 'its live is "red", which is not blue or green'],
  [{ way: 'blueGreen', live: 'blue' }, 'its green is not a version'],
  [
    { way: 'blueGreen', live: 'blue', green: { tag: '2' } },
    'its green is not a version: tag is not one of image, replicas',
  ],
  [blueGreen({ live: 'blue', green: { image: 'web' } }), 'its green is a version whose image has no tag'],
  [
    blueGreen({ live: 'blue', blue: { replicas: 1.5 }, green: {} }),
    'its blue is a version whose replicas is not a whole',
  ],
])('%j is refused', (value, message) => expect(problem(value)).toContain(message));

test('recreate says why at once', () => {
  expect(refusal(() => recreate({ because: ' ' })).message).toContain('recreate, because');
});
