#!/usr/bin/env node
// Installs the versions of Node that node-versions.test.ts starts strata with, half a gigabyte, into .strata/nodes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const system = process.platform === 'win32' ? 'win' : process.platform;
for (const version of JSON.parse(readFileSync(join(here, 'node-versions.json'), 'utf8'))) {
  const folder = join(here, '../../.strata/nodes', version);
  if (existsSync(join(folder, 'node_modules'))) continue;
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-package-lock', '--no-workspaces', '--prefix', folder];
  execFileSync('npm', ['install', ...options, `node-${system}-${process.arch}@${version}`], {
    cwd: folder,
    stdio: 'inherit',
  });
}
