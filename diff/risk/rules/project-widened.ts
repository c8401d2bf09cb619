import type { Resource } from '../../../manifests/resource';
import { list, mappings } from '../../../manifests/resource';
import type { ProjectList } from '../argocd-projects';
import { projectLists } from '../argocd-projects';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { byNumber, firstNames } from '../plural';
import type { RefusedContents } from '../project-contents';
import { refusedContents } from '../project-contents';
import type { FoundRisk } from '../risk';
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
      const lists = projectLists(before, after);
      const isOfContents = ({ name, closed }: ProjectList) => closed && OF_CONTENTS.test(name);
      const refused = lists.some(isOfContents) ? refusedContents(diff, before, after) : undefined;
      for (const list of lists) {
        const { name, opened, closed } = list;
        const field = fieldAt(change, ['spec', name]);
        if (opened) yield { change, field, message: `its Applications may use more than before: ${name}` };
        if (closed && !(refused && isOfContents(list)))
          yield {
            change,
            field,
            class: 'disruption',
            message: `Applications that use what it allows no more are not synced: ${name}`,
          };
      }
      const field = fieldAt(change, ['spec', lists.find(isOfContents)?.name ?? '']);
      if (refused) yield* ofContents(refused).map((found) => ({ ...found, change, field }));
    }
  },
});

/** The lists that say what Applications may contain, and where. */
const OF_CONTENTS = /^destinations$|Resource(White|Black)list$/;

/**
 * What is refused is neither synced nor deleted: what stands in the cluster and is not permitted is left out of what Argo CD compares
 * (controller/state.go), also where its Application goes (controller/appcontroller.go).
 */
function ofContents({ applied, gone }: RefusedContents): Omit<FoundRisk, 'change'>[] {
  const found: Omit<FoundRisk, 'change'>[] = [];
  if (applied.length > 0)
    found.push({
      class: 'disruption',
      message: `the sync fails of what it allows no more and is still delivered: ${firstNames(applied)}`,
    });
  if (gone.length > 0)
    found.push({
      class: 'unknown',
      message: `${firstNames(gone)} ${byNumber(gone.length, 'goes', 'go')} in the same change: Argo CD deletes what it still allows, and leaves in the cluster, without a word, what it allows no more when it prunes`,
      advice: 'let the objects go first, and take their kinds or namespaces off the project with a later commit',
    });
  return found;
}

/** What the roles of a project allow: `p, proj:shop:dev, applications, get, shop/*, allow`. */
function policiesOf(project: Resource): readonly string[] {
  return mappings(project.at(['spec', 'roles'])).flatMap(({ policies }) => list(policies).map(String));
}
