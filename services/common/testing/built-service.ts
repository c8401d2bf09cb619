import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from './waiting';

const SERVICES = join(__dirname, '..', '..');

/** The bundle as a process of its own, exactly as the image runs it. */
export class BuiltService {
  readonly #process: ChildProcess;
  readonly exit: Promise<number | null>;
  stdout = '';
  stderr = '';

  private constructor(
    name: string,
    variables: Readonly<Record<string, string>>,
    readonly port: number,
  ) {
    this.#process = spawn(process.execPath, [join(SERVICES, name, 'dist', 'main.js')], { env: variables });
    this.#process.stdout?.on('data', (chunk) => (this.stdout += chunk));
    this.#process.stderr?.on('data', (chunk) => (this.stderr += chunk));
    this.exit = once(this.#process, 'close').then(([code]) => code as number | null);
  }

  static build(name: string): void {
    const { status, stderr } = spawnSync('npm', ['run', '--silent', 'build'], {
      cwd: join(SERVICES, name),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  }

  static async start(name: string, variables: Readonly<Record<string, string>>): Promise<BuiltService> {
    const port = await freePort();
    return new BuiltService(name, { PORT: String(port), ...variables }, port);
  }

  get events(): string[] {
    return this.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { event: string }).event);
  }

  get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exit;
  }
}
