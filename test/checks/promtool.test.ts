import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testRules } from '../../checks/promtool';

const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
const given = process.env['PROMTOOL'];
afterEach(() => {
  if (given === undefined) delete process.env['PROMTOOL'];
  else process.env['PROMTOOL'] = given;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A promtool that runs this code of Node, in which `read` gives the text of a file beside it and `words` what it was called with. */
function promtool(code: string): void {
  const program = join(folder, 'promtool');
  writeFileSync(
    program,
    `#!/usr/bin/env node\nconst words = process.argv.slice(2);\nconst read = (name) => require('node:fs').readFileSync(name, 'utf8');\n${code}\n`,
  );
  chmodSync(program, 0o755);
  process.env['PROMTOOL'] = program;
}

test('the program is given the tests, and the rules as the files that these name', () => {
  promtool(
    "console.log([words.join(' '), read('rules-0.yaml'), read('rules-1.yaml'), read('tests.yaml')].join(' | ')); process.exit(1);",
  );
  expect(testRules({ rule_files: ['other.yaml'], tests: [] }, [{ groups: ['a'] }, { groups: ['b'] }])).toEqual({
    problem: 'test rules tests.yaml | groups: - a | groups: - b | rule_files: - rules-0.yaml - rules-1.yaml tests: []',
  });
});
test('what it says of the tests is told on one line, without what it says of itself', () => {
  promtool(
    "console.log('Unit Testing: tests.yaml\\n  FAILED:\\n    alertname: Down,\\n\\n   got:[]\\nSUCCESS'); console.error('exp: 1'); process.exit(1);",
  );
  expect(testRules({ tests: [] }, [])).toEqual({ problem: 'exp: 1 alertname: Down, got:[]' });
  for (const [length, told] of [
    [400, 'a'.repeat(400)],
    [401, `${'a'.repeat(400)}…`],
  ] as const) {
    promtool(`console.log('a'.repeat(${length})); process.exit(1);`);
    expect(testRules({ tests: [] }, [])).toEqual({ problem: told });
  }
});
test('what it ends with is whether they pass', () => {
  promtool('process.exit(0);');
  expect(testRules({ tests: [] }, [])).toEqual({ problem: undefined });
  promtool("console.log('it fails'); process.exit(1);");
  expect(testRules({ tests: [] }, [])).toMatchObject({ problem: expect.stringContaining('it fails') as unknown });
});
test('one that does not finish has not failed', () => {
  promtool('setTimeout(() => {}, 60_000);');
  expect(testRules({ tests: [] }, [], 300)).toBe('too slow');
});
test('nothing of it is left behind', () => {
  promtool("console.log('in ' + process.cwd()); process.exit(1);");
  const { problem } = testRules({ tests: [] }, []) as { readonly problem: string };
  const place = /in (\S*strata-rules-\w+)/.exec(problem)?.[1];
  expect(place).toBeDefined();
  expect(existsSync(place!)).toBe(false);
});
test('a program that is not there is not installed', () => {
  process.env['PROMTOOL'] = join(folder, 'gone');
  expect(testRules({ tests: [] }, [])).toBe('not installed');
});
