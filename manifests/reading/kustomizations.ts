import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { list, record } from '../resource';
import { Unparsable } from './yaml/events';
import { parseYaml } from './yaml/parse';

/** What Kustomize calls the file that says how a folder is built. */
const KUSTOMIZATION = /^(kustomization\.ya?ml|Kustomization)$/;
/** Fields that name folders of other kustomizations. */
const STANDS_ON = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators'];

/** The file that makes a folder with these entries one of Kustomize. */
export function kustomizationAmong(names: readonly string[]): string | undefined {
  return names.find((name) => KUSTOMIZATION.test(name));
}

/** Those folders that others of them stand on: they go to the cluster as a part of those, and not by themselves. */
export function basesAmong(folders: readonly string[]): ReadonlySet<string> {
  const reached = new Map(folders.map((folder) => [realpathSync(folder), reachedFrom(realpathSync(folder))]));
  return new Set(
    folders.filter((folder) => {
      const real = realpathSync(folder);
      // Two that stand on each other can be built neither alone nor together, and none on a folder that it is in: Kustomize says so.
      return [...reached].some(
        ([other, below]) => below.has(real) && !reached.get(real)!.has(other) && !other.startsWith(real + sep),
      );
    }),
  );
}

/** Every folder that a kustomization stands on, over any number of others. */
function reachedFrom(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  const next = [folder];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const below of directlyBelow(at)) {
      if (found.has(below)) continue;
      found.add(below);
      next.push(below);
    }
  }
  return found;
}

function directlyBelow(folder: string): string[] {
  const file = kustomizationAmong(readdirSync(folder));
  const fields = file === undefined ? undefined : record(contentOf(join(folder, file)));
  return STANDS_ON.flatMap((field) => list(fields?.[field])).flatMap((entry) => {
    // What is no folder here is a file, or something that Kustomize fetches.
    const path = typeof entry === 'string' && !entry.includes('\n') ? resolve(folder, entry) : undefined;
    return path !== undefined && existsSync(path) && statSync(path).isDirectory() ? [realpathSync(path)] : [];
  });
}

function contentOf(file: string): unknown {
  try {
    return parseYaml(readFileSync(file, 'utf8')).value;
  } catch (error) {
    // Kustomize says what is wrong with it.
    if (error instanceof Unparsable) return undefined;
    throw error;
  }
}
