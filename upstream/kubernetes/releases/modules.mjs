import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The patch release that is read of each minor version, the newest: gates that are added to it for a security fix are none that it does not
 * know.
 */
export const PATCHES = { 28: 15, 29: 6, 30: 14, 31: 14, 32: 13, 33: 13, 34: 4, 35: 4, 36: 3, 37: 2 };

/** The sources of a minor version of Kubernetes. */
export function kubernetesSources(minor) {
  const name = `k8s.io/kubernetes@v1.${minor}.${PATCHES[minor]}`;
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', name], { cwd: tmpdir(), encoding: 'utf8' })).Dir;
}

/** Builds the Go program of a folder (`.go`, `.s`) with the modules of a minor version of Kubernetes, in an empty folder; gives the program. */
export function builtWithModules(minor, program, folder, tags = []) {
  const modules = readFileSync(join(kubernetesSources(minor), 'go.mod'), 'utf8');
  const staged = [...modules.matchAll(/^\s+(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(([, name]) => name);
  const lines = [
    'module strata.test/releases',
    'go 1.24',
    `require k8s.io/kubernetes v1.${minor}.${PATCHES[minor]}`,
    ...staged.map((name) => `replace ${name} => ${name} v0.${minor}.${PATCHES[minor]}`),
  ];
  writeFileSync(join(folder, 'go.mod'), lines.join('\n'));
  for (const name of readdirSync(program).filter((file) => /\.(go|s)$/.test(file)))
    copyFileSync(join(program, name), join(folder, name));
  const built = join(folder, 'built');
  execFileSync('go', ['build', '-mod=mod', `-tags=${tags.join(',')}`, '-o', built, '.'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return built;
}
