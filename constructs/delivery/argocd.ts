import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { ApplicationSpec } from '../../imports/argoproj.io';
import { Application, ApplicationSet, AppProject } from '../../imports/argoproj.io';
import type { KubernetesObject } from '../../model/kubernetes';
import { groupOf } from '../../model/kubernetes';
import { healthChecks } from './argo-health';
import type { Delivered, Delivery } from './delivery';
import { COMPARED, deliveryName, deliveryOf, pathOf, revisionOf, stepsOfDelivery } from './delivery';
import { notificationsConfig, subscriptions } from './notifications';

/** With `"true"` on an Application Argo CD leaves it alone: it neither compares nor syncs it. */
const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';

/** Objects that become one file of the tree. */
export interface DeliveryFile {
  readonly file: string;
  readonly objects: readonly KubernetesObject[];
}

/**
 * Argo CD's objects by file: one project per environment, the Applications twice, as one set and one by one, of which one is
 * applied, and what its own ConfigMaps must say for them.
 */
export function argoObjects(product: string, delivery: Delivery, delivered: readonly Delivered[]): DeliveryFile[] {
  const { argoNamespace: namespace } = delivery;
  if (namespace === undefined) return [];
  const chart = new Chart(new App(), 'argocd');
  const json = (object: { toJson(): unknown }) => object.toJson() as KubernetesObject;
  const labels = { 'app.kubernetes.io/managed-by': 'strata' };
  const environments = [...new Set(delivered.map(({ target }) => target.environment.name))];
  const projects = environments.map((environment) => {
    const own = delivered.filter(({ target }) => target.environment.name === environment);
    const name = projectName(product, environment);
    const metadata = { name, namespace, labels: { ...labels, environment } };
    return json(new AppProject(chart, `project ${name}`, { metadata, spec: projectSpec(delivery, environment, own) }));
  });
  const applications = delivered.map((each) => {
    const { environment, name } = each.target;
    const { metadata, spec } = ownPart(each);
    const base = applicationSpec(delivery, routeOf(product, delivery, each));
    return json(
      new Application(chart, `application ${name}`, {
        metadata: {
          name: deliveryName(product, each.target),
          namespace,
          labels: { ...labels, environment: environment.name },
          annotations: { ...COMPARED, ...metadata?.annotations },
        },
        spec: { ...base, ...spec, syncPolicy: { ...base.syncPolicy, ...spec.syncPolicy } },
      }),
    );
  });
  const steps = stepsOfDelivery(delivery, delivered);
  const set = json(
    new ApplicationSet(chart, 'applications', {
      metadata: { name: product, namespace, labels },
      spec: {
        goTemplate: true,
        goTemplateOptions: ['missingkey=error'],
        // Deleting the set must not delete what runs.
        syncPolicy: { preserveResourcesOnDeletion: true },
        // Who pauses an Application to go back by hand; else the set takes the annotation away at once.
        preservedFields: { annotations: [SKIP_RECONCILE] },
        ...(steps ? { strategy: { type: 'RollingSync', rollingSync: { steps: steps.map(stepOf) } } } : {}),
        generators: [
          {
            list: {
              elements: delivered.map((each) => ({
                name: deliveryName(product, each.target),
                environment: each.target.environment.name,
                ...routeOf(product, delivery, each),
                own: ownPart(each),
              })),
            },
          },
        ],
        template: {
          metadata: {
            name: '{{ .name }}',
            labels: { ...labels, environment: '{{ .environment }}' },
            annotations: COMPARED,
          },
          spec: applicationSpec(delivery, {
            project: '{{ .project }}',
            path: '{{ .path }}',
            cluster: '{{ .cluster }}',
            namespace: '{{ .namespace }}',
            revision: '{{ .revision }}',
          }),
        },
        // What is not a text in every Application cannot stand in the template itself.
        templatePatch: '{{ toJson .own }}',
      },
    }),
  );
  const settings = settingsOf(delivery, delivered).map(({ name, data }) =>
    json(
      new k8s.KubeConfigMap(chart, name, {
        metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'argocd' } },
        data,
      }),
    ),
  );
  return [
    { file: 'argocd/projects.yaml', objects: projects },
    { file: 'argocd/applicationset.yaml', objects: [set] },
    { file: 'argocd/applications/applications.yaml', objects: applications },
    ...(settings.length > 0 ? [{ file: 'argocd/settings/settings.yaml', objects: settings }] : []),
  ];
}

