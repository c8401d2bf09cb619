import type { KubernetesObject } from './kubernetes';
import { groupOf } from './kubernetes';
import { addTo } from './multimap';
import { rolloutWaits } from './rollout-waits';
import type { NamedByRollout } from './rollout-writes';
import { writtenByRollout } from './rollout-writes';

/** Fields of one object that something in the cluster sets after it was applied. */
export interface FieldsOfOthers {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly jsonPointers: readonly string[];
  /** What Git says there holds just at the start, and who applies it server-side would set it back. @default - Git says nothing there */
  readonly isStated?: true;
}

/** What those who apply a target must know beyond the names of its objects. */
export interface DeliveryFacts {
  /** Whose difference is no drift. */
  readonly others: readonly FieldsOfOthers[];
  /** So many seconds its slowest workload may take until it has failed. */
  readonly deadline: number;
  /** Kinds that it brings itself and whose status has conditions: `group/Kind`. @default - none */
  readonly conditioned?: readonly string[];
}

/** Derived from the objects alone, so that nothing is typed in twice. */
export function deliveryFacts(objects: readonly KubernetesObject[]): DeliveryFacts {
  const conditioned = objects.flatMap(conditionedKind);
  return {
    others: [
      ...replicasOfAutoscalers(objects),
      ...minimaOfClocks(objects),
      ...objects.flatMap(injectedBundles),
      ...writtenByRollouts(objects),
    ].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    deadline: Math.max(SHORTEST, ...objects.flatMap((object) => deadlineOf(object, objects))),
    ...(conditioned.length > 0 ? { conditioned } : {}),
  };
}

function nameOf({ group, kind, namespace, name }: FieldsOfOthers): string {
  return [group, kind, namespace, name].join(' ');
}

/** The seconds that a Deployment may take by default. */
const PROGRESS_DEADLINE = 600;
const SHORTEST = 300;

function deadlineOf(object: KubernetesObject, objects: readonly KubernetesObject[]): number[] {
  const { apiVersion, kind, spec } = object;
  const stated = spec as { readonly progressDeadlineSeconds?: number; readonly activeDeadlineSeconds?: number };
  if (groupOf(apiVersion) === 'batch' && kind === 'Job') return [stated?.activeDeadlineSeconds ?? PROGRESS_DEADLINE];
  if (groupOf(apiVersion) === 'argoproj.io' && kind === 'Rollout')
    return [(stated?.progressDeadlineSeconds ?? PROGRESS_DEADLINE) + rolloutWaits(object, objects)];
  if (groupOf(apiVersion) !== 'apps') return [];
  return [(kind === 'Deployment' ? stated?.progressDeadlineSeconds : undefined) ?? PROGRESS_DEADLINE];
}

interface ScaleSpec {
  readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
}

/** The replicas of what an autoscaler scales. KEDA makes one of a ScaledObject, and scales Deployments by default. */
function replicasOfAutoscalers(objects: readonly KubernetesObject[]): FieldsOfOthers[] {
  const scaled = objects.flatMap(({ apiVersion, kind, metadata, spec }) => {
    const of = `${groupOf(apiVersion)}/${kind}`;
    if (of !== 'autoscaling/HorizontalPodAutoscaler' && of !== 'keda.sh/ScaledObject') return [];
    const {
      apiVersion: version = 'apps/v1',
      kind: target = 'Deployment',
      name,
    } = (spec as ScaleSpec).scaleTargetRef ?? {};
    return [[groupOf(version), target, metadata.namespace, name].join(' ')];
  });
  return objects.flatMap(({ apiVersion, kind, metadata: { namespace, name } }) => {
    const group = groupOf(apiVersion);
    if (!scaled.includes([group, kind, namespace, name].join(' '))) return [];
    return [{ group, kind, ...(namespace === undefined ? {} : { namespace }), name, jsonPointers: ['/spec/replicas'] }];
  });
}

/** Containers of a CronJob. */
interface ClockSpec {
  readonly jobTemplate?: {
    readonly spec?: {
      readonly template?: {
        readonly spec?: { readonly containers?: readonly { readonly args?: readonly string[] }[] };
      };
    };
  };
}

