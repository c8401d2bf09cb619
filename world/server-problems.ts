import type { Resource } from '../manifests/resource';
import { metadataProblems } from '../upstream/kubernetes/custom';
import { kubernetesData } from '../upstream/kubernetes/data';
import type { Problem } from '../upstream/kubernetes/rule';
import { problemsAt } from '../upstream/kubernetes/validate';
import { customKind } from './custom-kinds';
import type { World } from './world';

/** A problem of a resource, as the servers of all versions in question see it. */
export interface ServerProblem {
  readonly resource: Resource;
  readonly problem: Problem;
  /** The version of a server that has nothing against it, where the version is not known. */
  readonly acceptedBy: number | undefined;
}

/** What API servers have against an object of a built-in kind, or against the metadata of a custom one. */
export function serverProblems(world: World, resource: Resource): ServerProblem[] {
  const stated = world.facts.minor;
  const { oldest, newest } = kubernetesData();
  if (resource.group.includes('.')) {
    const custom = customKind(world, resource);
    if (custom)
      return metadataProblems(resource, custom.namespaced, stated ?? newest).map((problem) => ({
        resource,
        problem,
        acceptedBy: undefined,
      }));
  }
  if (stated !== undefined)
    return (problemsAt(resource, stated) ?? []).map((problem) => ({ resource, problem, acceptedBy: undefined }));
  // The version is not known: what the newest refuses is a failure if every one that has the kind does.
  let minor = newest;
  let problems = problemsAt(resource, minor);
  while (!problems && minor > oldest) problems = problemsAt(resource, --minor);
  if (!problems || problems.length === 0) return [];
  const accepted = new Map<string, number>();
  for (let other = minor - 1; other >= oldest && accepted.size < problems.length; other--) {
    const theirs = problemsAt(resource, other);
    if (!theirs) break;
    const keys = new Set(theirs.map(keyOf));
    for (const key of problems.map(keyOf)) if (!keys.has(key) && !accepted.has(key)) accepted.set(key, other);
  }
  return problems.map((problem) => ({ resource, problem, acceptedBy: accepted.get(keyOf(problem)) }));
}

const keyOf = ({ topic, path }: Problem) => `${topic} ${path.join('\0')}`;

/** The API server drops an unknown field; only a strict request, which kubectl makes, is refused. */
export function unknownFieldText(words: string, kind: string): string {
  return `${words}: ${dropsField(kind)}`;
}

/** What becomes of an object with an unknown field, as a clause. */
export function dropsField(kind: string): string {
  return `kubectl refuses the ${kind}, and a tool that does not ask for validation loses the field without a word`;
}
