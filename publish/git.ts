import { spawnSync } from 'node:child_process';
import { StrataError } from '../model/errors';
import { gitReason } from './git-errors';

/** What a call of git may be given. */
export interface GitCall {
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * In a session of its own, so that whoever kills this program does not kill git between taking a lock of its own and giving it back.
   * Only for what is over in a moment and asks nobody for a password.
   */
  readonly apart?: boolean;
}

/** How a call ended. */
export interface GitOutcome {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Set by git for the hooks that it starts, and about another repository than the one that is meant. */
const OF_ANOTHER_REPOSITORY = [
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_PREFIX'],
  ...['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_SHALLOW_FILE', 'GIT_NAMESPACE'],
];

/** Names as they are, no maintenance behind our back, and no address made up of the name of the machine. */
const SETTINGS = ['core.quotePath=false', 'gc.auto=0', 'maintenance.auto=false', 'user.useConfigOnly=true'].flatMap(
  (setting) => ['-c', setting],
);

export type ObjectFormat = 'sha1' | 'sha256';
/** The id of nothing. */
export const zeroId = (format: ObjectFormat) => '0'.repeat(format === 'sha1' ? 40 : 64);

/** The git that is installed, called in one repository, never through a shell. */
export class Git {
  private readonly env: NodeJS.ProcessEnv;

  constructor(
    /** What messages call the repository. */
    readonly place: string,
    private readonly folder: string,
    env: NodeJS.ProcessEnv,
    /** Settings that stand above those of the user, such as `core.autocrlf=false`. */
    private readonly settings: readonly string[] = [],
  ) {
    // Messages are read: in English. Who is given as the author alone has committed it as well.
    const { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL } = env;
    this.env = {
      ...(GIT_AUTHOR_NAME === undefined ? {} : { GIT_COMMITTER_NAME: GIT_AUTHOR_NAME }),
      ...(GIT_AUTHOR_EMAIL === undefined ? {} : { GIT_COMMITTER_EMAIL: GIT_AUTHOR_EMAIL }),
      ...env,
      LC_ALL: 'C',
    };
    for (const name of OF_ANOTHER_REPOSITORY) delete this.env[name];
  }

  /** Another repository. `defaults`: of the environment, where nothing else is said. */
  at(place: string, folder: string, defaults: NodeJS.ProcessEnv = {}): Git {
    return new Git(place, folder, { ...defaults, ...this.env }, this.settings);
  }

  /** Runs git, however it ends. */
  try(args: readonly string[], { input, env, apart = false }: GitCall = {}): GitOutcome {
    const settings = [...SETTINGS, ...this.settings.flatMap((setting) => ['-c', setting])];
    const { error, status, signal, stdout, stderr } = spawnSync('git', [...settings, '-C', this.folder, ...args], {
      input: input ?? '',
      env: { ...this.env, ...env },
      maxBuffer: 2 ** 30,
      // Not in the types of spawnSync, and documented for spawn: both hand it to the same code.
      ...{ detached: apart },
    });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      throw new StrataError(this.place, 'is asked of git, and git is not installed', [
        'install git, where PATH finds it',
      ]);
    // It ended before it had read everything: what it says tells why.
    if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    return {
      status: status ?? 1,
      stdout: stdout ?? Buffer.alloc(0),
      stderr: `${stderr ?? ''}${signal === null ? '' : `killed by ${signal}`}`,
    };
  }

  /** Runs git; what it refuses is told in words. */
  bytes(args: readonly string[], call?: GitCall): Buffer {
    const outcome = this.try(args, call);
    if (outcome.status !== 0) throw this.refusal(args, outcome);
    return outcome.stdout;
  }

  /** What it prints, without the end of the line. */
  text(args: readonly string[], call?: GitCall): string {
    return this.bytes(args, call).toString('utf8').trimEnd();
  }

  /** What it prints, undefined where it finds nothing. */
  find(args: readonly string[]): string | undefined {
    const { status, stdout } = this.try(args);
    return status === 0 ? stdout.toString('utf8').trimEnd() : undefined;
  }

  get format(): ObjectFormat {
    this.knownFormat ??= this.text(['rev-parse', '--show-object-format']) === 'sha256' ? 'sha256' : 'sha1';
    return this.knownFormat;
  }
  private knownFormat: ObjectFormat | undefined;

  get emptyTree(): string {
    return this.text(['hash-object', '-t', 'tree', '--stdin']);
  }

  refusal(args: readonly string[], outcome: Pick<GitOutcome, 'stderr'>): StrataError {
    return gitReason(this.place, args.find((arg) => !arg.startsWith('-')) ?? '', outcome.stderr);
  }
}
