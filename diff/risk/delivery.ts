import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { generatedApplications, RESOURCES_FINALIZER } from '../../world/application-sets';
import { applicationOf } from '../../world/argo';
import type { World } from '../../world/world';
import type { ChangeStep } from '../field-change';
import { firstNames } from './plural';

/** A revision that something is delivered from. */
export interface DeliveredRevision {
  /** Where it comes from: what is called alike before and after is the same source. */
  readonly from: string;
  readonly path: readonly ChangeStep[];
  /** As it is written; what holds without it is `HEAD`, or the newest version. */
  readonly revision: string;
  /** Whether it stays what it is: a commit, a tag, an exact version. */
  readonly isPinned: boolean;
}

/** The revisions that an Application of Argo CD, or an object of Flux, delivers from. */
export function revisionsOf(resource: Resource): readonly DeliveredRevision[] {
  const application = applicationOf(resource);
  if (application)
    return application.sources.map(({ json, path }) => {
      const chart = string(json['chart']);
      const revision = string(json['targetRevision']) ?? (chart === undefined ? 'HEAD' : '*');
      return {
        from: `${String(json['repoURL'])} ${chart ?? string(json['path']) ?? ''}`,
        path: [...path.filter((step) => typeof step === 'string'), 'targetRevision'],
        revision,
        isPinned: chart === undefined ? isPinnedInGit(revision) : isPinnedVersion(revision),
      };
    });
  return ofFlux(resource);
}

function ofFlux(resource: Resource): readonly DeliveredRevision[] {
  const { group, kind } = resource;
  if (group === 'source.toolkit.fluxcd.io' && (kind === 'GitRepository' || kind === 'OCIRepository')) {
    const ref = record(resource.at(['spec', 'ref'])) ?? {};
    // The first of these that is there decides (fluxcd.io/flux/components/source).
    const named = REFERENCES.find((field) => string(ref[field]) !== undefined);
    const revision = named === undefined ? (kind === 'GitRepository' ? 'master' : 'latest') : String(ref[named]);
    const isTag = named === 'tag' && revision !== 'latest';
    const isPinned =
      isTag || named === 'commit' || named === 'digest' || (named === 'name' && revision.startsWith('refs/tags/'));
    return [{ from: String(resource.at(['spec', 'url'])), path: ['spec', 'ref'], revision, isPinned }];
  }
  const path = group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease' ? ['spec', 'chart', 'spec'] : ['spec'];
  if (path.length === 1 && !(group === 'source.toolkit.fluxcd.io' && kind === 'HelmChart')) return [];
  const chart = record(resource.at(path));
  if (!chart?.['chart']) return [];
  const revision = string(chart['version']) ?? '*';
  const from = `${JSON.stringify(chart['sourceRef'])} ${String(chart['chart'])}`;
  return [{ from, path: [...path, 'version'], revision, isPinned: isPinnedVersion(revision) }];
}

const REFERENCES = ['commit', 'digest', 'name', 'semver', 'tag', 'branch'];

/** A commit, or what is called like a version; every other name may be a branch. */
function isPinnedInGit(revision: string): boolean {
  return /^[0-9a-f]{7,40}$/.test(revision) || revision.startsWith('refs/tags/') || isPinnedVersion(revision);
}

/** `1.2.3`, `v1`, `2024-05-01`; not `1.*`, `>=1.2` or `release-1`. */
function isPinnedVersion(version: string): boolean {
  return /^v?\d+([.-]\d+)*([-+][\w.+-]*)?$/i.test(version) && !/(^|[.-])x($|[.-])/i.test(version);
}

/** Whether its controller applies what is delivered without being asked. */
export function appliesItself(resource: Resource): boolean {
  const application = applicationOf(resource);
  if (!application) return resource.at(['spec', 'suspend']) !== true;
  const automated = record(record(application.spec['syncPolicy'])?.['automated']);
  return automated !== undefined && automated['enabled'] !== false;
}

/** What an Application is told of how it is synced. */
export function automationOf(resource: Resource): Json | undefined {
  const policy = record(applicationOf(resource)?.spec['syncPolicy']);
  return appliesItself(resource) ? record(policy?.['automated']) : undefined;
}

