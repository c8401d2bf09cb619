import type { Json } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import type { Fillings } from './filling';
import { filled, withField } from './filling';

/** Kinds of the core group but pods: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go, and what pkg/registry/core does when it creates one. */
export const CORE: Fillings = {
  'core.v1.Service': {
    fill: (object, minor) => withField(object, 'spec', service(record(object['spec']) ?? {}, minor)),
  },
  'core.v1.ServicePort': {
    fields: { protocol: 'TCP' },
    fill: (port) => filled(port, { targetPort: port['port'] }),
  },
  'core.v1.EndpointPort': { fields: { protocol: 'TCP' } },
  'core.v1.Secret': { fields: { type: 'Opaque' }, fill: stringData },
  'core.v1.Namespace': { fill: namespace },
  'core.v1.NamespaceSpec': {
    fill: (spec) =>
      list(spec['finalizers']).includes(KUBERNETES)
        ? spec
        : { ...spec, finalizers: [...list(spec['finalizers']), KUBERNETES] },
  },
  'core.v1.LimitRangeItem': { fill: limits },
  'core.v1.ServiceAccount': { fill: secretNames },
  'core.v1.PersistentVolumeSpec': { fields: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' } },
  'core.v1.PersistentVolumeClaimSpec': { fields: { volumeMode: 'Filesystem' } },
  'core.v1.PersistentVolumeClaim': {
    created: (claim) => withField(claim, 'spec', dataSources(record(claim['spec']) ?? {})),
  },
};

const KUBERNETES = 'kubernetes';

function service(spec: Json, minor: number): Json {
  const own = affinity(filled(spec, { type: 'ClusterIP', sessionAffinity: 'None' }));
  const type = own['type'];
  const open =
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (minor >= 29 && type === 'ClusterIP' && list(own['externalIPs']).length > 0);
  return filled(own, {
    internalTrafficPolicy: type === 'ExternalName' ? undefined : 'Cluster',
    externalTrafficPolicy: open ? 'Cluster' : undefined,
    allocateLoadBalancerNodePorts: type === 'LoadBalancer' ? true : undefined,
  });
}

function affinity(spec: Json): Json {
  if (spec['sessionAffinity'] === 'None') return withField(spec, 'sessionAffinityConfig', undefined);
  const written = record(record(spec['sessionAffinityConfig'])?.['clientIP'])?.['timeoutSeconds'];
  return spec['sessionAffinity'] !== 'ClientIP' || written !== undefined
    ? spec
    : withField(spec, 'sessionAffinityConfig', { clientIP: { timeoutSeconds: 10800 } });
}

/** What is written as text replaces what is written in base64. */
function stringData(secret: Json): Json {
  const text = record(secret['stringData']);
  if (!text) return secret;
  const encoded = Object.fromEntries(
    Object.entries(text).map(([key, value]) => [key, Buffer.from(string(value) ?? '').toString('base64')]),
  );
  return { ...withField(secret, 'stringData', undefined), data: { ...record(secret['data']), ...encoded } };
}

function namespace(object: Json): Json {
  const metadata = record(object['metadata']) ?? {};
  if (string(metadata['name']) === undefined) return object;
  const labels = { ...record(metadata['labels']), 'kubernetes.io/metadata.name': metadata['name'] };
  return withField(object, 'metadata', { ...metadata, labels });
}

/** Of a container the greatest amount is the limit by default, that one the request, and else the smallest amount is. */
function limits(item: Json): Json {
  if (item['type'] !== 'Container') return item;
  const limit = filled(record(item['default']) ?? {}, record(item['max']) ?? {});
  const request = filled(filled(record(item['defaultRequest']) ?? {}, limit), record(item['min']) ?? {});
  const some = (amounts: Json) => (Object.keys(amounts).length > 0 ? amounts : undefined);
  return withField(withField(item, 'default', some(limit)), 'defaultRequest', some(request));
}

/** Of the Secrets of a ServiceAccount only the names are kept. */
function secretNames(account: Json): Json {
  if (mappings(account['secrets']).every((secret) => Object.keys(secret).every((key) => key === 'name')))
    return account;
  return withField(
    account,
    'secrets',
    mappings(account['secrets']).map(({ name }) => (name === undefined ? {} : { name })),
  );
}

/** The old way to name where the data come from, and the new one, say the same. */
function dataSources(spec: Json): Json {
  const source = record(spec['dataSource']);
  const reference = record(spec['dataSourceRef']);
  if (source && !reference) {
    const known =
      (source['kind'] === 'PersistentVolumeClaim' && (source['apiGroup'] ?? '') === '') ||
      (source['kind'] === 'VolumeSnapshot' && source['apiGroup'] === 'snapshot.storage.k8s.io');
    return known ? { ...spec, dataSourceRef: source } : withField(spec, 'dataSource', undefined);
  }
  if (!reference || source || string(reference['namespace'])) return spec;
  return { ...spec, dataSource: withField(reference, 'namespace', undefined) };
}
