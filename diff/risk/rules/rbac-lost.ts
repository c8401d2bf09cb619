import type { Resource } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf, goneOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import { whyRefused } from '../refused-bindings';
import type { RoleGrant } from '../rights';
import {
  accountOf,
  areBindingsKnown,
  bindingsOfRole,
  grantOf,
  grantsTo,
  newRights,
  rulesOf,
  subjectsChanged,
  subjectsOfBinding,
  textOfRights,
} from '../rights';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const role = (rules: string, labels = 'a: b') => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: web, namespace: shop, labels: { ${labels} } }
rules: [${rules}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: web, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`;
const READS = "{ apiGroups: [''], resources: [configmaps], verbs: [get, list] }";

export default riskRule({
  id: 'rbac-lost',
  class: 'disruption',
  description: 'an account that stays, and may not do any more what a role allowed it',
  reason:
    'The API server answers 403 from the next request on. A controller without its rights stops, mostly in silence.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
  advice: 'make sure that its program does not use them: ask the audit log, or kubectl auth can-i --list',
  example: {
    before: role(READS),
    after: role("{ apiGroups: [''], resources: [configmaps], verbs: [get] }"),
    finds: ['Role/shop/web rules'],
    harmless: role(READS, 'a: c'),
  },
  *find(diff) {
    const told = new Set<string>();
    for (const change of changesOf(diff, 'RoleBinding', 'ClusterRoleBinding')) {
      const { before } = change;
      // What the API server refuses leaves the rights as they are.
      if (!before || whyRefused(before) || (change.after ? whyRefused(change.after) : isKept(before))) continue;
      const field = fieldAt(change, ['subjects']) ?? fieldAt(change, ['roleRef']);
      yield* lost(diff, change, field, [before], told, subjectsChanged(diff, change));
    }
    for (const change of changesOf(diff, 'Role', 'ClusterRole')) {
      const { before } = change;
      if (!before || (!change.after && isKept(before))) continue;
      // A label may be what aggregates it into another one.
      const field =
        fieldAt(change, ['rules']) ?? fieldAt(change, ['aggregationRule']) ?? fieldAt(change, ['metadata', 'labels']);
      if (change.does === 'changed' && !field) continue;
      const bindings = bindingsOfRole(diff.before, before);
      yield* lost(diff, change, field, bindings, told);
      if (bindings.length === 0) yield* unbound(diff, change, before, field);
    }
  },
});

/** What the subjects of some bindings may not do any more. */
function* lost(
  diff: WorldChange,
  change: ObjectChange,
  field: FoundRisk['field'],
  bindings: readonly Resource[],
  told: Set<string>,
  among?: ReadonlySet<string>,
): Iterable<FoundRisk> {
  const given = new Map<string, RoleGrant[]>();
  for (const binding of bindings)
    for (const subject of subjectsOfBinding(diff.before, binding)) addTo(given, subject, grantOf(diff.before, binding));
  const groups = new Map<string, string[]>();
  for (const [subject, grants] of given) {
    if (!stays(diff, subject) || (among && !among.has(subject))) continue;
    const left = grantsTo(diff.after, subject);
    // What a role allows that is not known here may well be the same.
    if (left.some(({ unknown, binding }) => unknown !== undefined && !refersToGone(diff, binding))) continue;
    const rights = newRights(left, grants).filter((right) => {
      const key = `${subject} ${JSON.stringify(right)}`;
      const isNew = !told.has(key);
      told.add(key);
      return isNew;
    });
    if (rights.length > 0) addTo(groups, textOfRights(rights), subject);
  }
  for (const [rights, subjects] of groups) {
    const own = fieldAt(change, ['subjects', { name: subjects[0]!.slice(subjects[0]!.lastIndexOf('/') + 1) }]);
    yield {
      change,
      field: own ?? field,
      message: `${firstNames(subjects)} may not ${rights} any more`,
    };
  }
}

/** A role that nobody here is bound to, where there may be bindings elsewhere. */
function* unbound(
  diff: WorldChange,
  change: ObjectChange,
  role: Resource,
  field: FoundRisk['field'],
): Iterable<FoundRisk> {
  if (areBindingsKnown(diff.before, role)) return;
  const scope = role.kind === 'Role' ? diff.before.namespaceOf(role) : '*';
  const of = (world: World, each: Resource | undefined): RoleGrant[] =>
    each ? [{ binding: each, scope, rules: rulesOf(world, each) }] : [];
  const rights = newRights(of(diff.after, change.after), of(diff.before, role));
  if (rights.length > 0)
    yield { change, field, message: `whoever is bound to it elsewhere may not ${textOfRights(rights)} any more` };
}

/** Whether the role of a binding is one that this change removes. */
function refersToGone(diff: WorldChange, binding: Resource): boolean {
  const [kind, name] = ['kind', 'name'].map((field) => binding.at(['roleRef', field]));
  return goneOf(diff, 'Role', 'ClusterRole').some(
    ({ before, namespace }) =>
      before.kind === kind &&
      before.name === name &&
      (kind !== 'Role' || namespace === diff.after.namespaceOf(binding)),
  );
}

/** Whether somebody is left who asks: an account that goes itself asks for nothing. */
function stays({ before, after }: WorldChange, subject: string): boolean {
  const [kind, namespace, name] = subject.split('/');
  if (kind !== 'ServiceAccount' || name === undefined) return true;
  return isAccountOf(after, namespace!, name) || !isAccountOf(before, namespace!, name);
}

function isAccountOf(world: World, namespace: string, name: string): boolean {
  return (
    world.find('ServiceAccount', namespace, name).is === 'present' ||
    world.workloadsIn(namespace).some(({ podSpec }) => accountOf(podSpec) === name)
  );
}
