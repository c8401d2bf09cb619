import type { Json, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Certainty } from './certainty';
import { bindingsOf } from './rbac';
import type { World } from './world';

/** What a binding gives a ServiceAccount; the rules are undefined where the role is not known. */
export interface GivenRights {
  readonly binding: Resource;
  /** Undefined: everywhere. */
  readonly namespace: string | undefined;
  readonly rules: readonly Json[] | undefined;
}

/** A request as RBAC sees it. */
export interface Request {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Undefined: of all namespaces, or of what stands in none. */
  readonly namespace: string | undefined;
  /** The object that it is about. @default - any: a rule that names objects does not allow it */
  readonly name?: string;
}

/** All that bindings give a ServiceAccount, by its name or by a group that it belongs to. */
export function grantsOf(world: World, namespace: string, account: string): readonly GivenRights[] {
  const others = world.external.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  return [...bindingsOf(world), ...others]
    .filter((binding) =>
      list(binding.at(['subjects'])).some((subject) => isSubject(record(subject), namespace, account)),
    )
    .map((binding) => ({
      binding,
      namespace: binding.kind === 'RoleBinding' ? world.namespaceOf(binding) : undefined,
      rules: rulesOfBinding(world, binding),
    }));
}

/**
 * Whether no binding beyond these can give the account more: its namespace is here as a whole, or all sources were read and one of them binds
 * it. Who wrote bindings for an account beside it has hardly written others elsewhere.
 */
export function areAllGrants(world: World, namespace: string, grants: readonly GivenRights[]): boolean {
  return (
    world.isComplete(namespace) ||
    (world.unread.length === 0 && grants.some(({ binding }) => !world.isExternal(binding)))
  );
}

function isSubject(subject: Json | undefined, namespace: string, account: string): boolean {
  const name = string(subject?.['name']);
  switch (subject?.['kind']) {
    case 'ServiceAccount':
      return name === account && subject['namespace'] === namespace;
    case 'User':
      return name === `system:serviceaccount:${namespace}:${account}`;
    case 'Group':
      return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'].includes(
        name ?? '',
      );
    default:
      return false;
  }
}

/** The rules of roles that the API server makes, as far as programs are bound to them (`bootstrappolicy/policy.go`). */
const BUILT_IN: Readonly<Record<string, readonly Json[]>> = {
  'cluster-admin': [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ],
  'system:auth-delegator': [
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ],
};

function rulesOfBinding(world: World, binding: Resource): readonly Json[] | undefined {
  const kind = string(binding.at(['roleRef', 'kind'])) ?? '';
  const name = string(binding.at(['roleRef', 'name'])) ?? '';
  const role = world.find(kind, kind === 'Role' ? world.namespaceOf(binding) : '', name);
  if (role.is !== 'present' && kind === 'ClusterRole' && Object.hasOwn(BUILT_IN, name)) return BUILT_IN[name];
  // The rules of an aggregated role are written by a controller.
  if (role.is !== 'present' || role.resource.at(['aggregationRule']) !== undefined) return undefined;
  return list(role.resource.at(['rules'])).flatMap((rule): Json[] => [record(rule) ?? {}]);
}

/** Whether grants allow a request. */
export function allows(grants: readonly GivenRights[], request: Request): Certainty {
  const relevant = grants.filter(({ namespace }) => namespace === undefined || namespace === request.namespace);
  const missing = request.verbs.filter(
    (verb) => !relevant.some(({ rules }) => rules?.some((rule) => covers(rule, request, verb))),
  );
  if (missing.length === 0) return 'yes';
  return relevant.some(({ rules }) => rules === undefined) ? 'unknown' : 'no';
}

/** Whether grants allow to read a path of the API server that is no object's, such as `/metrics`. */
export function allowsUrl(grants: readonly GivenRights[], url: string): Certainty {
  // A RoleBinding gives none of these.
  const relevant = grants.filter(({ namespace }) => namespace === undefined);
  const isGiven = relevant.some(({ rules }) => rules?.some((rule) => coversUrl(rule, url)));
  if (isGiven) return 'yes';
  return relevant.some(({ rules }) => rules === undefined) ? 'unknown' : 'no';
}

function coversUrl(rule: Json, url: string): boolean {
  return (
    list(rule['verbs']).some((verb) => verb === 'get' || verb === '*') &&
    list(rule['nonResourceURLs']).some(
      (entry) =>
        entry === url || (typeof entry === 'string' && entry.endsWith('*') && url.startsWith(entry.slice(0, -1))),
    )
  );
}

function covers(rule: Json, { group, resource, name }: Request, verb: string): boolean {
  const names = list(rule['resourceNames']);
  const has = (field: string, value: string) => list(rule[field]).some((entry) => entry === value || entry === '*');
  return (
    has('apiGroups', group) &&
    (has('resources', resource) || hasSubresource(rule, resource)) &&
    has('verbs', verb) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

/** A star before the slash stands for every resource: that of `metrics` gives `nodes/metrics`. */
function hasSubresource(rule: Json, resource: string): boolean {
  const slash = resource.indexOf('/');
  return slash > 0 && list(rule['resources']).includes(`*${resource.slice(slash)}`);
}
