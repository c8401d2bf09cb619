import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { approximateQuantity, dnsLabel, dnsSubdomain } from '../formats';
import type { Rule, Visit } from '../rule';
import { between, exactlyOne, fieldsSet, inFormat, since, strictlyOneOf, subdomain } from '../rule';
import { descendingPath, FILE_FIELDS, fieldRef, resourceFieldRef } from './containers';

const MODE = between(0, 0o777);

/** The kinds of volume that a pod may have. */
const POD_SOURCES = [
  ...[
    'emptyDir',
    'configMap',
    'secret',
    'persistentVolumeClaim',
    'projected',
    'downwardAPI',
    'hostPath',
    'ephemeral',
    'csi',
    'nfs',
    'image',
  ],
  ...[
    'gitRepo',
    'gcePersistentDisk',
    'awsElasticBlockStore',
    'iscsi',
    'glusterfs',
    'flocker',
    'rbd',
    'cinder',
    'cephfs',
    'quobyte',
    'fc',
    'flexVolume',
    'azureFile',
  ],
  ...['vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos', 'scaleIO'],
];

/** The kinds of volume that a PersistentVolume may be. */
const PERSISTENT_SOURCES = [
  ...[
    'hostPath',
    'local',
    'csi',
    'nfs',
    'iscsi',
    'fc',
    'gcePersistentDisk',
    'awsElasticBlockStore',
    'azureDisk',
    'azureFile',
    'cephfs',
    'cinder',
    'flexVolume',
  ],
  ...[
    'flocker',
    'glusterfs',
    'photonPersistentDisk',
    'portworxVolume',
    'quobyte',
    'rbd',
    'scaleIO',
    'storageos',
    'vsphereVolume',
  ],
];

function volume(object: Json, walk: Visit): void {
  // Without any it is an emptyDir.
  exactlyOne(object, POD_SOURCES, walk, undefined, 'Forbidden: may not specify more than 1 volume type');
}

/** A path below a volume's root; `..` leads out of it. */
function localPath(value: string): string | undefined {
  const wrong = descendingPath(value);
  if (wrong) return wrong;
  return value.startsWith('..') ? `Invalid value: "${value}": must not start with '..'` : undefined;
}

function downwardFile(object: Json, walk: Visit): void {
  const found = fieldsSet(object, ['fieldRef', 'resourceFieldRef']);
  if (found.length === 0) walk.fail([], undefined, 'Required value: one of fieldRef and resourceFieldRef is required');
  if (found.length === 2)
    walk.fail([], undefined, 'Invalid value: fieldRef and resourceFieldRef cannot be specified simultaneously');
  fieldRef(object['fieldRef'], FILE_FIELDS, ['fieldRef'], walk);
  if (found.length === 1) resourceFieldRef(object['resourceFieldRef'], true, ['resourceFieldRef'], walk);
}

function projected(object: Json, walk: Visit): void {
  const paths = new Set<string>();
  list(object['sources']).forEach((entry, i) => {
    const source = record(entry);
    if (!source) return;
    // The last two are dropped where their features are off, as they are by default before 1.37.
    const found = fieldsSet(source, [
      'secret',
      'configMap',
      'downwardAPI',
      'serviceAccountToken',
      ...(walk.minor >= 37 ? ['clusterTrustBundle', 'podCertificate'] : []),
    ]);
    if (found.length > 1)
      walk.fail(['sources', i], source, 'Forbidden: may not specify more than 1 volume type per source');
    for (const kind of ['secret', 'configMap', 'downwardAPI']) {
      list(record(source[kind])?.['items']).forEach((item, j) => {
        const path = string(record(item)?.['path']) ?? '';
        if (path !== '' && paths.has(path))
          walk.fail(
            ['sources', i, kind, 'items', j, 'path'],
            path,
            'Invalid value: conflicting duplicate paths',
            'list-map-duplicates',
          );
        paths.add(path);
      });
    }
  });
}

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function accessModes(object: Json, walk: Visit): void {
  const modes = list(object['accessModes']);
  modes.forEach((entry, i) => {
    const mode = entry ?? '';
    if (typeof mode === 'string' && !ACCESS_MODES.includes(mode))
      walk.fail(
        ['accessModes', i],
        mode,
        `Unsupported value: "${mode}": supported values: ${ACCESS_MODES.map((name) => `"${name}"`).join(', ')}`,
      );
  });
  if (modes.length === 0)
    walk.fail(['accessModes'], object['accessModes'], 'Required value: at least 1 access mode is required');
  if (
    modes.includes('ReadWriteOncePod') &&
    modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(String(mode)))
  ) {
    walk.fail(['accessModes'], modes, 'Forbidden: may not use ReadWriteOncePod with other access modes');
  }
}

