import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Application } from '../../../world/argo';
import { applicationsOf, isTemplated, projectsOf, stageOf } from '../../../world/argo';
import { contentsOf } from '../../../world/argo-contents';
import { hasGlobalProjects, permitsDestination, permitsKind, takesApplicationsOf } from '../../../world/argo-projects';
import { isScopeKnown } from '../../../world/scope';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (sourceNamespaces: string) => `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: shop, namespace: argocd }
spec:
  sourceRepos: ['https://git.example.com/shop/*']
  destinations: [{ server: 'https://kubernetes.default.svc', namespace: shop }]
  ${sourceNamespaces}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: shop-apps }
spec:
  project: shop
  source: { repoURL: 'https://git.example.com/shop/manifests', path: prod, targetRevision: main }
  destination: { server: 'https://kubernetes.default.svc', namespace: shop }
`;

export default check({
  id: 'argo-project-permits',
  group: 'gitops',
  description:
    'an AppProject permits the kinds and namespaces of what its Applications apply, and the namespace that they stand in',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/project-specification/',
  fix: 'permit it in the AppProject, or move it to an Application of another project',
  example: {
    broken: manifests(''),
    fails: ['Application/shop-apps/shop metadata.namespace'],
    fixed: manifests('sourceNamespaces: [shop-apps]'),
  },
  *judge(world) {
    // Its lists are added to those of other projects.
    if (hasGlobalProjects(world)) return;
    for (const application of applicationsOf(world)) {
      const project = projectsOf(world).get(string(application.spec['project']) || 'default');
      if (!project || world.isExternal(application.resource)) continue;
      yield* placed(application, project);
      yield* contents(world, application, project);
      yield* namespaceMade(world, application, project);
    }
  },
});

/** An Application outside of Argo CD's own namespace, which is that of its projects. */
function* placed({ resource }: Application, project: Resource): Iterable<Finding> {
  const [own, argo] = [resource.statedNamespace, project.statedNamespace];
  if (!own || !argo || isTemplated(own) || takesApplicationsOf(project, own)) return;
  yield {
    resource,
    path: ['metadata', 'namespace'],
    value: own,
    message: `AppProject ${project.name} takes no Applications of namespace ${own} (sourceNamespaces: ${list(project.at(['spec', 'sourceNamespaces'])).join(', ') || 'none'}), so Argo CD syncs nothing`,
    fix: `move it to namespace ${argo}, or name ${own} in sourceNamespaces of AppProject ${project.name}`,
  };
}

/** What the project refuses of an Application's folder: one finding for each kind and namespace. */
function* contents(world: World, application: Application, project: Resource): Iterable<Finding> {
  const destination = record(application.spec['destination']);
  const ownNamespace = string(destination?.['namespace']) ?? '';
  const refused = new Map<string, { finding: Finding; others: number }>();
  for (const { folder, resources, isChanged } of contentsOf(world, application)) {
    for (const resource of resources) {
      if (stageOf(resource) === undefined || !isScopeKnown(resource, world.of('CustomResourceDefinition'))) continue;
      const isNamespaced = world.namespaceOf(resource) !== '';
      const namespace = resource.statedNamespace || ownNamespace;
      const { group, kind } = resource;
      const isKind = !permitsKind(project, group, kind, isNamespaced);
      if (!isKind && (!isNamespaced || !namespace || permitsDestination(project, destination, namespace))) continue;
      const key = isKind ? `${group} ${kind}` : namespace;
      const known = refused.get(key);
      if (known) known.others++;
      else if (isKind || resource.statedNamespace)
        refused.set(key, {
          others: 0,
          finding: {
            resource,
            path: isKind ? ['kind'] : ['metadata', 'namespace'],
            value: isKind ? kind : namespace,
            // Parameters may leave it out.
            ...(isChanged ? { verdict: 'unknown' as const } : {}),
            message: `Application ${application.resource.name} applies ${folder}, and its AppProject ${project.name} does not permit ${isKind ? `the kind ${group ? `${kind}.${group}` : kind}` : `namespace ${namespace}`}: the sync fails and nothing is applied`,
            fix: isKind
              ? fixOf(project, resource, isNamespaced)
              : `add namespace ${namespace} to destinations of AppProject ${project.name}, or move the object`,
          },
        });
    }
  }
  for (const { finding, others } of refused.values())
    yield {
      ...finding,
      message: others === 0 ? finding.message : `${finding.message} (${others} more of them)`,
    };
}

function fixOf(project: Resource, { group, kind }: Resource, isNamespaced: boolean): string {
  const scope = isNamespaced ? 'namespace' : 'cluster';
  return `add { group: '${group}', kind: ${kind} } to ${scope}ResourceWhitelist of AppProject ${project.name} (and take it off ${scope}ResourceBlacklist), or move the object to an Application of another project`;
}

/** Argo CD makes the namespace of an Application as an object of its sync, which the project must permit. */
function* namespaceMade(world: World, { resource, spec, path }: Application, project: Resource): Iterable<Finding> {
  const options = list(record(spec['syncPolicy'])?.['syncOptions']);
  const namespace = string(record(spec['destination'])?.['namespace']);
  const at = options.indexOf('CreateNamespace=true');
  if (at < 0 || !namespace || isTemplated(namespace) || permitsKind(project, '', 'Namespace', false)) return;
  // One that is there already is left as it is.
  const found = world.find('Namespace', '', namespace);
  if (found.is === 'present' || world.hasNamespace(namespace)) return;
  yield {
    resource,
    path: [...path, 'syncPolicy', 'syncOptions', at],
    value: options[at],
    ...(found.is === 'unknown' ? { verdict: 'unknown' as const } : {}),
    message: `${found.is === 'unknown' ? `unless namespace ${namespace} is there already, ` : ''}the sync makes it, and AppProject ${project.name} does not permit the kind Namespace: the sync fails and nothing is applied${found.is === 'unknown' ? '; --declare the Namespace if it is there' : ''}`,
    fix: `add { group: '', kind: Namespace } to clusterResourceWhitelist of AppProject ${project.name}`,
  };
}
