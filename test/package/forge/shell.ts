import { spawn } from 'node:child_process';

export interface Ran {
  readonly status: number | null;
  readonly out: string;
}

/** Runs a script as runners do: one shell, which ends at the first failure. The event loop goes on, so that a server here can answer it. */
export async function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, out };
}
