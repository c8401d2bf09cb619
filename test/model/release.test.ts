import {
  ab,
  blueGreen,
  canary,
  cookie,
  header,
  hold,
  mirror,
  recreate,
  rolling,
  share,
  watch,
} from '../../model/release';
import { release } from '../../model/release-setting';
import { refusal } from '../support/render';

const { problem, default: standard } = release();
const IMAGE = 'registry.example.com/web:2';
const next = { image: IMAGE };
const inSteps = (...steps: readonly unknown[]) => canary({ next, steps: steps as never });

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
  canary({ next, steps: [share(1), watch('10m'), share(50), hold(), share(99)] }),
  canary({ next: { image: IMAGE, replicas: 2 }, steps: [share(50)], at: 50 }),
  canary({ next, steps: [share(50)], at: 0 }),
  canary({ next, steps: [hold(), share(50)], at: 100 }),
  ab({ next, when: header('X-Group', 'beta testers') }),
  ab({ next, when: cookie('release', 'next') }),
  mirror({ next, state: 'own' }),
  mirror({ next, share: 1, methods: ['GET', 'HEAD'], state: { shared: 'what it reads, nobody writes' } }),
  canary({ by: 'argo-rollouts', steps: [share(20), watch('10m'), hold()] }),
  canary({ by: 'argo-rollouts', steps: [share(20), watch('4m')], judge: { failing: 0.1 } }),
  canary({ by: 'argo-rollouts', steps: [share(20), watch('40s')], judge: { failing: 99, every: '20s' } }),
  blueGreen({ by: 'argo-rollouts' }),
  blueGreen({ by: 'argo-rollouts', switches: 'when-ready', keepOld: '30s', judge: { failing: 5, watch: '1h' } }),
])('%j can be', (value) => expect(problem(value)).toBeUndefined());

