import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import {
  approximateQuantity,
  cidr,
  configKey,
  dnsLabel,
  dnsSubdomain,
  ip,
  labelValue,
  qualifiedName,
} from '../formats';
import type { Rule, Visit } from '../rule';
import {
  allUnique,
  atLeast,
  between,
  each,
  inFormat,
  inStrictFormat,
  oneOf,
  port,
  portNumOrName,
  since,
  strictlyOneOf,
} from '../rule';
import { portGiven } from './containers';
import { labels } from './meta';

const MAX_BYTES = 1024 * 1024;

/** Keys of a ConfigMap's or a Secret's data, and how much it is. */
function bag(object: Json, fields: readonly string[], walk: Visit): void {
  let bytes = 0;
  for (const field of fields) {
    const data = record(object[field]);
    for (const key in data) {
      const wrong = configKey(key);
      if (wrong) walk.fail([field, key], key, `Invalid value: "${key}": ${wrong}`);
      const value = string(data[key]) ?? '';
      bytes += field === 'data' || field === 'stringData' ? Buffer.byteLength(value) : (value.length * 3) / 4;
    }
  }
  if (bytes > MAX_BYTES) walk.fail(['data'], undefined, `Too long: may not be more than ${MAX_BYTES} bytes`);
}

function configMap(object: Json, walk: Visit): void {
  bag(object, ['data', 'binaryData'], walk);
  const data = record(object['data']) ?? {};
  for (const key in record(object['binaryData']))
    if (Object.hasOwn(data, key))
      walk.fail(['data', key], key, `Invalid value: "${key}": duplicate of key present in binaryData`);
}

/** What Secrets of a type must hold. */
const SECRET_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'kubernetes.io/tls': ['tls.crt', 'tls.key'],
    'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
    'kubernetes.io/dockercfg': ['.dockercfg'],
    'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  }),
);

function secret(object: Json, walk: Visit): void {
  bag(object, ['data', 'stringData'], walk);
  const type = string(object['type']) ?? '';
  const stringData = record(object['stringData']) ?? {};
  const data = record(object['data']) ?? {};
  const has = (key: string) => Object.hasOwn(data, key) || Object.hasOwn(stringData, key);
  for (const key of SECRET_KEYS.get(type) ?? [])
    if (!has(key)) walk.fail(['data', key], undefined, `Required value: a Secret of type ${type} has it`);
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password'))
    walk.fail(['data', 'username'], undefined, `Required value: a Secret of type ${type} has it`);
  for (const [kind, key] of [
    ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
    ['kubernetes.io/dockercfg', '.dockercfg'],
  ] as const) {
    if (type !== kind) continue;
    // Null is an empty text to the server.
    const field = Object.hasOwn(stringData, key) ? 'stringData' : 'data';
    const given = (field === 'data' ? data : stringData)[key];
    const content =
      given === null
        ? ''
        : typeof given === 'string'
          ? field === 'data'
            ? Buffer.from(given, 'base64').toString()
            : given
          : undefined;
    if (content !== undefined && !isJsonObject(content))
      walk.fail([field, key], '<secret contents redacted>', 'Invalid value: must be JSON');
  }
  if (
    type === 'kubernetes.io/service-account-token' &&
    !string(record(record(object['metadata'])?.['annotations'])?.['kubernetes.io/service-account.name'])
  ) {
    walk.fail(['metadata', 'annotations', 'kubernetes.io/service-account.name'], undefined, 'Required value');
  }
}

function isJsonObject(content: string): boolean {
  try {
    return typeof JSON.parse(content) === 'object';
  } catch {
    return false;
  }
}

// ---- Namespace ----------------------------------------------------------------------------------

