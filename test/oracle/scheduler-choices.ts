/**
 * Kubernetes' own scheduler as the oracle of what it chooses: the scores of the nodes that take a pod, and where none does, the pods that
 * go for it on each node and the node that is picked.
 *
 *   npm run oracle:scheduler     (needs Go; node test/oracle/run.mjs scheduler-choices [COUNT] [SEED] asks this alone)
 *
 * The answers to the first cases of a seed are kept where KEEP names a file: test/simulate/scheduling/choices.json.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { ChoiceAnswer } from './scheduler-answers';
import { choiceOf, shortChoice } from './scheduler-answers';
import { busyCasesOf } from './scheduler-priorities';

const [, , count = '', seed = '', out = '', program = ''] = process.argv;
const BATCH = 2_000;
const KEPT = 400;

const next = busyCasesOf(Number(seed));
const wrong: object[] = [];
const kept: string[] = [];
let [refused, scored, nodes, preempting, victimNodes, violating, ineligible, waiting] = [0, 0, 0, 0, 0, 0, 0, 0];
for (let asked = 0; asked < Number(count); asked += BATCH) {
  const cases = Array.from({ length: Math.min(BATCH, Number(count) - asked) }, next);
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
    .trim()
    .split('\n');
  for (const [i, each] of cases.entries()) {
    const theirs = JSON.parse(answers[i]!) as ChoiceAnswer & { readonly refused?: string };
    kept.push(theirs.refused === undefined ? shortChoice(theirs) : 'refused');
    if (theirs.refused !== undefined) {
      refused += 1;
      continue;
    }
    const victims = Object.values(theirs.preemption?.victims ?? {});
    if (theirs.scores) scored += 1;
    else if (theirs.preemption?.ineligible) ineligible += 1;
    else if (victims.length > 0) preempting += 1;
    else waiting += 1;
    nodes += Object.keys(theirs.scores ?? {}).length;
    victimNodes += victims.length;
    if (victims.some(({ violations }) => violations > 0)) violating += 1;
    const ours = choiceOf(each);
    if (shortChoice(ours) !== shortChoice(theirs))
      wrong.push({ theirs: shortChoice(theirs), ours: shortChoice(ours), ...each });
  }
}
console.log(
  [
    `${scored} pods with ${nodes} nodes scored`,
    `${preempting} that preempt, on ${victimNodes} nodes (${violating} against budgets)`,
    `${ineligible} that may not, ${waiting} that it does not help (${refused} more that the API server refuses)`,
    `${wrong.length} judged otherwise`,
  ].join('; '),
);
for (const difference of wrong.slice(0, 3)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;

if (process.env['KEEP'])
  writeFileSync(
    process.env['KEEP'],
    `${JSON.stringify({ seed: Number(seed), answers: kept.slice(0, KEPT) }, null, 1)}\n`,
  );
