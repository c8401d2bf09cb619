import { existsSync } from 'node:fs';
import { previousOf } from '../checks/batches';
import type { Inputs } from '../checks/inputs';
import { existing, hintFor } from '../checks/paths';
import { setsAt } from '../checks/sets';
import type { Subject } from '../checks/verify';
import type { Unreadable } from '../manifests/reading/read';
import { readSources } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import { StrataError } from '../model/errors';
import { isGlob } from '../model/glob';
import { knownTargets } from '../model/matrix';
import type { Target } from '../model/target';
import type { PlannedTarget } from '../render/plan';
import { planTarget } from '../render/plan';
import { expectedResources } from '../world/expected-secrets';
import type { Places } from './cluster-given';
import { clusterGiven } from './cluster-given';
import type { Project } from './command';
import { declaredIn } from './configured';
import { projectFrames } from './frames';

/** Why what `strata render` wrote is not edited. */
const RENDERED = 'strata renders it: change its source, which `strata explain` names';

interface Given {
  readonly cluster: string | undefined;
  readonly kubernetes: string | undefined;
  readonly complete: boolean;
  readonly declare: readonly string[] | undefined;
  readonly previous: string | undefined;
  readonly places?: Places | undefined;
  /** Where objects that name no namespace are applied to. */
  readonly appliedTo: Subject['appliedTo'];
}

/** What is judged, each cluster's manifests by themselves, and the files that come from something else, with why nobody edits them. */
export function subjectsOf<P>(
  project: Project<P>,
  words: readonly string[],
  given: Given,
  inputs: Inputs,
  progress?: (text: string) => void,
): { readonly subjects: readonly Subject[]; readonly made: Map<string, string> } {
  const { kubernetes, factsFor } = clusterGiven(() => project.matrix.clusters, given, inputs);
  const declared = declaredIn(given, inputs);
  const live = given.previous === undefined ? undefined : existing('--previous', given.previous);
  const liveAt = (paths: readonly string[]) =>
    paths.length > 0 ? inputs.read(paths, kubernetes).resources : undefined;

  // What is declared, or known of the cluster, is read by now and counts for every subject.
  const unreadDeclared = [...inputs.unreadable];
  const unreadWith = (own: readonly Unreadable[]) =>
    [...unreadDeclared, ...own].filter(({ foreign }) => foreign !== true);

  const made = new Map<string, string>();
  const subjects: Subject[] = [];
  const { targets, paths } = targetsAndPaths(project, words);
  for (const target of targets) {
    progress?.(`rendering ${target.name}`);
    const { manifests, expected, originOf } = renderedInMemory(project, target, inputs);
    const facts = factsFor(manifests.resources, target.cluster).with(expected);
    for (const { source } of manifests.resources) made.set(source.file, RENDERED);
    subjects.push({
      manifests,
      facts,
      declared,
      previous: liveAt(previousOf(target.path, live)),
      unread: unreadWith([]),
      originOf,
    });
  }
  for (const set of setsAt(paths, inputs, kubernetes, live)) {
    const { manifests, cluster } = set;
    if (cluster !== undefined) for (const { source } of manifests.resources) made.set(source.file, RENDERED);
    const own = cluster === undefined ? undefined : project.matrix.clusters.find(({ name }) => name === cluster);
    subjects.push({
      manifests,
      facts: factsFor(manifests.resources, own).with(set.expected),
      declared,
      previous: liveAt(set.previous),
      unread: unreadWith(set.unread),
      appliedTo: given.appliedTo,
    });
  }
  return { subjects, made };
}

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
  // What has a slash is a path that does not exist, whatever else is in it.
  const wrong = names.find((name) => name.includes('/') || !(name.includes('@') || isGlob(name)));
  if (wrong !== undefined) {
    const known = matrix.targets().map((target) => target.name);
    throw new StrataError(wrong, 'is neither a file or folder nor a target', [
      `name a file or folder that exists${hintFor(wrong)}`,
      `name a target: ${knownTargets(wrong, known)}`,
    ]);
  }
  return { targets: names.length > 0 ? matrix.targets(names) : [], paths: words.filter(isPath) };
}

/** The manifests of a target as they are planned, in files that are called as `strata render` calls them, and the Secrets that it expects. */
export function plannedInMemory(
  { path: folder }: Pick<Target, 'path'>,
  { files, secrets }: Pick<PlannedTarget, 'files' | 'secrets'>,
  inputs: Inputs,
): Pick<Subject, 'manifests'> & { readonly expected: readonly Resource[] } {
  return {
    manifests: inputs.add(readSources(files.map(({ path, text }) => ({ file: `dist/${folder}/${path}`, text })))),
    expected: expectedResources(secrets, 'environments/matrix.ts'),
  };
}

/** A target rendered in memory. Its files are called as `strata render` calls them, and its objects know where they were made. */
export function renderedInMemory<P>(
  { compose, origins, root }: Project<P>,
  target: Target<P>,
  inputs: Inputs,
): Required<Pick<Subject, 'manifests' | 'originOf'>> & { readonly expected: readonly Resource[] } {
  let stacks: ReadonlyMap<string, string> | undefined;
  return {
    ...plannedInMemory(target, planTarget(target, compose(target)), inputs),
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
