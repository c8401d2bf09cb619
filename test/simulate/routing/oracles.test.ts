import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, ownAnswers } from '../../oracle/istio-routes-answers';
import { routeSets } from '../../oracle/istio-routes-cases';
import { ownTakers, ruleCases } from '../../oracle/traefik-rules-cases';

const read = (file: string) => readFileSync(join(__dirname, file), 'utf8').trim().split(/\s+/);

/** What istiod's own routes say of random sets (`npm run oracle:istio`, seed 9): which backends answer, with which shares, paths and copies. */
test('at a Gateway of Istio those answer who answer by the routes that istiod makes', () => {
  const said = read('istiod.txt');
  expect(said).toHaveLength(250);
  const wrong = routeSets(said.length, 40, 9).flatMap((set, i) => (digestOf(ownAnswers(set)) === said[i] ? [] : [i]));
  expect(wrong).toEqual([]);
});

/** What the muxer of Traefik says (`npm run oracle:traefik`, seed 9): the rule that takes each request. */
test('of the rules of IngressRoutes the one takes a request that takes it in Traefik', () => {
  const said = read('traefik-rules.txt');
  expect(said).toHaveLength(250);
  const wrong = ruleCases(said.length, 9).flatMap((one, i) =>
    ownTakers(one).flatMap((own, j) => {
      const theirs = said[i]![j]!;
      return own.includes(theirs === '-' ? '' : theirs) ? [] : [`${i}.${j}: ${own.join()} and not ${theirs}`];
    }),
  );
  expect(wrong).toEqual([]);
});
