#!/usr/bin/env node
/**
 * Which tool finds which of ten faults that everyone makes. A tool finds a fault if it says something of the app with the fault that
 * it does not say of the app without. Peers are run where they are installed: `go install` names them.
 *
 *   npm run compare
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faults, withFault } from './faults.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const strata = join(here, '../../bin/strata.mjs');
/** Each with the command that judges a folder, and the module that `go install` takes. */
const tools = [
  ['strata', (folder) => [process.execPath, strata, 'verify', folder]],
  ['kube-linter', (folder) => ['kube-linter', 'lint', folder], 'golang.stackrox.io/kube-linter/cmd/kube-linter'],
  [
    'kube-score',
    (folder) => ['kube-score', 'score', join(folder, 'app.yaml')],
    'github.com/zegl/kube-score/cmd/kube-score',
  ],
  [
    'kubeconform',
    (folder) => ['kubeconform', '-strict', join(folder, 'app.yaml')],
    'github.com/yannh/kubeconform/cmd/kubeconform',
  ],
  [
    'polaris',
    (folder) => ['polaris', 'audit', '--audit-path', folder, '--format', 'pretty'],
    'github.com/fairwindsops/polaris',
  ],
];
const env = { ...process.env, PATH: [process.env.PATH, join(homedir(), 'go/bin')].join(delimiter), NO_COLOR: '1' };
const app = readFileSync(join(here, 'app.yaml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'strata-compare-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

/** What a tool says, line by line; counts and scores left out. Undefined where it is not installed. */
function said([, command], text) {
  writeFileSync(join(folder, 'app.yaml'), text);
  const [program, ...words] = command(folder);
  const { stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', env });
  if (error?.code === 'ENOENT') return undefined;
  if (error) throw error;
  return new Set(`${stdout}\n${stderr}`.split('\n').map((line) => line.replace(/\d+/g, 'N').trim()));
}

const rows = faults.map(({ what }) => [what]);
const totals = ['found'];
const missing = [];
for (const tool of tools) {
  const [name, , module] = tool;
  const before = said(tool, app);
  if (!before) {
    missing.push(`${name} is not installed: go install ${module}@latest`);
    continue;
  }
  let found = 0;
  faults.forEach((fault, i) => {
    const after = said(tool, withFault(app, fault));
    const finds = [...after].some((line) => !before.has(line));
    rows[i].push(finds ? 'yes' : '');
    if (finds) found += 1;
  });
  totals.push(`${found} of ${faults.length}`);
}
const ran = tools.map(([name]) => name).filter((name) => !missing.some((text) => text.startsWith(`${name} `)));
for (const row of [['fault', ...ran], ['---', ...ran.map(() => '---')], ...rows, totals])
  console.log(`| ${row.join(' | ')} |`);
for (const text of missing) console.log(text);
