import type { Json } from '../../resource';
import { list, record, text } from '../../resource';
import type { Complaint } from '../formats';
import { configKey, dnsLabel, dnsSubdomain, envName, httpHeaderName, ip, labelValue, portName, qualifiedName, quantity } from '../formats';
import { nearest } from '../../../model/near';
import type { FieldRule, Rule } from '../rule';
import { atLeast, between, each, form, given, oneOf, port, portOrZero, qualified, since, strictly, strictlyOneOf } from '../rule';
import type { Walk } from '../walk';
import { labels } from './meta';

const PROTOCOLS = oneOf('TCP', 'UDP', 'SCTP');
const ID = between(0, 2 ** 31 - 1);

/** A port by number or by name; a missing one is 0. */
export function portNumOrName(value: unknown): string | undefined {
  if (typeof value === 'number') return port(value, 0);
  return typeof value === 'string' ? portName(value) : undefined;
}

const targetPort: FieldRule = (value) => portNumOrName(value);

/** Exactly one of some fields. */
export function exactlyOne(object: Json, names: readonly string[], walk: Walk, none: string | undefined, several: string): void {
  const found = given(object, names);
  if (found.length === 0 && none !== undefined) walk.fail([], undefined, none);
  for (const name of found.slice(1)) walk.fail([name], object[name], several);
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function handler(object: Json, walk: Walk): void {
  exactlyOne(object, HANDLERS, walk, 'Required value: must specify a handler type', 'Forbidden: may not specify more than 1 handler type');
}

/** A port that must be there. */
export const portGiven =
  (field = 'port'): NonNullable<Rule['object']> =>
  (object, walk) => {
    if (object[field] === undefined || object[field] === null) walk.fail([field], undefined, 'Required value');
  };

// ---- Downward API ------------------------------------------------------------------------------

const ENV_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'];
export const FILE_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.labels', 'metadata.annotations', 'metadata.uid'];
const RESOURCES = ['limits.cpu', 'limits.memory', 'limits.ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.ephemeral-storage'];

/** A reference to a field of the pod. */
export function fieldRef(value: unknown, known: readonly string[], path: readonly string[], walk: Walk): void {
  const reference = record(value);
  const fieldPath = text(reference?.['fieldPath']) ?? '';
  if (!reference || fieldPath === '') return;
  const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(fieldPath);
  if (subscript) {
    const wrong = qualifiedName(subscript[1] === 'annotations' ? (subscript[2] ?? '').toLowerCase() : (subscript[2] ?? ''));
    if (wrong) walk.fail([...path, 'fieldPath'], fieldPath, `Invalid value: "${fieldPath}": ${wrong}`);
  } else if (!known.includes(fieldPath) || (fieldPath === 'status.hostIPs' && walk.minor < 29)) {
    const meant = nearest(fieldPath, known);
    walk.fail([...path, 'fieldPath'], fieldPath, `Unsupported value: "${fieldPath}": supported values: ${known.map((name) => `"${name}"`).join(', ')}`, 'schema-valid', meant ? { fix: `write ${meant}` } : {});
  }
}

const DIVISORS: Readonly<Record<string, readonly string[]>> = {
  cpu: ['1m', '1'],
  other: ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
};

export function resourceFieldRef(value: unknown, inVolume: boolean, path: readonly string[], walk: Walk): void {
  const reference = record(value);
  if (!reference) return;
  const resource = text(reference['resource']) ?? '';
  if (inVolume && !text(reference['containerName'])) walk.fail([...path, 'containerName'], undefined, 'Required value');
  if (resource === '') return;
  if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    walk.fail([...path, 'resource'], resource, `Unsupported value: "${resource}": supported values: ${RESOURCES.map((name) => `"${name}"`).join(', ')}`);
    return;
  }
  const divisor = quantity(reference['divisor']);
  const known = (resource.endsWith('.cpu') ? DIVISORS['cpu'] : DIVISORS['other']) ?? [];
  if (divisor !== undefined && divisor !== 0 && !known.some((text) => quantity(text) === divisor)) {
    walk.fail([...path, 'divisor'], reference['divisor'], `Invalid value: only divisor's values ${known.join(', ')} are supported with the resource ${resource}`);
  }
}

