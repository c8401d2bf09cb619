/**
 * The admission of LimitRanges and ResourceQuotas as the oracle of simulate/admission: what is counted of a namespace, and what is said of objects
 * that are created in it one after the other.
 *
 *   npm run oracle:quota         (needs Go; node test/oracle/run.mjs quota [COUNT] [SEED] asks this alone)
 *
 * KEEP names the file for cases that differ in what is said, with the answers: test/simulate/admission/quotas.jsonl.gz.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { QuotaAnswers } from './quota-cases';
import { quotaAnswers, quotaCases } from './quota-cases';

const [, , count = '', seed = '', out = '', program = ''] = process.argv;
const BATCH = 2_000;
const KEPT = 1_200;

const next = quotaCases(Number(seed));
const wrong: object[] = [];
const kept: string[] = [];
const invalid = new Map<string, number>();
const tally = { cases: 0, objects: 0, admitted: 0, byLimitRange: 0, failed: 0, exceeded: 0, invalid: 0 };
while (tally.cases < Number(count)) {
  const cases = Array.from({ length: BATCH }, next);
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
    .trim()
    .split('\n');
  for (const [i, each] of cases.entries()) {
    const theirs = JSON.parse(answers[i]!) as QuotaAnswers;
    if (theirs.refused !== undefined) {
      tally.invalid += 1;
      const why = theirs.refused.replace(/"[^"]*"|\d+/g, '…').slice(0, 90);
      invalid.set(why, (invalid.get(why) ?? 0) + 1);
      continue;
    }
    tally.cases += 1;
    for (const said of theirs.said ?? []) {
      tally.objects += 1;
      tally[kindOf(said)] += 1;
    }
    const ours = quotaAnswers(each);
    if (!isDeepStrictEqual(ours, theirs)) wrong.push({ theirs, ours, ...each });
    if (kept.length < KEPT) kept.push(JSON.stringify({ ...each, theirs }));
  }
}
console.log(`${JSON.stringify(tally)}: ${wrong.length} cases judged otherwise`);
if (process.env['INVALID']) console.log([...invalid].sort((a, b) => b[1] - a[1]).slice(0, 12));
for (const difference of wrong.slice(0, 3)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;
if (process.env['KEEP']) writeFileSync(process.env['KEEP'], gzipSync(`${kept.join('\n')}\n`, { level: 9 }));

function kindOf(said: string): 'admitted' | 'byLimitRange' | 'failed' | 'exceeded' {
  if (said === '') return 'admitted';
  if (said.includes('forbidden: failed quota')) return 'failed';
  return said.includes('forbidden: exceeded quota') ? 'exceeded' : 'byLimitRange';
}
