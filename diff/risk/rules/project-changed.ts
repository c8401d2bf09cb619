import { string } from '../../../manifests/resource';
import { applicationOf, isTemplated, projectsOf } from '../../../world/argo';
import { projectLists } from '../argocd-projects';
import { inApplications } from '../generated';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const application = (project: string, revision = 'v1.4.0') => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec: { project: ${project}, source: { repoURL: 'https://git.example.com/shop', path: prod, targetRevision: ${revision} }, destination: { namespace: shop } }
`;

export default riskRule({
  id: 'project-changed',
  class: 'privilege',
  description:
    'an Application of Argo CD that moves to a project which allows more, or of which it is not known what it allows',
  reason:
    'The project says from where an Application may come, where it may go and what it may contain, and who may sync it. The project default allows everything, until somebody narrows it.',
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#the-default-project',
  advice: 'leave it in a project that allows what it needs, and no more',
  example: {
    before: application('shop'),
    after: application('default'),
    finds: ['Application/argocd/shop spec.project'],
    harmless: application('shop', 'v1.5.0'),
  },
  find: (diff) => inApplications(diff, ofProjects),
});

function* ofProjects(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Application')) {
    const { does, before, after } = change;
    const [was, is] = [before, after].map((each) => each && applicationOf(each));
    if (does !== 'changed' || !was || !is) continue;
    const [old, now] = [was, is].map(({ spec }) => string(spec['project']) ?? 'default') as [string, string];
    if (old === now || isTemplated(now)) continue;
    const [left, joined] = [projectsOf(diff.before).get(old), projectsOf(diff.after).get(now)];
    const field = fieldAt(change, [...is.path.map(String), 'project']);
    if (!joined)
      yield {
        change,
        field,
        ...(now === 'default' ? {} : { class: 'unknown' as const }),
        message:
          now === 'default'
            ? `it is of project default in place of ${old}: that allows every source, every destination and every kind, unless somebody has narrowed it`
            : `it is of project ${now} in place of ${old}, which is not among the manifests: what that allows is not known`,
      };
    else {
      const opened = left
        ? projectLists(left, joined).flatMap((each) => (each.opened ? [each.name] : []))
        : ['all that it says'];
      if (opened.length > 0)
        yield {
          change,
          field,
          message: `it is of project ${now} in place of ${old}, and may use more than before: ${opened.join(', ')}`,
        };
    }
  }
}
