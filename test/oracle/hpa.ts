/**
 * The controller of HorizontalPodAutoscalers as the oracle of simulate/scaling/hpa: random histories, each with its pods, what the metrics APIs
 * answer and what the controller did, are played to our function.
 *
 *   npm run oracle:hpa           (needs Go; node test/oracle/run.mjs hpa [COUNT] [SEED] asks this alone, of each minor version)
 *
 * KEEP names the file to write the few to that show together what all do: test/simulate/scaling/hpa/histories.jsonl.gz is
 *
 *   KEEP=test/simulate/scaling/hpa/histories.jsonl.gz ROUNDS=25 node test/oracle/run.mjs hpa 400 3
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import type { HpaOutcome } from '../../simulate/scaling/hpa/round';
import type { HpaSpec } from '../../simulate/scaling/hpa/spec';
import type { HpaHistory } from './hpa-histories';
import { hpaDifference, hpaHistoryOf } from './hpa-histories';

const [, , count = '', seed = '', out = '', rounds = '40', ...programs] = process.argv;
/** So many histories are kept of the oldest and the newest version, and of those between. */
const KEPT: Readonly<Record<string, number>> = { 28: 60, 35: 110 };
const KEPT_BETWEEN = 25;

/** A history, and what it shows. */
interface Candidate {
  readonly line: string;
  readonly shown: ReadonlySet<string>;
}

/** Histories that show together what all do: those first that show most for their length. */
function fewest(candidates: readonly Candidate[]): string[] {
  const known = new Set<string>();
  const kept: string[] = [];
  const worth = ({ line, shown }: Candidate) => [...shown].filter((each) => !known.has(each)).length / line.length;
  for (;;) {
    let best: Candidate | undefined;
    for (const each of candidates) if (worth(each) > (best ? worth(best) : 0)) best = each;
    if (!best) return kept;
    kept.push(best.line);
    for (const each of best.shown) known.add(each);
  }
}

/** What a round shows, roughly: which metric decided what, and what became of it. */
function featuresOf(
  { figures, state, replicas, asked, decided }: HpaOutcome,
  spec: HpaSpec,
  current: number,
): string[] {
  const way = (to: number | undefined) => (to === undefined ? 'none' : Math.sign(to - current));
  const reasons = Object.values(state.conditions).flatMap((each) => (each ? `${each.status} ${each.reason}` : []));
  const metric = decided === undefined ? undefined : spec.metrics[decided]!;
  return [
    ...figures.map((figure, i) => {
      const { type, target, name } = spec.metrics[i]!;
      const says = 'failed' in figure ? figure.failed.replace(/metric-\d|n\d+\b|web-\d+/g, '') : way(figure.replicas);
      return `${type} ${target.type} ${name === 'cpu'} ${says}`;
    }),
    [metric?.type, metric?.target.type, way(asked), way(replicas), ...reasons, spec.behavior !== undefined].join(),
    [
      spec.behavior?.up.select,
      spec.behavior?.down.select,
      way(replicas),
      spec.behavior?.down.window === undefined,
    ].join(),
    ...(['up', 'down'] as const).flatMap((side) =>
      (spec.behavior?.[side].policies ?? []).map(({ type }) => `${side} ${type} ${way(replicas)} ${reasons.at(-1)}`),
    ),
  ];
}

/** What it shows of the pods' requests, of what lacks, and of numbers that are no usual ones. */
function podFeaturesOf({ templates }: HpaHistory, { figures }: HpaOutcome, { metrics }: HpaSpec): string[] {
  return figures.flatMap((figure, i) => {
    const { type, target } = metrics[i]!;
    const kind = `${type} ${target.type}`;
    if ('failed' in figure) return [];
    const isExact =
      figure.utilization === undefined ? figure.average === target.average : figure.utilization === target.utilization;
    const amount = figure.average ?? figure.value ?? 0n;
    return [
      ...templates.flatMap((template) =>
        Object.keys(template).map((field) => `${kind} ${field} ${JSON.stringify(template['resources'])}`),
      ),
      `${kind} exact ${isExact}`,
      `${kind} ${amount < 0n ? 'below nothing' : amount > 10n ** 15n ? 'large' : 'usual'}`,
      `${kind} ${figure.replicas > 1e6 ? 'many' : figure.replicas < 0 ? 'turned over' : 'some'}`,
    ];
  });
}

async function main(): Promise<void> {
  const wrong: object[] = [];
  const kept: string[] = [];
  for (const program of programs) {
    const [minor = '', file = ''] = program.split('=');
    const candidates: Candidate[] = [];
    let [asked, scaled, failed, mine] = [0, 0, 0, 0];
    const { stdout } = spawn(file, [minor, count, seed, rounds], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: stdout })) {
      if (!line.startsWith('{')) continue;
      const history = hpaHistoryOf(line);
      asked += history.rounds.length;
      const shown = new Set<string>();
      let current = history.rounds[0]!.spec;
      const difference = hpaDifference(history, (outcome, spec) => {
        if (outcome.isRescaled) scaled += 1;
        if (outcome.figures.some((figure) => 'failed' in figure)) failed += 1;
        for (const each of featuresOf(outcome, spec, current)) shown.add(each);
        for (const each of podFeaturesOf(history, outcome, spec)) shown.add(each);
        current = outcome.replicas;
      });
      if (difference) {
        mine += 1;
        wrong.push({ ...difference, history });
      }
      if (process.env['KEEP']) candidates.push({ line, shown });
    }
    console.log(
      `1.${minor}: ${count} histories, ${asked} rounds: ${scaled} times scaled, ${failed} rounds with a metric that fails; ${mine} histories differ`,
    );
    if (asked === 0) process.exitCode = 1;
    kept.push(...fewest(candidates).slice(0, KEPT[minor] ?? KEPT_BETWEEN));
  }
  for (const difference of wrong.slice(0, 3)) console.log(`  ${JSON.stringify(difference).slice(0, 2_000)}`);
  if (out) writeFileSync(out, JSON.stringify(wrong.slice(0, 100), null, 1));
  if (wrong.length > 0) process.exitCode = 1;
  if (process.env['KEEP']) writeFileSync(process.env['KEEP'], gzipSync(`${kept.join('\n')}\n`, { level: 9 }));
}

void main();
