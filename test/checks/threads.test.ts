import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import type { FileReading } from '../../manifests/reading/file';
import { readFile } from '../../manifests/reading/file';
import { readBeside } from '../../manifests/reading/readers';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { brokenTexts } from './mutate';

const folder = mkdtempSync(join(tmpdir(), 'threads-'));
const reader = join(folder, 'reader.cjs');
const texts = [...new Set(checks.map(({ example }) => example.broken)), ...brokenTexts(11, 300)];
const files = texts.map((text, i) => ({ path: join(folder, `${i}.yaml`), size: Buffer.byteLength(text) }));

beforeAll(() => {
  for (const [i, { path }] of files.entries()) writeFileSync(path, texts[i]!);
  buildSync({
    entryPoints: [join(__dirname, '../../manifests/reading/reader.ts')],
    outfile: reader,
    bundle: true,
    platform: 'node',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All findings as JSON, of files that were read with so many threads. */
function said(cores: number): string {
  const beside = readBeside(files, () => reader, { worthwhile: 0, cores });
  expect(beside?.size).toBe(cores < 2 ? undefined : files.length);
  const readings = files.map(({ path }): FileReading => beside?.get(path) ?? readFile(path, readFileSync(path)));
  const world = new World(
    readings.flatMap(({ resources }) => resources),
    new Facts([], '1.35'),
    undefined,
    undefined,
    readings.flatMap(({ documents }) => documents),
  );
  return JSON.stringify(runChecks(world, checks));
}

test('findings are the same to the byte, however many threads read', () => {
  const alone = said(1);
  expect(JSON.parse(alone).length).toBeGreaterThan(300);
  for (const cores of [0, 2, 3, 4, 64]) expect(said(cores) === alone).toBe(true);
});
