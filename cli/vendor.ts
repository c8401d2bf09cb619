import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockedChart } from '../model/charts-lock';
import { CHARTS_LOCK } from '../model/charts-lock';
import { StrataError } from '../model/errors';
import { chartAbout, readLock, writeLock } from '../render/charts-lock';
import { columns } from '../report/columns';
import type { Host } from './command';
import type { Run } from './options/table';
import type { vendor } from './tables';

export const command: Run<typeof vendor> = ({ root }, { values: { repo, version }, words: [chart] }, host) => {
  const known = readLock(root);
  if (chart === undefined && (repo !== undefined || version !== undefined))
    throw new StrataError('strata vendor', 'has no chart to fetch', ['name the chart: strata vendor NAME --repo URL']);
  if (chart === undefined && known.length === 0)
    throw new StrataError(CHARTS_LOCK, 'names no chart to fetch again', ['fetch one: strata vendor NAME --repo URL']);
  const wanted = chart === undefined ? known.map(wantedOf) : [{ chart, repo, version }];
  const fetched = wanted.map((one) => {
    host.progress?.(`fetching ${one.chart}`);
    return fetch(one, known, host.env);
  });
  // Nothing is written before all is there.
  for (const { locked, content } of fetched) put(root, locked.file, content);
  const files = new Set(fetched.map(({ locked }) => locked.file));
  writeLock(root, [...known.filter(({ file }) => !files.has(file)), ...fetched.map(({ locked }) => locked)]);
  for (const line of columns(
    fetched.map(({ locked: { name, version: is, file, digest } }) => [name, is, file, digest]),
  ))
    host.print(line);
};

interface Wanted {
  readonly chart: string;
  readonly repo: string | undefined;
  readonly version: string | undefined;
}

function wantedOf({ name, version, repository }: LockedChart): Wanted {
  return repository.startsWith('oci:')
    ? { chart: `${repository}/${name}`, repo: undefined, version }
    : { chart: name, repo: repository, version };
}

/** The archive that Helm fetches; one that was fetched before must be the same. */
function fetch(
  wanted: Wanted,
  known: readonly LockedChart[],
  env: Host['env'],
): { readonly locked: LockedChart; readonly content: Buffer } {
  const { chart, repo, version } = wanted;
  if (repo === undefined && !chart.startsWith('oci://'))
    throw new StrataError(`strata vendor ${chart}`, 'does not say where the chart comes from', [
      `name its repository: strata vendor ${chart} --repo https://…`,
      'name its address: strata vendor oci://…',
    ]);
  const folder = mkdtempSync(join(tmpdir(), 'strata-vendor-'));
  try {
    const from = [chart, ...(repo === undefined ? [] : ['--repo', repo])];
    helm(chart, env, [
      'pull',
      ...from,
      ...(version === undefined ? [] : ['--version', version]),
      '--destination',
      folder,
    ]);
    const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    if (archive === undefined)
      throw new StrataError(`strata vendor ${chart}`, 'helm pull fetched no archive', ['name a chart']);
    const about = chartAbout(archive, helm(chart, env, ['show', 'chart', join(folder, archive)]));
    const content = readFileSync(join(folder, archive));
    const repository = repo ?? chart.slice(0, chart.lastIndexOf('/'));
    const locked = { ...about, repository, file: `charts/${archive}`, digest: `sha256:${hash('sha256', content)}` };
    refuseOther(locked, known);
    return { locked, content };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuseOther({ name, version, file, digest }: LockedChart, known: readonly LockedChart[]): void {
  const before = known.find((chart) => chart.file === file);
  if (!before || before.digest === digest) return;
  throw new StrataError(
    `${name} ${version}`,
    `is another archive than the one that was fetched before: its digest is ${digest}, and ${CHARTS_LOCK} says ${before.digest}`,
    ['ask who publishes it why a version changed', `remove it from ${CHARTS_LOCK}, if you trust what is there now`],
  );
}

function helm(chart: string, env: Host['env'], args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('helm', args, { encoding: 'utf8', env, maxBuffer: 2 ** 26 });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new StrataError(`strata vendor ${chart}`, 'charts are fetched by helm, and that is not installed', [
      'install helm, where PATH finds it',
    ]);
  if (error || status !== 0) {
    const reason =
      error?.message ??
      stderr
        .trim()
        .split('\n')
        .at(-1)!
        .replace(/^Error: /, '');
    throw new StrataError(`strata vendor ${chart}`, `helm ${args[0]} fails: ${reason}`, [
      'check the name, the version and the repository',
      'log in to the registry: helm registry login',
    ]);
  }
  return stdout;
}

function put(root: string, file: string, content: Buffer): void {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  mkdirSync(join(root, 'charts'), { recursive: true });
  writeFileSync(`${path}~`, content);
  renameSync(`${path}~`, path);
}
