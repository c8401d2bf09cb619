import type { Resource } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { workloadNamed } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf, goneOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import { whyRefused } from '../refused-bindings';
import type { Right, RoleGrant } from '../rights';
import {
  accountOf,
  bindingsOfRole,
  grantOf,
  grantsOfAccount,
  grantsTo,
  holdsToken,
  mayHold,
  newRights,
  subjectsChanged,
  subjectsOfBinding,
  textOfRights,
  unseenHolders,
} from '../rights';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

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
  description:
    'an account that stays, or pods that take another one or no token, and may not do any more what a role allowed',
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
      if (bindings.length === 0) yield* unbound(diff, change, field);
    }
    yield* lostByPods(diff, told);
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
    const rights = lostRights(diff, left, grants).filter((right) => {
      const key = keyOf(subject, right);
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
function* unbound(diff: WorldChange, change: ObjectChange, field: FoundRisk['field']): Iterable<FoundRisk> {
  for (const { who, before, after } of unseenHolders(diff, change)) {
    const rights = newRights(after, before);
    if (rights.length > 0) yield { change, field, message: `${who} may not ${textOfRights(rights)} any more` };
  }
}

/** Pods that run as another account, or as the same one without its token. */
function* lostByPods(diff: WorldChange, told: ReadonlySet<string>): Iterable<FoundRisk> {
  for (const workload of changedWorkloads(diff)) {
    const { change, before, after } = workload;
    const fields = templateFields(workload);
    const [had, has] = holdsToken(diff, workload);
    if (fields.length === 0 || !had) continue;
    const [was, is] = [accountOf(before.podSpec), accountOf(after.podSpec)];
    const at = (name: string) => fieldAt(change, [...after.podSpecPath.map(String), name]);
    const old = grantsOfAccount(diff.before, before.namespace, was);
    const left = has ? grantsOfAccount(diff.after, after.namespace, is) : [];
    const rights = lostRights(diff, left, old).filter(
      (right) => !told.has(keyOf(`ServiceAccount/${before.namespace}/${was}`, right)),
    );
    if (rights.length === 0) continue;
    if (!has) {
      const field =
        at('automountServiceAccountToken') ?? at('serviceAccountName') ?? at('serviceAccount') ?? at('volumes');
      // What a ServiceAccount changes is told there.
      if (field)
        yield {
          change,
          field,
          message: `pods have no token of ServiceAccount ${was} any more, which may ${textOfRights(rights)}`,
          advice: 'make sure that its program does not call the API server',
        };
    } else if (was !== is)
      yield {
        change,
        field: at('serviceAccountName') ?? at('serviceAccount'),
        message: `pods run as ServiceAccount ${is}, which may not ${textOfRights(rights)}; ${was} may`,
      };
  }
  for (const { change, field, workload } of tokensWithheld(diff)) {
    const rights = lostRights(diff, [], grantsOfAccount(diff.before, workload.namespace, change.before!.name));
    if (rights.length > 0)
      yield {
        change,
        field,
        message: `new pods of ${diff.after.idOf(workload.resource)} do not get its token any more, with which they may ${textOfRights(rights)}`,
        advice: 'make sure that their program does not call the API server',
      };
  }
}

/** ServiceAccounts whose pods get no token any more, as nothing in the pods says otherwise. */
function* tokensWithheld(diff: WorldChange) {
  for (const change of changesOf(diff, 'ServiceAccount')) {
    const field = fieldAt(change, ['automountServiceAccountToken']);
    if (!field || !change.before || change.after?.at(['automountServiceAccountToken']) !== false) continue;
    const namespace = diff.after.namespaceOf(change.after);
    for (const workload of diff.after.workloadsIn(namespace)) {
      const before = workloadNamed(diff.before, workload.resource.kind, namespace, workload.resource.name);
      if (!before || [before, workload].some(({ podSpec }) => accountOf(podSpec) !== change.after!.name)) continue;
      const [had, has] = holdsToken(diff, { before, after: workload });
      if (had && !has) yield { change, field, workload };
    }
  }
}

/** What is not allowed any more, where nothing that is left may well allow it. */
function lostRights(diff: WorldChange, left: readonly RoleGrant[], old: readonly RoleGrant[]) {
  return newRights(left, old).filter(
    (right) => !left.some((grant) => mayHold(grant, right) && !refersToGone(diff, grant.binding)),
  );
}

function keyOf(subject: string, right: Right): string {
  return `${subject} ${JSON.stringify(right)}`;
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
