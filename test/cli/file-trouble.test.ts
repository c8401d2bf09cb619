import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strata } from '../../tool';
import { newFolder } from '../render/support';

const POD = `apiVersion: v1
kind: Pod
metadata: { name: p, namespace: shop, labels: { v: 1.30 } }
spec: { containers: [{ name: a, image: "a:1" }] }
`;
const folder = newFolder();
const at = (...parts: string[]) => join(folder, ...parts);
writeFileSync(at('pod.yaml'), POD);
mkdirSync(at('config.yaml'));

async function run(...args: string[]) {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await strata.run(args, {
    env: {},
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, text: printed.join('\n'), errors: errors.join('\n') };
}

describe('files and folders in the place of each other are one error, with the path and the fix', () => {
  test.each([
    ['--config of a folder', ['verify', at('pod.yaml'), '--config', at('config.yaml')], /config\.yaml: is a folder/],
    [
      '--suppress of a folder',
      ['verify', at('pod.yaml'), '--suppress', at('config.yaml')],
      /^error: --suppress .*config\.yaml: is a folder/,
    ],
    ['init onto a file', ['init', at('pod.yaml'), '--strata', 'x'], /pod\.yaml: is a file, and a project is a folder/],
    ['init below a file', ['init', at('pod.yaml/deep/down'), '--strata', 'x'], /pod\.yaml: is a file, and/],
    ['adopt onto a file', ['adopt', at('pod.yaml'), at('pod.yaml'), '--strata', 'x'], /pod\.yaml: is a file, and/],
  ])('%s', async (_, args, message) => {
    const { code, errors, text } = await run(...args);
    expect(errors).toMatch(message);
    expect(errors).toMatch(/\n {2}fix: \S/);
    expect(errors).not.toMatch(/EISDIR|ENOTDIR|EEXIST/);
    expect({ code, text }).toEqual({ code: 2, text: '' });
  });
  test('a .strata.yaml that is a folder', async () => {
    const cwd = process.cwd();
    mkdirSync(at('home/.strata.yaml'), { recursive: true });
    process.chdir(at('home'));
    try {
      expect((await run('verify', '.')).errors).toMatch(/^error: \.strata\.yaml: is a folder, and a file is needed\n/);
      expect((await run('checks', '--init')).errors).toMatch(/^error: \.strata\.yaml: is there already\n/);
    } finally {
      process.chdir(cwd);
    }
  });
});

test('--fix writes to none of the files where one is read-only', async () => {
  mkdirSync(at('both'));
  writeFileSync(at('both/a.yaml'), POD);
  writeFileSync(at('both/b.yaml'), POD.replace('name: p', 'name: q'));
  chmodSync(at('both/b.yaml'), 0o444);
  const { code, errors } = await run('verify', at('both'), '--fix');
  expect(errors).toMatch(/both\/b\.yaml: is read-only\n {2}fix: make it writable[^]*--dry-run/);
  expect(code).toBe(2);
  expect(readFileSync(at('both/a.yaml'), 'utf8')).toBe(POD);
});
