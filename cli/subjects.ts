import { existsSync } from 'node:fs';
import type { Inputs } from '../checks/inputs';
import { existing } from '../checks/inputs';
import type { Subject } from '../checks/verify';
import { readSources } from '../manifests/reading/read';
import { knownNames, StrataError } from '../model/errors';
import type { Target } from '../model/target';
import { planTarget } from '../render/plan';
import type { Project } from './command';
import { projectFrames } from './frames';

/** Tells names of targets from paths. Without any, every target is meant, or this folder where there are no targets. */
export function targetsAndPaths<P>(
  project: Pick<Project<P>, 'matrix'>,
  words: readonly string[],
): { readonly targets: readonly Target<P>[]; readonly paths: readonly string[] } {
  const isPath = (word: string) => word === '-' || existsSync(word);
  if (words.length > 0 && words.every(isPath)) return { targets: [], paths: words };
  const { matrix } = project;
  if (matrix.isEmpty)
    return {
      targets: [],
      paths: words.length === 0 ? ['.'] : words.map((word) => (word === '-' ? word : existing('strata verify', word))),
    };
  if (words.length === 0) return { targets: matrix.targets(), paths: [] };
  const names = words.filter((word) => !isPath(word));
  const wrong = names.find((name) => !name.includes('@'));
  if (wrong !== undefined) {
    const known = matrix.targets().map((target) => target.name);
    throw new StrataError(wrong, 'is neither a file or folder nor a target', [
      'name a file or folder that exists',
      `name a target: ${knownNames(wrong, known)}`,
    ]);
  }
  return { targets: names.length > 0 ? matrix.targets(names) : [], paths: words.filter(isPath) };
}

/** A target rendered in memory. Its files are called as `strata render` calls them, and its objects know where they were made. */
export function renderedInMemory<P>(
  { compose, origins, root }: Project<P>,
  target: Target<P>,
  inputs: Inputs,
): Required<Pick<Subject, 'manifests' | 'originOf'>> {
  const { files } = planTarget(target, compose(target));
  let stacks: ReadonlyMap<string, string> | undefined;
  return {
    manifests: inputs.add(readSources(files.map(({ path, text }) => ({ file: `dist/${target.path}/${path}`, text })))),
    originOf: (object) => {
      stacks ??= origins(target);
      const frames = projectFrames(stacks.get(object) ?? '', root);
      return frames.length > 0 ? frames : undefined;
    },
  };
}

/** `--stdin-filename`, if standard input is read. */
export function stdinNameOf(name: string | undefined, words: readonly string[]): string | undefined {
  if (name === undefined || words.includes('-')) return name;
  throw new StrataError(`--stdin-filename ${name}`, 'standard input is not read', [
    'add - to the files and folders',
    'leave the option out',
  ]);
}
