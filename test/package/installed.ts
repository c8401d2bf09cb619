import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { Project } from '../cli/project';
import { newFolder } from '../render/support';

interface Call {
  readonly input?: string;
  /** Where programs are found. @default - Node, and nothing else */
  readonly path?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The package that `npm pack` makes, installed without network into a folder that has nothing of this repository. */
export class Installed {
  readonly project = new Project();
  readonly folder = newFolder();
  /** The programs of the installed packages. */
  readonly bin = join(this.folder, 'node_modules/.bin');
  /** A folder of programs with Node alone. */
  readonly node = newFolder();
  private readonly home = newFolder();

  constructor() {
    symlinkSync(process.execPath, join(this.node, 'node'));
    const tarball = this.npm('pack', '--silent', '--pack-destination', this.folder).trim();
    const options = ['--offline', '--no-audit', '--no-fund', '--no-save', '--no-package-lock'];
    this.npm('install', ...options, '--prefix', this.folder, join(this.folder, tarball));
  }

  private npm(...args: readonly string[]): string {
    const { status, stdout, stderr } = this.project.run(args, { program: 'npm' });
    if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  run(program: string, args: readonly string[], { input = '', path = [this.node], env = {} }: Call = {}) {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: this.folder,
      encoding: 'utf8',
      input,
      env: { HOME: this.home, PATH: path.join(delimiter), ...env },
    });
    return { status, stdout, stderr };
  }

  strata(args: readonly string[], call: Call = {}) {
    return this.run(join(this.bin, 'strata'), args, call);
  }
}
