import { spawnSync } from 'node:child_process';
import { StrataError } from '../../model/errors';
import { LARGEST } from './files';

/** A program with its first arguments. */
export type Invocation = readonly [program: string, ...args: string[]];

/** What of its own environment a program is given: settings of the person who renders must not change what is rendered. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'PATHEXT'];
const ENVIRONMENT = { KUBECONFIG: '/dev/null', KUBECTL_KUBERC: 'false' };
/** Milliseconds. */
const LONGEST = 120_000;

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What a program prints: of the first of these that is installed. `root` is taken out of its messages, so that they are the same
 * everywhere.
 */
export function outputOf(
  place: string,
  root: string,
  invocations: readonly Invocation[],
  args: readonly string[],
  input = '',
): Printed {
  for (const [program, ...first] of invocations) {
    const { error, status, signal, stdout, stderr } = spawnSync(program, [...first, ...args], {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
        ...ENVIRONMENT,
      },
      maxBuffer: LARGEST,
      timeout: LONGEST,
      input,
    });
    const { code } = (error ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT') continue;
    const words = [program, ...first].join(' ');
    if (code === 'ENOBUFS')
      throw new StrataError(place, `${words} prints more than ${LARGEST / 2 ** 20} MiB`, [
        'split it into inputs of their own',
      ]);
    if (code === 'ETIMEDOUT' || signal)
      throw new StrataError(place, `${words} did not end within ${LONGEST / 1000} seconds`, [
        `run it by itself to see what it waits for: ${words} ${args[0] ?? ''}`.trimEnd(),
      ]);
    if (error) throw new StrataError(place, `${words} cannot be run: ${error.message}`, [`make ${program} executable`]);
    if (status !== 0) throw failed(place, words, reasonIn(stderr, root));
    return { stdout, stderr };
  }
  const programs = invocations.map(([program]) => program);
  throw new StrataError(
    place,
    programs.length > 1
      ? `is rendered by ${programs.join(' or ')}, and neither is installed`
      : `is rendered by ${programs[0]}, and that is not installed`,
    [`install ${programs.join(' or ')}, where PATH finds it`],
  );
}

function failed(place: string, words: string, reason: string): StrataError {
  return new StrataError(place, `${words} fails: ${reason}`, ['correct what the message names']);
}

/** What went wrong, in one line, without the paths of this machine. */
function reasonIn(stderr: string, root: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    // Both print hints and warnings around what went wrong.
    .filter((line) => line !== '' && !/^(?:#|W\d{4} |warning:|level=warn|Use --debug flag)/i.test(line));
  const reason = lines
    .join(' ')
    .replace(/^E\d{4} .*?err=<? ?/, '')
    .replace(/ >$/, '')
    .replace(/^error: /i, '');
  return reason.replaceAll(`${root}/`, '').slice(0, 800) || 'it does not say why';
}