// ---- Resources ---------------------------------------------------------------------------------

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Requests and limits of containers. */
function resources(object: Json, walk: Walk): void {
  const limits = record(object['limits']) ?? {};
  const requests = record(object['requests']) ?? {};
  for (const [field, amounts] of [['limits', limits], ['requests', requests]] as const) {
    for (const name in amounts) {
      const wrong = resourceName(name);
      if (wrong) {
        const meant = nearest(name, CONTAINER_RESOURCES);
        walk.fail(['resources', field, name], name, `Invalid value: "${name}": ${wrong}`, 'schema-valid', meant ? { fix: `write ${meant}` } : {});
      }
      const amount = quantity(amounts[name]);
      if (amount === undefined) continue;
      if (amount < 0) walk.fail(['resources', field, name], amounts[name], `Invalid value: "${String(amounts[name])}": must be greater than or equal to 0`);
      else if (isExtended(name) && !Number.isInteger(amount)) walk.fail(['resources', field, name], amounts[name], `Invalid value: "${String(amounts[name])}": must be an integer`);
    }
  }
  for (const name in requests) {
    const request = quantity(requests[name]);
    const limit = limits[name] === null ? 0 : quantity(limits[name]);
    if (request === undefined) continue;
    if (limit === undefined) {
      if (limits[name] === undefined && !overcommits(name) && !resourceName(name)) walk.fail(['resources', 'limits'], object['limits'], 'Required value: Limit must be set for non overcommitable resources');
    } else if (!overcommits(name) && request !== limit) {
      walk.fail(['resources', 'requests', name], requests[name], `Invalid value: "${String(requests[name])}": must be equal to ${name} limit of ${String(limits[name])}`);
    } else if (request > limit) {
      walk.fail(['resources', 'requests', name], requests[name], `Invalid value: "${String(requests[name])}": must be less than or equal to ${name} limit of ${String(limits[name])}`);
    }
  }
}

function resourceName(name: string): string | undefined {
  const wrong = qualifiedName(name);
  if (wrong) return wrong;
  if (!name.includes('/')) return CONTAINER_RESOURCES.includes(name) || name.startsWith('hugepages-') ? undefined : 'must be a standard resource for containers';
  return name.includes('kubernetes.io/') || !name.startsWith('requests.') ? undefined : "doesn't follow extended resource name standard";
}

const isExtended = (name: string) => name.includes('/') && !name.includes('kubernetes.io/');
const overcommits = (name: string) => !isExtended(name) && !name.startsWith('hugepages-');

// ---- Containers --------------------------------------------------------------------------------

