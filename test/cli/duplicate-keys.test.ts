import { writeFileSync } from 'node:fs';
import { Project } from './project';

const project = new Project();
const before = (file: string) => project.read(file);

/** What `strata render` says while a file is another one. */
function rendered(file: string, change: (text: string) => string) {
  const original = before(file);
  writeFileSync(project.path(file), change(original));
  try {
    return { ...project.strata('render'), lines: project.read(file).split('\n') };
  } finally {
    writeFileSync(project.path(file), original);
  }
}

describe('of two blocks of the same name JavaScript keeps the last, so that is an error with both places', () => {
  const more = "web: { cpuHint: because(1, 'a second block') },";
  test.each([
    [
      'a component in an environment',
      'environments/dev.ts',
      (text: string) => text.replace('autoscaling: {', `${more}\n    autoscaling: {`),
    ],
    [
      'the same in quotes',
      'environments/dev.ts',
      (text: string) => text.replace('autoscaling: {', `${more.replace('web', "'web'")}\n    autoscaling: {`),
    ],
    [
      'one setting of a component',
      'environments/dev.ts',
      (text: string) => text.replace('web: { replicas', "web: { replicas: because(3, 'first'), replicas"),
    ],
    [
      'a setting in a cluster',
      'clusters/kind.ts',
      (text: string) => `${text}\nexport const twice = { redis: { a: 1 }, web: {}, redis: { b: 1 } };\n`,
    ],
    [
      'a setting of a target',
      'environments/matrix.ts',
      (text: string) => `${text}\nexport const settings = { web: { replicas: 1 }, web: { replicas: 2 } };\n`,
    ],
  ])('%s', (_, file, change) => {
    const { status, stderr, lines } = rendered(file, change);
    expect(status).toBe(2);
    const [, line = '', key, first = ''] = new RegExp(
      `error: ${file}:(\\d+):\\d+: Duplicate key "(\\w+)" in object literal: the first one, at ${file}:(\\d+):\\d+, would be dropped\\n  fix: make one of the two`,
    ).exec(stderr) ?? [stderr];
    expect([lines[Number(line) - 1], lines[Number(first) - 1]]).toEqual([
      expect.stringContaining(String(key)),
      expect.stringContaining(String(key)),
    ]);
  });
});

test('without one, it renders', () => {
  expect(rendered('environments/dev.ts', (text) => `${text}\n`).status).toBe(0);
});