/** What Pod Security admission reads from a namespace. */
function podSecurityLabels(object: Json, walk: Visit): void {
  const given = record(record(object['metadata'])?.['labels']) ?? {};
  for (const mode of ['enforce', 'audit', 'warn']) {
    const [level, version] = ['', '-version'].map((suffix) => {
      const label = given[`pod-security.kubernetes.io/${mode}${suffix}`];
      return label === null ? '' : label;
    });
    if (typeof level === 'string' && !['privileged', 'baseline', 'restricted'].includes(level)) {
      walk.fail(
        ['metadata', 'labels', `pod-security.kubernetes.io/${mode}`],
        level,
        `Invalid value: "${level}": must be one of privileged, baseline, restricted`,
        'pod-fits-own-namespace-psa',
      );
    }
    if (typeof version === 'string' && !/^(latest|v1\.(0|[1-9]\d*))$/.test(version)) {
      walk.fail(
        ['metadata', 'labels', `pod-security.kubernetes.io/${mode}-version`],
        version,
        `Invalid value: "${version}": must be "latest" or "v1.x"`,
        'pod-fits-own-namespace-psa',
      );
    }
  }
}

// ---- Service -----------------------------------------------------------------------------------

function service(object: Json, walk: Visit): void {
  allUnique(list(object['ipFamilies']), walk, (i) => ['ipFamilies', i]);
  // Without affinity the server drops the whole.
  const seconds = record(record(object['sessionAffinityConfig'])?.['clientIP'])?.['timeoutSeconds'];
  const wrongSeconds = object['sessionAffinity'] === 'ClientIP' ? between(1, 86400)(seconds, walk.minor) : undefined;
  if (wrongSeconds)
    walk.fail(
      ['sessionAffinityConfig', 'clientIP', 'timeoutSeconds'],
      seconds,
      `Invalid value: ${String(seconds)}: ${wrongSeconds}`,
    );
  const type = string(object['type']) || 'ClusterIP';
  const ports = list(object['ports']);
  const headless = object['clusterIP'] === 'None';
  if (ports.length === 0 && !headless && type !== 'ExternalName')
    walk.fail(['ports'], object['ports'], 'Required value');
  if (type === 'ExternalName') {
    const name = string(object['externalName']) ?? '';
    const wrong = name === '' ? undefined : dnsSubdomain(name.endsWith('.') ? name.slice(0, -1) : name);
    if (name === '') walk.fail(['externalName'], undefined, 'Required value');
    else if (wrong) walk.fail(['externalName'], name, `Invalid value: "${name}": ${wrong}`);
    if (string(object['clusterIP']))
      walk.fail(['clusterIP'], object['clusterIP'], 'Forbidden: may not be set for ExternalName services');
  }
  if (headless && (type === 'NodePort' || type === 'LoadBalancer'))
    walk.fail(['clusterIP'], 'None', `Invalid value: "None": may not be set to 'None' for ${type} services`);
  servicePorts(ports, type, walk);
  labels(object['selector'], 'selector', walk);

  const lb = type === 'LoadBalancer';
  for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass', 'loadBalancerSourceRanges']) {
    const value = object[field];
    const set = field === 'loadBalancerSourceRanges' ? list(value).length > 0 : value !== undefined && value !== null;
    if (set && !lb) walk.fail([field], value, "Forbidden: may only be used when `type` is 'LoadBalancer'");
  }
  list(object['loadBalancerSourceRanges']).forEach((value, i) => {
    const wrong = typeof value === 'string' || value === null ? cidr((value ?? '').trim()) : undefined;
    if (wrong) walk.fail(['loadBalancerSourceRanges', i], value, `Invalid value: ${JSON.stringify(value)}: ${wrong}`);
  });
  const external = lb || type === 'NodePort' || (type === 'ClusterIP' && list(object['externalIPs']).length > 0);
  if (string(object['externalTrafficPolicy']) && !external)
    walk.fail(
      ['externalTrafficPolicy'],
      object['externalTrafficPolicy'],
      'Invalid value: may only be set for externally-accessible services',
    );
  if (object['healthCheckNodePort'] && !(lb && object['externalTrafficPolicy'] === 'Local')) {
    walk.fail(
      ['healthCheckNodePort'],
      object['healthCheckNodePort'],
      "Invalid value: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    );
  }
}

