import { namespaceOf } from '../../../composition/platform';
import type { Delivered, Delivery } from '../../../constructs/delivery/argocd';
import { argoObjects } from '../../../constructs/delivery/argocd';
import { matrix } from '../../../environments/matrix';
import type { KubernetesObject } from '../../../model/kubernetes';
import { course } from '../../../platform';
import { composed } from '../../support/render';

const DELIVERY: Required<Delivery> = {
  repoUrl: 'https://git.example.com/rendered.git',
  revision: 'v1',
  folder: 'trees',
  argoNamespace: 'argo',
};

interface Source {
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path: string;
}
interface ApplicationSpec {
  readonly project: string;
  readonly source: Source;
  readonly destination: { readonly name: string; readonly namespace: string };
  readonly ignoreDifferences: readonly { readonly kind: string; readonly managedFieldsManagers: readonly string[] }[];
  readonly syncPolicy: { readonly automated: object; readonly syncOptions: readonly string[] };
}
interface GroupKind {
  readonly group: string;
  readonly kind: string;
}
type Application = KubernetesObject & { readonly spec: ApplicationSpec };
type AppProject = KubernetesObject & {
  readonly spec: {
    readonly sourceRepos: readonly string[];
    readonly destinations: readonly { readonly name: string; readonly namespace: string }[];
    readonly clusterResourceWhitelist: readonly GroupKind[];
    readonly namespaceResourceWhitelist: readonly GroupKind[];
  };
};
type ApplicationSet = KubernetesObject & {
  readonly spec: {
    readonly syncPolicy: { readonly preserveResourcesOnDeletion: boolean };
    readonly generators: readonly {
      readonly list: { readonly elements: readonly Readonly<Record<string, string>>[] };
    }[];
    readonly template: {
      readonly metadata: { readonly name: string; readonly labels: object };
      readonly spec: ApplicationSpec;
    };
  };
};

const delivered: Delivered[] = matrix.targets().map((target) => ({
  target,
  namespace: namespaceOf(target, course),
  objects: composed(target).all.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, ...metadata })),
}));
const files = new Map(argoObjects(course.name, DELIVERY, delivered).map(({ file, objects }) => [file, objects]));
const projects = files.get('argocd/projects.yaml') as readonly AppProject[];
const applications = files.get('argocd/applications/applications.yaml') as readonly Application[];
const [set, ...otherSets] = files.get('argocd/applicationset.yaml') as readonly ApplicationSet[];

test('every target has a project and an application of its name, in the namespace of Argo CD', () => {
  const names = matrix.targets().map(({ environment, cluster }) => `course-${environment.name}-${cluster.name}`);
  for (const objects of [projects, applications]) {
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(names);
    for (const { metadata } of objects) expect(metadata.namespace).toBe('argo');
  }
  expect(applications.map(({ spec }) => spec.project)).toEqual(names);
  expect(otherSets).toEqual([]);
});

test.each(projects.map((project, i) => [project.metadata.name, project, delivered[i]!] as const))(
  'project %s allows just what is rendered, and where',
  (_, { spec }, { target, objects }) => {
    const groupKind = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
      `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`;
    const rendered = (inNamespace: boolean) =>
      [...new Set(objects.filter(({ namespace }) => (namespace !== undefined) === inNamespace).map(groupKind))].sort();
    const allowed = (list: readonly GroupKind[]) => list.map(({ group, kind }) => `${group}/${kind}`);
    expect(allowed(spec.clusterResourceWhitelist)).toEqual(rendered(false));
    expect(allowed(spec.namespaceResourceWhitelist)).toEqual(rendered(true));
    expect(spec.destinations.map(({ namespace }) => namespace)).toEqual(
      [...new Set(objects.flatMap(({ namespace }) => namespace ?? []))].sort(),
    );
    expect(new Set(spec.destinations.map(({ name }) => name))).toEqual(new Set([target.cluster.argoCluster]));
    expect(spec.sourceRepos).toEqual([DELIVERY.repoUrl]);
  },
);

test("an application reads its target's folder and writes to its cluster", () => {
  applications.forEach(({ spec }, i) => {
    const { target } = delivered[i]!;
    expect(spec.source).toEqual({ repoURL: DELIVERY.repoUrl, targetRevision: 'v1', path: `trees/${target.path}` });
    expect(spec.destination).toEqual({ name: target.cluster.argoCluster, namespace: namespaceOf(target, course) });
  });
});

test('a tree at the root of its repository has paths without a folder', () => {
  const [application] = argoObjects(course.name, { ...DELIVERY, folder: '' }, delivered)[2]!
    .objects as readonly Application[];
  expect(application?.spec.source.path).toBe('kind/dev');
});

test('the set makes the very same applications', () => {
  const { generators, template } = set!.spec;
  const made = generators
    .flatMap(({ list }) => list.elements)
    .map((element) => {
      const fill = (text: string) =>
        text.replace(/\{\{ \.(\w+) \}\}/g, (_, key: string) => element[key] ?? `no ${key}`);
      const { metadata, spec } = JSON.parse(fill(JSON.stringify(template))) as typeof template;
      return { ...metadata, spec };
    });
  expect(made).toEqual(applications.map(({ metadata: { name, labels }, spec }) => ({ name, labels, spec })));
});

test('deleting the set deletes nothing that runs', () => {
  expect(set?.spec.syncPolicy.preserveResourcesOnDeletion).toBe(true);
  for (const { metadata } of applications) expect(metadata).not.toHaveProperty('finalizers');
});

test('what an autoscaler sets is no drift, and old configs go when everything new is healthy', () => {
  const { ignoreDifferences, syncPolicy } = applications[0]!.spec;
  expect(ignoreDifferences).toEqual([
    { group: 'apps', kind: 'Deployment', managedFieldsManagers: ['kube-controller-manager'] },
  ]);
  expect(syncPolicy.automated).toEqual({ prune: true, selfHeal: true });
  expect(syncPolicy.syncOptions).toEqual(
    expect.arrayContaining(['PruneLast=true', 'RespectIgnoreDifferences=true', 'ServerSideApply=true']),
  );
});
