import type { KubernetesObject } from './kubernetes';
import { groupOf } from './kubernetes';

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
      ...objects.flatMap(injectedBundles),
      ...writtenByRollouts(objects),
    ].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    deadline: Math.max(SHORTEST, ...objects.flatMap(deadlineOf)),
    ...(conditioned.length > 0 ? { conditioned } : {}),
  };
}

function nameOf({ group, kind, namespace, name }: FieldsOfOthers): string {
  return [group, kind, namespace, name].join(' ');
}

/** The seconds that a Deployment may take by default. */
const PROGRESS_DEADLINE = 600;
const SHORTEST = 300;

function deadlineOf({ apiVersion, kind, spec }: KubernetesObject): number[] {
  const stated = spec as { readonly progressDeadlineSeconds?: number; readonly activeDeadlineSeconds?: number };
  if (groupOf(apiVersion) === 'batch' && kind === 'Job') return [stated?.activeDeadlineSeconds ?? PROGRESS_DEADLINE];
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

interface RolloutSpec {
  readonly strategy?: {
    readonly blueGreen?: { readonly activeService?: string; readonly previewService?: string };
    readonly canary?: {
      readonly stableService?: string;
      readonly canaryService?: string;
      readonly trafficRouting?: {
        readonly traefik?: { readonly weightedTraefikServiceName?: string };
        readonly istio?: { readonly virtualService?: { readonly name?: string } };
        readonly plugins?: { readonly 'argoproj-labs/gatewayAPI'?: { readonly httpRoute?: string } };
      };
    };
  };
}
interface Weighted {
  readonly weighted?: { readonly services?: readonly { readonly name?: string }[] };
  readonly rules?: readonly { readonly backendRefs?: readonly { readonly name?: string }[] }[];
  readonly http?: readonly { readonly route?: readonly { readonly destination?: { readonly host?: string } }[] }[];
}

/**
 * What a Rollout of Argo writes: which revision its Services lead to, and the shares of requests. A selector is one value for the API server
 * (`mapType=atomic`): applied server-side as it stands in Git, it would lead to both versions again.
 */
function writtenByRollouts(objects: readonly KubernetesObject[]): FieldsOfOthers[] {
  const rollouts = objects.filter(
    ({ apiVersion, kind }) => groupOf(apiVersion) === 'argoproj.io' && kind === 'Rollout',
  );
  return rollouts.flatMap(({ metadata: { namespace }, spec }) => {
    const { blueGreen, canary } = (spec as RolloutSpec | undefined)?.strategy ?? {};
    const shared = [canary?.stableService, canary?.canaryService];
    const services = [blueGreen?.activeService, blueGreen?.previewService, ...shared];
    const { traefik, plugins, istio } = canary?.trafficRouting ?? {};
    const named = (group: string, kind: string, name: string | undefined, pointers: (found: Weighted) => string[]) => {
      const found = objects.find(
        (each) =>
          groupOf(each.apiVersion) === group &&
          each.kind === kind &&
          each.metadata.name === name &&
          each.metadata.namespace === namespace,
      );
      if (!found || name === undefined) return [];
      const place = { group, kind, ...(namespace === undefined ? {} : { namespace }), name };
      return [{ ...place, jsonPointers: pointers((found.spec ?? {}) as Weighted), isStated: true as const }];
    };
    const weights = (path: string, backends: readonly { readonly name?: string }[] = []) =>
      backends.flatMap(({ name }, i) => (shared.includes(name) ? [`${path}/${i}/weight`] : []));
    return [
      ...[...new Set(services)].flatMap((name) =>
        named('', 'Service', name, () => ['/spec/selector/rollouts-pod-template-hash']),
      ),
      ...named('traefik.io', 'TraefikService', traefik?.weightedTraefikServiceName, ({ weighted }) =>
        weights('/spec/weighted/services', weighted?.services),
      ),
      ...named('networking.istio.io', 'VirtualService', istio?.virtualService?.name, ({ http = [] }) =>
        http.flatMap(({ route = [] }, i) =>
          weights(
            `/spec/http/${i}/route`,
            route.map(({ destination }) => ({ name: destination?.host?.split('.')[0] ?? '' })),
          ),
        ),
      ),
      ...named(
        'gateway.networking.k8s.io',
        'HTTPRoute',
        plugins?.['argoproj-labs/gatewayAPI']?.httpRoute,
        ({ rules = [] }) => rules.flatMap(({ backendRefs }, i) => weights(`/spec/rules/${i}/backendRefs`, backendRefs)),
      ),
    ];
  });
}

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
