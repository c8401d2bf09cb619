import type { Json } from '../manifests/resource';
import { list } from '../manifests/resource';
import { addTo } from '../model/multimap';

/** One verb on one resource, or on one path of the API server, as a role gives it. A `*` stays one. */
export interface RoleRight {
  /** Undefined for a path of the API server. */
  readonly group: string | undefined;
  /** `pods`, `pods/log`, `*`, or a path such as `/healthz`. */
  readonly resource: string;
  readonly verb: string;
  /** The one object that it is about. A `*` is a name like others. @default - all of them */
  readonly name?: string;
}

/** Every right of some rules, each once. */
export function roleRights(rules: readonly Json[]): readonly RoleRight[] {
  const rights = rules.flatMap((rule) => {
    const texts = (field: string) => list(rule[field]).map(String);
    const names = texts('resourceNames');
    return texts('verbs').flatMap((verb): RoleRight[] => [
      ...texts('nonResourceURLs').map((resource) => ({ group: undefined, resource, verb })),
      ...texts('apiGroups').flatMap((group) =>
        texts('resources').flatMap((resource) =>
          names.length === 0
            ? [{ group, resource, verb }]
            : names.map((name): RoleRight => ({ group, resource, verb, name })),
        ),
      ),
    ]);
  });
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}

/** The rights that none of the others gives. */
export function withoutCovered(rights: readonly RoleRight[], others: readonly RoleRight[]): RoleRight[] {
  return rights.filter((right) => !others.some((other) => covers(other, right)));
}

/** Whether a right holds all that another one does (pkg/apis/rbac/v1/evaluation_helpers.go). */
function covers(one: RoleRight, other: RoleRight): boolean {
  if (one.verb !== '*' && one.verb !== other.verb) return false;
  if (one.group === undefined || other.group === undefined)
    return one.group === other.group && coversPath(one.resource, other.resource);
  return (
    (one.group === '*' || one.group === other.group) &&
    coversResource(one.resource, other.resource) &&
    (one.name === undefined || one.name === other.name)
  );
}

function coversPath(one: string, other: string): boolean {
  return one === '*' || one === other || (one.endsWith('*') && other.startsWith(one.slice(0, -1)));
}

/** A part of every resource, such as the scale of all, is no more than that. */
function coversResource(one: string, other: string): boolean {
  const part = other.indexOf('/');
  return one === '*' || one === other || (part >= 0 && one === `*${other.slice(part)}`);
}

/** `get, list secrets`, `update deployments.apps named "web"`: verbs on the same together, in order. */
export function roleRightsText(rights: readonly RoleRight[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const right of rights) addTo(verbs, objectText(right), right.verb === '*' ? 'do anything with' : right.verb);
  return [...verbs].map(([object, own]) => `${own.sort().join(', ')} ${object}`).sort();
}

function objectText({ group, resource, name }: RoleRight): string {
  const named = name === undefined ? '' : ` named ${JSON.stringify(name)}`;
  if (group === undefined) return resource === '*' ? 'any path' : resource;
  if (resource === '*') return `everything of ${group === '*' ? 'any group' : group || 'the core group'}${named}`;
  return `${resource}${group === '' ? '' : group === '*' ? ' of any group' : `.${group}`}${named}`;
}
