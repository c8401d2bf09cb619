import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { nearest } from '../../../model/near';
import { dnsLabel, dnsSubdomain, ip, labelValue, qualifiedName } from '../formats';
import type { Rule, Visit } from '../rule';
import {
  atLeast,
  between,
  each,
  inFormat,
  inStrictFormat,
  oneOf,
  qualified,
  since,
  strictlyOneOf,
  subdomain,
} from '../rule';
import { overhead } from './containers';
import { labels } from './meta';

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

function podSpec(object: Json, walk: Visit): void {
  const containers = places(object, 'containers');
  const inits = places(object, 'initContainers');
  const ephemerals = places(object, 'ephemeralContainers');
  uniqueNames([...containers, ...inits, ...ephemerals], walk);
  mounts(object, [...containers, ...inits, ...ephemerals], walk);
  for (const init of inits) initContainer(init, walk);
  // The old name of the field is read only where the new one says nothing.
  const account = object['serviceAccountName'] ? undefined : subdomain(object['serviceAccount'], walk.minor);
  if (account) walk.fail(['serviceAccount'], object['serviceAccount'], account);
  for (const { i, json } of containers) {
    const policy = string(json['restartPolicy']);
    if (policy === undefined) continue;
    if (walk.minor < 35)
      walk.fail(['containers', i, 'restartPolicy'], policy, 'Forbidden: may not be set for non-init containers');
    else if (!['Always', 'Never', 'OnFailure'].includes(policy))
      walk.fail(
        ['containers', i, 'restartPolicy'],
        policy,
        `Unsupported value: "${policy}": supported values: "Always", "Never", "OnFailure"`,
      );
  }
  hostNetwork(object, [...containers, ...inits], walk);
  graceOfSleep(object, containers, walk);
  userNamespace(object, [...containers, ...inits, ...ephemerals], walk);
  labels(object['nodeSelector'], 'nodeSelector', walk);
  overhead(object['overhead'], ['overhead'], walk);

  const claims = list(object['resourceClaims']).map((claim) => record(claim)?.['name']);
  if (walk.minor >= 34) {
    for (const { field, i, json } of [...containers, ...inits]) {
      list(record(json['resources'])?.['claims']).forEach((entry, j) => {
        const name = record(entry)?.['name'];
        if (typeof name === 'string' && !claims.includes(name))
          walk.fail(
            [field, i, 'resources', 'claims', j],
            name,
            `Not found: "${name}": must be one of the names in pod.spec.resourceClaims`,
          );
      });
    }
  }
  const dns = record(object['dnsConfig']);
  if (object['dnsPolicy'] === 'None' && list(dns?.['nameservers']).length === 0) {
    walk.fail(
      dns ? ['dnsConfig', 'nameservers'] : ['dnsConfig'],
      undefined,
      'Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
    );
  }
  if (object['hostPID'] === true && object['shareProcessNamespace'] === true)
    walk.fail(
      ['shareProcessNamespace'],
      true,
      'Invalid value: ShareProcessNamespace and HostPID cannot both be enabled',
    );
  const seen = new Set<string>();
  list(object['topologySpreadConstraints']).forEach((entry, i) => {
    const constraint = record(entry);
    const key = `${String(constraint?.['topologyKey'])} ${String(constraint?.['whenUnsatisfiable'])}`;
    if (constraint && seen.has(key))
      walk.fail(
        ['topologySpreadConstraints', i],
        entry,
        `Duplicate value: "{${key.replace(' ', ', ')}}"`,
        'list-map-duplicates',
      );
    seen.add(key);
  });
}

