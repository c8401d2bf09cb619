import { join } from 'node:path';
import { applied, type Mutant } from './mutators';
import { type Probed, probeAround, probed } from './probes';
import type { Covered, Step } from './protocol';
import type { Worker } from './worker';

export interface Outcome {
  readonly mutant: Mutant;
  /** `timeout` counts as killed: the tests would never have ended. */
  readonly result: 'killed' | 'timeout' | 'survived' | 'not run';
  readonly killer?: string;
}

const COVER_TIMEOUT = 300_000;
/** So many test files are tried first. */
const FIRST = 2;
/** A mutant may take this much, and so many times what its test files take one by one without it. */
const GRACE = 30_000;
const FACTOR = 2;

/** Runs the tests that run a mutant's statement, on every mutant. */
export async function trial(
  root: string,
  mutants: readonly Mutant[],
  texts: ReadonlyMap<string, string>,
  worker: Worker,
  told: (message: string) => void,
  grace = GRACE,
): Promise<Outcome[]> {
  const files = new Map<string, Probed>();
  let next = 0;
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    const made = probed(texts.get(file)!, next);
    next += made.probes.length;
    files.set(file, made);
  }
  await worker.start();
  const coverage = await cover(root, files, worker, told);
  const alone = await loners(root, worker, told);
  const lastKiller = new Map<string, string>();
  const outcomes: Outcome[] = [];
  for (const mutant of mutants) {
    const plan = planOf(root, mutant, files.get(mutant.file)!, coverage, lastKiller.get(mutant.file));
    const stages = stagesOf(plan, alone);
    outcomes.push(await tryOne(root, mutant, texts.get(mutant.file)!, stages, worker, grace));
    const { result, killer } = outcomes.at(-1)!;
    if (killer !== undefined) lastKiller.set(mutant.file, killer.split(': ')[0]!);
    told(
      `${outcomes.length}/${mutants.length} ${mutant.file}:${mutant.line} ${result}${killer ? ` by ${killer}` : ''}`,
    );
  }
  return outcomes;
}

async function cover(
  root: string,
  files: ReadonlyMap<string, Probed>,
  worker: Worker,
  told: (message: string) => void,
): Promise<ReadonlyMap<string, Covered>> {
  const sources = Object.fromEntries([...files].map(([file, { text }]) => [join(root, file), text]));
  const coverage = new Map<string, Covered>();
  for (const testFile of worker.testFiles) {
    const covered = await worker.ask({ type: 'cover', testFile, sources }, COVER_TIMEOUT);
    if (!covered) throw new Error(`${testFile} did not end`);
    if (covered.failure) throw new Error(`${testFile} fails without any mutant: ${covered.failure}`);
    coverage.set(testFile, covered);
    told(`run by ${testFile.slice(root.length + 1)}: ${Math.round(covered.milliseconds)} ms`);
  }
  return coverage;
}

/** Test files that do not pass beside others, as those that change Node's own modules: they are run alone. */
async function loners(root: string, worker: Worker, told: (message: string) => void): Promise<ReadonlySet<string>> {
  const alone = new Set<string>();
  for (;;) {
    const testFiles = worker.testFiles.filter((file) => !alone.has(file));
    const together = await worker.ask({ type: 'together', testFiles }, COVER_TIMEOUT);
    if (!together) throw new Error('the test files do not end when they run together');
    const { killer } = together;
    if (!killer) return alone;
    if (alone.has(killer.testFile) || !testFiles.includes(killer.testFile))
      throw new Error(`the test files fail together, without any mutant: ${killer.test}`);
    alone.add(killer.testFile);
    told(`run alone: ${killer.testFile.slice(root.length + 1)}, where "${killer.test}" fails beside others`);
  }
}

interface Planned extends Step {
  readonly milliseconds: number;
}

/** The tests that run the mutant's statement: first the file that noticed the last mutant of this source, then the fastest. */
export function planOf(
  root: string,
  { file, start, end }: Mutant,
  probes: Probed,
  coverage: ReadonlyMap<string, Covered>,
  first: string | undefined,
): Planned[] {
  const id = probeAround(probes, start, end);
  const planned = [...coverage].flatMap(([testFile, covered]): Planned[] => {
    const everywhere = id === undefined ? covered.loaded.includes(join(root, file)) : covered.around.includes(id);
    const tests = covered.within.flatMap((ids, i) => (everywhere || ids.includes(id!) ? [i] : []));
    return tests.length > 0 ? [{ testFile, tests, milliseconds: covered.milliseconds }] : [];
  });
  const isFirst = ({ testFile }: Planned) => (testFile.slice(root.length + 1) === first ? 0 : 1);
  return planned.sort((a, b) => isFirst(a) - isFirst(b) || a.milliseconds - b.milliseconds);
}

/** A few of the fastest first, for mostly one of them notices; then all the others. */
function stagesOf(plan: readonly Planned[], alone: ReadonlySet<string>): Planned[][] {
  const shared = plan.filter(({ testFile }) => !alone.has(testFile));
  const single = plan.filter(({ testFile }) => alone.has(testFile)).map((step) => [step]);
  return [shared.slice(0, FIRST), shared.slice(FIRST), ...single].filter((steps) => steps.length > 0);
}

async function tryOne(
  root: string,
  mutant: Mutant,
  text: string,
  stages: readonly (readonly Planned[])[],
  worker: Worker,
  grace: number,
): Promise<Outcome> {
  if (stages.length === 0) return { mutant, result: 'not run' };
  const time = stages.flat().reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const question = { type: 'try', file: join(root, mutant.file), text: applied(mutant, text), stages } as const;
  const tried = await worker.ask(question, grace + FACTOR * time);
  if (!tried) return { mutant, result: 'timeout' };
  if (!tried.killer) return { mutant, result: 'survived' };
  const { testFile, test } = tried.killer;
  return { mutant, result: 'killed', killer: `${testFile.slice(root.length + 1)}: ${test.split('\n')[0]}` };
}
