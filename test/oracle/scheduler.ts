/**
 * Kubernetes' own scheduler as the oracle of simulate/scheduling: which nodes take a pod, and why the others do not, on random clusters
 * with random pods on them.
 *
 *   npm run oracle:scheduler     (needs Go; node test/oracle/run.mjs scheduler [COUNT] [SEED] asks this alone)
 *
 * The answers to the first cases of a seed are kept where KEEP names a file: test/simulate/scheduling/answers.json.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { casesOf, said, verdictsOf } from './scheduler-cases';

const [, , count = '', seed = '', out = '', program = ''] = process.argv;
const BATCH = 2_000;
const KEPT = 600;

type Verdicts = Readonly<Record<string, readonly string[]>>;

const next = casesOf(Number(seed));
const wrong: object[] = [];
const kept: (readonly string[] | 'refused')[] = [];
let [asked, refused, fits, keeps] = [0, 0, 0, 0];
while (asked < Number(count)) {
  const cases = Array.from({ length: BATCH }, next);
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
    .trim()
    .split('\n');
  for (const [i, each] of cases.entries()) {
    const answer = JSON.parse(answers[i]!) as { refused?: string; nodes?: Verdicts };
    kept.push(
      answer.nodes ? each.nodes.map(({ metadata }) => keptOf(answer.nodes![nameIn(metadata)]!).join('; ')) : 'refused',
    );
    if (!answer.nodes) {
      refused += 1;
      continue;
    }
    asked += 1;
    const own = verdictsOf(each);
    for (const [name, reasons] of Object.entries(answer.nodes)) {
      if (reasons.length > 0) keeps += 1;
      else fits += 1;
      const same = reasons[0] === 'not asked' ? own[name]!.length > 0 : String(said(reasons)) === String(own[name]);
      if (!same) wrong.push({ name, theirs: reasons, ours: own[name], ...each });
    }
  }
}
console.log(
  `${asked} pods (${refused} more that the API server refuses), ${fits} nodes that fit, ${keeps} that do not: ${wrong.length} judged otherwise`,
);
for (const difference of wrong.slice(0, 3)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;

if (process.env['KEEP']) {
  const reasons = [...new Set(kept.slice(0, KEPT).flat())].sort();
  const answers = kept
    .slice(0, KEPT)
    .map((each) => (each === 'refused' ? each : each.map((one) => reasons.indexOf(one)).join(' ')));
  writeFileSync(process.env['KEEP'], `${JSON.stringify({ seed: Number(seed), reasons, answers }, null, 1)}\n`);
}

function nameIn(metadata: unknown): string {
  return (metadata as { name: string }).name;
}

/** A node that the pod's affinity leaves out by name is not asked: it says nothing else. */
function keptOf(reasons: readonly string[]): string[] {
  return reasons[0] === 'not asked' ? [...reasons] : said(reasons);
}
