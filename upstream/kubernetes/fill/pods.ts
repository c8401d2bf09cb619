import type { Json } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { hostPorts, pullPolicy } from './containers';
import type { Fillings } from './filling';
import { filled, withField } from './filling';
import { podLevelResources } from './pod-resources';

/** Pods, their templates and volumes: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go. */
export const PODS: Fillings = {
  'core.v1.PodSpec': {
    fields: {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    },
    fill: serviceAccounts,
  },
  'core.v1.Pod': { fill: (pod, minor) => withField(pod, 'spec', podSpec(record(pod['spec']) ?? {}, minor)) },
  'core.v1.Volume': { fill: volume },
  'core.v1.HostPathVolumeSource': { fields: { type: '' } },
  'core.v1.SecretVolumeSource': { fields: { defaultMode: 0o644 } },
  'core.v1.ConfigMapVolumeSource': { fields: { defaultMode: 0o644 } },
  'core.v1.DownwardAPIVolumeSource': { fields: { defaultMode: 0o644 } },
  'core.v1.ProjectedVolumeSource': { fields: { defaultMode: 0o644 } },
  'core.v1.ServiceAccountTokenProjection': { fields: { expirationSeconds: 3600 } },
  'core.v1.ISCSIVolumeSource': { fields: { iscsiInterface: 'default' } },
  'core.v1.ISCSIPersistentVolumeSource': { fields: { iscsiInterface: 'default' } },
  'core.v1.AzureDiskVolumeSource': {
    fields: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  },
  'core.v1.RBDVolumeSource': { fields: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } },
  'core.v1.RBDPersistentVolumeSource': { fields: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } },
  'core.v1.ScaleIOVolumeSource': { fields: { storageMode: 'ThinProvisioned', fsType: 'xfs' } },
  'core.v1.ScaleIOPersistentVolumeSource': { fields: { storageMode: 'ThinProvisioned', fsType: 'xfs' } },
};

/** The old name of the field and the new one say the same; the new one wins. */
function serviceAccounts(spec: Json): Json {
  const name = spec['serviceAccountName'] ?? spec['serviceAccount'];
  if (name === undefined) return spec;
  return withField(filled(spec, { serviceAccountName: name }), 'serviceAccount', name);
}

/** A volume without a source is an empty directory. */
function volume(object: Json, minor: number): Json {
  if (Object.keys(object).every((name) => name === 'name')) return { ...object, emptyDir: {} };
  const image = record(object['image']);
  if (!image || minor < 35) return object;
  return withField(object, 'image', filled(image, { pullPolicy: pullPolicy(String(image['reference'] ?? '')) }));
}

/** What a pod is given that a template is not. */
function podSpec(spec: Json, minor: number): Json {
  const seconds = spec['terminationGracePeriodSeconds'];
  const own = filled(
    typeof seconds === 'number' && seconds < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec,
    {
      enableServiceLinks: true,
      // The admission plugin ServiceAccount, which is on unless it is turned off.
      serviceAccountName: 'default',
      serviceAccount: 'default',
    },
  );
  const host = own['hostNetwork'] === true;
  const whole = containersOfPod(containersOfPod(own, 'initContainers', host), 'containers', host);
  return minor >= 34 ? podLevelResources(whole) : whole;
}

function containersOfPod(spec: Json, field: string, host: boolean): Json {
  const written = list(spec[field]);
  const made = written.map((entry) => containerOfPod(record(entry) ?? {}, host));
  return made.some((entry, i) => entry !== written[i]) ? { ...spec, [field]: made } : spec;
}

/** A container of a pod requests what it is limited to, where it requests nothing. */
function containerOfPod(container: Json, host: boolean): Json {
  const resources = record(container['resources']);
  const limits = record(resources?.['limits']);
  const own =
    resources && limits
      ? withField(
          container,
          'resources',
          withField(resources, 'requests', filled(record(resources['requests']) ?? {}, limits)),
        )
      : container;
  return host ? hostPorts(own) : own;
}
