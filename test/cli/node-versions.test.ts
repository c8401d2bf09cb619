import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '../render/support';
import versions from './node-versions.json';
import { Project } from './project';

jest.setTimeout(120_000);

/** The programs of the versions that are installed, by version. */
const programs = new Map(
  versions.flatMap((version) => {
    const packages = join(__dirname, '../../.strata/nodes', version, 'node_modules');
    const [name] = existsSync(packages) ? readdirSync(packages).filter((entry) => entry.startsWith('node-')) : [];
    return name === undefined ? [] : [[version, join(packages, name, 'bin/node')] as const];
  }),
);
const missing = versions.filter((version) => !programs.has(version));
const withAll = missing.length > 0 ? test.skip : test;
const note = missing.length > 0 ? ` (skipped: no Node ${missing.join(', ')}; \`npm run nodes\` installs them)` : '';

const project = new Project();
const treeOf = () => filesOf(project.path('dist'));
const compiled = () => readdirSync(project.path('.strata')).filter((name) => name.endsWith('.compiled'));
const keepsOurs = ([major, minor]: readonly number[]) => major! < 22 || (major === 22 && minor! < 8);
const numbersOf = (version: string) => version.split('.').map(Number);

/** Twice: first without compiled code that fits, then with it. */
function expectToRender(program: string, tree: Record<string, string>): void {
  for (const time of ['first', 'second']) {
    rmSync(project.path('dist'), { recursive: true, force: true });
    const { status, signal, stderr } = project.strataWith({ program }, 'render');
    expect({ time, program, status, signal, stderr }).toEqual({ time, program, status: 0, signal: null, stderr: '' });
    expect(treeOf()).toEqual(tree);
  }
}

test('the versions are the oldest that works, and the ones that are maintained', () => {
  const { engines } = JSON.parse(project.read('package.json')) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${versions[0]!.replace(/\.\d+$/, '')}`);
  expect(versions.map((version) => numbersOf(version)[0])).toEqual([20, 22, 24]);
});

withAll(`strata renders the same under every version of Node, in turns on one .strata${note}`, () => {
  project.strata('render');
  const tree = treeOf();
  const order = [process.execPath, ...programs.values()];
  for (const program of [...order, ...order.reverse(), order[1]!, order[0]!, order[1]!]) expectToRender(program, tree);
});

withAll(`the verifier, which reads in threads, runs under every version, in turns${note}`, () => {
  const said = new Set<string>();
  for (const program of [...programs.values(), ...programs.values()]) {
    const { status, signal, stdout } = project.strataWith({ program }, 'verify', 'dist');
    expect({ program, status, signal }).toEqual({ program, status: 0, signal: null });
    said.add(stdout.replace(/in [\d.]+ m?s/g, ''));
  }
  expect(said.size).toBe(1);
});

withAll(`Node keeps the compiled code itself since 22.8, and we before${note}`, () => {
  for (const [version, program] of programs) {
    for (const name of compiled()) rmSync(project.path('.strata', name));
    rmSync(project.path('.strata/compiled'), { recursive: true, force: true });
    project.strataWith({ program }, 'targets');
    const isOurs = keepsOurs(numbersOf(version));
    expect([version, compiled().length > 0]).toEqual([version, isOurs]);
    expect([version, existsSync(project.path('.strata/compiled'))]).toEqual([version, !isOurs]);
  }
});

const old = keepsOurs(numbersOf(process.versions.node)) ? process.execPath : programs.get(versions[0]!);
(old === undefined ? test.skip : test)('damaged compiled code is no danger', () => {
  const program = old!;
  const { stdout } = project.strataWith({ program }, 'targets');
  expect(compiled().length).toBeGreaterThan(0);
  for (const damage of [
    (code: Buffer) => code.subarray(0, code.length / 2),
    (code: Buffer) => Buffer.concat([code.subarray(0, 5_000), Buffer.alloc(50_000), code.subarray(55_000)]),
    (code: Buffer) => Buffer.alloc(code.length, 1),
    () => Buffer.alloc(0),
  ]) {
    for (const name of compiled()) {
      const path = project.path('.strata', name);
      writeFileSync(path, damage(readFileSync(path)));
    }
    const after = project.strataWith({ program }, 'targets');
    expect(after).toEqual({ status: 0, signal: null, stdout, stderr: '' });
  }
});
