import { writtenAt } from '../manifests/reading/yaml/position';
import type { Path, Resource } from '../manifests/resource';
import { pathText } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { kubernetesData } from '../upstream/kubernetes/data';
import type { Problem, Topic } from '../upstream/kubernetes/rule';
import type { ServerProblem } from '../world/server-problems';
import { serverProblems, unknownFieldText } from '../world/server-problems';
import type { World } from '../world/world';
import type { Finding } from './check';

/** What API servers have against the objects of built-in kinds: one walk for all checks. */
const problemsByTopic = memo((world: World): ReadonlyMap<Topic, readonly ServerProblem[]> => {
  const byTopic = new Map<Topic, ServerProblem[]>();
  for (const resource of world.resources)
    for (const found of serverProblems(world, resource)) addTo(byTopic, found.problem.topic, found);
  return byTopic;
});

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
  if (topic === 'unknown-field') return unknownFieldText(words, resource.kind);
  return `${words}: the API server refuses the ${resource.kind}${refusedLater(resource) || (later && resource.kind !== 'Pod') ? ' or the pods it makes' : ''}`;
}

/** Quotes around what is written: YAML reads `1.10` as the number 1.1 and `0400` as 256. */
export function quoteFix(
  resource: Resource,
  { path, value }: { readonly path: Path; readonly value: unknown },
): string {
  return `put it into quotes: "${writtenAt(resource, path) ?? String(value)}"`;
}

/** Kinds whose pods are looked at only when they are made. */
function refusedLater({ kind }: Resource): boolean {
  return kind === 'StatefulSet';
}
