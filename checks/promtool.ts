import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';

/** What `promtool test rules` says of rule tests: nothing where they pass, its complaint, that there is no promtool, or that it takes too long. */
export type Tested = { readonly problem: string | undefined } | 'not installed' | 'too slow';

/** It evaluates every rule of a file at every minute of every test. Milliseconds. */
const TIMEOUT = 300_000;

/**
 * Runs rule tests over groups of rules. The program is the one on the PATH, or the one that PROMTOOL names. Tests are run in a
 * folder of their own, so that `rule_files` can be anything that the caller has found.
 */
export function testRules(tests: object, ruleFiles: readonly unknown[], timeout = TIMEOUT): Tested {
  const folder = mkdtempSync(join(tmpdir(), 'strata-rules-'));
  try {
    const names = ruleFiles.map((_, i) => `rules-${i}.yaml`);
    ruleFiles.forEach((content, i) => writeFileSync(join(folder, names[i]!), dump(content)));
    writeFileSync(join(folder, 'tests.yaml'), dump({ ...tests, rule_files: names }));
    const { error, status, stdout, stderr } = spawnSync(
      process.env['PROMTOOL'] ?? 'promtool',
      ['test', 'rules', 'tests.yaml'],
      { cwd: folder, encoding: 'utf8', timeout },
    );
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'not installed';
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return 'too slow';
    if (status === 0) return { problem: undefined };
    return { problem: error?.message ?? essence(`${stderr}\n${stdout}`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is said of the tests themselves, on one line. */
function essence(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Unit Testing:|FAILED:|SUCCESS)/.test(line));
  const said = lines.join(' ').replaceAll(/\s+/g, ' ');
  return said.length > 400 ? `${said.slice(0, 400)}…` : said;
}
