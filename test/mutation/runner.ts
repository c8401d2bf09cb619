import { join } from 'node:path';
import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import TestRunner, { type TestRunnerContext } from 'jest-runner';
import type { TestWatcher } from 'jest-watcher';
import { type Covered, type Question, type Stage, stage, type Tried } from './protocol';

const TOGETHER = join(__dirname, 'together.ts');

/** Runs no tests by itself: it answers the process that started jest, one question at a time, until that one hangs up. */
export default class {
  readonly isSerial = true;
  readonly supportsEventEmitters = false;

  constructor(
    private readonly config: Config.GlobalConfig,
    private readonly context: TestRunnerContext,
  ) {}

  async runTests(tests: readonly Test[], watcher: TestWatcher): Promise<void> {
    const byPath = new Map(tests.map((test) => [test.path, test]));
    process.send!({ testFiles: [...byPath.keys()].sort() });
    let probed: Readonly<Record<string, string>> = {};
    for await (const question of questions()) {
      if (question.type === 'cover') {
        probed = question.sources ?? probed;
        process.send!(await this.cover(byPath.get(question.testFile)!, probed, watcher));
      } else {
        const together = { ...tests[0]!, path: TOGETHER };
        process.send!(await this.try(question, together, watcher));
      }
    }
  }

  private async cover(test: Test, sources: Stage['sources'], watcher: TestWatcher): Promise<Covered> {
    const covered = { loaded: new Set<string>(), around: new Set<number>(), within: [] as number[][] };
    Object.assign(stage(), { sources, testFiles: new Map(), covered, failed: undefined });
    const started = performance.now();
    const failure = await this.run(test, watcher);
    return {
      failure: failure ?? '',
      milliseconds: performance.now() - started,
      tests: covered.within.length,
      loaded: [...covered.loaded],
      around: [...covered.around],
      within: covered.within,
    };
  }

  private async try(question: Question, test: Test, watcher: TestWatcher): Promise<Tried> {
    const sources = question.type === 'try' ? { [question.file]: question.text } : {};
    for (const testFiles of stagesOf(question)) {
      Object.assign(stage(), { sources, testFiles, covered: undefined, failed: undefined });
      const failure = await this.run(test, watcher);
      if (failure !== undefined) return { killer: stage().failed ?? { testFile: '', test: failure } };
    }
    return {};
  }

  /** The first test that failed, or why the file did not load. */
  private async run(test: Test, watcher: TestWatcher): Promise<string | undefined> {
    const runner = new TestRunner(this.config, this.context);
    let failure: string | undefined;
    runner.on('test-file-success', ([, result]: [Test, TestResult]) => {
      if (result.testExecError) failure = result.testExecError.message;
      else if (result.numFailingTests > 0) failure = stage().failed?.test ?? result.failureMessage ?? 'a test failed';
    });
    runner.on('test-file-failure', ([, error]) => void (failure = error.message ?? 'the file did not load'));
    await runner.runTests([test], watcher, { serial: true });
    return failure;
  }
}

function stagesOf(question: Question): Stage['testFiles'][] {
  if (question.type === 'try')
    return question.stages.map((steps) => new Map(steps.map(({ testFile, tests }) => [testFile, new Set(tests)])));
  return question.type === 'together' ? [new Map(question.testFiles.map((file) => [file, undefined]))] : [];
}

async function* questions(): AsyncGenerator<Question> {
  const waiting: Question[] = [];
  let wake = () => {};
  let over = false;
  process.on('message', (question: Question) => {
    waiting.push(question);
    wake();
  });
  process.on('disconnect', () => {
    over = true;
    wake();
  });
  while (!over) {
    const question = waiting.shift();
    if (question) yield question;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}
