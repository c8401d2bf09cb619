import { canary, hold, share } from '../../model/release';
import { stagesOf } from '../../model/release-stages';
import { titleOf } from '../../report/release-words';

const titles = (more: object) =>
  stagesOf(canary({ next: { image: 'web:2' }, steps: [share(5), hold()], ...more })).map(titleOf);

test('a canary that keeps its clients has shares of new ones', () => {
  expect(titles({})[1]).toBe('5 % of the requests go to the next version');
  expect(titles({ sticky: {} })[1]).toBe('5 % of the clients that are new go to the next version');
  // Every stage keeps them.
  expect(
    stagesOf(canary({ next: { image: 'web:2' }, steps: [share(5)], sticky: { for: '1h' } }))
      .flatMap(({ release }) => (release.way === 'canary' ? [release.sticky] : []))
      .every((sticky) => sticky?.for === '1h'),
  ).toBe(true);
});
