import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { applicationOf } from '../../../world/argo';
import type { ObjectChange } from '../../object-change';
import { inApplications } from '../generated';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const application = (options: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec: { project: default, source: { repoURL: 'https://git.example.com/shop', path: prod }, destination: { namespace: shop }, syncPolicy: { syncOptions: [${options}] } }
`;

export default riskRule({
  id: 'delivery-replaces',
  class: 'disruption',
  description:
    'objects that Argo CD or Flux replaces or makes anew from now on, where it applied their changes, and releases that are installed anew',
  reason:
    'An object that is replaced loses what others set on it. One that is deleted and made anew loses its pods, its address or its data first.',
  source:
    'https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#replace-resource-instead-of-applying-changes',
  advice: 'ask for it at the one object that needs it, by an annotation, and only as long as it does',
  example: {
    before: application('CreateNamespace=true'),
    after: application('CreateNamespace=true, Replace=true'),
    finds: ['Application/argocd/shop spec.syncPolicy.syncOptions'],
    harmless: application('CreateNamespace=true, ServerSideApply=true'),
  },
  find: (diff) => inApplications(diff, ofObjects),
});

function* ofObjects({ changes }: WorldChange): Iterable<FoundRisk> {
  for (const change of changes) {
    const { before, after } = change;
    if (change.does !== 'changed' || !before || !after) continue;
    yield* ofAnnotations(change, before, after);
    if (after.group === 'argoproj.io' && after.kind === 'Application') yield* ofApplication(change, before, after);
    if (after.group.endsWith('.toolkit.fluxcd.io')) yield* ofFlux(change, before, after);
  }
}

const OPTIONS = 'argocd.argoproj.io/sync-options';
const FORCE = 'kustomize.toolkit.fluxcd.io/force';

/** Of one object (gitops-engine's pkg/sync/sync_context.go, fluxcd.io/flux/components/kustomize/kustomizations). */
function* ofAnnotations(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const field = fieldAt(change, ['metadata', 'annotations']);
  if (!field) return;
  const [old, now] = [before, after].map(({ annotations }) => annotations[OPTIONS] ?? '');
  const gains = (option: string) => hasOption(now!, option) && !hasOption(old!, option);
  const replaces = hasOption(now!, 'Replace=true');
  // Both are updated in place whatever is asked for.
  const isNeverReplaced = after.kind === 'Namespace' || after.kind === 'CustomResourceDefinition';
  if ((gains('Replace=true') || gains('Force=true')) && !isNeverReplaced) {
    const own = fieldAt(change, ['metadata', 'annotations', OPTIONS]) ?? field;
    const forced = hasOption(now!, 'Force=true');
    if (replaces && forced)
      yield { change, field: own, ...anew(after, 'Argo CD deletes it and makes it anew with each change') };
    else if (replaces) yield { change, field: own, message: REPLACED };
    else
      yield {
        change,
        field: own,
        ...anew(after, 'Argo CD deletes it and makes it anew where the API server refuses a change'),
      };
  }
  if (after.annotations[FORCE]?.toLowerCase() === 'enabled' && before.annotations[FORCE]?.toLowerCase() !== 'enabled')
    yield {
      change,
      field: fieldAt(change, ['metadata', 'annotations', FORCE]) ?? field,
      ...anew(after, 'Flux deletes it and makes it anew where the API server refuses a change'),
    };
}

const REPLACED =
  'Argo CD replaces it (kubectl replace) in place of applying the change: what others set on it, such as the replicas of an autoscaler, goes with each sync';

function hasOption(options: string, wanted: string): boolean {
  return options.split(',').some((option) => option.trim() === wanted);
}

function anew({ kind }: Resource, what: string): Pick<FoundRisk, 'class' | 'message'> {
  return kind === 'PersistentVolumeClaim'
    ? { class: 'data-loss', message: `${what}: what is stored in it goes with it, unless its volume is retained` }
    : { message: `${what}: what it gives is not there in between` };
}

/** Force=true is of no use here: Argo CD reads it from annotations alone (controller/sync.go). */
function* ofApplication(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const [was, is] = [before, after].map(applicationOf);
  if (!is) return;
  const replaces = (spec: typeof is.spec | undefined) =>
    list(record(spec?.['syncPolicy'])?.['syncOptions']).includes('Replace=true');
  if (!replaces(is.spec) || replaces(was?.spec)) return;
  yield {
    change,
    field: fieldAt(change, [...is.path.map(String), 'syncPolicy', 'syncOptions']) ?? fieldAt(change, ['spec']),
    message:
      'Argo CD replaces all that it delivers (kubectl replace) in place of applying changes: what others set, such as the replicas of an autoscaler, goes with each sync, and what is annotated with Force=true is deleted and made anew',
  };
}

/** What names a release: with another one the release is uninstalled and installed anew (fluxcd.io/flux/components/helm/helmreleases). */
const RELEASE = ['releaseName', 'targetNamespace', 'storageNamespace'];

function* ofFlux(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const turnsOn = (path: readonly string[]) =>
    after.at(['spec', ...path]) === true && before.at(['spec', ...path]) !== true;
  const fieldOf = (path: readonly string[]) => fieldAt(change, ['spec', ...path]);
  if (after.kind === 'Kustomization' && turnsOn(['force']))
    yield {
      change,
      field: fieldOf(['force']),
      message:
        'Flux deletes and makes anew whatever the API server refuses to change: pods, addresses, and the data of claims go with it',
    };
  if (after.kind !== 'HelmRelease') return;
  for (const path of [
    ['upgrade', 'force'],
    ['rollback', 'force'],
  ])
    if (turnsOn(path))
      yield {
        change,
        field: fieldOf(path),
        message:
          'Helm replaces what an upgrade or a rollback changes, in place of patching it: what others set goes, and what cannot be replaced is made anew',
      };
  const strategy = (release: Resource) => string(release.at(['spec', 'upgrade', 'remediation', 'strategy']));
  if (strategy(after) === 'uninstall' && strategy(before) !== 'uninstall')
    yield {
      change,
      field: fieldOf(['upgrade', 'remediation', 'strategy']),
      class: 'data-loss',
      message: 'an upgrade that fails uninstalls the release, with what is stored in it',
      advice: 'roll back where an upgrade fails (strategy: rollback)',
    };
  for (const name of RELEASE) {
    const field = fieldOf([name]);
    if (field)
      yield {
        change,
        field,
        class: 'data-loss',
        message: `Flux uninstalls the release that is there, with what is stored in it, and installs another one (${name})`,
        advice: 'keep the name of the release, or move what is stored first',
      };
  }
}
