import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EQUIVALENTS, equivalentOf } from './equivalents';
import { type Mutant, mutantsOf } from './mutators';
import { report, scoreOf } from './report';
import { lineOf, sampleOf } from './sample';
import { trial } from './trial';
import { Worker } from './worker';

const HELP = `npm run mutate -- FOLDER|FILE… [--sample N] [--seed S] [--min PERCENT] [--equivalents] [--quiet]

Changes the sources one small piece at a time, and runs the tests that run that piece: a change that no test notices is a survivor.
  --sample N      tries N of the mutants; the same ones for the same seed (default: all)
  --seed S        which ones (default: 1)
  --min PERCENT   exits with 1 when the score is lower
  --equivalents   tries the mutants of test/mutation/equivalents.ts instead, and exits with 1 when a test notices one`;

/** The command; its exit status. */
export async function mutate(args: readonly string[], root: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      min: { type: 'string', default: '0' },
      equivalents: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length === 0) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const files = [...new Set(positionals.flatMap((path) => filesIn(root, relative(root, resolve(path)))))].sort();
  const texts = new Map(files.map((file) => [file, readFileSync(resolve(root, file), 'utf8')]));
  const all = files.flatMap((file) => mutantsOf(file, texts.get(file)!));
  const isEquivalent = (mutant: Mutant) => equivalentOf(mutant, lineOf(mutant, texts.get(mutant.file)!)) !== undefined;
  const stale = staleEntries(all, texts, files);
  for (const entry of stale) console.log(`test/mutation/equivalents.ts: no mutant is like this any more: ${entry}`);

  const candidates = all.filter((mutant) => isEquivalent(mutant) === values.equivalents);
  const sample = sampleOf(candidates, texts, Number(values.sample ?? candidates.length), values.seed);
  const left = all.length - candidates.length;
  console.log(
    `${all.length} mutants, ${values.equivalents ? candidates.length : left} equivalent, ${sample.length} tried`,
  );
  if (sample.length === 0) return stale.length > 0 ? 1 : 0;

  const worker = new Worker(root, files);
  const told = (message: string) => void (values.quiet || console.error(message));
  const outcomes = await trial(root, sample, texts, worker, told).finally(() => worker.stop());
  console.log(report(outcomes, texts));
  if (values.equivalents) return outcomes.some(({ result }) => result === 'killed') || stale.length > 0 ? 1 : 0;
  return scoreOf(outcomes) < Number(values.min) || stale.length > 0 ? 1 : 0;
}

function filesIn(root: string, path: string): string[] {
  if (!existsSync(resolve(root, path))) throw new Error(`there is no ${path}`);
  if (statSync(resolve(root, path)).isFile()) return [path];
  return readdirSync(resolve(root, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(root, inside);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [inside] : [];
  });
}

/** Entries of the files at hand that no mutant falls under: the line or the file has changed. */
function staleEntries(all: readonly Mutant[], texts: ReadonlyMap<string, string>, files: readonly string[]): string[] {
  const matched = new Set(all.map((mutant) => equivalentOf(mutant, lineOf(mutant, texts.get(mutant.file)!))));
  return EQUIVALENTS.filter(({ file }) => file !== undefined && files.includes(file))
    .filter((entry) => !matched.has(entry))
    .map(({ file, line, original, replacement }) => `${file}: ${line}: ${original} → ${replacement}`);
}
