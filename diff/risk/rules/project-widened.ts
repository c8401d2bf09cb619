import type { Resource } from '../../../manifests/resource';
import { list, mappings } from '../../../manifests/resource';
import { projectLists } from '../argocd-projects';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const project = (destinations: string) => `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: shop, namespace: argocd }
spec: { sourceRepos: ['https://git.example.com/shop'], destinations: [${destinations}] }
`;

export default riskRule({
  id: 'project-widened',
  class: 'privilege',
  description: 'an AppProject of Argo CD whose Applications may come from, or go to, more than before, or less',
  reason:
    'Whoever may write an Application of the project may deploy all that it allows, with the rights of Argo CD. What it allows no more is not synced.',
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/projects/',
  advice: 'allow the repositories, namespaces and kinds that are in use, and no others',
  example: {
    before: project("{ namespace: shop, server: 'https://kubernetes.default.svc' }"),
    after: project("{ namespace: '*', server: 'https://kubernetes.default.svc' }"),
    finds: ['AppProject/argocd/shop spec.destinations'],
    harmless: project("{ server: 'https://kubernetes.default.svc', namespace: shop }"),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'AppProject')) {
      const { before, after } = change;
      if (!before || !after || after.group !== 'argoproj.io') continue;
      const roles = policiesOf(before);
      const granted = policiesOf(after).filter((policy) => /,\s*allow\s*$/.test(policy) && !roles.includes(policy));
      if (granted.length > 0)
        yield {
          change,
          field: fieldAt(change, ['spec', 'roles']),
          message: `its roles may do more than before: ${granted.join('; ')}`,
        };
      for (const { name, opened, closed } of projectLists(before, after)) {
        const field = fieldAt(change, ['spec', name]);
        if (opened) yield { change, field, message: `its Applications may use more than before: ${name}` };
        if (closed)
          yield {
            change,
            field,
            class: 'disruption',
            message: `Applications that use what it allows no more are not synced: ${name}`,
          };
      }
    }
  },
});

/** What the roles of a project allow: `p, proj:shop:dev, applications, get, shop/*, allow`. */
function policiesOf(project: Resource): readonly string[] {
  return mappings(project.at(['spec', 'roles'])).flatMap(({ policies }) => list(policies).map(String));
}
