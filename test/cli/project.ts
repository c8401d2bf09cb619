import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../render/support';

const root = join(__dirname, '../..');
const NOT_NEEDED = ['node_modules', 'dist', 'test', 'services', 'docs', 'bench'];

/** A copy of the project that a test may change. Its packages are links; those with these names are copies, too. */
export class Project {
  /** At a place whose name has all that shells and patterns trip over. */
  readonly folder = join(newFolder(), "the team's project (copy) #1");

  constructor({ ownPackages = [] }: { readonly ownPackages?: readonly string[] } = {}) {
    mkdirSync(this.folder);
    for (const name of readdirSync(root))
      if (!name.startsWith('.') && !NOT_NEEDED.includes(name))
        cpSync(join(root, name), this.path(name), { recursive: true });
    mkdirSync(this.path('node_modules'));
    for (const name of readdirSync(join(root, 'node_modules'))) {
      const [from, to] = [join(root, 'node_modules', name), this.path('node_modules', name)];
      if (ownPackages.includes(name)) cpSync(from, to, { recursive: true });
      else symlinkSync(from, to);
    }
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** Runs Node, or another program in its place. */
  run(args: readonly string[], { program = process.execPath, stdio, ...options }: RunOptions = {}) {
    const { status, signal, stdout, stderr } = spawnSync(program, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
      ...options,
      ...(stdio ? { stdio: [...stdio] } : {}),
    });
    return { status, signal, stdout, stderr };
  }

  strata(...args: readonly string[]) {
    return this.run(['bin/strata.mjs', ...args]);
  }

  /** Runs strata with other options than usual. */
  strataWith(options: RunOptions, ...args: readonly string[]) {
    return this.run(['bin/strata.mjs', ...args], options);
  }
}

export interface RunOptions {
  /** Standard input. @default - none */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly program?: string;
  /** @default - the copy's root */
  readonly cwd?: string;
  /** Where the output goes, as for `spawn`. */
  readonly stdio?: readonly ('ignore' | 'pipe' | number)[];
  readonly uid?: number;
  readonly gid?: number;
}
