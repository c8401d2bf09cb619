#!/usr/bin/env node
/**
 * Verifies manifests that others wrote, for a person to read: every finding that will break, with its place, and how many of each
 * check. Each folder that holds manifests is judged for itself, as its author applies it.
 *
 *   npm run oracle:upstream -- FOLDER…        (such as the folders of Go modules: `go list -m -f '{{.Dir}}' k8s.io/kubernetes`)
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const strata = join(fileURLToPath(import.meta.url), '../../../bin/strata.mjs');
const counts = new Map();
let [folders, objects, unreadable, broken] = [0, 0, 0, 0];

for (const root of process.argv.slice(2)) for (const folder of foldersWithManifests(root)) judge(folder);
for (const [check, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${count}\t${check}`);
console.log(
  `${folders} folders, ${objects} objects: ${broken} will break, ${unreadable} files or parts could not be judged`,
);

function foldersWithManifests(root) {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return [
    ...new Set(entries.filter((entry) => entry.isFile() && isYaml(entry.name)).map((entry) => entry.parentPath)),
  ].sort();
}

function judge(folder) {
  const files = readdirSync(folder)
    .filter(isYaml)
    .map((name) => join(folder, name));
  const { stdout, stderr } = spawnSync(process.execPath, [strata, 'verify', '--format', 'json', ...files], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (!stdout.startsWith('{')) throw new Error(`${folder}: ${stderr}`);
  const { findings, summary } = JSON.parse(stdout);
  folders += 1;
  objects += summary.objects;
  unreadable += summary.unreadable;
  for (const { check, severity, verdict, object, path, message, file, line } of findings) {
    if (severity !== 'will-break' || verdict !== 'fail') continue;
    broken += 1;
    counts.set(check, (counts.get(check) ?? 0) + 1);
    console.log(`${file}:${line}  ${check}  ${object} ${path}: ${message}`);
  }
}

function isYaml(name) {
  return /\.ya?ml$/.test(name);
}
