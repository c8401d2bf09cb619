import { readFileSync } from 'node:fs';
import { compileFunction, type Script } from 'node:vm';
import type { Circus } from '@jest/types';
import { transformSync } from '@swc/core';
import { TestEnvironment } from 'jest-environment-node';
import { stage } from './protocol';

const PARAMETERS = ['module', 'exports', 'require', '__dirname', '__filename', 'jest'];
const PROBES = 100_000;

/** V8's compiled code of each text that has been run, so that the next test file starts sooner. */
const compiled = new Map<string, { readonly code: string; readonly data: Buffer | undefined }>();

/** Loads files of the project with the change or the probes of the stage, and runs the tests that it asks for until one fails. */
export default class extends TestEnvironment {
  private readonly ran = new Uint8Array(PROBES);
  /** By test file: how many of its tests have begun. */
  private readonly begun = new Map<string, number>();

  override async setup(): Promise<void> {
    await super.setup();
    const context = this.getVmContext()!;
    const global = this.global as unknown as Record<string, unknown>;
    global['__ran'] = this.ran;
    global['__testFiles'] = [...stage().testFiles.keys()];
    global['__load'] = (file: string, module: { exports: unknown }, ...rest: unknown[]) => {
      const [exports, require, dirname, jest] = rest;
      stage().covered?.loaded.add(file);
      const text = stage().sources[file] ?? readFileSync(file, 'utf8');
      const known = compiled.get(text);
      const code = known?.code ?? toJavaScript(text, file);
      const run = compileFunction(code, PARAMETERS, {
        filename: file,
        parsingContext: context,
        ...(known?.data ? { cachedData: known.data } : { produceCachedData: stage().sources[file] === undefined }),
      });
      if (!known && stage().sources[file] === undefined)
        compiled.set(text, { code, data: (run as unknown as Script).cachedData });
      run.call(module.exports, module, exports, require, dirname, file, jest);
    };
  }

  handleTestEvent(event: Circus.Event): void {
    const { covered, testFiles } = stage();
    if (event.name === 'test_start') {
      const testFile = this.fileOf(event.test.parent);
      const index = this.begun.get(testFile) ?? 0;
      this.begun.set(testFile, index + 1);
      for (const id of this.taken()) covered?.around.add(id);
      const isAsked = testFiles.get(testFile)?.has(index) ?? true;
      if (stage().failed !== undefined || !isAsked) event.test.mode = 'skip';
    } else if (event.name === 'test_done') {
      const testFile = this.fileOf(event.test.parent);
      if (event.test.errors.length > 0) stage().failed ??= { testFile, test: event.test.name };
      covered?.within.push(this.taken());
    } else if (event.name === 'test_skip' || event.name === 'test_todo') covered?.within.push([]);
    else if (event.name === 'run_finish') for (const id of this.taken()) covered?.around.add(id);
  }

  /** The test file that a test stands in: of several that run together each is in a block of its name. */
  private fileOf(block: Circus.DescribeBlock): string {
    if (!block.parent) return '';
    return block.parent.parent ? this.fileOf(block.parent) : block.name;
  }

  /** The probes that ran since it was asked last. */
  private taken(): number[] {
    if (!stage().covered) return [];
    const ids: number[] = [];
    for (let id = this.ran.indexOf(1); id >= 0; id = this.ran.indexOf(1, id + 1)) ids.push(id);
    this.ran.fill(0);
    return ids;
  }
}

function toJavaScript(text: string, file: string): string {
  return transformSync(text, {
    filename: file,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }).code;
}
