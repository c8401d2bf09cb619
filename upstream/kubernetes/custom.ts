import type { Json, Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { PooledSchema } from './data';
import { addOnData } from './data';
import { apiOf } from './model';
import type { Problem } from './rule';
import { RULES } from './rules';
import { nameProblems } from './rules/meta';
import type { SchemaProblem } from './structural/judge';
import { structuralProblems } from './structural/judge';
import { Walk } from './walk';

/** What the schema of its CustomResourceDefinition has against an object. */
export function schemaProblems(resource: Resource, kind: CustomKind): SchemaProblem[] {
  if (!kind.schema) return [];
  const problems = structuralProblems(resource.object, kind.schema, kind.pool);
  // What an API server takes out before it validates (PrepareForCreate, PrepareForUpdate) cannot be wrong, and only unknown fields of it are told.
  return kind.dropsStatus
    ? problems.filter(({ path, unknownField }) => path[0] !== 'status' || unknownField)
    : problems;
}

/** What every API server has against the metadata of an object. */
export function metadataProblems(resource: Resource, namespaced: boolean, minor: number): Problem[] {
  const walk = new Walk(minor, RULES);
  walk.within('metadata', resource.object['metadata'] ?? {}, apiOf(minor).definition('meta.v1.ObjectMeta'));
  nameProblems(resource.object, resource.apiVersion, resource.kind, namespaced, walk, true);
  return walk.problems;
}

/** All of it by the data of the add-ons; undefined where the kind is not among them. */
export function customResourceProblems(resource: Resource): Problem[] | undefined {
  const { kinds, pool } = addOnData();
  const known = kinds[`${resource.apiVersion} ${resource.kind}`];
  if (!known) return undefined;
  const faults = structuralProblems(resource.object, record(pool[known.schema]) ?? {}, pool);
  return [
    ...faults.map(({ path, value, words }): Problem => ({ topic: 'schema-valid', path, value, message: words })),
    ...metadataProblems(resource, known.namespaced, 35),
  ];
}

/** A version of a kind that a CustomResourceDefinition makes. */
export interface CustomKind {
  readonly namespaced: boolean;
  readonly served: boolean;
  /** Whether status is a subresource: only its own endpoint writes it. */
  readonly dropsStatus: boolean;
  /** Its OpenAPI schema, and those that it refers to by number where it came from the data. */
  readonly schema: Json | undefined;
  readonly pool: readonly PooledSchema[] | undefined;
  /** Whether this is the very schema that the cluster has. */
  readonly certain: boolean;
}
