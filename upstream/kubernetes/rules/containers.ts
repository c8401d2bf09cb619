import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { nearest } from '../../../model/near';
import {
  approximateQuantity,
  configKey,
  dnsLabel,
  dnsSubdomain,
  envName,
  httpHeaderName,
  portName,
  qualifiedName,
} from '../formats';
import type { FieldRule, Rule, Visit } from '../rule';
import {
  atLeast,
  exactlyOne,
  fieldsSet,
  inFormat,
  oneOf,
  port,
  portNumOrName,
  portOrZero,
  since,
  strictlyOneOf,
  subdomain,
} from '../rule';

const PROTOCOLS = oneOf('TCP', 'UDP', 'SCTP');
const targetPort: FieldRule = (value) => portNumOrName(value);

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function handler(object: Json, walk: Visit): void {
  exactlyOne(
    object,
    HANDLERS,
    walk,
    'Required value: must specify a handler type',
    'Forbidden: may not specify more than 1 handler type',
  );
}

/** A port that must be there. */
export const portGiven =
  (field = 'port'): NonNullable<Rule['object']> =>
  (object, walk) => {
    if (object[field] === undefined || object[field] === null) walk.fail([field], undefined, 'Required value');
  };

// ---- Downward API ------------------------------------------------------------------------------

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const FILE_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.annotations',
  'metadata.uid',
];
const RESOURCES = [
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
];

/** A reference to a field of the pod. */
export function fieldRef(value: unknown, known: readonly string[], path: readonly string[], walk: Visit): void {
  const reference = record(value);
  const fieldPath = string(reference?.['fieldPath']) ?? '';
  if (!reference || fieldPath === '') return;
  const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(fieldPath);
  if (subscript) {
    const wrong = qualifiedName(
      subscript[1] === 'annotations' ? (subscript[2] ?? '').toLowerCase() : (subscript[2] ?? ''),
    );
    if (wrong) walk.fail([...path, 'fieldPath'], fieldPath, `Invalid value: "${fieldPath}": ${wrong}`);
  } else if (!known.includes(fieldPath) || (fieldPath === 'status.hostIPs' && walk.minor < 29)) {
    // A variable holds one label or annotation, which is named in brackets.
    const [, which, key = ''] =
      /^metadata\.(labels|annotations)(?:[.[]['"]?([^'"\]]*)['"]?\]?)?$/.exec(fieldPath) ?? [];
    const meant = which ? `metadata.${which}['${key || 'KEY'}']` : nearest(fieldPath, known);
    walk.fail(
      [...path, 'fieldPath'],
      fieldPath,
      `Unsupported value: "${fieldPath}": supported values: ${known.map((name) => `"${name}"`).join(', ')}`,
      'schema-valid',
      meant ? { fix: `write ${meant}` } : {},
    );
  }
}

const DIVISORS: Readonly<Record<string, readonly string[]>> = {
  cpu: ['1m', '1'],
  other: ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
};

export function resourceFieldRef(value: unknown, inVolume: boolean, path: readonly string[], walk: Visit): void {
  const reference = record(value);
  if (!reference) return;
  const resource = string(reference['resource']) ?? '';
  if (inVolume && !string(reference['containerName']))
    walk.fail([...path, 'containerName'], undefined, 'Required value');
  if (resource === '') return;
  if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    walk.fail(
      [...path, 'resource'],
      resource,
      `Unsupported value: "${resource}": supported values: ${RESOURCES.map((name) => `"${name}"`).join(', ')}`,
    );
    return;
  }
  const divisor = approximateQuantity(reference['divisor']);
  const known = (resource.endsWith('.cpu') ? DIVISORS['cpu'] : DIVISORS['other']) ?? [];
  if (divisor !== undefined && divisor !== 0 && !known.some((text) => approximateQuantity(text) === divisor)) {
    walk.fail(
      [...path, 'divisor'],
      reference['divisor'],
      `Invalid value: only divisor's values ${known.join(', ')} are supported with the resource ${resource}`,
    );
  }
}