function container(object: Json, walk: Walk): void {
  resources(record(object['resources']) ?? {}, walk);
  const names = new Set<string>();
  list(object['ports']).forEach((entry, i) => {
    const name = text(record(entry)?.['name']) ?? '';
    if (name === '' || portName(name)) return;
    if (names.has(name)) walk.fail(['ports', i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
  });
  const devices = list(object['volumeDevices']).map(record);
  const paths = new Set<string>();
  list(object['volumeMounts']).forEach((entry, i) => {
    const mount = record(entry);
    const path = text(mount?.['mountPath']) ?? '';
    if (paths.has(path) && path !== '') walk.fail(['volumeMounts', i, 'mountPath'], path, `Invalid value: "${path}": must be unique`, 'list-map-duplicates');
    paths.add(path);
    if (devices.some((device) => device?.['name'] === mount?.['name'])) walk.fail(['volumeMounts', i, 'name'], mount?.['name'], 'Invalid value: must not already exist in volumeDevices');
    if (mount?.['mountPropagation'] === 'Bidirectional' && record(object['securityContext'])?.['privileged'] !== true) {
      walk.fail(['volumeMounts', i, 'mountPropagation'], 'Bidirectional', 'Forbidden: Bidirectional mount propagation is available only to privileged containers');
    }
  });
  for (const probe of ['livenessProbe', 'startupProbe']) {
    const threshold = record(object[probe])?.['successThreshold'];
    if (typeof threshold === 'number' && threshold !== 1 && threshold !== 0) walk.fail([probe, 'successThreshold'], threshold, `Invalid value: ${threshold}: must be 1`);
  }
  const grace = record(object['readinessProbe'])?.['terminationGracePeriodSeconds'];
  if (walk.minor >= 35 && list(object['restartPolicyRules']).length > 0 && object['restartPolicy'] === undefined) walk.fail(['restartPolicy'], undefined, 'Required value: must specify restartPolicy when restart rules are used');
  if (grace !== undefined && grace !== null) walk.fail(['readinessProbe', 'terminationGracePeriodSeconds'], grace, `Invalid value: ${String(grace)}: must not be set for readinessProbes`);
}

const CONTAINER: Rule = {
  fields: {
    name: form(dnsLabel),
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
    subPath: form(descendingPath),
    subPathExpr: form(descendingPath),
    recursiveReadOnly: since(31, strictlyOneOf('Disabled', 'Enabled', 'IfPossible')),
  },
  object(object, walk) {
    if (text(object['subPath']) && text(object['subPathExpr'])) walk.fail(['subPathExpr'], object['subPathExpr'], 'Invalid value: subPathExpr and subPath are mutually exclusive');
  },
};

/** A path that stays below where it begins. */
export function descendingPath(value: string): string | undefined {
  if (value.startsWith('/')) return `Invalid value: "${value}": must be a relative path`;
  return value.split('/').includes('..') ? `Invalid value: "${value}": must not contain '..'` : undefined;
}

/** One of a ConfigMap's, a Secret's or the pod's own values. */
function envVar(object: Json, walk: Walk): void {
  const from = record(object['valueFrom']);
  if (!from) return;
  const names = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
  const found = given(from, names);
  if (found.length === 0) walk.fail(['valueFrom'], from, 'Invalid value: must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`');
  else if (text(object['value'])) walk.fail(['valueFrom'], from, 'Invalid value: may not be specified when `value` is not empty');
  else if (found.length > 1) walk.fail(['valueFrom'], from, 'Invalid value: may not have more than one field specified at a time');
  fieldRef(from['fieldRef'], ENV_FIELDS, ['valueFrom', 'fieldRef'], walk);
  resourceFieldRef(from['resourceFieldRef'], false, ['valueFrom', 'resourceFieldRef'], walk);
}

// ---- The pod -----------------------------------------------------------------------------------

interface Place {
  readonly field: string;
  readonly i: number;
  readonly json: Json;
}

function places(object: Json, field: string): Place[] {
  return list(object[field]).flatMap((entry, i) => {
    const json = record(entry);
    return json ? [{ field, i, json }] : [];
  });
}

function podSpec(object: Json, walk: Walk): void {
  const containers = places(object, 'containers');
  const inits = places(object, 'initContainers');
  const ephemerals = places(object, 'ephemeralContainers');
  uniqueNames([...containers, ...inits, ...ephemerals], walk);
  mounts(object, [...containers, ...inits, ...ephemerals], walk);
  for (const init of inits) initContainer(init, walk);
  for (const { i, json } of containers) {
    const policy = text(json['restartPolicy']);
    if (policy === undefined) continue;
    if (walk.minor < 35) walk.fail(['containers', i, 'restartPolicy'], policy, 'Forbidden: may not be set for non-init containers');
    else if (!['Always', 'Never', 'OnFailure'].includes(policy)) walk.fail(['containers', i, 'restartPolicy'], policy, `Unsupported value: "${policy}": supported values: "Always", "Never", "OnFailure"`);
  }
  hostNetwork(object, [...containers, ...inits], walk);
  graceOfSleep(object, containers, walk);
  labels(object['nodeSelector'], 'nodeSelector', walk);

  const claims = list(object['resourceClaims']).map((claim) => record(claim)?.['name']);
  if (walk.minor >= 34) {
    for (const { field, i, json } of [...containers, ...inits]) {
      list(record(json['resources'])?.['claims']).forEach((entry, j) => {
        const name = record(entry)?.['name'];
        if (typeof name === 'string' && !claims.includes(name)) walk.fail([field, i, 'resources', 'claims', j], name, `Not found: "${name}": must be one of the names in pod.spec.resourceClaims`);
      });
    }
  }
  const dns = record(object['dnsConfig']);
  if (object['dnsPolicy'] === 'None' && list(dns?.['nameservers']).length === 0) {
    walk.fail(dns ? ['dnsConfig', 'nameservers'] : ['dnsConfig'], undefined, 'Required value: must provide at least one DNS nameserver when `dnsPolicy` is None');
  }
  if (object['hostPID'] === true && object['shareProcessNamespace'] === true) walk.fail(['shareProcessNamespace'], true, 'Invalid value: ShareProcessNamespace and HostPID cannot both be enabled');
  const seen = new Set<string>();
  list(object['topologySpreadConstraints']).forEach((entry, i) => {
    const constraint = record(entry);
    const key = `${String(constraint?.['topologyKey'])} ${String(constraint?.['whenUnsatisfiable'])}`;
    if (constraint && seen.has(key)) walk.fail(['topologySpreadConstraints', i], entry, `Duplicate value: "{${key.replace(' ', ', ')}}"`, 'list-map-duplicates');
    seen.add(key);
  });
}

function uniqueNames(all: readonly Place[], walk: Walk): void {
  const names = new Set<string>();
  for (const { field, i, json } of all) {
    const name = text(json['name']) ?? '';
    if (name !== '' && names.has(name)) walk.fail([field, i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
  }
}

function mounts(object: Json, all: readonly Place[], walk: Walk): void {
  const names = new Set<string>();
  list(object['volumes']).forEach((entry, i) => {
    const name = text(record(entry)?.['name']) ?? '';
    if (name !== '' && names.has(name)) walk.fail(['volumes', i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
  });
  for (const name of walk.claims) names.add(name);
  for (const { field, i, json } of all) {
    for (const kind of ['volumeMounts', 'volumeDevices']) {
      list(json[kind]).forEach((entry, j) => {
        const name = text(record(entry)?.['name']) ?? '';
        if (name === '' || names.has(name)) return;
        const meant = nearest(name, names);
        walk.fail([field, i, kind, j, 'name'], name, `Not found: "${name}"`, 'volumemount-has-volume', meant ? { fix: `mount ${meant}, or add a volume called ${name}` } : {});
      });
    }
  }
}

function initContainer({ field, i, json }: Place, walk: Walk): void {
  const policy = text(json['restartPolicy']);
  if (walk.minor >= 29 && policy !== undefined && policy !== 'Always' && (walk.minor < 35 || !['OnFailure', 'Never'].includes(policy))) {
    walk.fail([field, i, 'restartPolicy'], policy, `Unsupported value: "${policy}": supported values: "Always"`);
  }
  if (policy === 'Always' && walk.minor >= 29) return;
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (json[name] !== undefined && json[name] !== null) walk.fail([field, i, name], json[name], `Forbidden: may not be set for init containers without restartPolicy=Always`);
  }
}

function hostNetwork(object: Json, all: readonly Place[], walk: Walk): void {
  const taken = new Set<string>();
  for (const { field, i, json } of all) {
    list(json['ports']).forEach((entry, j) => {
      const given = record(entry);
      const host = given?.['hostPort'];
      if (object['hostNetwork'] === true && typeof host === 'number' && host !== 0 && host !== given?.['containerPort']) {
        walk.fail([field, i, 'ports', j, 'hostPort'], host, 'Invalid value: must match `containerPort` when `hostNetwork` is true');
      }
      // Init containers run one after the other, so they may share.
      if (field !== 'containers' || typeof host !== 'number' || host === 0) return;
      const key = `${text(given?.['protocol']) || 'TCP'}/${text(given?.['hostIP']) ?? ''}/${host}`;
      if (taken.has(key)) walk.fail([field, i, 'ports', j, 'hostPort'], host, `Duplicate value: "${key}"`, 'list-map-duplicates');
      taken.add(key);
    });
  }
}

/** A `sleep` before the stop has to end before the pod is killed. */
function graceOfSleep(object: Json, containers: readonly Place[], walk: Walk): void {
  if (walk.minor < 30) return;
  const grace = typeof object['terminationGracePeriodSeconds'] === 'number' ? object['terminationGracePeriodSeconds'] : 30;
  for (const { field, i, json } of containers) {
    for (const hook of ['preStop', 'postStart']) {
      const sleep = record(record(record(json['lifecycle'])?.[hook])?.['sleep']);
      const seconds = sleep?.['seconds'];
      const least = walk.minor >= 33 ? 0 : 1;
      if (typeof seconds === 'number' && (seconds < least || seconds > grace)) {
        walk.fail([field, i, 'lifecycle', hook, 'sleep', 'seconds'], seconds, `Invalid value: ${seconds}: must be greater than 0 and less than terminationGracePeriodSeconds (${grace})`);
      }
    }
  }
}

const subdomain = form(dnsSubdomain);

/** `user`, `DOMAIN\user` or `example.com\user` */
function windowsUser(value: string): Complaint {
  if (value === '') return 'runAsUserName cannot be an empty string';
  if (/[\x00-\x1f\x7f]/.test(value)) return 'runAsUserName cannot contain control characters';
  const parts = value.split('\\');
  if (parts.length > 2) return 'runAsUserName cannot contain more than one backslash';
  const user = parts[parts.length - 1] ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  if (domain !== undefined && domain.length >= 256) return "runAsUserName's Domain length must be under 256 characters";
  if (domain !== undefined && dnsSubdomain(domain) && !/^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/.test(domain)) return "runAsUserName's Domain doesn't match the NetBios nor the DNS format";
  if (user === '') return "runAsUserName's User cannot be empty";
  if (user.length > 104) return "runAsUserName's User length must not be longer than 104 characters";
  if (/^[. ]+$/.test(user)) return "runAsUserName's User cannot contain only periods or spaces";
  return /["/\\:;|=,+*?<>@[\]]/.test(user) ? `runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]` : undefined;
}

export const pod: Record<string, Rule> = {
  'core.v1.Pod': {
    object(object, walk) {
      list(record(object['spec'])?.['ephemeralContainers']).forEach(() => walk.fail(['spec', 'ephemeralContainers'], undefined, 'Forbidden: cannot be set on create'));
      for (const field of ['containers', 'initContainers']) {
        list(record(object['spec'])?.[field]).forEach((entry, i) => {
          const image = text(record(entry)?.['image']) ?? '';
          if (image.trim() !== image) walk.fail(['spec', field, i, 'image'], image, `Invalid value: "${image}": must not have leading or trailing whitespace`);
        });
      }
    },
  },
  'core.v1.PodTemplateSpec': {
    object(object, walk) {
      if (list(record(object['spec'])?.['ephemeralContainers']).length > 0) walk.fail(['spec', 'ephemeralContainers'], undefined, 'Forbidden: ephemeral containers not allowed in pod template');
    },
  },
  'core.v1.PodSpec': {
    fields: {
      restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
      dnsPolicy: oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'),
      preemptionPolicy: oneOf('PreemptLowerPriority', 'Never'),
      activeDeadlineSeconds: between(1, 2 ** 31 - 1),
      serviceAccountName: subdomain,
      serviceAccount: subdomain,
      nodeName: subdomain,
      priorityClassName: subdomain,
      runtimeClassName: strictly(dnsSubdomain),
      hostname: form(dnsLabel),
      subdomain: form(dnsLabel),
      terminationGracePeriodSeconds: (value, minor) => (minor >= 0 ? undefined : atLeast(0)(value, minor)),
    },
    object: podSpec,
  },
  'core.v1.Container': CONTAINER,
  'core.v1.EphemeralContainer': CONTAINER,
  'core.v1.ContainerRestartRule': { object: (object, walk) => (walk.minor >= 35 && !record(object['exitCodes']) ? walk.fail(['exitCodes'], undefined, 'Required value: must be specified') : undefined) },
  'core.v1.ContainerRestartRuleOnExitCodes': { fields: { operator: since(35, strictlyOneOf('In', 'NotIn')) } },
  'core.v1.ContainerPort': {
    fields: { containerPort: (value) => (value === 0 ? 'Required value' : port(value, 0)), hostPort: portOrZero, protocol: PROTOCOLS, name: form(portName) },
    object: portGiven('containerPort'),
  },
  'core.v1.EnvVar': { fields: { name: form(envName) }, object: envVar },
  'core.v1.EnvFromSource': {
    fields: { prefix: form(envName) },
    object: (object, walk) =>
      exactlyOne(object, ['configMapRef', 'secretRef'], walk, 'Invalid value: must specify one of: `configMapRef` or `secretRef`', 'Invalid value: may not have more than one field specified at a time'),
  },
  'core.v1.ConfigMapEnvSource': { required: ['name'], fields: { name: subdomain } },
  'core.v1.SecretEnvSource': { required: ['name'], fields: { name: subdomain } },
  'core.v1.ConfigMapKeySelector': { required: ['name'], fields: { name: subdomain, key: form(configKey) } },
  'core.v1.SecretKeySelector': { required: ['name'], fields: { name: subdomain, key: form(configKey) } },
  'core.v1.ObjectFieldSelector': { fields: { apiVersion: form((value) => (value === 'v1' ? undefined : `unsupported pod version: ${value}`)) } },
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
      terminationGracePeriodSeconds: (value) => (typeof value === 'number' && value <= 0 ? 'must be greater than 0' : undefined),
    },
    object: handler,
  },
  'core.v1.LifecycleHandler': { object: handler },
  'core.v1.ExecAction': { required: ['command'] },
  'core.v1.HTTPGetAction': { fields: { port: targetPort, scheme: oneOf('HTTP', 'HTTPS') }, object: portGiven() },
  'core.v1.HTTPHeader': { optional: ['value'], fields: { name: form(httpHeaderName) } },
  'core.v1.TCPSocketAction': { fields: { port: targetPort }, object: portGiven() },
  'core.v1.GRPCAction': { fields: { port }, object: portGiven() },
  'core.v1.SecurityContext': {
    fields: { runAsUser: ID, runAsGroup: ID, procMount: since(33, strictlyOneOf('Default', 'Unmasked')) },
    object(object, walk) {
      if (object['allowPrivilegeEscalation'] !== false) return;
      if (object['privileged'] === true) walk.fail([], undefined, 'Invalid value: cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
      if (list(record(object['capabilities'])?.['add']).includes('CAP_SYS_ADMIN')) walk.fail([], undefined, 'Invalid value: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
    },
  },
  'core.v1.PodSecurityContext': {
    fields: { runAsUser: ID, runAsGroup: ID, fsGroup: ID, supplementalGroups: each(ID), supplementalGroupsPolicy: since(33, strictlyOneOf('Merge', 'Strict')), fsGroupChangePolicy: strictlyOneOf('OnRootMismatch', 'Always') },
  },
  'core.v1.WindowsSecurityContextOptions': { fields: { gmsaCredentialSpecName: strictly(dnsSubdomain), runAsUserName: strictly(windowsUser) } },
  'core.v1.Sysctl': {
    optional: ['value'],
    fields: { name: form((value) => (value.length <= 253 && /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(value) ? undefined : 'must have at most 253 characters and consist of lower case words with dots or slashes between')) },
  },
  'core.v1.SeccompProfile': {
    fields: { type: strictlyOneOf('Localhost', 'RuntimeDefault', 'Unconfined') },
    object(object, walk) {
      const profile = text(object['localhostProfile']);
      if (object['type'] === 'Localhost' && !profile) walk.fail(['localhostProfile'], profile, 'Required value: must be set when seccomp type is Localhost');
      if (object['type'] !== 'Localhost' && profile !== undefined) walk.fail(['localhostProfile'], profile, 'Invalid value: can only be set when seccomp type is Localhost');
    },
  },
  'core.v1.AppArmorProfile': { fields: { type: strictlyOneOf('Localhost', 'RuntimeDefault', 'Unconfined') } },
  'core.v1.Toleration': {
    fields: { key: form(qualifiedName), effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute') },
    object(object, walk) {
      const { key, operator, value, effect, tolerationSeconds } = object;
      if (!key && (operator || 'Equal') !== 'Exists') walk.fail(['operator'], operator, "Invalid value: operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
      if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') walk.fail(['effect'], effect, "Invalid value: effect must be 'NoExecute' when `tolerationSeconds` is set");
      switch (operator) {
        case undefined:
        case null:
        case '':
        case 'Equal': {
          const wrong = typeof value === 'string' ? labelValue(value) : undefined;
          if (wrong) walk.fail(['value'], value, `Invalid value: ${wrong}`);
          return;
        }
        case 'Exists':
          if (value) walk.fail(['value'], value, "Invalid value: value must be empty when `operator` is 'Exists'");
          return;
        case 'Lt':
        case 'Gt':
          if (walk.minor >= 35) return;
      }
      if (typeof operator === 'string') walk.fail(['operator'], operator, `Unsupported value: "${operator}": supported values: "Equal", "Exists"`);
    },
  },
  'core.v1.HostAlias': { fields: { ip: form(ip), hostnames: each(strictly(dnsSubdomain)) }, required: ['ip'] },
  'core.v1.PodDNSConfig': {
    fields: { nameservers: each(strictly(ip)), searches: each(strictly((value) => (value === '' ? 'Invalid value: "": must not be empty' : undefined))) },
    object(object, walk) {
      list(object['options']).forEach((entry, i) => {
        if (!text(record(entry)?.['name'])) walk.fail(['options', i, 'name'], record(entry)?.['name'], 'Required value: must not be empty');
      });
      if (list(object['nameservers']).length > 3) walk.fail(['nameservers'], object['nameservers'], 'Invalid value: must not have more than 3 nameservers');
    },
  },
  'core.v1.PodReadinessGate': { fields: { conditionType: qualified } },
  'core.v1.PodSchedulingGate': { fields: { name: qualified } },
  'core.v1.TopologySpreadConstraint': {
    fields: { maxSkew: atLeast(1), whenUnsatisfiable: strictlyOneOf('DoNotSchedule', 'ScheduleAnyway'), minDomains: atLeast(1), nodeAffinityPolicy: strictlyOneOf('Ignore', 'Honor'), nodeTaintsPolicy: strictlyOneOf('Ignore', 'Honor'), matchLabelKeys: each(strictly(qualifiedName)) },
    object(object, walk) {
      if (list(object['matchLabelKeys']).length > 0 && !record(object['labelSelector'])) walk.fail(['matchLabelKeys'], object['matchLabelKeys'], 'Forbidden: must not be specified when labelSelector is not set');
      if (object['maxSkew'] === undefined || object['maxSkew'] === null) walk.fail(['maxSkew'], undefined, 'Invalid value: 0: must be greater than 0');
      if (typeof object['minDomains'] === 'number' && object['whenUnsatisfiable'] !== 'DoNotSchedule') {
        walk.fail(['minDomains'], object['minDomains'], `Invalid value: ${object['minDomains']}: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${String(object['whenUnsatisfiable'])}`);
      }
    },
  },
  'core.v1.NodeSelector': {},
  'core.v1.PreferredSchedulingTerm': { optional: ['preference'], fields: { weight: between(1, 100) }, object: weighted },
  'core.v1.WeightedPodAffinityTerm': { fields: { weight: between(1, 100) }, object: weighted },
  'core.v1.PodAffinityTerm': {
    fields: { topologyKey: qualified, namespaces: each(strictly(dnsLabel)) },
    object(object, walk) {
      if (walk.minor < 31 || record(object['labelSelector'])) return;
      for (const field of ['matchLabelKeys', 'mismatchLabelKeys']) if (list(object[field]).length > 0) walk.fail([field], object[field], 'Forbidden: must not be specified when labelSelector is not set');
    },
  },
  'core.v1.ContainerResizePolicy': { optional: 'all', fields: { resourceName: since(33, strictlyOneOf('cpu', 'memory')), restartPolicy: since(33, strictlyOneOf('NotRequired', 'RestartContainer')) } },
  'core.v1.PodOS': { fields: { name: strictlyOneOf('linux', 'windows') } },
};

function weighted(object: Json, walk: Walk): void {
  if (object['weight'] === undefined || object['weight'] === null) walk.fail(['weight'], undefined, 'Invalid value: 0: must be in the range 1-100');
}