/** Just what is rendered: other kinds, other namespaces, other clusters and other repositories are refused. */
function projectSpec(delivery: Delivery, environment: string, delivered: readonly Delivered[]) {
  const objects = delivered.flatMap((each) => each.objects);
  const kinds = (clusterScoped: boolean) => {
    const found = objects
      .filter((object) => (object.namespace === undefined) === clusterScoped)
      .map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`);
    return [...new Set(found)].sort().map((name) => ({ group: name.split('/')[0]!, kind: name.split('/')[1]! }));
  };
  const destinations = delivered.flatMap(({ target, namespace, objects: own }) =>
    [namespace, ...own.flatMap((object) => object.namespace ?? [])].map(
      (each) => `${target.cluster.argoCluster}/${each}`,
    ),
  );
  const clusters = [...new Set(delivered.map(({ target }) => target.cluster.name))];
  return {
    description: `Environment ${environment} on ${clusters.length === 1 ? 'cluster' : 'clusters'} ${clusters.join(', ')}`,
    sourceRepos: [delivery.repoUrl],
    destinations: [...new Set(destinations)].sort().map((each) => {
      const at = each.lastIndexOf('/');
      return { name: each.slice(0, at), namespace: each.slice(at + 1) };
    }),
    clusterResourceWhitelist: kinds(true),
    namespaceResourceWhitelist: kinds(false),
  };
}

/** Where an Application finds its manifests, and where it applies them. */
interface Route {
  readonly project: string;
  readonly path: string;
  readonly revision: string;
  readonly cluster: string;
  readonly namespace: string;
}

function routeOf(product: string, delivery: Delivery, { target, namespace }: Delivered): Route {
  return {
    project: projectName(product, target.environment.name),
    path: pathOf(delivery, target),
    revision: revisionOf(delivery, target),
    cluster: target.cluster.argoCluster,
    namespace,
  };
}

/** The rules of every Application; the set's template has the list's fields in place of the route. */
function applicationSpec(delivery: Delivery, { project, path, revision, cluster, namespace }: Route) {
  return {
    project,
    source: { repoUrl: delivery.repoUrl, targetRevision: revision, path },
    destination: { name: cluster, namespace },
    revisionHistoryLimit: 5,
    syncPolicy: {
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

/** What differs from one Application to the next beyond its route. */
interface OwnPart {
  readonly metadata?: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: Pick<ApplicationSpec, 'ignoreDifferences' | 'syncPolicy'>;
}

function ownPart({ target, facts }: Delivered): OwnPart {
  const { automated, prune, selfHeal, notify } = deliveryOf(target);
  return {
    ...(notify.length > 0 ? { metadata: { annotations: subscriptions(notify) } } : {}),
    spec: {
      // A number that an autoscaler sets, a bundle that somebody writes: no drift. Everything else that is changed by hand is.
      ...(facts.others.length > 0
        ? {
            ignoreDifferences: facts.others.map(({ isStated: _, jsonPointers, ...of }) => ({
              ...of,
              jsonPointers: [...jsonPointers],
            })),
          }
        : {}),
      ...(automated ? { syncPolicy: { automated: { prune, selfHeal } } } : {}),
    },
  };
}

function stepOf(environments: readonly string[]) {
  return { matchExpressions: [{ key: 'environment', operator: 'In', values: [...environments] }] };
}

/** What Argo CD's own ConfigMaps must say; those that have nothing to say are left out. */
function settingsOf(
  delivery: Delivery,
  delivered: readonly Delivered[],
): { readonly name: string; readonly data: Record<string, string> }[] {
  const all = [
    { name: 'argocd-cm', data: healthChecks(delivered) },
    {
      name: 'argocd-cmd-params-cm',
      data: delivery.progressive ? { 'applicationsetcontroller.enable.progressive.syncs': 'true' } : {},
    },
    {
      name: 'argocd-notifications-cm',
      data: notificationsConfig(delivered.flatMap(({ target }) => deliveryOf(target).notify)),
    },
  ];
  return all.filter(({ data }) => Object.keys(data).length > 0);
}

function projectName(product: string, environment: string): string {
  return `${product}-${environment}`;
}