// ---- Resources ---------------------------------------------------------------------------------

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Requests and limits of containers. */
function resources(object: Json, walk: Visit): void {
  const limits = record(object['limits']) ?? {};
  const requests = record(object['requests']) ?? {};
  for (const [field, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const name in amounts) {
      const wrong = resourceName(name);
      if (wrong) {
        const meant = nearest(name, CONTAINER_RESOURCES);
        walk.fail(
          ['resources', field, name],
          name,
          `Invalid value: "${name}": ${wrong}`,
          'schema-valid',
          meant ? { fix: `write ${meant}` } : {},
        );
      }
      const amount = approximateQuantity(amounts[name]);
      if (amount === undefined) continue;
      if (amount < 0)
        walk.fail(
          ['resources', field, name],
          amounts[name],
          `Invalid value: "${String(amounts[name])}": must be greater than or equal to 0`,
        );
      else if (isExtended(name) && !Number.isInteger(amount))
        walk.fail(
          ['resources', field, name],
          amounts[name],
          `Invalid value: "${String(amounts[name])}": must be an integer`,
        );
    }
  }
  hugePages(object, [limits, requests], walk);
  for (const name in requests) {
    const request = approximateQuantity(requests[name]);
    const limit = limits[name] === null ? 0 : approximateQuantity(limits[name]);
    if (request === undefined) continue;
    if (limit === undefined) {
      if (limits[name] === undefined && !overcommits(name) && !resourceName(name))
        walk.fail(
          ['resources', 'limits'],
          object['limits'],
          'Required value: Limit must be set for non overcommitable resources',
        );
    } else if (!overcommits(name) && request !== limit) {
      walk.fail(
        ['resources', 'requests', name],
        requests[name],
        `Invalid value: "${String(requests[name])}": must be equal to ${name} limit of ${String(limits[name])}`,
        request > limit ? 'request-le-limit' : 'schema-valid',
      );
    } else if (request > limit) {
      walk.fail(
        ['resources', 'requests', name],
        requests[name],
        `Invalid value: "${String(requests[name])}": must be less than or equal to ${name} limit of ${String(limits[name])}`,
        'request-le-limit',
      );
    }
  }
}

/** Huge pages come in whole pages, and never alone. */
function hugePages(object: Json, [limits, requests]: readonly [Json, Json], walk: Visit): void {
  const names = Object.keys({ ...limits, ...requests });
  const pages = names.filter((name) => name.startsWith('hugepages-'));
  if (pages.length === 0) return;
  if (!names.includes('cpu') && !names.includes('memory'))
    walk.fail(['resources'], object, 'Forbidden: HugePages require cpu or memory');
  for (const name of pages) {
    const size = approximateQuantity(name.slice('hugepages-'.length));
    for (const [field, amounts] of Object.entries({ limits, requests })) {
      const amount = approximateQuantity(amounts[name]);
      if (amount === undefined || amount < 0) continue;
      if (size === undefined || size <= 0 || !Number.isInteger(size) || Math.ceil(amount) % size !== 0)
        walk.fail(
          ['resources', field, name],
          amounts[name],
          `Invalid value: "${String(amounts[name])}": is not positive integer multiple of ${name}`,
        );
    }
  }
}

function resourceName(name: string): string | undefined {
  const wrong = qualifiedName(name);
  if (wrong) return wrong;
  if (!name.includes('/'))
    return CONTAINER_RESOURCES.includes(name) || name.startsWith('hugepages-')
      ? undefined
      : 'must be a standard resource for containers';
  return name.includes('kubernetes.io/') || !name.startsWith('requests.')
    ? undefined
    : "doesn't follow extended resource name standard";
}

/** What a pod takes besides its containers. */
export function overhead(value: unknown, path: readonly string[], walk: Visit): void {
  for (const name in record(value)) {
    const wrong = resourceName(name);
    if (wrong) walk.fail([...path, name], name, `Invalid value: "${name}": ${wrong}`);
  }
}