/** A release or a Kustomization that takes values from a ConfigMap or Secret of its namespace. */
export interface ValuesReader {
  readonly resource: Resource;
  /** The key that it takes; undefined: all of them. */
  readonly key: string | undefined;
}

/** Who takes values from an object (fluxcd.io/flux/components/helm/helmreleases/#values-references and its like). */
export function valuesReadersOf(world: World, { kind, name }: Resource, namespace: string): readonly ValuesReader[] {
  return valuesReaders(world).get(`${kind}/${namespace}/${name}`) ?? [];
}

const valuesReaders = memo((world: World): ReadonlyMap<string, readonly ValuesReader[]> => {
  const map = new Map<string, ValuesReader[]>();
  const add = (resource: Resource, { kind, name, valuesKey }: Json, byDefault: string | undefined) =>
    addTo(map, `${String(kind)}/${world.namespaceOf(resource)}/${String(name)}`, {
      resource,
      key: string(valuesKey) ?? byDefault,
    });
  for (const release of world.of('HelmRelease'))
    if (release.group === 'helm.toolkit.fluxcd.io')
      for (const ref of mappings(release.at(['spec', 'valuesFrom']))) add(release, ref, 'values.yaml');
  for (const each of world.of('Kustomization'))
    if (each.group === 'kustomize.toolkit.fluxcd.io')
      for (const ref of mappings(each.at(['spec', 'postBuild', 'substituteFrom']))) add(each, ref, undefined);
  return map;
});

/** `chart postgresql`, `https://git.example.com/shop`: what an object delivers, as far as it says. */
export function sourceNameOf(resource: Resource): string {
  const application = applicationOf(resource);
  if (application) {
    const names = application.sources.map(({ json }) =>
      json['chart'] === undefined ? String(json['repoURL']) : `chart ${String(json['chart'])}`,
    );
    return firstNames(names) || 'its source';
  }
  const chart = string(resource.at(['spec', 'chart', 'spec', 'chart'])) ?? string(resource.at(['spec', 'chart']));
  if (chart !== undefined) return `chart ${chart}`;
  const ref = record(resource.at(['spec', 'chartRef'])) ?? record(resource.at(['spec', 'sourceRef']));
  if (ref) return `${String(ref['kind'])} ${String(ref['name'])}`;
  return (
    string(resource.at(['spec', 'url'])) ??
    (resource.kind === 'HelmChartConfig' ? `chart ${resource.name}` : `${resource.kind} ${resource.name}`)
  );
}

/** Who deletes what an object delivered when it goes; undefined where that stays. */
export function deletedBy(resource: Resource): string | undefined {
  const finalizers = list(resource.at(['metadata', 'finalizers'])).map(String);
  switch (`${resource.group} ${resource.kind}`) {
    case 'argoproj.io Application':
      return finalizers.some((finalizer) => finalizer.startsWith(RESOURCES_FINALIZER))
        ? `Argo CD has the finalizer ${RESOURCES_FINALIZER}`
        : undefined;
    case 'argoproj.io ApplicationSet': {
      const made = generatedApplications(resource);
      const isDeleted =
        made.length === 0
          ? resource.at(['spec', 'syncPolicy', 'preserveResourcesOnDeletion']) !== true
          : made.some((each) => deletedBy(each.resource) !== undefined);
      return isDeleted ? 'its Applications go, and Argo CD deletes what they delivered' : undefined;
    }
    case 'kustomize.toolkit.fluxcd.io Kustomization': {
      const policy = resource.at(['spec', 'deletionPolicy']) ?? 'MirrorPrune';
      const isPruned = policy === 'MirrorPrune' ? resource.at(['spec', 'prune']) === true : policy !== 'Orphan';
      return isPruned ? 'Flux prunes it' : undefined;
    }
    case 'helm.toolkit.fluxcd.io HelmRelease':
      return 'Flux uninstalls the release';
    case 'helm.cattle.io HelmChart':
      return 'its controller uninstalls the release';
    default:
      return undefined;
  }
}
