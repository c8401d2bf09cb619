import type { Resource } from '../../../manifests/resource';
import type { ObjectChange } from '../../object-change';
import type { ArgoPolicy, ArgoRight } from '../argocd-policy';
import { argoPolicyOf, argoRightsBeyond, argoRightsOf, argoRightText } from '../argocd-policy';
import { argoSwitches } from '../argocd-switches';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstTexts } from '../plural';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const rbac = (role: string, csv = 'g, admins, role:admin') => `
apiVersion: v1
kind: ConfigMap
metadata: { name: argocd-rbac-cm, namespace: argocd, labels: { app.kubernetes.io/part-of: argocd } }
data: { policy.default: '${role}', policy.csv: '${csv}' }
`;

export default riskRule({
  id: 'argocd-widened',
  class: 'privilege',
  description: 'settings of Argo CD by which somebody may do more, or is let in without a login',
  reason:
    'Argo CD applies with rights that are mostly those of the whole cluster: who may sync, override or create an Application, or open a shell by it, has them too.',
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/',
  advice:
    'give the role to the group that needs it, for its own projects, and leave policy.default empty or at role:readonly',
  example: {
    before: rbac('role:readonly'),
    after: rbac('role:admin'),
    finds: ['ConfigMap/argocd/argocd-rbac-cm data["policy.default"]'],
    harmless: rbac('', 'g, admins, role:admin'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ConfigMap')) {
      const { after, before } = change;
      if (change.does === 'removed' || !after) continue;
      if (after.name === 'argocd-rbac-cm') yield* ofPolicy(change, before, after);
      for (const { name, is, text, field } of argoSwitches(change, before, after))
        yield {
          change,
          field,
          message: `${name} is ${is}: ${text}`,
          advice: 'leave it as it was, unless this is meant for everybody who reaches Argo CD',
        };
    }
  },
});

function* ofPolicy(change: ObjectChange, before: Resource | undefined, after: Resource): Iterable<FoundRisk> {
  const [was, is] = [argoPolicyOf(before), argoPolicyOf(after)];
  const field = (key: string) =>
    fieldAt(change, ['data', key]) ??
    change.fields.find(({ path }) => /^policy\..*csv$/.test(String(path[1]))) ??
    fieldAt(change, ['data']);
  const everybody = argoRightsBeyond(argoRightsOf(is, is.byDefault), argoRightsOf(was, was.byDefault));
  if (everybody.length > 0 && (was.byDefault !== is.byDefault || !before))
    yield {
      change,
      field: field('policy.default'),
      message: `everybody who is logged in has ${is.byDefault}, and may ${rightsText(everybody)}`,
    };
  for (const subject of new Set([...is.allowed.keys(), ...is.roles.keys()])) {
    // Who has a role that may do more is told by that role.
    const own = ownRights(is, subject, was);
    const more = argoRightsBeyond(own, argoRightsOf(was, subject));
    if (more.length > 0) yield { change, field: field('policy.csv'), message: `${subject} may ${rightsText(more)}` };
  }
  for (const [subject, rights] of was.denied) {
    const admitted = argoRightsBeyond(rights, is.denied.get(subject) ?? []);
    if (admitted.length > 0)
      yield {
        change,
        field: field('policy.csv'),
        message: `${subject} is not kept any more from this: ${rightsText(admitted)}`,
      };
  }
}

/** By its own lines, and by roles that it did not have. */
function ownRights(is: ArgoPolicy, subject: string, was: ArgoPolicy): readonly ArgoRight[] {
  const had = was.roles.get(subject) ?? [];
  const roles = (is.roles.get(subject) ?? []).filter((role) => !had.includes(role));
  return [...(is.allowed.get(subject) ?? []), ...roles.flatMap((role) => argoRightsOf(is, role))];
}

function rightsText(rights: readonly ArgoRight[]): string {
  const all = [...new Set(rights.map(argoRightText))];
  return firstTexts(all);
}
