import type { Json } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { CustomKind } from '../upstream/kubernetes/custom';
import type { Definition, Scalar, Type } from '../upstream/kubernetes/model';
import { isIntOrString, Schemas } from '../upstream/kubernetes/structural/schemas';
import type { SenseOfValues } from './sense';
import { RIGHTS, SELECTOR } from './sense';

/** How Kubernetes tells the entries of a list apart. */
export interface ListShape {
  /** The fields that name an entry; none: it is replaced as a whole. */
  readonly keys: readonly string[];
  /** Its entries are values, each there once, in no order. */
  readonly set: boolean;
  /** Whether something notices when the entries change places. */
  readonly ordered: boolean;
  /** Whether entries that say the same count once, and each of them for itself: such as the peers of a rule. @default false */
  readonly each?: true;
}

/** What is known of the values at one place of an object: what tells two of them apart that mean the same. */
export interface ValueShape {
  field(name: string): ValueShape;
  item(): ValueShape;
  readonly list: ListShape;
  /** Undefined for what is no scalar, or none that is known. */
  readonly scalar: Scalar | undefined;
  /** Whether an empty list or map is stored as none. */
  readonly dropsEmpty: boolean;
  /** Whether it is a map of scalars, such as labels: each entry is told by itself. */
  readonly entries: boolean;
  /** What tells that two values mean the same though they are written otherwise. @default - how they are written */
  readonly sense?: SenseOfValues;
}

/** Where nothing is known, values are compared as they are written. Lists of entries that all have names are told apart by them. */
export const UNKNOWN: ValueShape = {
  field: () => UNKNOWN,
  item: () => UNKNOWN,
  list: { keys: ['name'], set: false, ordered: true },
  scalar: undefined,
  dropsEmpty: false,
  entries: false,
};

const NO_LIST: ListShape = { keys: [], set: false, ordered: false };

/** The pod template is kept byte for byte: another order of anything in it is another revision. */
const TEMPLATES: readonly string[] = ['core.v1.PodTemplateSpec', 'core.v1.PodSpec'];

/** Lists whose entries are all taken together, in any order, by the struct and the field. Nothing in the template of pods is among them. */
const EACH: Readonly<Record<string, readonly string[]>> = {
  'admissionregistration.v1.MutatingWebhook': ['rules'],
  'admissionregistration.v1.NamedRuleWithOperations': [
    ...['apiGroups', 'apiVersions', 'operations', 'resources', 'resourceNames'],
  ],
  'admissionregistration.v1.RuleWithOperations': ['apiGroups', 'apiVersions', 'operations', 'resources'],
  'admissionregistration.v1.ValidatingWebhook': ['rules'],
  'apiextensions.v1.CustomResourceDefinitionNames': ['categories', 'shortNames'],
  'apiextensions.v1.JSONSchemaProps': ['allOf', 'anyOf', 'enum', 'oneOf', 'required', 'x-kubernetes-list-map-keys'],
  'autoscaling.v2.HPAScalingRules': ['policies'],
  'autoscaling.v2.HorizontalPodAutoscalerSpec': ['metrics'],
  'core.v1.ResourceQuotaSpec': ['scopes'],
  'core.v1.ServiceSpec': ['externalIPs', 'loadBalancerSourceRanges'],
  'discovery.v1.EndpointSlice': ['endpoints', 'ports'],
  'networking.v1.IPBlock': ['except'],
  'networking.v1.IngressTLS': ['hosts'],
  'networking.v1.NetworkPolicyEgressRule': ['ports', 'to'],
  'networking.v1.NetworkPolicyIngressRule': ['from', 'ports'],
  'networking.v1.NetworkPolicySpec': ['egress', 'ingress', 'policyTypes'],
  'rbac.v1.AggregationRule': ['clusterRoleSelectors'],
  'rbac.v1.ClusterRoleBinding': ['subjects'],
  'rbac.v1.RoleBinding': ['subjects'],
};

/** Roles are told by the rights that they give. */
const WITH_RIGHTS: readonly string[] = ['rbac.v1.ClusterRole', 'rbac.v1.Role'];

const LABEL_SELECTOR = 'meta.v1.LabelSelector';
/** What has a selector of its own that the API server keeps as it was first written (apps, batch), or as a part of an immutable spec. */
const AS_WRITTEN = /^(apps|batch|core)\./;

const SCHEMA = 'apiextensions.v1.JSONSchemaProps';
/** Fields of a schema that hold a schema, which the API of Kubernetes declares as anything. */
const SCHEMAS: readonly string[] = ['additionalItems', 'additionalProperties', 'items'];

/** Entries that nobody goes through in their order. Others are tried one after the other, such as the variables of an admission policy. */
const UNORDERED: readonly string[] = [
  'core.v1.LocalObjectReference',
  'core.v1.ObjectReference',
  'core.v1.ServicePort',
  'meta.v1.Condition',
  'meta.v1.OwnerReference',
];

function isUnordered(type: Type): boolean {
  return type.is === 'object' && UNORDERED.includes(type.definition.name);
}

const byDefinition = new WeakMap<Definition, ValueShape>();

