import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The sources of a minor version of Kubernetes. */
export function kubernetesSources(minor) {
  const name = `k8s.io/kubernetes@v1.${minor}.0`;
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', name], { cwd: tmpdir(), encoding: 'utf8' })).Dir;
}

/** Builds the Go program of a folder with the modules of a minor version of Kubernetes, in an empty folder; gives the program. */
export function builtWithModules(minor, program, folder, tags = []) {
  const modules = readFileSync(join(kubernetesSources(minor), 'go.mod'), 'utf8');
  const staged = [...modules.matchAll(/^\s+(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(([, name]) => name);
  const lines = [
    'module strata.test/releases',
    'go 1.24',
    `require k8s.io/kubernetes v1.${minor}.0`,
    ...staged.map((name) => `replace ${name} => ${name} v0.${minor}.0`),
  ];
  writeFileSync(join(folder, 'go.mod'), lines.join('\n'));
  for (const name of readdirSync(program).filter((file) => file.endsWith('.go')))
    copyFileSync(join(program, name), join(folder, name));
  const built = join(folder, 'built');
  execFileSync('go', ['build', '-mod=mod', `-tags=${tags.join(',')}`, '-o', built, '.'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return built;
}