test.each<[unknown, string]>([
  [undefined, 'not a release: recreate'],
  ['rolling', 'not a release: recreate'],
  [{ way: 'toString' }, 'not a release: recreate'],
  [{ way: 'canary' }, 'wrong: its next is not a version'],
  [canary({ next: { replicas: 2 }, steps: [share(5)] }), 'wrong: its next has no image'],
  [canary({ next: { image: 'web' }, steps: [share(5)] }), 'wrong: its next is a version whose image has no tag'],
  [canary({ next, steps: 5 as never }), 'its steps are no list'],
  [inSteps(), 'no step of it is a share'],
  [inSteps(watch('10m'), hold()), 'no step of it is a share'],
  [inSteps(5), 'step 1 of it is not one of share(5)'],
  [inSteps(share(5), { share: 5, watch: '1m' }), 'step 2 of it is not one of'],
  [inSteps(share(5), { pause: '1m' }), 'step 2 of it is not one of'],
  [inSteps(share(0)), 'step 1 of it is share(0), and a share is a whole percent from 1 to 99'],
  [inSteps(share(100)), 'share(100), and a share is a whole percent'],
  [inSteps(share(2.5)), 'share(2.5), and a share is a whole percent'],
  [inSteps(share(5), watch('soon' as never)), 'step 2 of it is a watch that is not a span of time'],
  [inSteps(share(5), { hold: false }), 'step 2 of it is not hold()'],
  [inSteps(share(50), hold(), share(50)), 'its shares do not rise: 50 comes after 50'],
  [inSteps(share(5), share(50), share(20)), 'its shares do not rise: 20 comes after 50'],
  [
    canary({ next, steps: [share(5), share(50)], at: 10 }),
    'its at is 10, which is no share of its steps: 0, 5, 50 or 100',
  ],
  [canary({ next, steps: [share(5)], at: '5' as never }), 'its at is "5"'],
  [ab({ next, when: 'beta' as never }), "its when is not header('X-Group', 'beta') or cookie"],
  [ab({ next, when: { ...header('A', 'b'), exact: true } as never }), 'its when is not header'],
  [ab({ next, when: header('X-Group:', 'beta') }), '"X-Group:" is no name of a header'],
  [ab({ next, when: header('X Group', 'beta') }), '"X Group" is no name of a header'],
  [ab({ next, when: header('', 'beta') }), '"" is no name of a header'],
  [ab({ next, when: header('X-Group', '') }), '"" is no value that a header can have'],
  [ab({ next, when: header('X-Group', 'be\nta') }), 'is no value that a header can have'],
  [ab({ next, when: header('X-Group', ' beta') }), 'is no value that a header can have'],
  [ab({ next, when: cookie('release=', 'next') }), '"release=" is no name of a cookie'],
  [ab({ next, when: cookie('release', 'a;b') }), '"a;b" is no value that a cookie can have'],
  [ab({ next, when: cookie('release', 'a b') }), '"a b" is no value that a cookie can have'],
  [mirror({ next } as never), 'a copied request is carried out twice'],
  [mirror({ next, state: { shared: ' ' } }), 'a copied request is carried out twice'],
  [mirror({ next, state: 'own', share: -1 }), 'its share is -1, and that is a whole percent from 0 to 100'],
  [mirror({ next, state: 'own', share: 101 }), 'its share is 101'],
  [mirror({ next, state: 'own', methods: [] }), 'its methods are []'],
  [mirror({ next, state: 'own', methods: ['GET', 'GET'] }), 'is one of GET, HEAD'],
  [mirror({ next, state: 'own', methods: ['get' as never] }), 'is one of GET, HEAD'],
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
  [canary({ by: 'flagger' as never, steps: [share(5)] }), 'its by is "flagger"; only \'argo-rollouts\' can be named'],
  [{ ...ab({ next, when: header('A', 'b') }), by: 'argo-rollouts' }, 'carries out canary and blueGreen, and not ab'],
  [{ ...rolling(), by: 'argo-rollouts' }, 'and not rolling: leave by out'],
  [
    { ...canary({ by: 'argo-rollouts', steps: [share(5)] }), next },
    'has no next, only by, steps, judge: the image of the service itself is the next version',
  ],
  [
    { ...blueGreen({ by: 'argo-rollouts' }), live: 'blue' },
    'has no live, only by, switches, keepOld, judge: the image',
  ],
  [{ ...canary({ by: 'argo-rollouts', steps: [share(5)] }), pace: 1 }, 'has no pace, only by, steps, judge'],
  [canary({ by: 'argo-rollouts', steps: [share(5), share(5)] }), 'its shares do not rise'],
  [canary({ by: 'argo-rollouts', steps: [] }), 'no step of it is a share'],
  [
    canary({ by: 'argo-rollouts', steps: [share(5), hold()], judge: { failing: 5 } }),
    "no watch('10m') among its steps",
  ],
  [
    canary({ by: 'argo-rollouts', steps: [watch('10m'), share(5)], judge: { failing: 5 } }),
    'of the next version there is nothing to measure before a share',
  ],
  ...[0, 100, -1, '5%', undefined].map((failing): [unknown, string] => [
    canary({ by: 'argo-rollouts', steps: [share(5), watch('1h')], judge: { failing: failing as never } }),
    'that is above 0 and below 100',
  ]),
  [
    canary({ by: 'argo-rollouts', steps: [share(5), watch('1h')], judge: { failing: 5, each: '1m' } as never }),
    'its judge has no each, only failing and every',
  ],
  [
    canary({ by: 'argo-rollouts', steps: [share(5), watch('1h')], judge: { failing: 5, every: '0s' } }),
    'the every of its judge is not a span',
  ],
  [
    canary({ by: 'argo-rollouts', steps: [share(5), watch('239s')], judge: { failing: 5 } }),
    'a watch of 239s has no room for two measurements',
  ],
  [blueGreen({ by: 'argo-rollouts', switches: 'now' as never }), 'its switches is "now", which is not \'by-hand\''],
  [blueGreen({ by: 'argo-rollouts', keepOld: '5' as never }), 'its keepOld is not a span'],
  [blueGreen({ by: 'argo-rollouts', keepOld: '29s' }), 'for 30s nodes may still send requests'],
  [blueGreen({ by: 'argo-rollouts', judge: { failing: 5 } as never }), 'the watch of its judge is not a span'],
  [blueGreen({ by: 'argo-rollouts', judge: { failing: 5, watch: '3m' } }), 'a watch of 3m has no room'],
])('%j is refused', (value, message) => expect(problem(value)).toContain(message));

test('recreate says why at once', () => {
  expect(refusal(() => recreate({ because: ' ' })).message).toContain('recreate, because');
});
