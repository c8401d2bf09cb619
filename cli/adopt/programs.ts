import { spawnSync } from 'node:child_process';

/** What a program printed, or why it did not: in short, and all that it said. */
export type ProgramOutput =
  | { readonly output: string }
  | { readonly failed: string; readonly said?: string }
  | 'not installed';

/** Runs a program. What it complains of is told in one line, without the files that it quotes. */
export function printed(program: string, args: readonly string[], env = process.env, input?: string): ProgramOutput {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    maxBuffer: 2 ** 30,
    timeout: 300_000,
    ...(input === undefined ? {} : { input }),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    env,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'not installed';
  // A program that fails before it has read its input says itself why.
  const isUnread = (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' && status !== null && status !== 0;
  if (error && !isUnread) return { failed: error.message };
  return status === 0 ? { output: stdout } : { failed: complaint(stderr) || `it ended with ${status}`, said: stderr };
}

const LONGEST = 600;

function complaint(text: string): string {
  const [line = ''] = [
    text
      .replace(/ with config: `[^`]*`/g, '')
      .split('\n')
      .filter((each) => !/^#|^\s*$|^Use --debug/.test(each))
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ];
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
