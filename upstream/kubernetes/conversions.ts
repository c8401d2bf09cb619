import type { Json } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { autoscalerInV2 } from './convert-autoscaler';

interface Conversion {
  /** The apiVersion that replaces it. */
  readonly to: string;
  /** What has other fields, or other defaults, there. @default - the fields are the same and mean the same */
  readonly convert?: (object: Json) => Json;
}

/**
 * Older API versions of Kubernetes' own kinds, and the version that replaces them. Each conversion does what the API server does (the
 * conversion.go and defaults.go of the version in pkg/apis; Kubernetes 1.24 for the versions that are gone since).
 */
const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  ...same('apiregistration.k8s.io/v1beta1', 'apiregistration.k8s.io/v1', 'APIService'),
  ...same('apps/v1beta2', 'apps/v1', 'ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'),
  ...same('batch/v1beta1', 'batch/v1', 'CronJob'),
  ...same('coordination.k8s.io/v1beta1', 'coordination.k8s.io/v1', 'Lease'),
  ...same('extensions/v1beta1', 'networking.k8s.io/v1', 'NetworkPolicy'),
  ...same('flowcontrol.apiserver.k8s.io/v1beta2', 'flowcontrol.apiserver.k8s.io/v1', 'FlowSchema'),
  ...same('flowcontrol.apiserver.k8s.io/v1beta3', 'flowcontrol.apiserver.k8s.io/v1', 'FlowSchema'),
  ...same('networking.k8s.io/v1beta1', 'networking.k8s.io/v1', 'IngressClass'),
  ...same('node.k8s.io/v1beta1', 'node.k8s.io/v1', 'RuntimeClass'),
  ...same('rbac.authorization.k8s.io/v1beta1', 'rbac.authorization.k8s.io/v1', 'Role', 'RoleBinding'),
  ...same('rbac.authorization.k8s.io/v1beta1', 'rbac.authorization.k8s.io/v1', 'ClusterRole', 'ClusterRoleBinding'),
  ...same('scheduling.k8s.io/v1beta1', 'scheduling.k8s.io/v1', 'PriorityClass'),
  ...same('storage.k8s.io/v1beta1', 'storage.k8s.io/v1', 'CSIDriver', 'CSINode', 'CSIStorageCapacity'),
  ...same('storage.k8s.io/v1beta1', 'storage.k8s.io/v1', 'StorageClass', 'VolumeAttachment'),
  ...same('autoscaling/v2beta2', 'autoscaling/v2', 'HorizontalPodAutoscaler'),
  'autoscaling/v1 HorizontalPodAutoscaler': { to: 'autoscaling/v2', convert: autoscalerInV2 },
  'autoscaling/v2beta1 HorizontalPodAutoscaler': { to: 'autoscaling/v2', convert: autoscalerInV2 },
  'extensions/v1beta1 Ingress': { to: 'networking.k8s.io/v1', convert: ingressInV1 },
  'networking.k8s.io/v1beta1 Ingress': { to: 'networking.k8s.io/v1', convert: ingressInV1 },
  'policy/v1beta1 PodDisruptionBudget': { to: 'policy/v1', convert: budgetInV1 },
  'discovery.k8s.io/v1beta1 EndpointSlice': { to: 'discovery.k8s.io/v1', convert: sliceInV1 },
  'flowcontrol.apiserver.k8s.io/v1beta2 PriorityLevelConfiguration': {
    to: 'flowcontrol.apiserver.k8s.io/v1',
    convert: priorityLevelInV1,
  },
  'flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration': {
    to: 'flowcontrol.apiserver.k8s.io/v1',
    convert: priorityLevelInV1,
  },
  'admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration': {
    to: 'admissionregistration.k8s.io/v1',
    convert: webhooksInV1,
  },
  'admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration': {
    to: 'admissionregistration.k8s.io/v1',
    convert: webhooksInV1,
  },
  'apiextensions.k8s.io/v1beta1 CustomResourceDefinition': { to: 'apiextensions.k8s.io/v1', convert: definitionInV1 },
};

function same(from: string, to: string, ...kinds: readonly string[]): Record<string, Conversion> {
  return Object.fromEntries(kinds.map((kind) => [`${from} ${kind}`, { to }]));
}

/** An object as the version that replaces its own says it; undefined where its version is not replaced, or is of no known kind. */
export function inReplacingVersion(object: Json): Json | undefined {
  const key = `${string(object['apiVersion'])} ${string(object['kind'])}`;
  const conversion = Object.hasOwn(CONVERSIONS, key) ? CONVERSIONS[key] : undefined;
  if (!conversion) return undefined;
  const { to, convert = (same: Json) => same } = conversion;
  return { ...convert(object), apiVersion: to };
}

function withSpec(object: Json, change: (spec: Json) => Json): Json {
  const spec = record(object['spec']);
  return spec ? { ...object, spec: change(spec) } : object;
}

/** pkg/apis/networking/v1beta1: the backend names its Service in a struct of its own, and a path has a type. */
function ingressInV1(object: Json): Json {
  return withSpec(object, ({ backend, rules, ...spec }) => ({
    ...spec,
    ...(record(backend) ? { defaultBackend: backendInV1(record(backend)!) } : {}),
    ...(rules === undefined ? {} : { rules: Array.isArray(rules) ? rules.map(ingressRuleInV1) : rules }),
  }));
}

function ingressRuleInV1(rule: unknown): unknown {
  const http = record(record(rule)?.['http']);
  if (!http || !Array.isArray(http['paths'])) return rule;
  const paths = http['paths'].map((each) => {
    const path = record(each);
    if (!path) return each;
    const backend = record(path['backend']);
    return {
      ...path,
      pathType: path['pathType'] ?? 'ImplementationSpecific',
      ...(backend ? { backend: backendInV1(backend) } : {}),
    };
  });
  return { ...record(rule), http: { ...http, paths } };
}

