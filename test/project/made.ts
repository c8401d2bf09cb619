import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { newFolder } from '../render/support';

const root = join(__dirname, '../..');

/** What is said, on both streams, and how it ended. */
export interface Said {
  readonly status: number | null;
  readonly out: string;
}

/** A folder outside this repository, with the package that `npm pack` makes, on a machine that has Node, npm and a shell. */
export class Place {
  readonly folder = newFolder();
  readonly tarball: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor() {
    const registry = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).stdout.trim();
    this.env = {
      HOME: newFolder(),
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      npm_config_registry: registry,
      npm_config_update_notifier: 'false',
    };
    const packed = this.run(`npm pack --silent --pack-destination '${this.folder}'`, root);
    this.tarball = packed.out.trim().split('\n').at(-1)!;
  }

  /** Runs a line of a shell in the folder, or one of its folders. */
  run(line: string, cwd = '.'): Said {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], {
      cwd: join(cwd === root ? root : join(this.folder, cwd)),
      env: this.env,
      encoding: 'utf8',
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    return { status, out: `${stdout}${stderr}` };
  }

  /** The same, where it must go well. */
  out(line: string, cwd?: string): string {
    const { status, out } = this.run(line, cwd);
    if (status !== 0) throw new Error(`${line}: ${status}\n${out}`);
    return out;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }
}
