import type { Resource } from '../../../manifests/resource';
import { APPLICATION_SET_PARAMETERS, applicationPolicyOf } from '../../../world/application-policy';
import { applicationOf } from '../../../world/argo';
import type { ObjectChange } from '../../object-change';
import { appliesItself, automationOf } from '../delivery';
import { inApplications } from '../generated';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
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
    yield* inApplications(diff, ofDeliveries);
    for (const change of changesOf(diff, 'ApplicationSet', 'ConfigMap')) yield* ofPolicy(diff, change);
  },
});

function* ofDeliveries(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Application', 'Kustomization', 'HelmRelease')) {
    const { does, before, after } = change;
    if (does !== 'changed' || !before || !after || !isDelivery(after)) continue;
    yield* ofAutomation(change, before, after);
  }
}

/** What an ApplicationSet may do with the Applications that it made, by a field of its own or by a setting of its controller. */
function* ofPolicy(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const isOfController = change.kind === 'ConfigMap';
  if (isOfController && change.name !== APPLICATION_SET_PARAMETERS) return;
  const sets = isOfController ? diff.before.of('ApplicationSet') : [change.before];
  const gained = { deletes: [] as string[], updates: [] as string[] };
  for (const set of sets) {
    if (!set || (!isOfController && change.does !== 'changed')) continue;
    // Each tells what it does by itself: the setting of the sets as they were, the field under the setting that holds now.
    const was = applicationPolicyOf(isOfController ? diff.before : diff.after, set);
    const is = applicationPolicyOf(diff.after, isOfController ? set : change.after!);
    for (const may of ['deletes', 'updates'] as const) if (is[may] && !was[may]) gained[may].push(set.name);
  }
  const field = isOfController
    ? change.fields.find(({ path }) => String(path[1]).startsWith('applicationsetcontroller.'))
    : fieldAt(change, ['spec', 'syncPolicy', 'applicationsSync']);
  if (!field) return;
  const who = (names: readonly string[]) => (isOfController ? `ApplicationSet ${firstNames(names)}` : 'it');
  if (gained.deletes.length > 0)
    yield {
      change,
      field,
      message: `${who(gained.deletes)} deletes the Applications that no generator makes any more: from now on, and at once those that are left from before. What they delivered goes with them, unless it is preserved`,
      advice: 'look first which Applications of it no generator makes any more: argocd appset generate',
    };
  if (gained.updates.length > 0)
    yield {
      change,
      field,
      class: 'in-place',
      message: `${who(gained.updates)} brings its Applications in line with its template from now on, and undoes what was changed in them by hand`,
    };
}

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
