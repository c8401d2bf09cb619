import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const root = join(__dirname, '../..');
/** Neither sources nor needed: what is installed, made by commands, or of another clone. */
const LEFT_OUT = ['.git', '.strata', 'dist', 'node_modules'];

/** `npx` and `npm` without their own start, which takes longer than most commands; what they install is there already. */
const SHIMS = {
  npx: '[ "$1" = strata ] && { shift; exec node bin/strata.mjs "$@"; }\nexec "$@"',
  npm: 'case "$*" in ci | cit | test | "run check") exit 0 ;; esac\nexec "$REAL_NPM" "$@"',
};

/** What a command printed, on both streams in the order of its lines, and how it ended. */
export interface Outcome {
  readonly output: string;
  readonly status: number | null;
}

let warm = false;
/** The folder of the bundles of this repository, which are made here if they are not there. */
function bundles(): string {
  if (!warm) spawnSync(process.execPath, ['bin/strata.mjs', 'checks', 'schema-valid'], { cwd: root });
  warm = true;
  return join(root, '.strata');
}

/** A copy of the repository to try something in: everything but the packages, which are shared. */
export class Project {
  readonly place = mkdtempSync(join(tmpdir(), 'strata-project-'));
  readonly folder = join(this.place, 'strata');
  private readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = {}) {
    mkdirSync(this.folder);
    for (const entry of readdirSync(root).filter((name) => !LEFT_OUT.includes(name) && !/^dist\./.test(name)))
      cpSync(join(root, entry), join(this.folder, entry), {
        recursive: true,
        filter: (path) => !/\/services\/\w+\/dist$/.test(path),
      });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    // Bundles of the program: one is used only if its sources are the same, so they save time and change nothing.
    // Folders in it are other tests' work, which may be gone while they are copied.
    mkdirSync(join(this.folder, '.strata'));
    for (const entry of existsSync(bundles()) ? readdirSync(bundles(), { withFileTypes: true }) : [])
      if (entry.isFile() && /\.(cjs|json|map)$/.test(entry.name))
        cpSync(join(bundles(), entry.name), join(this.folder, '.strata', entry.name));

    const programs = join(this.place, 'programs');
    mkdirSync(programs);
    for (const [name, body] of Object.entries(SHIMS)) {
      writeFileSync(join(programs, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(programs, name), 0o755);
    }
    const realNpm = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();
    const path = [programs, join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
    const { UPDATE_DOCS: _docs, UPDATE_GOLDEN: _golden, ...inherited } = process.env;
    this.env = { ...inherited, PATH: path, REAL_NPM: realNpm, NO_COLOR: '1', FORCE_COLOR: '0', ...env };
  }

  /** What was written since the copy was made. */
  readonly written = new Set<string>();

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
    this.written.add(path);
  }

  /** Runs lines of a shell, in the folder of the copy. */
  run(commands: string): Outcome {
    const { stdout, status } = spawnSync('bash', ['-c', `set -euo pipefail\nexec 2>&1\n${commands}`], {
      cwd: this.folder,
      env: this.env,
      encoding: 'utf8',
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    // Where the copy is changes from run to run.
    return { output: stdout.replaceAll(this.folder, '/home/me/strata'), status };
  }

  remove(): void {
    rmSync(this.place, { recursive: true, force: true });
  }
}
