/** What kube-state-metrics tells of a kind of objects. */
export interface StatedResource {
  /** As `--resources` has it, and RBAC. */
  readonly resource: string;
  readonly group: string;
  /** Whether it is listed without `--resources`; undefined where that differs between releases. */
  readonly byDefault: boolean | undefined;
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...['configmaps', 'endpoints', 'limitranges', 'namespaces', 'nodes', 'persistentvolumeclaims', 'persistentvolumes'],
    ...['pods', 'replicationcontrollers', 'resourcequotas', 'secrets', 'serviceaccounts', 'services'],
  ],
  'admissionregistration.k8s.io': ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  apps: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'certificates.k8s.io': ['certificatesigningrequests'],
  'coordination.k8s.io': ['leases'],
  'discovery.k8s.io': ['endpointslices'],
  'networking.k8s.io': ['ingressclasses', 'ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
  'storage.k8s.io': ['storageclasses', 'volumeattachments'],
};

/** Those that stand in no namespace: their `createXxxListWatch` in `internal/store` takes none, whatever `--namespaces` says. */
const OF_CLUSTER: ReadonlySet<string> = new Set([
  ...['certificatesigningrequests', 'clusterrolebindings', 'clusterroles', 'ingressclasses'],
  ...['mutatingwebhookconfigurations', 'namespaces', 'nodes', 'persistentvolumes', 'storageclasses'],
  ...['validatingwebhookconfigurations', 'volumeattachments'],
]);

/** Whether kube-state-metrics lists all of them, whichever namespaces it watches. */
export function isListedInCluster(resource: string): boolean {
  return OF_CLUSTER.has(resource);
}

const OPTIONAL = ['clusterrolebindings', 'clusterroles', 'ingressclasses', 'rolebindings', 'roles', 'serviceaccounts'];
const CHANGED = ['endpoints', 'endpointslices'];

/** `pkg/options/resource.go` and `internal/store` of kube-state-metrics 2.15 to 2.19, by what stands after `kube_` in the names of series. */
const BY_SERIES: ReadonlyMap<string, StatedResource> = new Map(
  Object.entries(GROUPS).flatMap(([group, resources]) =>
    resources.map((resource): [string, StatedResource] => [
      singular(resource),
      { resource, group, byDefault: CHANGED.includes(resource) ? undefined : !OPTIONAL.includes(resource) },
    ]),
  ),
);

function singular(resource: string): string {
  if (/(ss|class)es$/.test(resource)) return resource.slice(0, -2);
  return resource.replace(/ies$/, 'y').replace(/s$/, '');
}

/** The objects that a series of kube-state-metrics is about; undefined for those of others. */
export function statedBy(metric: string): StatedResource | undefined {
  const [, of = ''] = /^kube_([a-z]+)_/.exec(metric) ?? [];
  return BY_SERIES.get(of);
}

/** A label or annotation of an object as the series has it: `mapToPrometheusLabels` in `internal/store/utils.go`. */
export function statedLabel(prefix: 'label' | 'annotation', key: string): string {
  const name = key.replace(/[^A-Za-z0-9_]/g, '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `${prefix}_${name.toLowerCase()}`;
}

/** `--metric-labels-allowlist=pods=[app,team],nodes=[*]`, by the resource. */
export function allowlistOf(values: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    values.flatMap((value) =>
      [...value.matchAll(/([\w*]+)=\[([^\]]*)\]/g)].map(([, resource = '', keys = '']): [string, string[]] => [
        resource,
        keys
          .split(',')
          .map((key) => key.trim())
          .filter(Boolean),
      ]),
    ),
  );
}
