import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Application } from '../../../world/argo';
import { applicationsOf, isTemplated } from '../../../world/argo';
import { contentsOf } from '../../../world/argo-contents';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (metadata: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec:
  project: default
  source: { repoURL: 'https://git.example.com/shop.git', path: shop, targetRevision: main }
  destination: { server: 'https://kubernetes.default.svc', namespace: shop }
---
apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: shop${metadata} }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: migrate, image: 'shop/migrate:1.2.0' }] }
`;

/** A hash or a version at the end of a name, by which it changes with what it stands for. */
const CHANGES = /-(?:(?=[a-z0-9]*\d)[a-z0-9]{5,}|v?\d+(?:[.-]\d+)*)$/;

export default check({
  id: 'job-immutable-under-gitops',
  group: 'gitops',
  description: 'a Job that Argo CD applies gets another name when its template changes, or is a hook',
  severity: 'will-break',
  needs: [],
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/',
  fix: 'make it a hook (argocd.argoproj.io/hook: Sync, with hook-delete-policy: BeforeHookCreation), or end its name with a hash or a version of what it runs',
  example: {
    broken: manifests(''),
    fails: ['Job/shop/migrate metadata.name'],
    fixed: manifests(
      ', annotations: { argocd.argoproj.io/hook: Sync, argocd.argoproj.io/hook-delete-policy: BeforeHookCreation }',
    ),
  },
  *judge(world) {
    const applications = applicationsOf(world);
    for (const resource of applications.length > 0 ? world.of('Job') : []) {
      const name = string(resource.at(['metadata', 'name']));
      if (resource.group !== 'batch' || name === undefined || CHANGES.test(name) || isReplaced(resource)) continue;
      const application = applications.find((each) => applies(world, each, resource));
      if (!application) continue;
      yield {
        ...{ resource, path: ['metadata', 'name'], value: name },
        message: `the template of a Job cannot be changed, and ${application.resource.kind} ${application.resource.name} applies this one again under the same name: with the next image or argument the sync fails (field is immutable) and nothing behind it is applied`,
      };
    }
  },
});

/** Whether something takes it away before it is applied again. */
function isReplaced(resource: Resource): boolean {
  const { annotations } = resource;
  if (annotations['argocd.argoproj.io/hook'] !== undefined || annotations['helm.sh/hook'] !== undefined) return true;
  if (/(^|,)\s*Force=true\s*(,|$)/.test(annotations['argocd.argoproj.io/sync-options'] ?? '')) return true;
  // A Job that is removed when it is done is made anew.
  const kept = resource.at(['spec', 'ttlSecondsAfterFinished']);
  return (kept !== undefined && kept !== null) || isOwned(resource);
}

function isOwned(resource: Resource): boolean {
  return list(resource.at(['metadata', 'ownerReferences'])).length > 0;
}

function applies(world: World, application: Application, resource: Resource): boolean {
  const policy = record(application.spec['syncPolicy']);
  const options = list(policy?.['syncOptions']);
  if (options.includes('Force=true')) return false;
  const contents = contentsOf(world, application);
  if (contents.length > 0) return contents.some(({ resources }) => resources.includes(resource));
  const namespace = string(record(application.spec['destination'])?.['namespace']) ?? '';
  return namespace !== '' && !isTemplated(namespace) && world.namespaceOf(resource) === namespace;
}
