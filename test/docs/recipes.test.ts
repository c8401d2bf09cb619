import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { images } from '../../model/images';

const root = join(__dirname, '../..');
const recipes = readFileSync(join(root, 'docs/recipes.md'), 'utf8');

/** The fenced blocks of a text: what stands behind the fence's language, and the content. */
function blocks(text: string, language: string): { info: string; content: string }[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\b ?(.*)\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, info, content]) => ({ info: info!, content: content! }),
  );
}

/** Adds the `+` lines of a diff after the context line before them, or before the one that follows. */
function applyDiff(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const added = lines.map((line) => (line.startsWith('+') ? line.slice(1) : undefined));
  let result = text;
  lines.forEach((line, i) => {
    if (added[i] === undefined) return;
    const before = lines
      .slice(0, i)
      .findLast((_, j) => added[j] === undefined)
      ?.slice(1);
    const after = lines
      .slice(i + 1)
      .find((_, j) => added[i + 1 + j] === undefined)
      ?.slice(1);
    const anchor = before ?? after!;
    if (!result.includes(`${anchor}\n`))
      throw new Error(`recipes.md shows a line that is not there: ${line} beside ${anchor}`);
    result = result.replace(
      `${anchor}\n`,
      before === undefined ? `${added[i]}\n${anchor}\n` : `${anchor}\n${added[i]}\n`,
    );
  });
  return result;
}

describe('a reader who follows the recipes to the letter', () => {
  const copy = mkdtempSync(join(tmpdir(), 'strata-recipes-'));
  const strata = (...args: string[]) =>
    execFileSync('node', ['bin/strata.mjs', ...args], { cwd: copy, encoding: 'utf8' });
  beforeAll(() => {
    const leftOut = ['.ci', '.git', '.strata', 'bench', 'dist', 'docs', 'node_modules', 'services', 'test'];
    for (const entry of readdirSync(root).filter((name) => !leftOut.includes(name)))
      cpSync(join(root, entry), join(copy, entry), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const { info, content } of blocks(recipes, 'ts')) writeFileSync(join(copy, info), content);
    for (const { info, content } of blocks(recipes, 'diff'))
      writeFileSync(join(copy, info), applyDiff(readFileSync(join(copy, info), 'utf8'), content));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('has a new environment, a new cluster and a new feature that compile and render', () => {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { cwd: copy, encoding: 'utf8' });
    expect(strata('render')).toMatch(/^review@shared .*\n/m);
    expect(readFileSync(join(copy, 'dist/edge/prod/30-prometheus.yaml'), 'utf8')).toContain(
      'storageClassName: local-path',
    );
    expect(strata('features')).toContain('quiet-hours: at most so many pods');
    expect(strata('explain', 'staging@cloud')).toContain(
      'exporter.maxStudents = 20\n  environment, environments/staging.ts',
    );
  });
});

test('every command of the README and the recipes that needs no cluster runs', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const commands = [...blocks(readme, 'sh'), ...blocks(recipes, 'sh')]
    .filter(({ info }) => info !== 'cluster')
    .flatMap(({ content }) => content.split('\n'));
  // The rest of `npm ci && npm run synth` and `npm cit` is what runs this test.
  const strata = commands
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line.startsWith('npx strata') && !line.includes('review'));
  expect(strata.length).toBeGreaterThan(6);
  const out = mkdtempSync(join(tmpdir(), 'strata-readme-'));
  const run = (command: string, ...args: string[]) =>
    execFileSync(
      'node',
      ['bin/strata.mjs', command, ...args, ...(command === 'render' ? ['--out', join(out, 'dist')] : [])],
      { cwd: root },
    );
  try {
    run('render'); // What `npm run synth` leaves for the commands after it.
    for (const line of strata) {
      const [, , command, ...args] = line.split(/\s+/);
      run(command!, ...args.map((arg) => (arg.startsWith('dist/') ? join(out, arg) : arg)));
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test('the docs name scripts, images and files that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const texts = ['README.md', 'docs/recipes.md', 'docs/decisions.md']
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  for (const [, script] of texts.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  for (const [image] of texts.matchAll(/registry\.example\.com\/[\w/]+:[\w.]+/g))
    expect(Object.values(images)).toContain(image);
});
