import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { misspellingOf } from '../../../model/misspelling';
import { didYouMean, near } from '../../../model/near';
import type { Application } from '../../../world/argo';
import { applicationsOf, isTemplated, matchesGlob, projectsOf } from '../../../world/argo';
import { foldersAt, foldersLike, pathIn } from '../../../world/argo-contents';
import { permitsDestination } from '../../../world/argo-projects';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { respelt } from '../../respelt';

const manifests = (namespace: string) => `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: shop, namespace: argocd }
spec:
  sourceRepos: ['https://git.example.com/shop/*']
  destinations: [{ server: 'https://kubernetes.default.svc', namespace: shop }]
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec:
  project: shop
  source: { repoURL: 'https://git.example.com/shop/manifests', path: prod, targetRevision: main }
  destination: { server: 'https://kubernetes.default.svc', namespace: ${namespace} }
`;

export default check({
  id: 'argo-app-resolves',
  group: 'gitops',
  description: "an Argo CD Application's project exists and permits its source and destination, and its path exists",
  severity: 'will-break',
  needs: ['external'],
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/projects/',
  fix: 'name a project, source and destination that exist and are permitted, or permit them in the AppProject',
  example: {
    broken: manifests('store'),
    fails: ['Application/argocd/shop spec.destination'],
    fixed: manifests('shop'),
  },
  *judge(world) {
    const own = applicationsOf(world).filter(({ resource }) => !world.isExternal(resource));
    for (const application of own) {
      yield* judgeForm(application);
      yield* judgeProject(world, application);
    }
    yield* judgePaths(world, own);
  },
});

const STOPPED = 'Argo CD reports InvalidSpecError and syncs nothing';

/** What Argo CD rejects regardless of the project. */
function* judgeForm({ resource, spec, path, sources }: Application): Iterable<Finding> {
  const destination = record(spec['destination']);
  const [name, server] = [string(destination?.['name']), string(destination?.['server'])];
  if (name && server)
    yield {
      resource,
      path: [...path, 'destination'],
      value: destination,
      message: `its destination has both a name and a server: ${STOPPED}`,
      fix: 'remove one of them',
    };
  else if (!name && !server && resource.kind === 'Application')
    yield {
      resource,
      path: [...path, 'destination'],
      value: destination,
      message: `its destination has neither a server nor a name: ${STOPPED}`,
      fix: 'name the cluster by server or by name',
    };
  for (const { json, path } of sources) {
    if (!json['path'] && !json['chart'] && !json['ref'] && resource.kind === 'Application')
      yield {
        resource,
        path,
        value: json,
        message: `its source has neither a path nor a chart: ${STOPPED}`,
        fix: 'name the path in the repository',
      };
    if (json['chart'] && !json['targetRevision'] && resource.kind === 'Application')
      yield {
        resource,
        path: [...path, 'chart'],
        value: json['chart'],
        message: `its chart has no version (targetRevision): ${STOPPED}`,
        fix: 'set targetRevision to the version of the chart, or a range of versions',
      };
    const folder = string(json['path']);
    if (folder?.startsWith('/') && !json['chart'])
      yield {
        resource,
        path: [...path, 'path'],
        value: folder,
        message:
          'its path is absolute, so Argo CD makes no manifests of it (ComparisonError): paths begin at the root of the repository without a slash',
        ...(folder.length > 1 && !isTemplated(folder)
          ? {
              fix: `write ${folder.replace(/^\/+/, '')}`,
              repair: { do: 'replace' as const, from: folder, with: folder.replace(/^\/+/, '') },
            }
          : { fix: 'write . for the root of the repository' }),
      };
  }
}

function* judgeProject(world: World, application: Application): Iterable<Finding> {
  const { resource, spec, path, sources } = application;
  const name = string(spec['project']) || 'default';
  if (isTemplated(name)) return;
  const projects = projectsOf(world);
  const project = projects.get(name);
  if (!project) {
    if (name === 'default') return; // Argo CD creates it
    const namespace = world.namespaceOf(resource);
    const meant = near(name, [...projects.keys()]);
    const at = { resource, path: [...path, 'project'], value: name };
    const isMisspelt = misspellingOf(name, projects.keys()).length > 0;
    if (world.isComplete(namespace, 'AppProject') || (isMisspelt && world.unread.length === 0))
      yield {
        ...at,
        message: `AppProject ${name} does not exist: ${STOPPED}${meant}`,
        ...respelt(name, projects.keys()),
      };
    else
      yield {
        ...at,
        verdict: 'unknown',
        message: `whether AppProject ${name} exists is not known${meant}; judge it too, or --declare it`,
      };
    return;
  }
  yield* judgeDestination(project, application);
  for (const { json, path } of sources) {
    const repository = string(json['repoURL']);
    const repositories = list(project.at(['spec', 'sourceRepos'])).map(String);
    if (
      !repository ||
      isTemplated(repository) ||
      repositories.some((pattern) => matchesGlob(plain(pattern), plain(repository), '/') !== false)
    )
      continue;
    // Other forms of URL may name the same repository.
    if (![repository, ...repositories].every((url) => /^https?:\/\//.test(url))) continue;
    yield {
      resource,
      path: [...path, 'repoURL'],
      value: repository,
      message: `AppProject ${name} does not permit this source (it permits: ${repositories.join(', ') || 'none'}): ${STOPPED}`,
    };
  }
}

function* judgeDestination(project: Resource, { resource, spec, path }: Application): Iterable<Finding> {
  const destination = record(spec['destination']);
  const cluster = string(destination?.['name']) || string(destination?.['server']);
  const namespace = string(destination?.['namespace']) ?? '';
  if (permitsDestination(project, destination, namespace)) return;
  const permitted =
    list(project.at(['spec', 'destinations']))
      .map((entry) => record(entry) ?? {})
      .map(
        (entry) => `${string(entry['namespace']) ?? ''} at ${string(entry['name']) ?? string(entry['server']) ?? ''}`,
      )
      .join(', ') || 'none';
  yield {
    resource,
    path: [...path, 'destination'],
    value: destination,
    message: `AppProject ${project.name} does not permit namespace ${namespace || '(none)'} at ${cluster} (it permits: ${permitted}): ${STOPPED}`,
  };
}

function* judgePaths(world: World, applications: readonly Application[]): Iterable<Finding> {
  const all = applications.flatMap(({ resource, sources }) =>
    sources.flatMap(({ json, path }) => {
      const [folder, repository] = [pathIn(json['path']), string(json['repoURL'])];
      if (folder === undefined || !repository) return [];
      return [
        {
          resource,
          path: [...path, 'path'],
          written: json['path'],
          folder,
          repository: plain(repository),
          found: foldersAt(world, folder).length > 0,
        },
      ];
    }),
  );
  const here = new Set(all.filter(({ found }) => found).map(({ repository }) => repository));
  for (const { resource, path, written, folder, repository, found } of all) {
    if (found) continue;
    const known = foldersLike(world, folder);
    const meant = misspellingOf(folder, known);
    const at = { resource, path, value: written };
    if (meant[0] !== undefined && (here.has(repository) || folder.includes('/')))
      yield {
        ...at,
        message: `there is no folder ${folder}, so Argo CD makes no manifests of it (ComparisonError)${didYouMean(meant)}`,
        ...respelt(written, known),
      };
    else if (here.has(repository))
      yield {
        ...at,
        verdict: 'unknown',
        message: `the folder ${folder} is not among the manifests, although the folders of other Applications of this repository are${near(folder, known)}; judge the whole repository`,
      };
  }
}

function plain(url: string): string {
  return url
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
}
