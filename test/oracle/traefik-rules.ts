/**
 * The muxer of Traefik as the oracle of the rules of IngressRoutes: which random rules it can read, and which of several takes random requests.
 * With an OUT that ends with .txt what it says is written there, a sign for each request: test/simulate/routing/traefik-rules.txt.
 *
 *   npm run oracle:traefik -- [COUNT] [SEED] [OUT]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { traefikRuleProblem } from '../../upstream/traefik/rule';
import { ownTakers, ruleCases } from './traefik-rules-cases';

const [count = '2000', seed = '1', out = 'oracle-traefik-rules.json', oracle = ''] = process.argv.slice(2);
const cases = ruleCases(Number(count), Number(seed));

interface Answer {
  readonly read: readonly boolean[];
  readonly taken: readonly string[];
}
const answers = execFileSync(oracle, {
  input: cases.map((each) => `${JSON.stringify(each)}\n`).join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer);

let [asked, taken, unread] = [0, 0, 0];
const wrong: object[] = [];
for (const [i, one] of cases.entries()) {
  for (const [j, { rule: match }] of one.rules.entries()) {
    const isRead = traefikRuleProblem(match, 'http', 'v3') === undefined;
    if (!isRead) unread++;
    if (isRead !== answers[i]!.read[j]) wrong.push({ match, theirs: answers[i]!.read[j] });
  }
  for (const [j, own] of ownTakers(one).entries()) {
    const theirs = answers[i]!.taken[j]!;
    asked++;
    if (theirs !== '') taken++;
    if (!own.includes(theirs)) wrong.push({ rules: one.rules, request: one.requests[j], own, theirs });
  }
}
const said = answers.map(({ taken: each }) => `${each.map((rule) => rule || '-').join('')}\n`).join('');
writeFileSync(out, out.endsWith('.txt') ? said : JSON.stringify(wrong, null, 1));
console.log(
  `${cases.length} sets of rules (${unread} that cannot be read), ${asked} requests (${taken} that a rule takes): ${wrong.length} that we tell otherwise`,
);
for (const each of wrong.slice(0, 6)) console.log(JSON.stringify(each));
process.exitCode = wrong.length > 0 ? 1 : 0;