function claim(object: Json, walk: Visit): void {
  accessModes(object, walk);
  const requests = record(record(object['resources'])?.['requests']);
  const storage = requests?.['storage'];
  if (storage === undefined) walk.fail(['resources', 'requests', 'storage'], undefined, 'Required value');
  else {
    const amount = storage === null ? 0 : approximateQuantity(storage);
    if (amount !== undefined && amount <= 0)
      walk.fail(
        ['resources', 'requests', 'storage'],
        storage,
        `Invalid value: "${String(storage)}": must be greater than zero`,
      );
  }
  // What is no claim and no snapshot is dropped from dataSource, so only the reference is looked at; but one into another
  // namespace is dropped as a whole where the feature CrossNamespaceVolumeDataSource is off, as it is by default.
  const reference = record(object['dataSourceRef']);
  if (
    reference &&
    !string(reference['namespace']) &&
    reference['kind'] !== 'PersistentVolumeClaim' &&
    !string(reference['apiGroup'])
  )
    walk.fail(
      ['dataSourceRef'],
      reference,
      "Invalid value: must be 'PersistentVolumeClaim' when referencing the default apiGroup",
    );
  const source = record(object['dataSource']);
  const taken =
    source &&
    ((source['kind'] === 'PersistentVolumeClaim' && !string(source['apiGroup'])) ||
      (source['kind'] === 'VolumeSnapshot' && source['apiGroup'] === 'snapshot.storage.k8s.io'));
  if (taken && !string(source['name'])) walk.fail(['dataSource', 'name'], source['name'], 'Required value');
}

export const volumeRules: Record<string, Rule> = {
  'core.v1.Volume': { fields: { name: inFormat(dnsLabel) }, topics: { name: 'name-label-syntax' }, object: volume },
  'core.v1.KeyToPath': { fields: { path: inFormat(localPath), mode: MODE } },
  'core.v1.ConfigMapVolumeSource': { required: ['name'], fields: { defaultMode: MODE } },
  'core.v1.SecretVolumeSource': { required: ['secretName'], fields: { defaultMode: MODE } },
  'core.v1.ConfigMapProjection': { required: ['name'] },
  'core.v1.SecretProjection': { required: ['name'] },
  'core.v1.DownwardAPIVolumeSource': { fields: { defaultMode: MODE } },
  'core.v1.DownwardAPIVolumeFile': { fields: { path: inFormat(localPath), mode: MODE }, object: downwardFile },
  'core.v1.ProjectedVolumeSource': { fields: { defaultMode: MODE }, object: projected },
  'core.v1.ServiceAccountTokenProjection': {
    fields: { expirationSeconds: between(600, 2 ** 32), path: inFormat(localPath) },
  },
  'core.v1.PersistentVolumeClaimVolumeSource': {},
  'core.v1.HostPathVolumeSource': {
    fields: {
      path: inFormat((value) => (value.split('/').includes('..') ? "must not contain '..'" : undefined)),
      type: strictlyOneOf(
        '',
        'BlockDevice',
        'CharDevice',
        'Directory',
        'DirectoryOrCreate',
        'File',
        'FileOrCreate',
        'Socket',
      ),
    },
  },
  'core.v1.EmptyDirVolumeSource': {
    object(object, walk) {
      const limit = approximateQuantity(object['sizeLimit']);
      if (limit !== undefined && limit < 0)
        walk.fail(['sizeLimit'], object['sizeLimit'], 'Forbidden: SizeLimit field must be a valid resource quantity');
    },
  },
  'core.v1.NFSVolumeSource': {
    fields: { path: inFormat((value) => (value.startsWith('/') ? undefined : 'must be an absolute path')) },
  },
  'core.v1.CSIVolumeSource': {},
  'core.v1.EphemeralVolumeSource': { required: ['volumeClaimTemplate'] },
  'core.v1.PersistentVolumeClaimTemplate': {},
  'core.v1.PersistentVolumeClaimSpec': {
    fields: {
      volumeMode: strictlyOneOf('Block', 'Filesystem'),
      storageClassName: subdomain,
      volumeAttributesClassName: since(34, subdomain),
    },
    object: claim,
  },
  'core.v1.PersistentVolumeClaim': {},
  'core.v1.PersistentVolumeSpec': {
    fields: {
      volumeMode: strictlyOneOf('Block', 'Filesystem'),
      persistentVolumeReclaimPolicy: strictlyOneOf('', 'Delete', 'Recycle', 'Retain'),
      storageClassName: subdomain,
    },
    object(object, walk) {
      accessModes(object, walk);
      const capacity = record(object['capacity']);
      if (capacity && Object.keys(capacity).some((name) => name !== 'storage'))
        walk.fail(['capacity'], capacity, 'Unsupported value: supported values: "storage"');
      const amount = approximateQuantity(capacity?.['storage']);
      if (amount === undefined) walk.fail(['capacity', 'storage'], undefined, 'Required value');
      else if (amount <= 0) walk.fail(['capacity', 'storage'], amount, 'Invalid value: must be greater than zero');
      exactlyOne(
        object,
        PERSISTENT_SOURCES,
        walk,
        'Required value: must specify a volume type',
        'Forbidden: may not specify more than 1 volume type',
      );
      const affinity = record(object['nodeAffinity']);
      if (affinity && !record(affinity['required']))
        walk.fail(['nodeAffinity', 'required'], undefined, 'Required value: must specify required node constraints');
      if (record(object['local']) && !affinity)
        walk.fail(['nodeAffinity'], undefined, 'Required value: Local volume requires node affinity');
    },
  },
  'core.v1.LocalVolumeSource': {},
  'core.v1.CSIPersistentVolumeSource': {
    fields: { driver: inFormat((value) => dnsSubdomain(value.toLowerCase())) },
    object(object, walk) {
      for (const field of [
        'controllerPublishSecretRef',
        'controllerExpandSecretRef',
        'nodePublishSecretRef',
        'nodeExpandSecretRef',
      ]) {
        const reference = record(object[field]);
        for (const part of ['name', 'namespace'])
          if (reference && !string(reference[part])) walk.fail([field, part], reference[part], 'Required value');
      }
    },
  },
};
