import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './measure.mjs';

export const INSTALL_KUSTOMIZE = 'kustomize is not here: go install sigs.k8s.io/kustomize/kustomize/v5@latest';

/** On the PATH, or where `go install` puts it. */
export function findKustomize() {
  const { GOBIN, GOPATH } = process.env;
  const folders = [GOBIN, join(GOPATH || join(homedir(), 'go'), 'bin')].filter(Boolean);
  return ['kustomize', ...folders.map((folder) => join(folder, 'kustomize'))].find(
    (command) => spawnSync(command, ['version']).status === 0,
  );
}

/** Copies a rendered tree and makes a kustomization of each target in it; returns their folders. */
export function kustomizations(tree, to) {
  cpSync(tree, to, { recursive: true });
  return Object.keys(JSON.parse(readFileSync(join(tree, 'index.json'), 'utf8')).targets).map((target) => {
    const folder = join(to, target);
    const resources = readdirSync(folder).sort();
    writeFileSync(join(folder, 'kustomization.yaml'), `resources:\n${resources.map((file) => `- ${file}\n`).join('')}`);
    return folder;
  });
}

/** Seconds of one `kustomize build` of each folder, one after the other. */
export function buildEach(kustomize, folders, out) {
  return folders.reduce((sum, folder) => sum + run([kustomize, 'build', folder, '-o', out]).seconds, 0);
}
