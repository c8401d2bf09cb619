import type { Resource } from '../../manifests/resource';
import type { Kind } from './model';
import { apiOf } from './model';
import type { Problem } from './rule';
import { RULES } from './rules';
import { nameProblems } from './rules/meta';
import { Walk } from './walk';

/** What the server of a version has against a resource; undefined where it does not know the kind. */
export function problemsAt(resource: Resource, minor: number): Problem[] | undefined {
  const kind = apiOf(minor).kind(resource.apiVersion, resource.kind);
  return kind && problemsOfKind(resource, kind, minor);
}

function problemsOfKind(resource: Resource, kind: Kind, minor: number): Problem[] {
  const walk = new Walk(minor, RULES);
  walk.object(resource.object, kind.definition);
  nameProblems(resource.object, kind.apiVersion, kind.kind, kind.namespaced, walk);
  return walk.problems.filter((problem) => !isRefusedAnyhow(problem, walk.problems));
}

/** An entry that stands there twice, which only some ways of applying refuse, where the server refuses that entry for the same reason. */
function isRefusedAnyhow({ topic, path, depends }: Problem, all: readonly Problem[]): boolean {
  return (
    depends !== undefined &&
    all.some(
      (other) =>
        other.depends === undefined && other.topic === topic && path.every((step, at) => other.path[at] === step),
    )
  );
}
