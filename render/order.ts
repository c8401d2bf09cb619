import type { Component, KubernetesObject } from '../model/kubernetes';
import { identityOf, objectName } from '../model/kubernetes';
import { isDefinition } from '../model/namespaced';

/** Objects that become one file. */
export interface Step {
  /** Relative to the target's folder. */
  readonly path: string;
  readonly wave: number;
  /** In the order of their documents. */
  readonly objects: readonly KubernetesObject[];
}

/** Sorts before the numbers of all other files. */
const DEFINITIONS = '0-crds.yaml';

/** The order of kinds inside one file: first what others refer to. Kinds that are not named come last, by the alphabet. */
const KIND_ORDER = [
  'Namespace',
  // Policies: what they refuse or limit must not slip in before them.
  ...['ResourceQuota', 'LimitRange', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'NetworkPolicy'],
  ...['PriorityClass', 'RuntimeClass', 'StorageClass', 'IngressClass', 'GatewayClass', 'ServiceAccount'],
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  // Config.
  ...[
    'ConfigMap',
    'Secret',
    'ClusterSecretStore',
    'SecretStore',
    'ExternalSecret',
    'SealedSecret',
    'SecretProviderClass',
  ],
  // State.
  ...['PersistentVolume', 'PersistentVolumeClaim', 'Service'],
  // The app.
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  // What speaks of it, and the routes to it.
  ...[
    'HorizontalPodAutoscaler',
    'PodDisruptionBudget',
    'Gateway',
    'HTTPRoute',
    'VirtualService',
    'Ingress',
    'APIService',
  ],
];

/**
 * A step per component, numbered by its wave, so that `kubectl apply -f` meets them in a good order; before them all one with
 * every CustomResourceDefinition, because nothing of the new kinds can be applied until they are served. The Namespaces that a definition comes
 * after are in it as well; whatever else it comes after, it does not need.
 */
export function stepsOf(components: readonly Component[]): Step[] {
  const order = new Map(components.flatMap((component) => [...(component.order ?? [])]));
  const needsOf = order.size > 0 ? needsIn(components, order) : () => [];
  const definitions = components.flatMap(({ objects }) => objects.filter(isDefinition));
  const given = new Set(components.flatMap((component) => [...(component.given?.keys() ?? [])]));
  const namespaces = definitions.flatMap(needsOf).filter(({ kind }) => kind === 'Namespace');
  const first = new Set([...definitions, ...namespaces]);
  const digits = Math.max(2, ...components.map(({ wave }) => String(wave * 10).length));
  return [
    { path: DEFINITIONS, wave: -1, objects: inOrder([...first], needsOf, given) },
    ...[...components]
      .sort((a, b) => a.wave - b.wave || compare(a.name, b.name))
      .map(({ name, wave, objects }) => ({
        path: `${String(wave * 10).padStart(digits, '0')}-${name}.yaml`,
        wave,
        objects: inOrder(first.size === 0 ? objects : objects.filter((object) => !first.has(object)), needsOf, given),
      })),
  ].filter(({ objects }) => objects.length > 0);
}

type Needs = (object: KubernetesObject) => KubernetesObject[];

/** What an object comes after, sorted. */
function needsIn(components: readonly Component[], order: ReadonlyMap<string, readonly string[]>): Needs {
  const objects = new Map(
    components.flatMap((component) => component.objects.map((object) => [identityOf(object), object])),
  );
  return (object) =>
    (order.get(identityOf(object)) ?? []).flatMap((need) => objects.get(need) ?? []).sort(byKindAndName);
}

/** By kind and name, or as they are given, but each object after those that it comes after. */
function inOrder(objects: readonly KubernetesObject[], needsOf: Needs, given: ReadonlySet<string>): KubernetesObject[] {
  const here = new Set(objects);
  const placed = new Set<KubernetesObject>();
  const visited = new Set<KubernetesObject>();
  const place = (object: KubernetesObject): void => {
    if (visited.has(object)) return;
    visited.add(object);
    needsOf(object).forEach(place);
    if (here.has(object)) placed.add(object);
  };
  sorted(objects, given).forEach(place);
  return [...placed];
}

/**
 * Those that somebody else put into an order keep it, behind their Namespaces: one that was read from another file may come late.
 * Before them stands what pods refer to, after them the rest.
 */
function sorted(objects: readonly KubernetesObject[], given: ReadonlySet<string>): KubernetesObject[] {
  if (given.size === 0) return [...objects].sort(byKindAndName);
  const isGiven = (object: KubernetesObject) => given.has(identityOf(object));
  const kept = objects.filter(isGiven);
  const own = objects.filter((object) => !isGiven(object)).sort(byKindAndName);
  const isReferredTo = ({ kind }: KubernetesObject) => kindRank(kind) < kindRank('Deployment');
  return [
    ...kept.filter(({ kind }) => kind === 'Namespace'),
    ...own.filter(isReferredTo),
    ...kept.filter(({ kind }) => kind !== 'Namespace'),
    ...own.filter((object) => !isReferredTo(object)),
  ];
}

function byKindAndName(a: KubernetesObject, b: KubernetesObject): number {
  return (
    kindRank(a.kind) - kindRank(b.kind) ||
    compare(a.kind, b.kind) ||
    compare(objectName(a), objectName(b)) ||
    compare(a.apiVersion, b.apiVersion)
  );
}

function kindRank(kind: string): number {
  const rank = KIND_ORDER.indexOf(kind);
  return rank < 0 ? KIND_ORDER.length : rank;
}

/** By code points: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
