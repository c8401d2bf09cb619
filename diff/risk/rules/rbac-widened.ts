import type { Resource } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { whyRefused } from '../refused-bindings';
import type { Right, RoleGrant } from '../rights';
import {
  bindingsOfRole,
  grantOf,
  grantsTo,
  isEscalating,
  newRights,
  subjectsChanged,
  subjectsOfBinding,
  textOfRights,
  unseenHolders,
} from '../rights';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const role = (verbs: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: web, namespace: shop }
rules: [{ apiGroups: [''], resources: [configmaps], verbs: [${verbs}] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: web, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`;

export default riskRule({
  id: 'rbac-widened',
  class: 'privilege',
  description: 'an account that may do what no role allowed it before',
  reason:
    'Whoever gets hold of the account, or of a pod that runs as it, can do that too. With secrets, pods, roles or bindings in its reach an account can take the rights of others.',
  source: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  advice: 'allow only the verbs and names that the program uses, in its own namespace',
  example: {
    before: role('get, list'),
    after: role('get, list, update'),
    finds: ['Role/shop/web rules'],
    harmless: role('get'),
  },
  *find(diff) {
    const told = new Map<string, Right[]>();
    for (const change of changesOf(diff, 'RoleBinding', 'ClusterRoleBinding')) {
      const { after } = change;
      if (!after || whyRefused(after)) continue;
      const field = fieldAt(change, ['subjects']) ?? fieldAt(change, ['roleRef']);
      yield* widened(diff, change, field, [after], told, subjectsChanged(diff, change));
    }
    for (const change of changesOf(diff, 'Role', 'ClusterRole')) {
      if (!change.after) continue;
      const field =
        fieldAt(change, ['rules']) ?? fieldAt(change, ['aggregationRule']) ?? fieldAt(change, ['metadata', 'labels']);
      const bindings = bindingsOfRole(diff.after, change.after);
      yield* widened(diff, change, field, bindings, told);
      if (bindings.length === 0) yield* unbound(diff, change, field);
    }
  },
});

/** What the subjects of some bindings may do that they could not. */
function* widened(
  diff: WorldChange,
  change: ObjectChange,
  field: FieldChange | undefined,
  bindings: readonly Resource[],
  told: Map<string, Right[]>,
  among?: ReadonlySet<string>,
): Iterable<FoundRisk> {
  const given = new Map<string, RoleGrant[]>();
  for (const binding of bindings)
    for (const subject of subjectsOfBinding(diff.after, binding)) addTo(given, subject, grantOf(diff.after, binding));
  for (const [subject, grants] of given) {
    if (among && !among.has(subject)) continue;
    const known = told.get(subject) ?? [];
    const rights = newRights(grantsTo(diff.before, subject), grants).filter(
      (right) =>
        !known.some((other) => Object.entries(right).every(([key, value]) => other[key as keyof Right] === value)),
    );
    if (rights.length === 0) continue;
    told.set(subject, [...known, ...rights]);
    // A role says nothing of who has it: the binding does.
    const by = among ? '' : ` by ${[...new Set(grants.map(({ binding }) => diff.after.idOf(binding)))].join(', ')}`;
    const own = fieldAt(change, ['subjects', { name: subject.slice(subject.lastIndexOf('/') + 1) }]);
    yield {
      change,
      field: own ?? field,
      message: `${subject} may ${textOfRights(worstFirst(rights))}${by}${danger(rights)}`,
    };
  }
}

/** A role that nobody here is bound to, where there may be bindings elsewhere. */
function* unbound(diff: WorldChange, change: ObjectChange, field: FieldChange | undefined): Iterable<FoundRisk> {
  for (const { who, before, after } of unseenHolders(diff, change)) {
    const rights = newRights(before, after);
    if (rights.length > 0)
      yield { change, field, message: `${who} may ${textOfRights(worstFirst(rights))}${danger(rights)}` };
  }
}

function worstFirst(rights: readonly Right[]): readonly Right[] {
  return [...rights.filter(isEscalating), ...rights.filter((right) => !isEscalating(right))];
}

function danger(rights: readonly Right[]): string {
  return rights.some(isEscalating) ? ': it can take the rights of others by that' : '';
}
