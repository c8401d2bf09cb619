import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import type { WorkloadManifest } from '../../manifests/workload';
import { nameWithoutHash } from '../../model/kubernetes';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { everyKnown } from '../../world/known';
import type { World } from '../../world/world';
import type { ObjectChange } from '../object-change';
import { roleRights } from '../role-rights';
import { namespacedRules } from './namespaced-rules';
import { firstNames, soMany } from './plural';
import { whyRefused } from './refused-bindings';
import type { WorldChange } from './risk';
import type { WorkloadChange } from './workloads';

/** Rules that a binding gives a subject. */
export interface RoleGrant {
  readonly binding: Resource;
  /** A namespace; `*`: everywhere. */
  readonly scope: string;
  readonly rules: readonly Json[];
  /** A role whose rules are not known here, with its kind: that of the binding. @default - they are */
  readonly unknown?: string;
}

/** One verb on one resource, or on one path of the API server. */
export interface Right {
  readonly scope: string;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** The one object that it is about: a `*` is a name like others (pkg/apis/rbac/v1/evaluation_helpers.go). @default - whatever it is called */
  readonly name?: string;
  /** The objects that it is not about. @default - none is left out */
  readonly but?: readonly string[];
}

const ALL: readonly Json[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
/** In place of a group: paths that are no resources. */
const PATHS = 'path';

/** What the bindings of a world give, by subject. */
export const grantsBySubject = memo((world: World): ReadonlyMap<string, readonly RoleGrant[]> => {
  const grants = new Map<string, RoleGrant[]>();
  for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
    for (const binding of everyKnown(world, kind))
      for (const subject of whyRefused(binding) ? [] : subjectsOfBinding(world, binding))
        addTo(grants, subject, grantOf(world, binding));
  return grants;
});

/** `ServiceAccount/shop/web`, `Group/developers`. */
export function subjectsOfBinding(world: World, binding: Resource): string[] {
  return mappings(binding.at(['subjects'])).map((subject) => {
    const [kind, name] = ['kind', 'name'].map((field) => String(subject[field]));
    if (kind === 'ServiceAccount')
      return `${kind}/${string(subject['namespace']) || world.namespaceOf(binding)}/${name}`;
    // What a ServiceAccount is called as a user (k8s.io/apiserver, pkg/authentication/serviceaccount/util.go).
    const [, place, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(kind === 'User' ? name! : '') ?? [];
    return account === undefined ? `${kind}/${name}` : `ServiceAccount/${place}/${account}`;
  });
}

/**
 * The subjects to which a change of a binding gives, or takes, its role: those that are only on one side, or all of them where it
 * binds another role. What the others gain or lose comes of the role itself, and is told there.
 */
export function subjectsChanged({ before, after }: WorldChange, change: ObjectChange): ReadonlySet<string> {
  const [was, is] = [
    change.before && { world: before, binding: change.before },
    change.after && { world: after, binding: change.after },
  ];
  const of = (side: typeof was) => (side ? subjectsOfBinding(side.world, side.binding) : []);
  const scopeAndRole = (side: typeof was) =>
    side && [side.world.namespaceOf(side.binding), side.binding.kind, side.binding.at(['roleRef'])];
  const [old, now] = [new Set(of(was)), new Set(of(is))];
  const all = new Set([...old, ...now]);
  if (JSON.stringify(scopeAndRole(was)) !== JSON.stringify(scopeAndRole(is))) return all;
  return new Set([...all].filter((subject) => old.has(subject) !== now.has(subject)));
}

/** What a subject has: its own grants, and those of the groups that it is always in. */
export function grantsTo(world: World, subject: string): readonly RoleGrant[] {
  return [subject, ...groupsOf(subject)].flatMap((each) => grantsBySubject(world).get(each) ?? []);
}

/** The groups that everybody of a kind is in (k8s.io/apiserver, pkg/authentication/user/user.go). */
function groupsOf(subject: string): string[] {
  if (/^(User\/system:anonymous|Group\/system:(unauthenticated|authenticated))$/.test(subject)) return [];
  const [, own] = /^ServiceAccount\/([^/]+)\//.exec(subject) ?? [];
  const [, place] = /^Group\/system:serviceaccounts:(.+)$/.exec(subject) ?? [];
  return [
    ...(own === undefined ? [] : [`Group/system:serviceaccounts:${own}`]),
    ...(own === undefined && place === undefined ? [] : ['Group/system:serviceaccounts']),
    'Group/system:authenticated',
  ];
}

/** The bindings of a world that refer to a role. */
export function bindingsTo(world: World, role: Resource): readonly Resource[] {
  const namespace = role.kind === 'Role' ? world.namespaceOf(role) : '';
  return byRole(world).get(`${role.kind}/${namespace}/${role.name}`) ?? [];
}

const byRole = memo((world: World): ReadonlyMap<string, readonly Resource[]> => {
  const bindings = new Map<string, Resource[]>();
  for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
    for (const binding of everyKnown(world, kind)) {
      const [role, name] = ['kind', 'name'].map((field) => string(binding.at(['roleRef', field])) ?? '');
      addTo(bindings, `${role}/${role === 'Role' ? world.namespaceOf(binding) : ''}/${name}`, binding);
    }
  return bindings;
});

/** What one binding gives each of its subjects; of a ClusterRole a RoleBinding gives what is about objects of its namespace. */
export function grantOf(world: World, binding: Resource): RoleGrant {
  const grant = wholeGrantOf(world, binding);
  return grant.scope === '*' ? grant : { ...grant, rules: namespacedRules(world, grant.rules) };
}

function wholeGrantOf(world: World, binding: Resource): RoleGrant {
  const scope = binding.kind === 'RoleBinding' ? world.namespaceOf(binding) : '*';
  const kind = string(binding.at(['roleRef', 'kind'])) ?? '';
  const name = string(binding.at(['roleRef', 'name'])) ?? '';
  if (name === 'cluster-admin' && kind === 'ClusterRole') return { binding, scope, rules: ALL };
  const role = world.find(kind, kind === 'Role' ? world.namespaceOf(binding) : '', name);
  if (role.is !== 'present') {
    const rules = kind === 'ClusterRole' ? aggregatedTo(world, name) : [];
    return { binding, scope, rules, unknown: `${kind} ${name}` };
  }
  return { binding, scope, rules: rulesOf(world, role.resource) };
}

/** The rules of a role, with those that are aggregated into it. */
export function rulesOf(world: World, role: Resource): readonly Json[] {
  const selectors = list(role.at(['aggregationRule', 'clusterRoleSelectors']));
  if (selectors.length === 0) return mappings(role.at(['rules']));
  return everyKnown(world, 'ClusterRole')
    .filter((each) => each !== role && selectors.some((selector) => selects(selector, each.labels)))
    .flatMap((each) => mappings(each.at(['rules'])));
}

/** From the one that may do most on. */
const BUILT_IN: readonly string[] = ['admin', 'edit', 'view'];

/** `admin`, `edit`, `view`: the roles of every cluster that a ClusterRole adds its rules to. */
export function aggregatedInto({ labels }: Resource): string[] {
  return BUILT_IN.filter((name) => labels[`rbac.authorization.k8s.io/aggregate-to-${name}`] === 'true');
}

/** The roles that have the rules of such a ClusterRole in the end: edit takes in view, and admin takes in edit (bootstrappolicy/policy.go). */
export function aggregatedAtLast(role: Resource): string[] {
  const into = aggregatedInto(role);
  const least = Math.max(...into.map((name) => BUILT_IN.indexOf(name)));
  return BUILT_IN.slice(0, least + 1);
}

/** Who may have a role, or not, by a binding that is not here: in words, and what they have by it before and after. */
export interface UnseenHolders {
  readonly who: string;
  readonly before: readonly RoleGrant[];
  readonly after: readonly RoleGrant[];
}

/**
 * Whoever is bound elsewhere to a role that changes, and whoever is bound to a ClusterRole of every cluster that it adds its rules to, before or
 * after. A label that comes or goes changes what these have, and nothing for those who are bound to the role itself.
 */
export function unseenHolders(diff: WorldChange, { before, after }: ObjectChange): UnseenHolders[] {
  const either = (before ?? after)!;
  const scope = either.kind === 'Role' ? diff.before.namespaceOf(either) : '*';
  const of = (world: World, role: Resource | undefined, into?: string): RoleGrant[] =>
    role && (into === undefined || aggregatedInto(role).includes(into))
      ? [{ binding: role, scope, rules: rulesOf(world, role) }]
      : [];
  const isSeen = areBindingsKnown(before ? diff.before : diff.after, either);
  const into =
    either.kind === 'ClusterRole'
      ? BUILT_IN.filter((name) => [before, after].some((role) => role && aggregatedInto(role).includes(name)))
      : [];
  const holders = into.map((name) => ({
    name,
    before: of(diff.before, before, name),
    after: of(diff.after, after, name),
  }));
  // The same for several of them is said once.
  const groups = new Map<string, typeof holders>();
  for (const holder of holders) addTo(groups, JSON.stringify([holder.before.length, holder.after.length]), holder);
  return [
    ...[...groups.values()].map((same) => ({
      who: `whoever has ClusterRole ${same.map(({ name }) => name).join(', ')}`,
      before: same[0]!.before,
      after: same[0]!.after,
    })),
    ...(isSeen || into.length > 0 || !before
      ? []
      : [{ who: 'whoever is bound to it elsewhere', before: of(diff.before, before), after: of(diff.after, after) }]),
  ];
}

/** The API groups that the roles of every cluster have rights in by themselves (bootstrappolicy/policy.go). */
const GROUPS_OF_BUILT_IN: ReadonlySet<string> = new Set([
  ...['', '*', 'apps', 'autoscaling', 'batch', 'events.k8s.io', 'extensions', 'policy', 'authorization.k8s.io'],
  ...['coordination.k8s.io', 'discovery.k8s.io', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'resource.k8s.io'],
]);

/** Whether a role that is not known here may well have a right all the same: of `view` and its like no group of add-ons is unknown. */
export function mayHold({ unknown }: RoleGrant, { group }: Right): boolean {
  if (unknown === undefined) return false;
  return !BUILT_IN.some((name) => unknown === `ClusterRole ${name}`) || GROUPS_OF_BUILT_IN.has(group);
}

function aggregatedTo(world: World, name: string): readonly Json[] {
  return everyKnown(world, 'ClusterRole')
    .filter((role) => aggregatedAtLast(role).includes(name))
    .flatMap((role) => mappings(role.at(['rules'])));
}

/** The bindings to a role, and to those that it is aggregated into. */
export function bindingsOfRole(world: World, role: Resource): readonly Resource[] {
  const aggregates = everyKnown(world, 'ClusterRole').filter((each) => each.at(['aggregationRule']) !== undefined);
  const targets =
    role.kind === 'ClusterRole'
      ? aggregates.filter((each) => rulesOf(world, each).some((rule) => [role.at(['rules'])].flat().includes(rule)))
      : [];
  const builtIn = role.kind === 'ClusterRole' ? aggregatedAtLast(role) : [];
  const toBuiltIn =
    builtIn.length === 0
      ? []
      : ['RoleBinding', 'ClusterRoleBinding']
          .flatMap((kind) => everyKnown(world, kind))
          .filter(
            (binding) =>
              binding.at(['roleRef', 'kind']) === 'ClusterRole' &&
              builtIn.includes(String(binding.at(['roleRef', 'name']))),
          );
  return [...new Set([role, ...targets].flatMap((each) => bindingsTo(world, each)).concat(toBuiltIn))];
}

/** Whether all bindings that may refer to a role are known: a ClusterRoleBinding refers to a ClusterRole alone. */
export function areBindingsKnown(world: World, role: Resource): boolean {
  const namespace = world.namespaceOf(role);
  return role.kind === 'Role'
    ? world.isComplete(namespace, 'RoleBinding')
    : world.declaredExternal !== undefined ||
        (world.isComplete('', 'ClusterRoleBinding') && world.isComplete(namespace, 'RoleBinding'));
}

/** Every right of some grants, one by one. */
export function* rightsIn(grants: readonly RoleGrant[]): Iterable<Right> {
  for (const { scope, rules, unknown } of grants) {
    if (unknown !== undefined) yield { scope, group: 'role', resource: unknown, verb: '*' };
    for (const right of roleRights(rules)) yield { ...right, scope, group: right.group ?? PATHS };
  }
}

/** Whether grants allow all that a right does. */
export function includes(grants: readonly RoleGrant[], right: Right): boolean {
  return grants.some(
    ({ scope, rules, unknown }) =>
      (scope === '*' || scope === right.scope) &&
      ((unknown !== undefined && right.group === 'role' && right.resource === unknown) ||
        rules.some((rule) => allowsRight(rule, right))),
  );
}

function allowsRight(rule: Json, { group, resource, verb, name }: Right): boolean {
  const has = (field: string, value: string) => list(rule[field]).some((entry) => entry === value || entry === '*');
  if (!has('verbs', verb)) return false;
  if (group === PATHS)
    return list(rule['nonResourceURLs']).some(
      (path) =>
        path === '*' ||
        path === resource ||
        (String(path).endsWith('*') && resource.startsWith(String(path).slice(0, -1))),
    );
  // What a role holds that is not known here, everything holds.
  if (group === 'role') return has('apiGroups', '*') && has('resources', '*') && has('verbs', '*');
  const part = resource.includes('/') ? `*/${resource.split('/')[1]}` : resource;
  const names = list(rule['resourceNames']);
  return (
    has('apiGroups', group) &&
    (has('resources', resource) || has('resources', part)) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

/** Rights that give whoever has them all others, sooner or later (RBAC good practices). */
export function isEscalating({ group, resource, verb }: Right): boolean {
  const writes = ['create', 'update', 'patch', '*'].includes(verb);
  if (['escalate', 'bind', 'impersonate'].includes(verb) || (resource === '*' && verb === '*')) return true;
  if (group === '' || group === '*') {
    if (resource === 'secrets' || resource === '*') return ['get', 'list', 'watch', '*'].includes(verb);
    if (
      [
        'pods',
        'pods/exec',
        'pods/attach',
        'pods/ephemeralcontainers',
        'serviceaccounts/token',
        'nodes/proxy',
        'persistentvolumes',
      ].includes(resource)
    )
      return writes || (resource === 'nodes/proxy' && verb === 'get');
  }
  if (group === 'apps' || group === 'batch') return writes;
  return (group === 'rbac.authorization.k8s.io' || group === 'admissionregistration.k8s.io') && writes;
}

/** So many resources are named with what may be done to them. */
const NAMED = 4;

/** `get, list secrets in shop; create pods everywhere`; of more than four only the number of rights is said, each a verb on a resource. */
export function textOfRights(rights: readonly Right[]): string {
  const byPlace = new Map<string, Set<string>>();
  for (const { scope, group, resource, verb, name, but } of rights) {
    const where = scope === '*' ? 'everywhere' : `in ${scope}`;
    const full =
      group === '' || group === '*' || group === PATHS || group === 'role' ? resource : `${resource}.${group}`;
    const what =
      group === 'role'
        ? `what ${resource} allows`
        : [full === '*' ? 'everything' : full, name, but && `other than ${firstNames(but)}`].filter(Boolean).join(' ');
    const place = `${what} ${where}`;
    const does = group === 'role' ? 'do' : verb === '*' ? 'do anything with' : verb;
    byPlace.set(place, (byPlace.get(place) ?? new Set()).add(does));
  }
  const all = [...byPlace];
  const texts = all.slice(0, NAMED).map(([what, verbs]) => `${[...verbs].join(', ')} ${what}`);
  const left = all.slice(NAMED).reduce((sum, [, verbs]) => sum + verbs.size, 0);
  return [...texts, ...(left > 0 ? [`and ${soMany(left, 'more right')}`] : [])].join('; ');
}

/** The account of a pod. */
export function accountOf(podSpec: Json): string {
  return string(podSpec['serviceAccountName']) ?? string(podSpec['serviceAccount']) ?? 'default';
}

/** What one ServiceAccount may do that another one, or the same one before, may not. */
export function newRights(before: readonly RoleGrant[], after: readonly RoleGrant[]): Right[] {
  const old = [...rightsIn(before)].filter(({ name }) => name !== undefined);
  return [...rightsIn(after)]
    .filter(
      (right) =>
        !includes(before, right) &&
        !old.some((named) => isOfSuccessor(named, right) && includes(before, { ...right, name: named.name! })),
    )
    .map((right) => {
      // The named ones are allowed already.
      const but =
        right.name === undefined ? old.filter((named) => isOfSame(named, right)).map(({ name }) => name!) : [];
      return but.length === 0 ? right : { ...right, but: [...new Set(but)] };
    });
}

/** Kinds whose objects carry the hash of their content at the end of their names. */
const HASHED: Readonly<Record<string, string>> = { secrets: 'Secret', configmaps: 'ConfigMap' };

/** Whether both are about one object, of which another content has another name: a Secret whose password is a new one. */
function isOfSuccessor(one: Right, { group, resource, name }: Right): boolean {
  const kind = HASHED[resource];
  if (kind === undefined || group !== '' || one.group !== '' || one.resource !== resource || name === undefined)
    return false;
  const [was, is] = [one.name!, name].map((each) => nameWithoutHash(kind, each));
  return was === is && was !== name && was !== one.name;
}

function isOfSame(one: Right, other: Right): boolean {
  return (
    (one.scope === '*' || one.scope === other.scope) &&
    (['group', 'resource', 'verb'] as const).every((field) => one[field] === other[field])
  );
}

/** The grants of a ServiceAccount. */
export function grantsOfAccount(world: World, namespace: string, name: string): readonly RoleGrant[] {
  return grantsTo(world, `ServiceAccount/${namespace}/${name}`);
}

/** Whether a pod gets the token of its account; undefined fields count as Kubernetes fills them in. */
export function mountsToken(world: World, namespace: string, podSpec: Json): boolean {
  const own = podSpec['automountServiceAccountToken'];
  if (typeof own === 'boolean') return own;
  const account = world.find('ServiceAccount', namespace, accountOf(podSpec));
  return account.is !== 'present' || account.resource.at(['automountServiceAccountToken']) !== false;
}

/** Whether a pod mounts a token by a projected volume. */
export function projectsToken(podSpec: Json): boolean {
  return mappings(podSpec['volumes']).some((volume) =>
    mappings(record(volume['projected'])?.['sources']).some((source) => record(source['serviceAccountToken'])),
  );
}

/** For whom the tokens of a pod's own volumes are; empty where one of them is for the API server. */
export function projectedAudiences(podSpec: Json): readonly string[] {
  const sources = mappings(podSpec['volumes']).flatMap((volume) => mappings(record(volume['projected'])?.['sources']));
  const audiences = sources.flatMap((source) => {
    const token = record(source['serviceAccountToken']);
    return token ? [string(token['audience']) ?? ''] : [];
  });
  return audiences.every((audience) => audience !== '' && !OF_API_SERVER.test(audience)) ? [...new Set(audiences)] : [];
}

/** The API server takes tokens for itself, by the name of its issuer. */
const OF_API_SERVER = /^https:\/\/kubernetes\.default(\.svc(\.cluster\.local)?)?$/;

/** Whether the pods of a workload have the token of their account, before and after. */
export function holdsToken(
  diff: Pick<WorldChange, 'before' | 'after'>,
  { before, after }: Pick<WorkloadChange, 'before' | 'after'>,
): [boolean, boolean] {
  const holds = (world: World, { namespace, podSpec }: WorkloadManifest) =>
    mountsToken(world, namespace, podSpec) || projectsToken(podSpec);
  return [holds(diff.before, before), holds(diff.after, after)];
}