const isExtended = (name: string) => name.includes('/') && !name.includes('kubernetes.io/');
const overcommits = (name: string) => !isExtended(name) && !name.startsWith('hugepages-');

// ---- Containers --------------------------------------------------------------------------------

function container(object: Json, walk: Visit): void {
  resources(record(object['resources']) ?? {}, walk);
  const names = new Set<string>();
  list(object['ports']).forEach((entry, i) => {
    const name = string(record(entry)?.['name']) ?? '';
    if (name === '' || portName(name)) return;
    if (names.has(name)) walk.fail(['ports', i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
  });
  const devices = list(object['volumeDevices']).map(record);
  const paths = new Set<string>();
  list(object['volumeMounts']).forEach((entry, i) => {
    const mount = record(entry);
    const path = string(mount?.['mountPath']) ?? '';
    if (paths.has(path) && path !== '')
      walk.fail(
        ['volumeMounts', i, 'mountPath'],
        path,
        `Invalid value: "${path}": must be unique`,
        'list-map-duplicates',
      );
    paths.add(path);
    if (devices.some((device) => device?.['name'] === mount?.['name']))
      walk.fail(['volumeMounts', i, 'name'], mount?.['name'], 'Invalid value: must not already exist in volumeDevices');
    if (mount?.['mountPropagation'] === 'Bidirectional' && record(object['securityContext'])?.['privileged'] !== true) {
      walk.fail(
        ['volumeMounts', i, 'mountPropagation'],
        'Bidirectional',
        'Forbidden: Bidirectional mount propagation is available only to privileged containers',
      );
    }
  });
  for (const probe of ['livenessProbe', 'startupProbe']) {
    const threshold = record(object[probe])?.['successThreshold'];
    if (typeof threshold === 'number' && threshold !== 1 && threshold !== 0)
      walk.fail([probe, 'successThreshold'], threshold, `Invalid value: ${threshold}: must be 1`);
  }
  const grace = record(object['readinessProbe'])?.['terminationGracePeriodSeconds'];
  if (walk.minor >= 35 && list(object['restartPolicyRules']).length > 0 && object['restartPolicy'] === undefined)
    walk.fail(['restartPolicy'], undefined, 'Required value: must specify restartPolicy when restart rules are used');
  if (grace !== undefined && grace !== null)
    walk.fail(
      ['readinessProbe', 'terminationGracePeriodSeconds'],
      grace,
      `Invalid value: ${String(grace)}: must not be set for readinessProbes`,
    );
}

const CONTAINER: Rule = {
  fields: {
    name: inFormat(dnsLabel),
    imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    terminationMessagePolicy: oneOf('File', 'FallbackToLogsOnError'),
  },
  topics: { name: 'name-label-syntax' },
  required: ['image'],
  object: container,
};

const VOLUME_MOUNT: Rule = {
  fields: {
    mountPropagation: strictlyOneOf('Bidirectional', 'HostToContainer', 'None'),
    subPath: inFormat(descendingPath),
    subPathExpr: inFormat(descendingPath),
    recursiveReadOnly: since(31, strictlyOneOf('Disabled', 'Enabled', 'IfPossible')),
  },
  object(object, walk) {
    if (string(object['subPath']) && string(object['subPathExpr']))
      walk.fail(
        ['subPathExpr'],
        object['subPathExpr'],
        'Invalid value: subPathExpr and subPath are mutually exclusive',
      );
  },
};

/** A path that stays below where it begins. */
export function descendingPath(value: string): string | undefined {
  if (value.startsWith('/')) return `Invalid value: "${value}": must be a relative path`;
  return value.split('/').includes('..') ? `Invalid value: "${value}": must not contain '..'` : undefined;
}

/** One of a ConfigMap's, a Secret's or the pod's own values. */
function envVar(object: Json, walk: Visit): void {
  const from = record(object['valueFrom']);
  if (!from) return;
  const names = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
  const found = fieldsSet(from, names);
  if (found.length === 0)
    walk.fail(
      ['valueFrom'],
      from,
      'Invalid value: must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    );
  else if (string(object['value']))
    walk.fail(['valueFrom'], from, 'Invalid value: may not be specified when `value` is not empty');
  else if (found.length > 1)
    walk.fail(['valueFrom'], from, 'Invalid value: may not have more than one field specified at a time');
  fieldRef(from['fieldRef'], ENV_FIELDS, ['valueFrom', 'fieldRef'], walk);
  resourceFieldRef(from['resourceFieldRef'], false, ['valueFrom', 'resourceFieldRef'], walk);
}

/** A name, or the beginning of one: nothing can be called so, but the server does not mind. */
const beginning = inFormat((value) => dnsSubdomain(value.replace(/-$/, 'a')));

export const containerRules: Record<string, Rule> = {
  'core.v1.Container': CONTAINER,
  'core.v1.EphemeralContainer': CONTAINER,
  'core.v1.ContainerRestartRule': {
    object: (object, walk) =>
      walk.minor >= 35 && !record(object['exitCodes'])
        ? walk.fail(['exitCodes'], undefined, 'Required value: must be specified')
        : undefined,
  },
  'core.v1.ContainerRestartRuleOnExitCodes': { fields: { operator: since(35, strictlyOneOf('In', 'NotIn')) } },
  'core.v1.ContainerPort': {
    fields: {
      containerPort: (value) => (value === 0 ? 'Required value' : port(value, 0)),
      hostPort: portOrZero,
      protocol: PROTOCOLS,
      name: inFormat(portName),
    },
    object: portGiven('containerPort'),
  },
  'core.v1.EnvVar': { fields: { name: inFormat(envName) }, object: envVar },
  'core.v1.EnvFromSource': {
    fields: { prefix: inFormat(envName) },
    object: (object, walk) =>
      exactlyOne(
        object,
        ['configMapRef', 'secretRef'],
        walk,
        'Invalid value: must specify one of: `configMapRef` or `secretRef`',
        'Invalid value: may not have more than one field specified at a time',
      ),
  },
  'core.v1.ConfigMapEnvSource': { required: ['name'], fields: { name: beginning } },
  'core.v1.SecretEnvSource': { required: ['name'], fields: { name: beginning } },
  'core.v1.ConfigMapKeySelector': { required: ['name'], fields: { name: subdomain, key: inFormat(configKey) } },
  'core.v1.SecretKeySelector': { required: ['name'], fields: { name: subdomain, key: inFormat(configKey) } },
  'core.v1.ObjectFieldSelector': {
    fields: { apiVersion: inFormat((value) => (value === 'v1' ? undefined : `unsupported pod version: ${value}`)) },
  },
  'core.v1.ResourceFieldSelector': {},
  'core.v1.VolumeMount': VOLUME_MOUNT,
  'core.v1.VolumeDevice': {},
  'core.v1.Probe': {
    fields: {
      initialDelaySeconds: atLeast(0),
      timeoutSeconds: atLeast(0),
      periodSeconds: atLeast(0),
      successThreshold: atLeast(0),
      failureThreshold: atLeast(0),
      terminationGracePeriodSeconds: (value) =>
        typeof value === 'number' && value <= 0 ? 'must be greater than 0' : undefined,
    },
    object: handler,
  },
  'core.v1.LifecycleHandler': { object: handler },
  'core.v1.ExecAction': { required: ['command'] },
  'core.v1.HTTPGetAction': { fields: { port: targetPort, scheme: oneOf('HTTP', 'HTTPS') }, object: portGiven() },
  'core.v1.HTTPHeader': { optional: ['value'], fields: { name: inFormat(httpHeaderName) } },
  'core.v1.TCPSocketAction': { fields: { port: targetPort }, object: portGiven() },
  'core.v1.GRPCAction': { fields: { port }, object: portGiven() },
  'core.v1.ContainerResizePolicy': {
    optional: 'all',
    fields: {
      resourceName: since(33, strictlyOneOf('cpu', 'memory')),
      restartPolicy: since(33, strictlyOneOf('NotRequired', 'RestartContainer')),
    },
  },
};