function servicePorts(ports: readonly unknown[], type: string, walk: Visit): void {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  ports.forEach((entry, i) => {
    const given = record(entry);
    if (!given) return;
    const name = string(given['name']) ?? '';
    const protocol = string(given['protocol']) || 'TCP';
    if (name === '' && ports.length > 1)
      walk.fail(['ports', i, 'name'], undefined, 'Required value: every port of a Service with several has a name');
    if (name !== '' && names.has(name))
      walk.fail(['ports', i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
    const key = `${protocol} ${String(given['port'])}`;
    if (numbers.has(key))
      walk.fail(
        ['ports', i],
        entry,
        `Duplicate value: {"protocol":"${protocol}","port":${String(given['port'])}}`,
        'list-map-duplicates',
      );
    numbers.add(key);
    const nodePort = given['nodePort'];
    if (typeof nodePort !== 'number' || nodePort === 0) return;
    if (type === 'ClusterIP')
      walk.fail(['ports', i, 'nodePort'], nodePort, "Forbidden: may not be used when `type` is 'ClusterIP'");
    const nodeKey = `${protocol} ${nodePort}`;
    if (nodePorts.has(nodeKey))
      walk.fail(['ports', i, 'nodePort'], nodePort, `Duplicate value: ${nodePort}`, 'list-map-duplicates');
    nodePorts.add(nodeKey);
  });
}

// ---- Quotas and limits -------------------------------------------------------------------------

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const QUOTA_RESOURCES = [
  ...[
    'cpu',
    'memory',
    'storage',
    'ephemeral-storage',
    'pods',
    'services',
    'services.nodeports',
    'services.loadbalancers',
    'replicationcontrollers',
    'resourcequotas',
    'secrets',
    'configmaps',
    'persistentvolumeclaims',
  ],
  ...[
    'requests.cpu',
    'requests.memory',
    'requests.storage',
    'requests.ephemeral-storage',
    'limits.cpu',
    'limits.memory',
    'limits.ephemeral-storage',
  ],
];

function quota(object: Json, walk: Visit): void {
  const hard = record(object['hard']);
  for (const name in hard) {
    const wrong =
      qualifiedName(name) ??
      (name.includes('/') || QUOTA_RESOURCES.includes(name) || /^(requests\.|limits\.)?hugepages-/.test(name)
        ? undefined
        : 'must be a standard resource for quota');
    if (wrong) walk.fail(['hard', name], name, `Invalid value: "${name}": ${wrong}`);
    const amount = approximateQuantity(hard[name]);
    if (amount !== undefined && amount < 0)
      walk.fail(
        ['hard', name],
        hard[name],
        `Invalid value: "${String(hard[name])}": must be greater than or equal to 0`,
      );
    const whole =
      /^(pods|services|services\..*|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims)$/.test(
        name,
      );
    if (amount !== undefined && whole && !Number.isInteger(amount))
      walk.fail(['hard', name], hard[name], `Invalid value: "${String(hard[name])}": must be an integer`);
  }
  list(object['scopes']).forEach((entry, i) => {
    const scope = entry ?? '';
    if (typeof scope === 'string' && !SCOPES.includes(scope))
      walk.fail(['scopes', i], scope, `Invalid value: "${scope}": unsupported scope`);
  });
}

function limits(object: Json, walk: Visit): void {
  const types = new Set<string>();
  list(object['limits']).forEach((entry, i) => {
    const item = record(entry);
    if (!item) return;
    const type = string(item['type']) ?? '';
    if (type !== '' && types.has(type))
      walk.fail(['limits', i, 'type'], type, `Duplicate value: "${type}"`, 'list-map-duplicates');
    types.add(type);
    limitItem(item, type, i, walk);
  });
}

const ORDER = [
  ['min', 'max'],
  ['min', 'defaultRequest'],
  ['min', 'default'],
  ['defaultRequest', 'max'],
  ['defaultRequest', 'default'],
  ['default', 'max'],
] as const;

/** Null is an amount too: none. */
const amountOf = (value: unknown) => (value === null ? 0 : approximateQuantity(value));

function limitItem(item: Json, type: string, i: number, walk: Visit): void {
  const standard =
    type === 'PersistentVolumeClaim'
      ? ['storage']
      : [
          'cpu',
          'memory',
          'ephemeral-storage',
          'storage',
          ...(type === 'Pod' || type === 'Container' ? [] : QUOTA_RESOURCES),
        ];
  for (const field of ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio']) {
    for (const name in record(item[field])) {
      const wrong =
        qualifiedName(name) ??
        (name.includes('/') ||
        standard.includes(name) ||
        name.startsWith('hugepages-') ||
        !['Container', 'Pod', 'PersistentVolumeClaim'].includes(type)
          ? undefined
          : 'must be a standard resource type or fully qualified');
      if (wrong) walk.fail(['limits', i, field, name], name, `Invalid value: "${name}": ${wrong}`);
    }
  }
  const ratios = record(item['maxLimitRequestRatio']);
  for (const name in ratios) {
    const ratio = amountOf(ratios[name]);
    if (ratio === undefined) continue;
    const least = amountOf(record(item['min'])?.[name]);
    const most = amountOf(record(item['max'])?.[name]);
    const wrong =
      ratio < 1
        ? 'less than 1'
        : least !== undefined && most !== undefined && ratio > most / least
          ? `greater than max/min = ${most / least}`
          : undefined;
    if (wrong)
      walk.fail(
        ['limits', i, 'maxLimitRequestRatio', name],
        ratios[name],
        `Invalid value: "${String(ratios[name])}": ratio ${String(ratios[name])} is ${wrong}`,
      );
  }
  if (type === 'Pod')
    for (const field of ['default', 'defaultRequest'])
      if (Object.keys(record(item[field]) ?? {}).length > 0)
        walk.fail(['limits', i, field], item[field], "Forbidden: may not be specified when `type` is 'Pod'");
  if (
    type === 'PersistentVolumeClaim' &&
    record(item['min'])?.['storage'] === undefined &&
    record(item['max'])?.['storage'] === undefined
  ) {
    walk.fail(
      ['limits', i],
      item,
      'Required value: either minimum or maximum storage value is required, but neither was provided',
    );
  }
  for (const [low, high] of ORDER) {
    if (type === 'Pod' && (low !== 'min' || high !== 'max')) continue;
    const lows = record(item[low]);
    const highs = record(item[high]);
    for (const name in lows) {
      const least = amountOf(lows[name]);
      const most = amountOf(highs?.[name]);
      if (least !== undefined && most !== undefined && least > most)
        walk.fail(
          ['limits', i, low, name],
          lows[name],
          `Invalid value: "${String(lows[name])}": ${low} value ${String(lows[name])} is greater than ${high} value ${String(highs?.[name])}`,
        );
    }
  }
}

export const coreRules: Record<string, Rule> = {
  'core.v1.ConfigMap': { object: configMap },
  'core.v1.Secret': { object: secret },
  'core.v1.ServiceSpec': {
    fields: {
      type: oneOf('ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'),
      sessionAffinity: oneOf('ClientIP', 'None'),
      externalTrafficPolicy: oneOf('Cluster', 'Local'),
      internalTrafficPolicy: strictlyOneOf('Cluster', 'Local'),
      loadBalancerClass: inStrictFormat(qualifiedName),
      ipFamilyPolicy: strictlyOneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
      ipFamilies: each(strictlyOneOf('IPv4', 'IPv6')),
      clusterIP: inFormat((value) => (value === 'None' ? undefined : ip(value))),
      externalIPs: each(inStrictFormat(ip)),
      clusterIPs: each(inStrictFormat((value) => (value === 'None' ? undefined : ip(value)))),
      trafficDistribution: since(31, strictlyOneOf(...['PreferClose', 'PreferSameZone', 'PreferSameNode'])),
    },
    object: service,
  },
  'core.v1.ServicePort': {
    fields: {
      name: inFormat(dnsLabel),
      protocol: oneOf('TCP', 'UDP', 'SCTP'),
      port,
      targetPort: (value) => (value === 0 || value === '' ? undefined : portNumOrName(value)),
      nodePort: (value) =>
        typeof value === 'number' && value > 65535 ? 'must be between 1 and 65535, inclusive' : undefined,
      appProtocol: (value) => (typeof value === 'string' ? qualifiedName(value) : undefined),
    },
    object(object, walk) {
      if (object['port'] === undefined || object['port'] === null) walk.fail(['port'], undefined, 'Required value');
    },
  },
  'core.v1.ScopedResourceSelectorRequirement': {
    fields: {
      scopeName: inStrictFormat((value) => (SCOPES.includes(value) ? undefined : 'unsupported scope')),
      operator: inStrictFormat((value) =>
        ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(value) ? undefined : 'not a valid selector operator',
      ),
    },
    object(object, walk) {
      const values = list(object['values']);
      if ((object['operator'] === 'In' || object['operator'] === 'NotIn') && values.length === 0)
        walk.fail(
          ['values'],
          object['values'],
          "Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        );
    },
  },
  'core.v1.ResourceQuotaSpec': { object: quota },
  'core.v1.LimitRangeSpec': { optional: ['limits'], object: limits },
  'core.v1.LimitRangeItem': {
    fields: {
      type: (value) =>
        typeof value === 'string' && value !== '' && !['Container', 'Pod', 'PersistentVolumeClaim'].includes(value)
          ? value.includes('/')
            ? undefined
            : 'must be a standard limit type or fully qualified'
          : undefined,
    },
  },
  'core.v1.NamespaceSpec': {
    fields: {
      finalizers: each(
        inStrictFormat(
          (value) =>
            qualifiedName(value) ??
            (value.includes('/') || value === 'kubernetes'
              ? undefined
              : 'name is neither a standard finalizer name nor is it fully qualified'),
        ),
      ),
    },
  },
  'core.v1.Namespace': { object: podSecurityLabels },
  'core.v1.Taint': {
    fields: {
      key: inFormat(qualifiedName),
      value: (value) => (typeof value === 'string' ? labelValue(value) : undefined),
      effect: strictlyOneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    },
  },
  'core.v1.ReplicationControllerSpec': {
    fields: { replicas: atLeast(0), minReadySeconds: atLeast(0) },
    object(object, walk) {
      const policy = string(record(record(object['template'])?.['spec'])?.['restartPolicy']);
      if (policy && policy !== 'Always' && ['OnFailure', 'Never'].includes(policy))
        walk.fail(
          ['template', 'spec', 'restartPolicy'],
          policy,
          `Unsupported value: "${policy}": supported values: "Always"`,
          'restart-policy',
        );
    },
  },
  'core.v1.EndpointSubset': {
    object(object, walk) {
      if (list(object['addresses']).length === 0 && list(object['notReadyAddresses']).length === 0)
        walk.fail([], undefined, 'Required value: must specify `addresses` or `notReadyAddresses`');
    },
  },
  'core.v1.EndpointAddress': { fields: { ip: inFormat(ip), nodeName: inStrictFormat(dnsSubdomain) } },
  'core.v1.EndpointPort': {
    object: portGiven(),
    fields: { port, protocol: oneOf('TCP', 'UDP', 'SCTP'), name: inFormat(dnsLabel) },
  },
};