function backendInV1({ serviceName, servicePort, ...backend }: Json): Json {
  if (serviceName === undefined && servicePort === undefined) return backend;
  const port = typeof servicePort === 'string' ? { name: servicePort } : { number: servicePort };
  return { ...backend, service: { name: serviceName, ...(servicePort === undefined ? {} : { port }) } };
}

/** pkg/apis/policy/helper.go */
const EMPTY_SELECTOR = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';

/** An empty selector selects no pods in v1beta1, and all of them in v1. */
function budgetInV1(object: Json): Json {
  return withSpec(object, (spec) => {
    const selector = record(spec['selector']);
    if (!selector) return spec;
    const [labels, expressions] = [record(selector['matchLabels']) ?? {}, list(selector['matchExpressions'])];
    const isEmpty = Object.keys(labels).length === 0 && expressions.length === 0;
    if (isEmpty) return { ...spec, selector: { matchExpressions: [{ key: EMPTY_SELECTOR, operator: 'Exists' }] } };
    const kept = expressions.filter((each) => record(each)?.['key'] !== EMPTY_SELECTOR);
    if (kept.length === expressions.length) return spec;
    const { matchExpressions: _, ...rest } = selector;
    return { ...spec, selector: kept.length > 0 ? { ...rest, matchExpressions: kept } : rest };
  });
}

/** pkg/apis/discovery/v1beta1/conversion.go */
function sliceInV1(object: Json): Json {
  if (!Array.isArray(object['endpoints'])) return object;
  const endpoints = object['endpoints'].map((each) => {
    const endpoint = record(each);
    if (!record(endpoint?.['topology'])) return each;
    const { topology, ...rest } = endpoint!;
    const { 'topology.kubernetes.io/zone': zone, ...labels } = record(topology)!;
    const { 'kubernetes.io/hostname': host, ...others } = labels;
    // A host that is the node says nothing more.
    const left = host !== undefined && host === rest['nodeName'] ? others : labels;
    return {
      ...rest,
      ...(zone === undefined ? {} : { zone }),
      ...(Object.keys(left).length === 0 ? {} : { deprecatedTopology: left }),
    };
  });
  return { ...object, endpoints };
}

/** pkg/apis/flowcontrol/v1beta3: of an older client a 0 means nothing, unless this says otherwise. */
const PRESERVES_ZERO = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

/** What a limited level may run at once has another name in v1beta2 (pkg/apis/flowcontrol/v1beta2/conversion.go). */
function priorityLevelInV1(object: Json): Json {
  const metadata = record(object['metadata']) ?? {};
  const { [PRESERVES_ZERO]: preserves, ...annotations } = record(metadata['annotations']) ?? {};
  const read = preserves === undefined ? object : { ...object, metadata: { ...metadata, annotations } };
  return withSpec(read, (spec) => {
    const limited = record(spec['limited']);
    if (!limited) return spec;
    const { assuredConcurrencyShares, nominalConcurrencyShares = assuredConcurrencyShares, ...rest } = limited;
    const isNone =
      nominalConcurrencyShares === undefined || (nominalConcurrencyShares === 0 && preserves === undefined);
    return { ...spec, limited: isNone ? rest : { ...rest, nominalConcurrencyShares } };
  });
}

/** pkg/apis/admissionregistration/v1beta1/defaults.go: these are other ones in v1. */
function webhooksInV1(object: Json): Json {
  if (!Array.isArray(object['webhooks'])) return object;
  const filled = {
    failurePolicy: 'Ignore',
    matchPolicy: 'Exact',
    sideEffects: 'Unknown',
    timeoutSeconds: 30,
    admissionReviewVersions: ['v1beta1'],
  };
  return { ...object, webhooks: object['webhooks'].map((each) => (record(each) ? { ...filled, ...each } : each)) };
}

/** apiextensions-apiserver, pkg/apis/apiextensions/v1/conversion.go: what held for all versions stands in each of them. */
function definitionInV1(object: Json): Json {
  return withSpec(object, (spec) => {
    const { version, validation, subresources, additionalPrinterColumns, conversion, ...rest } = spec;
    const versions = mappings(rest['versions']);
    const all =
      versions.length === 0 && version !== undefined ? [{ name: version, served: true, storage: true }] : versions;
    const common = {
      ...(validation === undefined ? {} : { schema: validation }),
      ...(subresources === undefined ? {} : { subresources }),
      ...(additionalPrinterColumns === undefined ? {} : { additionalPrinterColumns }),
    };
    return {
      ...rest,
      scope: rest['scope'] ?? 'Namespaced',
      preserveUnknownFields: rest['preserveUnknownFields'] ?? true,
      versions: all.map((each) => withJsonPaths({ ...each, ...common })),
      ...(conversion === undefined ? {} : { conversion: conversionInV1(conversion) }),
    };
  });
}

function withJsonPaths(version: Json): Json {
  const columns = version['additionalPrinterColumns'];
  if (!Array.isArray(columns)) return version;
  return {
    ...version,
    additionalPrinterColumns: columns.map((each) => {
      const { JSONPath: jsonPath, ...column } = record(each) ?? {};
      return jsonPath === undefined ? each : { ...column, jsonPath };
    }),
  };
}

function conversionInV1(value: unknown): unknown {
  const conversion = record(value);
  if (conversion?.['webhookClientConfig'] === undefined) return value;
  const { webhookClientConfig: clientConfig, conversionReviewVersions = ['v1beta1'], ...rest } = conversion;
  return { ...rest, webhook: { clientConfig, conversionReviewVersions } };
}