/** The fewest pods of autoscalers, which CronJobs set when hours begin and end: what Git says holds at other times. */
function minimaOfClocks(objects: readonly KubernetesObject[]): FieldsOfOthers[] {
  const group = 'autoscaling';
  const kind = 'HorizontalPodAutoscaler';
  const written = objects.flatMap((object) => {
    if (groupOf(object.apiVersion) !== 'batch' || object.kind !== 'CronJob') return [];
    const containers = (object.spec as ClockSpec).jobTemplate?.spec?.template?.spec?.containers ?? [];
    return containers.flatMap(({ args = [] }) => {
      const [verb, what, name, ...options] = args;
      const isMinimum = options.some((option) => /^--patch=.*"minReplicas"/.test(option));
      return verb === 'patch' && what === kind.toLowerCase() && isMinimum
        ? [`${object.metadata.namespace} ${name}`]
        : [];
    });
  });
  return objects.flatMap(({ apiVersion, kind: of, metadata: { namespace, name } }) => {
    if (groupOf(apiVersion) !== group || of !== kind || !written.includes(`${namespace} ${name}`)) return [];
    const place = namespace === undefined ? {} : { namespace };
    return [{ group, kind, ...place, name, jsonPointers: ['/spec/minReplicas'], isStated: true }];
  });
}

/**
 * What a Rollout of Argo writes: which revision its Services and subsets lead to, and the shares of requests. A selector is one value for the API
 * server (`mapType=atomic`): applied server-side as it stands in Git, it would lead to both versions again.
 */
function writtenByRollouts(objects: readonly KubernetesObject[]): FieldsOfOthers[] {
  const rollouts = objects.filter(
    ({ apiVersion, kind }) => groupOf(apiVersion) === 'argoproj.io' && kind === 'Rollout',
  );
  const fields = rollouts.flatMap((rollout) => {
    const found = ({ kind, name, namespace }: NamedByRollout, groups: readonly string[]) =>
      objects.find(
        (each) =>
          groups.includes(groupOf(each.apiVersion)) &&
          each.kind === kind &&
          each.metadata.name === name &&
          each.metadata.namespace === namespace,
      );
    const find = (of: NamedByRollout) => found(of, of.kind === 'TraefikService' ? TRAEFIK_GROUPS : [of.group]);
    const all = writtenByRollout({ ...rollout }, rollout.metadata.namespace, (of) => {
      const object = find(of);
      return object && { ...object };
    });
    return all.map(({ of, pointers }): FieldsOfOthers => {
      const { apiVersion, kind, metadata } = find(of)!;
      const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
      const what = { group: groupOf(apiVersion), kind, ...place, name: metadata.name };
      return { ...what, jsonPointers: pointers, isStated: true };
    });
  });
  // Two Rollouts may share a route.
  const byObject = new Map<string, FieldsOfOthers[]>();
  for (const each of fields) addTo(byObject, nameOf(each), each);
  return [...byObject.values()].map((same) => ({
    ...same[0]!,
    jsonPointers: [...new Set(same.flatMap(({ jsonPointers }) => jsonPointers))],
  }));
}

/** The controller's own default is the older one. */
const TRAEFIK_GROUPS = ['traefik.io', 'traefik.containo.us'];

/** By these cert-manager's cainjector writes a CA bundle. */
const INJECTED = ['inject-ca-from', 'inject-ca-from-secret', 'inject-apiserver-ca'].map(
  (name) => `cert-manager.io/${name}`,
);

function injectedBundles(object: KubernetesObject): FieldsOfOthers[] {
  const { apiVersion, kind, metadata } = object;
  if (!INJECTED.some((annotation) => metadata.annotations?.[annotation] !== undefined)) return [];
  const jsonPointers = bundlesOf(object);
  return jsonPointers.length > 0 ? [{ group: groupOf(apiVersion), kind, name: metadata.name, jsonPointers }] : [];
}

function bundlesOf({ kind, webhooks, spec }: KubernetesObject): string[] {
  if (/^(Mutating|Validating)WebhookConfiguration$/.test(kind))
    return (Array.isArray(webhooks) ? webhooks : []).map((_, i) => `/webhooks/${i}/clientConfig/caBundle`);
  if (kind === 'APIService') return ['/spec/caBundle'];
  const conversion = (spec as { readonly conversion?: { readonly strategy?: string } } | undefined)?.conversion;
  return kind === 'CustomResourceDefinition' && conversion?.strategy === 'Webhook'
    ? ['/spec/conversion/webhook/clientConfig/caBundle']
    : [];
}

interface Definition {
  readonly group?: string;
  readonly names?: { readonly kind?: string };
  readonly versions?: readonly {
    readonly schema?: { readonly openAPIV3Schema?: { readonly properties?: Readonly<Record<string, Schema>> } };
  }[];
}
interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
}

function conditionedKind({ kind, spec }: KubernetesObject): string[] {
  if (kind !== 'CustomResourceDefinition') return [];
  const { group, names, versions = [] } = (spec ?? {}) as Definition;
  const has = versions.some(
    ({ schema }) => schema?.openAPIV3Schema?.properties?.['status']?.properties?.['conditions'],
  );
  return has && names?.kind !== undefined ? [`${group}/${names.kind}`] : [];
}
