import { StrataError } from '../../model/errors';

/** What kube-state-metrics can list: how its metrics begin, the API group, and whether it stands in a namespace. */
interface ListedResource {
  readonly metrics: string;
  readonly group: string;
  readonly namespaced: boolean;
}

/**
 * As of v2.19 (`internal/store`). Secrets and ConfigMaps are left out on purpose: no rule needs them, and whoever may list Secrets reads them.
 */
export const STATE_RESOURCES = {
  certificatesigningrequests: {
    metrics: 'certificatesigningrequest',
    group: 'certificates.k8s.io',
    namespaced: false,
  },
  cronjobs: { metrics: 'cronjob', group: 'batch', namespaced: true },
  daemonsets: { metrics: 'daemonset', group: 'apps', namespaced: true },
  deployments: { metrics: 'deployment', group: 'apps', namespaced: true },
  endpointslices: { metrics: 'endpointslice', group: 'discovery.k8s.io', namespaced: true },
  horizontalpodautoscalers: { metrics: 'horizontalpodautoscaler', group: 'autoscaling', namespaced: true },
  ingresses: { metrics: 'ingress', group: 'networking.k8s.io', namespaced: true },
  jobs: { metrics: 'job', group: 'batch', namespaced: true },
  limitranges: { metrics: 'limitrange', group: '', namespaced: true },
  namespaces: { metrics: 'namespace', group: '', namespaced: false },
  networkpolicies: { metrics: 'networkpolicy', group: 'networking.k8s.io', namespaced: true },
  nodes: { metrics: 'node', group: '', namespaced: false },
  persistentvolumeclaims: { metrics: 'persistentvolumeclaim', group: '', namespaced: true },
  persistentvolumes: { metrics: 'persistentvolume', group: '', namespaced: false },
  poddisruptionbudgets: { metrics: 'poddisruptionbudget', group: 'policy', namespaced: true },
  pods: { metrics: 'pod', group: '', namespaced: true },
  replicasets: { metrics: 'replicaset', group: 'apps', namespaced: true },
  resourcequotas: { metrics: 'resourcequota', group: '', namespaced: true },
  services: { metrics: 'service', group: '', namespaced: true },
  statefulsets: { metrics: 'statefulset', group: 'apps', namespaced: true },
  storageclasses: { metrics: 'storageclass', group: 'storage.k8s.io', namespaced: false },
  volumeattachments: { metrics: 'volumeattachment', group: 'storage.k8s.io', namespaced: false },
} as const satisfies Record<string, ListedResource>;

export type StateResource = keyof typeof STATE_RESOURCES;

/** Labels of objects that an expression asks for, by what the objects are: `{ pods: ['app.kubernetes.io/name'] }`. */
export type ObjectLabels = Readonly<Partial<Record<StateResource, readonly string[]>>>;

/** What series of objects expressions are made of. */
export interface StateNeeds {
  readonly resources: readonly StateResource[];
  readonly labels: ObjectLabels;
  readonly annotations: ObjectLabels;
}

/** An expression that somebody asks, and what it needs to be told of objects. */
export interface StateExpression {
  /** Who asks, for messages. */
  readonly place: string;
  readonly expr: string;
  readonly objectLabels?: ObjectLabels;
  /** Annotations of objects that it asks for: series have them as `annotation_…`. @default - none */
  readonly objectAnnotations?: ObjectLabels;
}

const BY_METRICS = new Map(
  (Object.keys(STATE_RESOURCES) as StateResource[]).map((resource) => [STATE_RESOURCES[resource].metrics, resource]),
) as ReadonlyMap<string, StateResource>;

/** Begin alike and come from elsewhere: what kube-state-metrics says of itself, and API servers. */
const OF_OTHERS = /^kube_(state_metrics|apiserver)_/;
const OBJECT_SERIES = /(?<![\w:])kube_([a-z]+)(?:_\w+)?(?![\w:])/g;
const LABELS_SERIES = /(?<![\w:])kube_([a-z]+)_labels(?![\w:])/g;
const OBJECT_LABEL = /(?<![\w:])label_(?!replace\b|join\b)\w+/g;

/** A label of an object as its series `kube_…_labels` has it. */
export function stateLabel(key: string): string {
  const name = key.replace(/[^A-Za-z0-9_]/g, '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `label_${name.toLowerCase()}`;
}

/** The resources whose objects an expression's series describe. */
export function resourcesIn(place: string, expr: string): StateResource[] {
  const series = [...expr.matchAll(OBJECT_SERIES)].filter(([name]) => !OF_OTHERS.test(name));
  return sorted(
    series.map(([name, metrics = '']) => {
      const resource = BY_METRICS.get(metrics);
      if (resource !== undefined) return resource;
      throw new StrataError(place, `asks for ${name}, and no object that kube-state-metrics may list has such series`, [
        `use series of ${[...BY_METRICS.keys()].map((one) => `kube_${one}`).join(', ')}`,
        'read Secrets and ConfigMaps by none: their names and dates tell no state',
      ]);
    }),
  );
}

/** Throws unless an expression says just the labels of objects that it uses: without them their series do not exist. */
export function checkObjectLabels(place: string, expr: string, labels: ObjectLabels = {}): void {
  const wanted = Object.entries(labels).flatMap(([resource, keys]) => keys.map((key) => [resource, key] as const));
  const used = new Set([...expr.matchAll(OBJECT_LABEL)].map(([label]) => label));
  const unsaid = [...used].find((label) => !wanted.some(([, key]) => stateLabel(key) === label));
  if (unsaid !== undefined)
    throw new StrataError(place, `uses ${unsaid}, and does not say which label of which object that is`, [
      "say it: objectLabels: { pods: ['app.kubernetes.io/name'] }",
    ]);
  const unused = wanted.find(
    ([resource, key]) => !used.has(stateLabel(key)) || !resourcesIn(place, expr).includes(resource as StateResource),
  );
  if (unused !== undefined)
    throw new StrataError(
      place,
      `asks for the label ${unused[1]} of ${unused[0]}, and its expression does not use it`,
      ['remove it from objectLabels', `use it: ${stateLabel(unused[1])}`],
    );
  const unlabelled = [...expr.matchAll(LABELS_SERIES)].find(
    ([, metrics = '']) => !labels[BY_METRICS.get(metrics) as StateResource]?.length,
  );
  if (unlabelled !== undefined)
    throw new StrataError(
      place,
      `asks for ${unlabelled[0]}, which does not exist for objects without a label to show`,
      [`say which: objectLabels: { ${BY_METRICS.get(unlabelled[1] ?? '')}: ['app.kubernetes.io/name'] }`],
    );
}

/** What several expressions need together, sorted. */
export function stateNeeds(expressions: readonly StateExpression[]): StateNeeds {
  const resources = sorted(expressions.flatMap(({ place, expr }) => resourcesIn(place, expr)));
  const keysOf = (given: (expression: StateExpression) => ObjectLabels | undefined): ObjectLabels => {
    const keys = resources.map(
      (resource) => [resource, sorted(expressions.flatMap((each) => given(each)?.[resource] ?? []))] as const,
    );
    return Object.fromEntries(keys.filter(([, each]) => each.length > 0));
  };
  return {
    resources,
    labels: keysOf(({ objectLabels }) => objectLabels),
    annotations: keysOf(({ objectAnnotations }) => objectAnnotations),
  };
}

function sorted<T extends string>(names: readonly T[]): T[] {
  return [...new Set(names)].sort();
}
