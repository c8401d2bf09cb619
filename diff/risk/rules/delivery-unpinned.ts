import { appliesItself, revisionsOf } from '../delivery';
import { inApplications } from '../generated';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const application = (revision: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec: { project: default, source: { repoURL: 'https://git.example.com/shop', path: prod, targetRevision: ${revision} }, destination: { namespace: shop } }
`;

export default riskRule({
  id: 'delivery-unpinned',
  class: 'privilege',
  description:
    'an Application, a HelmRelease or a source of Flux that follows a branch or a range of versions, and was pinned',
  reason:
    'What is applied is no longer what this manifest says: whoever may push to the branch, or publish a version, changes the cluster, and nobody reviews it here.',
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/',
  advice: 'name the commit, the tag or the exact version, and change it by a commit here',
  example: {
    before: application('v1.4.0'),
    after: application('HEAD'),
    finds: ['Application/argocd/shop spec.source.targetRevision'],
    harmless: application('v1.5.0'),
  },
  find: (diff) => inApplications(diff, ofRevisions),
});

function* ofRevisions({ changes }: WorldChange): Iterable<FoundRisk> {
  for (const change of changes) {
    const { before, after } = change;
    if (change.does !== 'changed' || !before || !after || after.kind === 'ApplicationSet') continue;
    const old = revisionsOf(before);
    const isOnly = old.length === 1;
    for (const is of revisionsOf(after)) {
      const was = old.find(({ from }) => from === is.from) ?? (isOnly ? old[0] : undefined);
      if (!was?.isPinned || is.isPinned) continue;
      const when = appliesItself(after) ? 'without being asked' : 'with the next sync';
      yield {
        change,
        field: fieldAt(change, is.path) ?? fieldAt(change, is.path.slice(0, -1)) ?? fieldAt(change, ['spec']),
        message: `it follows ${is.revision} in place of ${was.revision}: whatever comes there is applied ${when}`,
      };
    }
  }
}
