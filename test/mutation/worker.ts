import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Covered, Question, Tried } from './protocol';

/** So many questions are answered before jest is started afresh: each test file leaves a little memory behind. */
const LIFE = 150;

/** A jest that stays warm and answers questions. One that does not answer in time is ended, and the next question starts another. */
export class Worker {
  private child: ChildProcess | undefined;
  private asked = 0;
  /** Absolute paths of the test files that the sources have to do with. */
  testFiles: readonly string[] = [];

  constructor(
    private readonly root: string,
    /** Sources, from the root. */
    private readonly files: readonly string[],
    private readonly config = join(root, 'test/mutation/jest.config.js'),
    private readonly jest = join(root, 'node_modules/jest/bin/jest.js'),
  ) {}

  async start(): Promise<void> {
    const args = ['--config', this.config, '--runInBand', '--findRelatedTests', ...this.files];
    this.child = fork(this.jest, args, { cwd: this.root, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.asked = 0;
    const hello = await answerOf<{ readonly testFiles: readonly string[] }>(this.child, 120_000);
    if (!hello) throw new Error('jest found no test that has to do with these files, or did not start');
    this.testFiles = hello.testFiles;
  }

  /** The answer; undefined when none came in time. */
  async ask(question: Question & { type: 'cover' }, milliseconds: number): Promise<Covered | undefined>;
  async ask(question: Question & { type: 'try' | 'together' }, milliseconds: number): Promise<Tried | undefined>;
  async ask(question: Question, milliseconds: number): Promise<unknown> {
    if (!this.child || this.asked >= LIFE) {
      this.stop();
      await this.start();
    }
    this.asked++;
    const answer = answerOf(this.child!, milliseconds);
    this.child!.send(question);
    const got = await answer;
    if (got === undefined) this.stop();
    return got;
  }

  stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** What a child says next; undefined when it says nothing in time, or ends. */
function answerOf<T>(child: ChildProcess, milliseconds: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const finish = (answer: T | undefined) => {
      clearTimeout(timer);
      child.off('message', finish as (message: unknown) => void);
      child.off('exit', ended);
      resolve(answer);
    };
    const ended = () => finish(undefined);
    const timer = setTimeout(ended, milliseconds);
    child.on('message', finish as (message: unknown) => void);
    child.on('exit', ended);
  });
}
