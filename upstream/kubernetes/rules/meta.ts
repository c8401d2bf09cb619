import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { ProblemText } from '../formats';
import { dns1035Label, dnsLabel, dnsSubdomain, labelValue, pathSegment, qualifiedName } from '../formats';
import type { Rule, Visit } from '../rule';
import { inFormat, strictlyOneOf } from '../rule';

/** All of an object's annotations together. */
const ANNOTATION_BYTES = 256 * 1024;

/** Keys and values of labels: what stands in a map of labels, or is compared with one. */
export function labels(map: unknown, field: string, walk: Visit): void {
  const object = record(map);
  for (const key in object) {
    const value = object[key];
    const wrongKey = qualifiedName(key);
    if (wrongKey) walk.fail([field, key], key, `Invalid value: "${key}": ${wrongKey}`, 'name-label-syntax');
    const wrongValue = typeof value === 'string' ? labelValue(value) : undefined;
    if (wrongValue)
      walk.fail([field, key], value, `Invalid value: ${JSON.stringify(value)}: ${wrongValue}`, 'name-label-syntax');
  }
}

export function annotations(map: unknown, walk: Visit): void {
  const object = record(map);
  let bytes = 0;
  for (const key in object) {
    // Capitals are fine here, unlike in the prefix of a label.
    const wrong = qualifiedName(key.toLowerCase());
    if (wrong) walk.fail(['annotations', key], key, `Invalid value: "${key}": ${wrong}`, 'name-label-syntax');
    bytes += Buffer.byteLength(key) + Buffer.byteLength(string(object[key]) ?? '');
  }
  if (bytes > ANNOTATION_BYTES)
    walk.fail(
      ['annotations'],
      undefined,
      `Too long: may not be more than ${ANNOTATION_BYTES} bytes`,
      'name-label-syntax',
    );
}

function requirement(object: Json, walk: Visit): void {
  const values = list(object['values']);
  const operator = object['operator'];
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0)
    walk.fail(['values'], object['values'], "Required value: must be specified when `operator` is 'In' or 'NotIn'");
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    walk.fail(['values'], values, "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1)
    walk.fail(['values'], values, "Required value: must be specified single value when `operator` is 'Lt' or 'Gt'");
}

const key = inFormat(qualifiedName);

function values(object: Json, walk: Visit): void {
  list(object['values']).forEach((value, i) => {
    const wrong = typeof value === 'string' ? labelValue(value) : undefined;
    if (wrong)
      walk.fail(['values', i], value, `Invalid value: ${JSON.stringify(value)}: ${wrong}`, 'name-label-syntax');
  });
}

export const metaRules: Record<string, Rule> = {
  'meta.v1.ObjectMeta': {
    optional: 'all',
    object(object, walk) {
      labels(object['labels'], 'labels', walk);
      annotations(object['annotations'], walk);
    },
  },
  'meta.v1.LabelSelector': {
    unless: ({ ofMetric }) => ofMetric,
    object: (object, walk) => labels(object['matchLabels'], 'matchLabels', walk),
  },
  'meta.v1.LabelSelectorRequirement': {
    unless: ({ ofMetric }) => ofMetric,
    fields: { key, operator: strictlyOneOf('In', 'NotIn', 'Exists', 'DoesNotExist') },
    topics: { key: 'name-label-syntax' },
    object(object, walk) {
      requirement(object, walk);
      values(object, walk);
    },
  },
  'core.v1.NodeSelectorRequirement': {
    fields: { key, operator: strictlyOneOf('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt') },
    topics: { key: 'name-label-syntax' },
    object: requirement,
  },
};

/** How the objects of a kind may be called; a subdomain where nothing is said. */
const NAMES: ReadonlyMap<string, (name: string, minor: number) => ProblemText> = new Map(
  Object.entries({
    'v1 Namespace': dnsLabel,
    'v1 Service': serviceName,
    'apps/v1 StatefulSet': dnsLabel,
  }),
);

/** From 1.36 on a digit may come first by default. */
function serviceName(name: string, minor: number): ProblemText {
  return minor >= 36 ? dnsLabel(name) : dns1035Label(name);
}

/** RBAC objects and disruption budgets may be called as a part of a path may. */
const FREE_NAMES = /^(rbac\.authorization\.k8s\.io|policy)\//;

/** Kinds whose names have rules that are not told here. */
const UNTOLD =
  /^(apiregistration\.k8s\.io\/|certificates\.k8s\.io\/|networking\.k8s\.io\/\S+ IPAddress|authorization\.k8s\.io\/|authentication\.k8s\.io\/|v1 Binding|internal\.|apiextensions)/;

/** What is wrong with the name of an object as a whole. */
export function nameProblems(
  object: Json,
  apiVersion: string,
  kind: string,
  namespaced: boolean,
  walk: Visit,
  custom = false,
): void {
  const metadata = record(object['metadata']);
  const id = `${apiVersion} ${kind}`;
  const fail = (field: string, value: unknown, words: string) =>
    walk.fail(['metadata', field], value, words, 'name-label-syntax');
  const name = string(metadata?.['name']) ?? '';
  const generate = string(metadata?.['generateName']) ?? '';
  const rule = (value: string) =>
    FREE_NAMES.test(apiVersion) ? pathSegment(value) : (NAMES.get(id) ?? dnsSubdomain)(value, walk.minor);
  if (UNTOLD.test(id)) return;
  // The server makes up a name for a LimitRange.
  if (name === '' && generate === '' && id !== 'v1 LimitRange')
    fail('name', undefined, 'Required value: name or generateName is required');
  if (name !== '') {
    const wrong = rule(name);
    if (wrong) fail('name', name, `Invalid value: "${name}": ${wrong}`);
  } else if (generate !== '') {
    // The server shortens what is too long, and a dash may come last, as letters follow.
    const wrong = rule(generate.replace(/-$/, 'a').slice(0, 50));
    if (wrong) fail('generateName', generate, `Invalid value: "${generate}": ${wrong}`);
  }
  const namespace = string(metadata?.['namespace']) ?? '';
  if (namespaced && namespace !== '') {
    const wrong = dnsLabel(namespace);
    if (wrong) fail('namespace', namespace, `Invalid value: "${namespace}": ${wrong}`);
  }
  const finalizers = list(metadata?.['finalizers']);
  finalizers.forEach((value, i) => {
    const wrong = typeof value === 'string' ? qualifiedName(value) : undefined;
    if (wrong)
      walk.fail(
        ['metadata', 'finalizers', i],
        value,
        `Invalid value: "${String(value)}": ${wrong}`,
        'name-label-syntax',
      );
    // Only the kinds of Kubernetes' own are asked for a domain before the name, and not even all of those.
    else if (
      !custom &&
      !apiVersion.startsWith('admissionregistration.k8s.io/') &&
      typeof value === 'string' &&
      !value.includes('/') &&
      !['orphan', 'foregroundDeletion', 'kubernetes'].includes(value)
    ) {
      walk.fail(
        ['metadata', 'finalizers', i],
        value,
        `Invalid value: "${value}": name is neither a standard finalizer name nor is it fully qualified`,
      );
    }
  });
}