/** An object of Kubernetes' own. */
export function builtInShape(definition: Definition): ValueShape {
  let shape = byDefinition.get(definition);
  if (!shape) byDefinition.set(definition, (shape = shapeOf({ is: 'object', definition }, false)));
  return shape;
}

const known = [new WeakMap<Type, ValueShape>(), new WeakMap<Type, ValueShape>()] as const;

function shapeOf(type: Type, inTemplate: boolean): ValueShape {
  const shapes = known[inTemplate ? 1 : 0];
  let shape = shapes.get(type);
  if (!shape) shapes.set(type, (shape = makeShape(type, inTemplate)));
  return shape;
}

function makeShape(type: Type, outer: boolean): ValueShape {
  const inTemplate = outer || (type.is === 'object' && TEMPLATES.includes(type.definition.name));
  return {
    field: (name) => {
      if (type.is === 'map') return shapeOf(type.of, inTemplate);
      return type.is === 'object' ? fieldShape(type.definition, name, inTemplate) : UNKNOWN;
    },
    item: () => (type.is === 'list' ? shapeOf(type.of, inTemplate) : UNKNOWN),
    list:
      type.is === 'list' ? { keys: type.keys, set: type.set, ordered: inTemplate || !isUnordered(type.of) } : NO_LIST,
    scalar: type.is === 'object' || type.is === 'list' || type.is === 'map' ? undefined : type.is,
    dropsEmpty: type.is === 'list' || type.is === 'map',
    entries: type.is === 'map' && !['object', 'list', 'map'].includes(type.of.is),
    ...(type.is === 'object' && type.definition.name === LABEL_SELECTOR && !inTemplate ? { sense: SELECTOR } : {}),
  };
}

function fieldShape(definition: Definition, name: string, inTemplate: boolean): ValueShape {
  const type = definition.fields.get(name)?.type;
  if (!type) return UNKNOWN;
  if (definition.name === SCHEMA && SCHEMAS.includes(name)) return builtInShape(definition);
  const isKept = type.is === 'object' && type.definition.name === LABEL_SELECTOR && AS_WRITTEN.test(definition.name);
  const shape = shapeOf(type, inTemplate || isKept);
  if (inTemplate) return shape;
  if (name === 'rules' && WITH_RIGHTS.includes(definition.name)) return { ...shape, sense: RIGHTS };
  const isEach = Object.hasOwn(EACH, definition.name) && EACH[definition.name]!.includes(name);
  return isEach ? { ...shape, list: { ...shape.list, ordered: false, each: true } } : shape;
}

/** An object of a kind that a CustomResourceDefinition makes; its metadata are those of every object. */
export function customShape({ schema, pool }: CustomKind, metadata: Definition, group: string): ValueShape {
  if (!schema) return withMetadata(UNKNOWN, metadata);
  return withMetadata(schemaShape(schema, new Schemas(pool), SELECTING.test(group)), metadata);
}

function withMetadata(shape: ValueShape, metadata: Definition): ValueShape {
  const own = builtInShape(metadata);
  return { ...shape, field: (name) => (name === 'metadata' ? own : shape.field(name)) };
}

/** Groups whose selectors only select, and are handed on to nobody: a controller that puts one into a template of pods would replace them. */
const SELECTING =
  /(^|\.)(monitoring\.coreos\.com|cilium\.io|gateway\.networking\.k8s\.io|policy\.networking\.k8s\.io|external-secrets\.io|cert-manager\.io|kyverno\.io)$/;
/** Below these an object holds what is handed on to pods and claims. */
const HANDED_ON = /^(affinity|topologySpreadConstraints|.*[tT]emplates?|storage|volumes)$/;

function isSelector(schema: Json): boolean {
  const properties = record(schema['properties']);
  return (
    properties !== undefined &&
    Object.keys(properties).sort().join() === 'matchExpressions,matchLabels' &&
    list(record(record(properties['matchExpressions'])?.['items'])?.['required']).includes('operator')
  );
}

function schemaShape(schema: Json | undefined, schemas: Schemas, selects = false): ValueShape {
  if (!schema || schema['x-kubernetes-preserve-unknown-fields'] === true) return UNKNOWN;
  const kind = string(schema['x-kubernetes-list-type']);
  const keys = list(schema['x-kubernetes-list-map-keys']).filter((key) => typeof key === 'string');
  return {
    field: (name) => schemaShape(schemas.field(schema, name), schemas, selects && !HANDED_ON.test(name)),
    item: () => schemaShape(schemas.items(schema), schemas, selects),
    ...(selects && isSelector(schema) ? { sense: SELECTOR } : {}),
    // A controller may go through a list in its order, whatever the server calls it.
    list: kind === 'map' ? { keys, set: false, ordered: true } : { keys: [], set: kind === 'set', ordered: true },
    scalar: isIntOrString(schema) ? (isQuantity(schema) ? 'quantity' : 'int-or-string') : undefined,
    dropsEmpty: false,
    entries: false,
  };
}

/** Generated definitions of quantities have the pattern of Kubernetes' own. */
function isQuantity(schema: Json): boolean {
  return string(record(schema)?.['pattern'])?.includes('[KMGTPE]i') === true;
}
