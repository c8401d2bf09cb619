import type { Resource } from '../../../manifests/resource';
import type { ObjectChange } from '../../object-change';
import type { ArgoRight } from '../argocd-policy';
import { argoPolicyOf, argoRightsBeyond, argoRightsOf, argoRightText } from '../argocd-policy';
import { argoSwitches } from '../argocd-switches';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstTexts } from '../plural';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const rbac = (byDefault: string, labels = 'a: b') => `
apiVersion: v1
kind: ConfigMap
metadata: { name: argocd-rbac-cm, namespace: argocd, labels: { ${labels} } }
data: { policy.default: '${byDefault}' }
`;

export default riskRule({
  id: 'argocd-narrowed',
  class: 'disruption',
  description: 'people and accounts that may do less in Argo CD than before, or that have to log in from now on',
  reason:
    'Whoever synced, looked or rolled back by these rights is refused at once, pipelines with a token among them.',
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/',
  advice: 'make sure that those who need it have a role of their own: argocd admin settings rbac can',
  example: {
    before: rbac('role:readonly'),
    after: rbac(''),
    finds: ['ConfigMap/argocd/argocd-rbac-cm data["policy.default"]'],
    harmless: rbac('role:readonly', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ConfigMap')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      if (after.name === 'argocd-rbac-cm') yield* ofPolicy(change, before, after);
      for (const { name, text, field } of argoSwitches(change, after, before))
        yield { change, field, message: `no longer holds (${name}): ${text}` };
    }
  },
});

function* ofPolicy(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const [was, is] = [argoPolicyOf(before), argoPolicyOf(after)];
  const csv = change.fields.find(({ path }) => /^policy\..*csv$/.test(String(path[1])));
  const everybody = argoRightsBeyond(argoRightsOf(was, was.byDefault), argoRightsOf(is, is.byDefault));
  if (everybody.length > 0)
    yield {
      change,
      field: fieldAt(change, ['data', 'policy.default']) ?? csv,
      message: `who is logged in and has no other role may not any more: ${textOf(everybody)}`,
    };
  for (const subject of new Set([...was.allowed.keys(), ...was.roles.keys()])) {
    const left = [...argoRightsOf(is, subject), ...argoRightsOf(is, is.byDefault)];
    const less = argoRightsBeyond(argoRightsOf(was, subject), left);
    if (less.length > 0)
      yield {
        change,
        field: csv ?? fieldAt(change, ['data']),
        message: `${subject} may not any more: ${textOf(less)}`,
      };
  }
}

function textOf(rights: readonly ArgoRight[]): string {
  return firstTexts([...new Set(rights.map(argoRightText))]);
}