function uniqueNames(all: readonly Place[], walk: Visit): void {
  const names = new Set<string>();
  for (const { field, i, json } of all) {
    const name = string(json['name']) ?? '';
    if (name !== '' && names.has(name))
      walk.fail([field, i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
  }
}

function mounts(object: Json, all: readonly Place[], walk: Visit): void {
  const names = new Set<string>();
  list(object['volumes']).forEach((entry, i) => {
    const name = string(record(entry)?.['name']) ?? '';
    if (name !== '' && names.has(name))
      walk.fail(['volumes', i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
  });
  for (const name of walk.claims) names.add(name);
  for (const { field, i, json } of all) {
    for (const kind of ['volumeMounts', 'volumeDevices']) {
      list(json[kind]).forEach((entry, j) => {
        const name = string(record(entry)?.['name']) ?? '';
        if (name === '' || names.has(name)) return;
        const meant = nearest(name, names);
        walk.fail(
          [field, i, kind, j, 'name'],
          name,
          `Not found: "${name}"`,
          'volumemount-has-volume',
          meant ? { fix: `mount ${meant}, or add a volume called ${name}` } : {},
        );
      });
    }
  }
}

function initContainer({ field, i, json }: Place, walk: Visit): void {
  const policy = string(json['restartPolicy']);
  if (
    walk.minor >= 29 &&
    policy !== undefined &&
    policy !== 'Always' &&
    (walk.minor < 35 || !['OnFailure', 'Never'].includes(policy))
  ) {
    walk.fail([field, i, 'restartPolicy'], policy, `Unsupported value: "${policy}": supported values: "Always"`);
  }
  if (policy === 'Always' && walk.minor >= 29) return;
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
    const given = json[name];
    // A signal to stop alone is dropped along with its lifecycle, as its feature is off by default.
    const isDropped = name === 'lifecycle' && Object.keys(record(given) ?? {}).join() === 'stopSignal';
    if (given !== undefined && given !== null && !isDropped)
      walk.fail(
        [field, i, name],
        json[name],
        `Forbidden: may not be set for init containers without restartPolicy=Always`,
      );
  }
}

function hostNetwork(object: Json, all: readonly Place[], walk: Visit): void {
  const onHost = object['hostNetwork'] === true;
  const takenByAll = new Set<string>();
  for (const { field, i, json } of all) {
    // Init containers run one after the other, so they may share.
    const taken = field === 'containers' ? takenByAll : new Set<string>();
    list(json['ports']).forEach((entry, j) => {
      const given = record(entry);
      const host = given?.['hostPort'];
      if (onHost && typeof host === 'number' && host !== 0 && host !== given?.['containerPort']) {
        walk.fail(
          [field, i, 'ports', j, 'hostPort'],
          host,
          'Invalid value: must match `containerPort` when `hostNetwork` is true',
        );
      }
      // A pod on the network of the node takes every port of its containers from the node.
      const written = typeof host === 'number' && host !== 0;
      const port = written ? host : onHost ? given?.['containerPort'] : undefined;
      if (typeof port !== 'number') return;
      const key = `${string(given?.['protocol']) || 'TCP'}/${string(given?.['hostIP']) ?? ''}/${port}`;
      if (taken.has(key))
        walk.fail(
          [field, i, 'ports', j, written ? 'hostPort' : 'containerPort'],
          port,
          written
            ? `Duplicate value: "${key}"`
            : `Duplicate value: "${key}": on the node's network it is a hostPort too`,
          'list-map-duplicates',
          // Its value in a template is filled in when the pod is made.
          written ? {} : { later: true },
        );
      taken.add(key);
    });
  }
}

/** Users of the pod's own (`hostUsers: false`): what they exclude, and what only they allow. */
function userNamespace(object: Json, all: readonly Place[], walk: Visit): void {
  if (walk.minor < 33) return;
  if (object['hostUsers'] !== false) {
    for (const { field, i, json } of all) {
      const procMount = record(json['securityContext'])?.['procMount'];
      if (procMount === 'Unmasked')
        walk.fail(
          [field, i, 'securityContext', 'procMount'],
          procMount,
          'Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
          'schema-valid',
          { fix: 'set hostUsers: false for the pod, or remove procMount' },
        );
    }
    return;
  }
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (object[field] === true) walk.fail([field], true, 'Forbidden: when `hostUsers` is false');
  for (const { field, i, json } of all)
    if (list(json['volumeDevices']).length > 0)
      walk.fail([field, i, 'volumeDevices'], json['volumeDevices'], 'Forbidden: when `hostUsers` is false');
}

/** A `sleep` before the stop has to end before the pod is killed. */
function graceOfSleep(object: Json, containers: readonly Place[], walk: Visit): void {
  if (walk.minor < 30) return;
  const grace =
    typeof object['terminationGracePeriodSeconds'] === 'number' ? object['terminationGracePeriodSeconds'] : 30;
  for (const { field, i, json } of containers) {
    for (const hook of ['preStop', 'postStart']) {
      const sleep = record(record(record(json['lifecycle'])?.[hook])?.['sleep']);
      const seconds = sleep?.['seconds'];
      const least = walk.minor >= 33 ? 0 : 1;
      if (typeof seconds === 'number' && (seconds < least || seconds > grace)) {
        walk.fail(
          [field, i, 'lifecycle', hook, 'sleep', 'seconds'],
          seconds,
          `Invalid value: ${seconds}: must be greater than 0 and less than terminationGracePeriodSeconds (${grace})`,
        );
      }
    }
  }
}

export const podRules: Record<string, Rule> = {
  'core.v1.Pod': {
    object(object, walk) {
      list(record(object['spec'])?.['ephemeralContainers']).forEach(() =>
        walk.fail(['spec', 'ephemeralContainers'], undefined, 'Forbidden: cannot be set on create'),
      );
      for (const field of ['containers', 'initContainers']) {
        list(record(object['spec'])?.[field]).forEach((entry, i) => {
          const image = string(record(entry)?.['image']) ?? '';
          if (image.trim() !== image)
            walk.fail(
              ['spec', field, i, 'image'],
              image,
              `Invalid value: "${image}": must not have leading or trailing whitespace`,
            );
        });
      }
    },
  },
  'core.v1.PodTemplateSpec': {
    object(object, walk) {
      if (list(record(object['spec'])?.['ephemeralContainers']).length > 0)
        walk.fail(
          ['spec', 'ephemeralContainers'],
          undefined,
          'Forbidden: ephemeral containers not allowed in pod template',
        );
    },
  },
  'core.v1.PodSpec': {
    fields: {
      restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
      dnsPolicy: oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'),
      preemptionPolicy: oneOf('PreemptLowerPriority', 'Never'),
      activeDeadlineSeconds: between(1, 2 ** 31 - 1),
      serviceAccountName: subdomain,
      nodeName: subdomain,
      priorityClassName: subdomain,
      runtimeClassName: inStrictFormat(dnsSubdomain),
      hostname: inFormat(dnsLabel),
      hostnameOverride: since(35, inStrictFormat(dnsSubdomain)),
      subdomain: inFormat(dnsLabel),
    },
    object: podSpec,
  },
  'core.v1.Toleration': {
    fields: { key: inFormat(qualifiedName), effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute') },
    object(object, walk) {
      const { key, operator, value, effect, tolerationSeconds } = object;
      if (!key && (operator || 'Equal') !== 'Exists')
        walk.fail(
          ['operator'],
          operator,
          'Invalid value: operator must be Exists when `key` is empty, which means "match all values and all keys"',
        );
      if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute')
        walk.fail(['effect'], effect, "Invalid value: effect must be 'NoExecute' when `tolerationSeconds` is set");
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
      if (typeof operator === 'string')
        walk.fail(['operator'], operator, `Unsupported value: "${operator}": supported values: "Equal", "Exists"`);
    },
  },
  'core.v1.HostAlias': {
    fields: { ip: inFormat(ip), hostnames: each(inStrictFormat(dnsSubdomain)) },
    required: ['ip'],
  },
  'core.v1.PodDNSConfig': {
    fields: {
      nameservers: each(inStrictFormat(ip)),
      searches: each(inStrictFormat((value) => (value === '' ? 'Invalid value: "": must not be empty' : undefined))),
    },
    object(object, walk) {
      list(object['options']).forEach((entry, i) => {
        if (!string(record(entry)?.['name']))
          walk.fail(['options', i, 'name'], record(entry)?.['name'], 'Required value: must not be empty');
      });
      if (list(object['nameservers']).length > 3)
        walk.fail(['nameservers'], object['nameservers'], 'Invalid value: must not have more than 3 nameservers');
    },
  },
  'core.v1.PodReadinessGate': { fields: { conditionType: qualified } },
  'core.v1.PodSchedulingGate': { fields: { name: qualified } },
  'core.v1.TopologySpreadConstraint': {
    fields: {
      maxSkew: atLeast(1),
      whenUnsatisfiable: strictlyOneOf('DoNotSchedule', 'ScheduleAnyway'),
      minDomains: atLeast(1),
      nodeAffinityPolicy: strictlyOneOf('Ignore', 'Honor'),
      nodeTaintsPolicy: strictlyOneOf('Ignore', 'Honor'),
      matchLabelKeys: each(inStrictFormat(qualifiedName)),
    },
    object(object, walk) {
      if (list(object['matchLabelKeys']).length > 0 && !record(object['labelSelector']))
        walk.fail(
          ['matchLabelKeys'],
          object['matchLabelKeys'],
          'Forbidden: must not be specified when labelSelector is not set',
        );
      if (object['maxSkew'] === undefined || object['maxSkew'] === null)
        walk.fail(['maxSkew'], undefined, 'Invalid value: 0: must be greater than 0');
      if (typeof object['minDomains'] === 'number' && object['whenUnsatisfiable'] !== 'DoNotSchedule') {
        walk.fail(
          ['minDomains'],
          object['minDomains'],
          `Invalid value: ${object['minDomains']}: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${String(object['whenUnsatisfiable'])}`,
        );
      }
    },
  },
  'core.v1.NodeSelector': {},
  'core.v1.PreferredSchedulingTerm': {
    optional: ['preference'],
    fields: { weight: between(1, 100) },
    object: weighted,
  },
  'core.v1.WeightedPodAffinityTerm': { fields: { weight: between(1, 100) }, object: weighted },
  'core.v1.PodAffinityTerm': {
    fields: { topologyKey: qualified, namespaces: each(inStrictFormat(dnsLabel)) },
    object(object, walk) {
      if (walk.minor < 31 || record(object['labelSelector'])) return;
      for (const field of ['matchLabelKeys', 'mismatchLabelKeys'])
        if (list(object[field]).length > 0)
          walk.fail([field], object[field], 'Forbidden: must not be specified when labelSelector is not set');
    },
  },
  'core.v1.PodOS': { fields: { name: strictlyOneOf('linux', 'windows') } },
};

function weighted(object: Json, walk: Visit): void {
  if (object['weight'] === undefined || object['weight'] === null)
    walk.fail(['weight'], undefined, 'Invalid value: 0: must be in the range 1-100');
}
