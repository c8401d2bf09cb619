import type { Resource } from '../../../manifests/resource';
import { applicationOf } from '../../../world/argo';
import type { ObjectChange } from '../../object-change';
import { appliesItself, automationOf } from '../delivery';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const application = (policy: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec: { project: default, source: { repoURL: 'https://git.example.com/shop', path: prod }, destination: { namespace: shop }, syncPolicy: { ${policy} } }
`;

export default riskRule({
  id: 'delivery-automated',
  class: 'disruption',
  description:
    'an Application, a Kustomization or a HelmRelease that is applied without being asked from now on, or that deletes then',
  reason:
    'All that differs from the source is applied at once, and whatever is committed from now on, without anybody who looks at it first. With prune what the source does not have is deleted.',
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/',
  advice: 'look at what it would do first: argocd app diff, or flux diff kustomization',
  example: {
    before: application('syncOptions: [CreateNamespace=true]'),
    after: application('automated: {}'),
    finds: ['Application/argocd/shop spec.syncPolicy.automated'],
    harmless: application('automated: { enabled: false }'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Application', 'ApplicationSet', 'Kustomization', 'HelmRelease')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after || !isDelivery(after)) continue;
      yield* ofAutomation(change, before, after);
    }
  },
});

function isDelivery(resource: Resource): boolean {
  return applicationOf(resource) !== undefined || resource.group.endsWith('.toolkit.fluxcd.io');
}

function* ofAutomation(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const application = applicationOf(after);
  const path = application ? [...application.path.map(String), 'syncPolicy', 'automated'] : ['spec', 'suspend'];
  const field = (name?: string) =>
    (name === undefined ? undefined : fieldAt(change, [...path, name])) ??
    fieldAt(change, path) ??
    fieldAt(change, ['spec']);
  const who = application ? 'Argo CD' : 'Flux';
  if (appliesItself(after) && !appliesItself(before))
    yield {
      change,
      field: field(),
      message: `${who} applies from now on, without being asked, whatever differs from its source`,
    };
  const [was, is] = [automationOf(before), automationOf(after)];
  if (is?.['prune'] === true && was?.['prune'] !== true)
    yield {
      change,
      field: field('prune'),
      message: `${who} deletes from now on, without being asked, whatever its source does not have`,
    };
  if (is?.['allowEmpty'] === true && was?.['allowEmpty'] !== true)
    yield {
      change,
      field: field('allowEmpty'),
      message: 'a source without any manifest deletes all that was delivered',
    };
  if (is?.['selfHeal'] === true && was?.['selfHeal'] !== true)
    yield {
      change,
      field: field('selfHeal'),
      class: 'in-place',
      message: `${who} undoes from now on what somebody changes by hand`,
    };
}
