import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { render } from '../../render/render';
import { ENV, filesBelow, fsck, git } from './git';
import type { Call } from './program';
import { stateOf } from './program';
import { requestOf } from './request';

/** A bare repository, clones of it, and a folder for temporary files that only these runs use. */
export interface Place {
  readonly folder: string;
  readonly bare: string;
  readonly clones: readonly string[];
}

/** How many runs were ended before their commit had landed, in the middle of it, and after it. */
export interface Tally {
  readonly problems: string[];
  readonly before: number;
  readonly after: number;
  readonly unfinished: number;
}

const SIZE = { targets: 3, components: 8 };

export function newPlace(folder: string): Place {
  const bare = join(folder, 'bare.git');
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  const clones = ['one', 'two'].map((name) => join(folder, name));
  for (const clone of clones) git(folder, 'clone', '--quiet', bare, clone);
  mkdirSync(join(folder, 'tmp'));
  return { folder, bare, clones };
}

/** Starts a run in a group of its own. */
function started({ folder }: Place, program: readonly string[], call: Call) {
  const [command = '', ...args] = program;
  return spawn(command, [...args, JSON.stringify(call)], {
    detached: true,
    env: { ...ENV, TMPDIR: join(folder, 'tmp') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function ended(
  child: ReturnType<typeof started>,
): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

const tipOf = (repo: string) => git(repo, 'for-each-ref', '--format=%(objectname)', 'refs/heads/main');
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Kills runs with all that they started, at random moments of the time that a whole one takes, in turn over a bare repository, a clone that
 * pushes and one that does not. After each: nothing is lost; the next run brings everything to what the render says, and clears up.
 */
export async function killRuns(
  place: Place,
  program: readonly string[],
  count: number,
  next: () => number,
): Promise<Tally> {
  const { bare, clones, folder } = place;
  const tally = { problems: [] as string[], before: 0, after: 0, unfinished: 0 };
  const first = { repo: bare, push: true, text: 'first', ...SIZE };
  const start = Date.now();
  await ended(started(place, program, first));
  let whole = Date.now() - start;
  for (const clone of clones) git(clone, 'pull', '--quiet', '--ff-only', 'origin', 'main');
  for (let i = 0; i < count; i++) {
    const kind = (['bare', 'clone', 'local'] as const)[i % 3]!;
    const repo = kind === 'bare' ? bare : clones[kind === 'clone' ? 0 : 1]!;
    const watched = kind === 'local' ? repo : bare;
    const call: Call = { repo, push: kind !== 'local', text: `text ${Math.floor(next() * 1e9)}`, ...SIZE };
    const say = (what: string) => tally.problems.push(`${i}, ${kind}: ${what}`);
    const tip = tipOf(watched);
    const previous = join(folder, `previous-${i}`);
    extract(watched, tip, previous);
    const child = started(place, program, call);
    const over = ended(child);
    await pause(next() * whole * 1.1);
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      tally.unfinished++;
    }
    await over;
    await pause(30);
    if (tipOf(watched) === tip) tally.before++;
    else tally.after++;
    try {
      await isWhole(watched);
      if (git(watched, 'merge-base', tip, tipOf(watched)) !== tip) say('a commit is lost');
    } catch (error) {
      say(`broken after the kill: ${error}`);
    }
    const began = Date.now();
    const { code, said } = await ended(started(place, program, call));
    // As fast as the machine is now.
    whole = Math.min(Date.now() - began, 1.5 * whole);
    if (code !== 0) say(`the next run fails: ${said}`);
    const now = tipOf(watched);
    const commits = Number(git(watched, 'rev-list', '--count', `${tip}..${now}`));
    if (commits !== 1 || git(watched, 'merge-base', tip, now) !== tip) say(`${commits} commits instead of one`);
    const [is, shall] = [join(folder, `is-${i}`), join(folder, `shall-${i}`)];
    extract(watched, now, is);
    const { push, repo: _, env, message, layout, folder: __, ...request } = requestOf(repo, stateOf(call));
    render({ ...request, out: shall, previous });
    if (JSON.stringify(filesBelow(is)) !== JSON.stringify(filesBelow(shall))) say('the tree is not what is rendered');
    for (const problem of leftIn(place)) say(problem);
  }
  return tally;
}

/** Two runs at once, over the bare repository, over one clone and over two: what each publishes is there in the end. */
export async function runPairs(
  place: Place,
  program: readonly string[],
  count: number,
  next: () => number,
): Promise<string[]> {
  const { bare, clones } = place;
  const problems: string[] = [];
  await ended(started(place, program, { repo: bare, push: true, text: 'first', ...SIZE }));
  for (const clone of clones) git(clone, 'pull', '--quiet', '--ff-only', 'origin', 'main');
  for (let i = 0; i < count; i++) {
    const [one, two] = ([
      [bare, bare],
      [clones[0], clones[0]],
      [clones[0], clones[1]],
      [bare, clones[1]],
    ][i % 4] ?? []) as [string, string];
    const say = (what: string) => problems.push(`${i}, ${basename(one)} and ${basename(two)}: ${what}`);
    const tip = tipOf(bare);
    const texts = [0, 1].map((side) => `text ${i} ${side} ${Math.floor(next() * 1e9)}`);
    const runs = [one, two].map((repo, side) =>
      ended(started(place, program, { repo, push: true, text: texts[side]!, ...SIZE, only: [`env${side}@kind`] })),
    );
    for (const { code, said } of await Promise.all(runs)) if (code !== 0) say(`fails: ${said}`);
    const now = tipOf(bare);
    if (git(bare, 'rev-list', '--count', `${tip}..${now}`) !== '2' || git(bare, 'merge-base', tip, now) !== tip)
      say('not one commit of each');
    for (const side of [0, 1])
      if (
        !git(bare, 'cat-file', 'blob', `${now}:tree/kind/env${side}/10-c3.yaml`).includes(
          `text: ${texts[side]} ${side} 3`,
        )
      )
        say(`what run ${side} published is lost`);
    try {
      fsck(bare);
    } catch (error) {
      say(`broken: ${error}`);
    }
    for (const problem of leftIn(place)) say(problem);
  }
  return problems;
}

function extract(repo: string, commit: string, folder: string): void {
  mkdirSync(folder);
  git(repo, 'archive', '--output', `${folder}.tar`, `${commit}:tree`);
  execFileSync('tar', ['-xf', `${folder}.tar`, '-C', folder]);
}

/** A push that goes on, as on a server, moves objects while they are looked at: it has a moment to end. */
async function isWhole(repo: string): Promise<void> {
  for (let tries = 5; ; tries--) {
    try {
      fsck(repo);
      return;
    } catch (error) {
      if (tries === 0) throw error;
      await pause(200);
    }
  }
}

/** What runs must not leave: temporary folders, locks, notes, files that differ from the commit. */
function leftIn({ folder, bare, clones }: Place): string[] {
  const left = readdirSync(join(folder, 'tmp')).map((name) => `tmp/${name} is left`);
  for (const place of [bare, ...clones.map((clone) => join(clone, '.git'))])
    for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' }))
      if (/\.lock$|strata|incoming-|tmp_objdir/.test(name)) left.push(`${join(place, name)} is left`);
  for (const clone of clones) {
    const status = git(clone, 'status', '--porcelain');
    if (status !== '') left.push(`${clone} differs from its commit: ${status.slice(0, 200)}`);
  }
  return left;
}
