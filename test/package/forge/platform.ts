import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { git } from '../../publish/git';
import { newFolder } from '../../render/support';
import type { Installed } from '../installed';
import { ForgeServer } from './server';

const root = join(__dirname, '../../..');

/** What a runner has as `npm` and `npx`: packages are there without a registry, and the project's own tests are not what is tested here. */
const SHIMS = {
  npm: 'env >> "$SEEN_BY_NPM"\ncase "$1" in\n  ci) cp -al "$MODULES" node_modules ;;\n  test) ;;\n  *) echo "npm $*?" >&2; exit 1 ;;\nesac',
  npx: 'program=$1; shift; exec "node_modules/.bin/$program" "$@"',
};

/** What a project is rendered with, beside strata. */
const PACKAGES = ['@esbuild', 'cdk8s', 'cdk8s-plus-28', 'constructs', 'esbuild'];

/** The tokens that a forge takes. */
export const TOKENS = { api: 'token-of-the-api', git: 'token-of-git' };

/** A project that `strata init` wrote, on a forge: a bare repository of its own, a GitOps repository, and the API. */
export class PlatformOnForge {
  private readonly place = newFolder();
  /** The bare repository of the project. */
  readonly origin = join(this.place, 'origin.git');
  /** The bare repository of what is rendered. */
  readonly gitops = join(this.place, 'served/shop-rendered.git');
  readonly server = new ForgeServer(join(this.place, 'served'), TOKENS);
  private readonly clone = join(this.place, 'clone');
  private readonly seen = join(this.place, 'seen');
  private readonly programs = join(this.place, 'programs');
  private readonly modules = join(this.place, 'modules');
  url = '';

  constructor(installed: Installed) {
    mkdirSync(join(this.place, 'served'));
    for (const bare of [this.origin, this.gitops]) git('.', 'init', '--quiet', '--bare', '--initial-branch=main', bare);
    git(this.gitops, 'config', 'http.receivepack', 'true');
    git('.', 'init', '--quiet', '--initial-branch=main', this.clone);
    const { status, stderr } = installed.strata([
      'init',
      this.clone,
      '--name',
      'shop',
      '--strata',
      'file:../strata.tgz',
    ]);
    if (status !== 0) throw new Error(stderr);
    writeFileSync(this.seen, '');
    for (const folder of [this.programs, this.modules]) mkdirSync(folder);
    for (const [name, body] of Object.entries(SHIMS)) {
      writeFileSync(join(this.programs, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(this.programs, name), 0o755);
    }
    for (const name of PACKAGES)
      cpSync(join(root, 'node_modules', name), join(this.modules, name), { recursive: true });
    cpSync(join(installed.folder, 'node_modules/strata'), join(this.modules, 'strata'), { recursive: true });
    mkdirSync(join(this.modules, '.bin'));
    symlinkSync('../strata/bin/strata.mjs', join(this.modules, '.bin/strata'));
    git(this.clone, 'remote', 'add', 'origin', this.origin);
    this.commit('the platform');
    git(this.clone, 'push', '--quiet', 'origin', 'main');
  }

  async start(): Promise<void> {
    this.url = await this.server.start();
  }

  /** Where CI publishes to. */
  get gitopsUrl(): string {
    return `${this.url}/git/shop-rendered.git`;
  }

  /** What every program of a runner sees. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: [this.programs, process.env['PATH']].join(delimiter),
      MODULES: this.modules,
      SEEN_BY_NPM: this.seen,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      CI: 'true',
    };
  }

  /** The environments that `npm` was called with. */
  get seenByNpm(): string {
    return readFileSync(this.seen, 'utf8');
  }

  path(path: string): string {
    return join(this.clone, path);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.clone, path)), { recursive: true });
    writeFileSync(join(this.clone, path), text);
  }

  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    this.write(path, text.replace(from, to));
  }

  /** Begins a branch at main, or goes on with it. */
  checkout(branch: string): void {
    git(this.clone, 'checkout', '--quiet', '-B', branch, 'main');
  }

  /** Commits everything; returns the commit. */
  commit(message: string): string {
    git(this.clone, 'add', '--all');
    git(this.clone, 'commit', '--quiet', '--message', message);
    return git(this.clone, 'rev-parse', 'HEAD');
  }

  /** Pushes the branch, and what GitHub would merge of it; returns the commit of the branch, the merged one, and where the branch began. */
  propose(): { readonly head: string; readonly merged: string; readonly base: string } {
    const [head, base] = [git(this.clone, 'rev-parse', 'HEAD'), git(this.clone, 'merge-base', 'HEAD', 'origin/main')];
    git(this.clone, 'checkout', '--quiet', '--detach', 'origin/main');
    git(this.clone, 'merge', '--quiet', '--no-ff', '--message', 'merged', head);
    const merged = git(this.clone, 'rev-parse', 'HEAD');
    git(this.clone, 'push', '--quiet', '--force', 'origin', `${head}:refs/heads/change`, `${merged}:refs/pull/7/merge`);
    git(this.clone, 'checkout', '--quiet', '-');
    return { head, merged, base };
  }

  /** Brings a branch into main; returns the commit of main. */
  merge(branch: string): string {
    git(this.clone, 'checkout', '--quiet', 'main');
    git(this.clone, 'merge', '--quiet', '--ff-only', branch);
    git(this.clone, 'push', '--quiet', 'origin', 'main');
    return git(this.clone, 'rev-parse', 'HEAD');
  }

  /** Commits of the GitOps repository, newest first. */
  published(format = '%H'): string[] {
    return git(this.gitops, 'log', '--all', `--format=${format}`).split('\n').filter(Boolean);
  }
}
