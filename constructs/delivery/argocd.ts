import { App, Chart } from 'cdk8s';
import { Application, ApplicationSet, AppProject } from '../../imports/argoproj.io';
import type { KubernetesObject, ObjectReference } from '../../model/kubernetes';
import type { Target } from '../../model/target';

/** Where Argo CD finds the rendered tree. */
export interface Delivery {
  readonly repoUrl: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** The folder of the tree in the repository. `''` is its root. */
  readonly folder: string;
  /** The namespace that Argo CD runs in. */
  readonly argoNamespace: string;
}

/** What is rendered for a target, as far as Argo CD's rules speak of it. */
export interface Delivered {
  readonly target: Target;
  /** The namespace of its app. */
  readonly namespace: string;
  readonly objects: readonly ObjectReference[];
}

/** Argo CD's objects by file: one project per target, and the Applications twice, as one set and one by one; apply one of the two. */
export function argoObjects(
  product: string,
  delivery: Delivery,
  delivered: readonly Delivered[],
): { readonly file: string; readonly objects: readonly KubernetesObject[] }[] {
  const app = new App();
  const chart = new Chart(app, 'argocd');
  const json = (object: { toJson(): unknown }) => object.toJson() as KubernetesObject;
  const metadata = (name: string) => ({
    name,
    namespace: delivery.argoNamespace,
    labels: { 'app.kubernetes.io/managed-by': 'strata' },
  });
  const projects = delivered.map((item) =>
    json(
      new AppProject(chart, `project ${item.target.name}`, {
        metadata: metadata(nameOf(product, item.target)),
        spec: projectSpec(delivery, item),
      }),
    ),
  );
  const applications = delivered.map(({ target, namespace }) =>
    json(
      new Application(chart, `application ${target.name}`, {
        metadata: metadata(nameOf(product, target)),
        spec: applicationSpec(delivery, {
          project: nameOf(product, target),
          path: pathOf(delivery, target),
          cluster: target.cluster.argoCluster,
          namespace,
        }),
      }),
    ),
  );
  const set = json(
    new ApplicationSet(chart, 'applications', {
      metadata: metadata(product),
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        // Deleting the set must not delete what runs.
        syncPolicy: { preserveResourcesOnDeletion: true },
        generators: [
          {
            list: {
              elements: delivered.map(({ target, namespace }) => ({
                name: nameOf(product, target),
                cluster: target.cluster.argoCluster,
                namespace,
                path: pathOf(delivery, target),
              })),
            },
          },
        ],
        template: {
          metadata: { name: '{{ .name }}', labels: { 'app.kubernetes.io/managed-by': 'strata' } },
          spec: {
            ...applicationSpec(delivery, {
              project: '{{ .name }}',
              path: '{{ .path }}',
              cluster: '{{ .cluster }}',
              namespace: '{{ .namespace }}',
            }),
          },
        },
      },
    }),
  );
  return [
    { file: 'argocd/projects.yaml', objects: projects },
    { file: 'argocd/applicationset.yaml', objects: [set] },
    { file: 'argocd/applications/applications.yaml', objects: applications },
  ];
}

/** Just what is rendered: other kinds, other namespaces and other repositories are refused. */
function projectSpec(delivery: Delivery, { target, namespace, objects }: Delivered) {
  const kinds = (clusterScoped: boolean) => {
    const found = objects
      .filter((object) => (object.namespace === undefined) === clusterScoped)
      .map(({ apiVersion, kind }) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`);
    return [...new Set(found)].sort().map((name) => ({ group: name.split('/')[0]!, kind: name.split('/')[1]! }));
  };
  const namespaces = [...new Set([namespace, ...objects.flatMap((object) => object.namespace ?? [])])].sort();
  return {
    description: `Environment ${target.environment.name} on cluster ${target.cluster.name}`,
    sourceRepos: [delivery.repoUrl],
    destinations: namespaces.map((namespace) => ({ name: target.cluster.argoCluster, namespace })),
    clusterResourceWhitelist: kinds(true),
    namespaceResourceWhitelist: kinds(false),
  };
}

/** Where an Application finds its manifests, and where it applies them. */
interface Route {
  readonly project: string;
  readonly path: string;
  readonly cluster: string;
  readonly namespace: string;
}

/** The rules of every Application; the set's template has the list's fields in place of the route. */
function applicationSpec(delivery: Delivery, { project, path, cluster, namespace }: Route) {
  return {
    project,
    source: { repoUrl: delivery.repoUrl, targetRevision: delivery.revision, path },
    destination: { name: cluster, namespace },
    revisionHistoryLimit: 5,
    // What a controller of Kubernetes owns, such as the replicas that an autoscaler sets, is no drift. Without an autoscaler
    // the number is strata's, and a change by hand is.
    ignoreDifferences: [{ group: 'apps', kind: 'Deployment', managedFieldsManagers: ['kube-controller-manager'] }],
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      syncOptions: [
        // Prunes when everything new is healthy: old pods keep the configs that they run with.
        'PruneLast=true',
        'ServerSideApply=true',
        'RespectIgnoreDifferences=true',
      ],
      // A try that failed takes the newest commit next time: the one that mends it, not the broken one five times over.
      retry: { limit: 5, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
    },
  };
}

function nameOf(product: string, target: Target): string {
  return `${product}-${target.environment.name}-${target.cluster.name}`;
}

function pathOf(delivery: Delivery, target: Target): string {
  return [delivery.folder, target.path].filter(Boolean).join('/');
}
