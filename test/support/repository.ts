import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const SKIPPED = ['.git', '.strata', 'dist', 'node_modules'];

/** Every file of the repository, relative to its root, but for what commands make. */
export const repositoryFiles: readonly string[] = below('');

export function readRepository(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function below(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.includes(entry.name) && !/^dist\./.test(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? below(`${folder}${entry.name}/`) : [`${folder}${entry.name}`]));
}
