import { writtenAt } from '../manifests/reading/yaml/position';
import type { Path, Resource } from '../manifests/resource';
import { pathText } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { metadataProblems } from '../upstream/kubernetes/custom';
import { kubernetesData } from '../upstream/kubernetes/data';
import type { Problem, Topic } from '../upstream/kubernetes/rule';
import { problemsAt } from '../upstream/kubernetes/validate';
import { customKind } from '../world/custom-kinds';
import type { World } from '../world/world';
import type { Finding } from './check';

/** A problem of a resource, as the servers of all versions in question see it. */
interface Found {
  readonly resource: Resource;
  readonly problem: Problem;
  /** The version of a server that has nothing against it, where the version is not known. */
  readonly acceptedBy: number | undefined;
}

/** What API servers have against the objects of built-in kinds: one walk for all checks. */
const problemsByTopic = memo((world: World): ReadonlyMap<Topic, readonly Found[]> => {
  const byTopic = new Map<Topic, Found[]>();
  for (const resource of world.resources)
    for (const found of problemsOf(world, resource)) addTo(byTopic, found.problem.topic, found);
  return byTopic;
});

function problemsOf(world: World, resource: Resource): Found[] {
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

/** The findings of one check. */
export function* schemaFindings(world: World, topic: Topic): Generator<Finding> {
  for (const { resource, problem, acceptedBy } of problemsByTopic(world).get(topic) ?? []) {
    const unknown = acceptedBy !== undefined || problem.depends !== undefined;
    yield {
      resource,
      path: problem.path,
      ...(problem.value === undefined ? {} : { value: problem.value }),
      ...(unknown ? { verdict: 'unknown' as const } : {}),
      message: messageOf(resource, problem, acceptedBy),
      ...(problem.quote ? { fix: quoteFix(resource, problem) } : {}),
      // The fix of the check is about how a name is spelt.
      ...(topic === 'name-label-syntax' && problem.value === undefined ? { fix: `set ${pathText(problem.path)}` } : {}),
      ...(problem.fix === undefined ? {} : { fix: problem.fix }),
      ...(problem.repair && !unknown ? { repair: problem.repair } : {}),
    };
  }
}

function messageOf(
  resource: Resource,
  { message: words, topic, depends, later }: Problem,
  acceptedBy: number | undefined,
): string {
  if (acceptedBy !== undefined)
    return `${words}; Kubernetes 1.${acceptedBy} accepts it and 1.${kubernetesData().newest} does not: --kubernetes, or the cluster's nodes, would settle it`;
  if (depends !== undefined)
    return `${words}: ${depends} (Flux; Argo CD with ServerSideApply) refuses the ${resource.kind}, other ways of applying it take the last entry; which one is used would settle it`;
  if (topic === 'unknown-field') return unknownFieldMessage(words, resource.kind);
  return `${words}: the API server refuses the ${resource.kind}${refusedLater(resource) || (later && resource.kind !== 'Pod') ? ' or the pods it makes' : ''}`;
}

/** Quotes around what is written: YAML reads `1.10` as the number 1.1 and `0400` as 256. */
export function quoteFix(
  resource: Resource,
  { path, value }: { readonly path: Path; readonly value: unknown },
): string {
  return `put it into quotes: "${writtenAt(resource, path) ?? String(value)}"`;
}

/** The API server drops an unknown field; only a strict request, which kubectl makes, is refused. */
export function unknownFieldMessage(words: string, kind: string): string {
  return `${words}: kubectl refuses the ${kind}, and a tool that does not ask for validation loses the field without a word`;
}

/** Kinds whose pods are looked at only when they are made. */
function refusedLater({ kind }: Resource): boolean {
  return kind === 'StatefulSet';
}
