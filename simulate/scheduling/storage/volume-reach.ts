import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { SchedulerNode } from '../node';
import type { StorageClaim, StorageVolume, VolumeClass, VolumeReach } from './storage';

/** Provisioners of directories and disks of one node. */
const OF_A_NODE: ReadonlySet<string> = new Set([
  'rancher.io/local-path',
  'microk8s.io/hostpath',
  'kubevirt.io.hostpath-provisioner',
  'hostpath.csi.k8s.io',
  'topolvm.io',
  'topolvm.cybozu.com',
  'local.csi.openebs.io',
  'zfs.csi.openebs.io',
  'openebs.io/local',
  'lvm.csi.metal-stack.io',
  'directpv-min-io',
]);

/** Provisioners of disks that are attached to nodes of their zone. */
const OF_A_ZONE: ReadonlySet<string> = new Set([
  'ebs.csi.aws.com',
  'ebs.csi.eks.amazonaws.com',
  'kubernetes.io/aws-ebs',
  'pd.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'disk.csi.azure.com',
  'kubernetes.io/azure-disk',
  'diskplugin.csi.alibabacloud.com',
  'csi.scaleway.com',
]);

/** Locations of these are regions to Kubernetes. */
const OF_A_REGION: ReadonlySet<string> = new Set(['csi.hetzner.cloud', 'dobs.csi.digitalocean.com']);

/** Shared file systems, and storage that runs over all nodes. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'efs.csi.aws.com',
  's3.csi.aws.com',
  'file.csi.azure.com',
  'kubernetes.io/azure-file',
  'blob.csi.azure.com',
  'filestore.csi.storage.gke.io',
  'gcsfuse.csi.storage.gke.io',
  'nfs.csi.k8s.io',
  'smb.csi.k8s.io',
  'k8s-sigs.io/nfs-subdir-external-provisioner',
  'driver.longhorn.io',
]);
const CEPH = /(^|\.)(rbd|cephfs|nfs)\.csi\.ceph\.com$/;

/** Parameters by which a disk has copies in several zones. */
const COPIED: Readonly<Record<string, RegExp>> = {
  'replication-type': /^regional-pd$/,
  type: /high-availability$/,
  skuname: /_ZRS$/i,
  storageaccounttype: /_ZRS$/i,
};

/** Undefined where it is not known: by the provisioner, whose names are its own. */
export function volumeReachOf(made: VolumeClass | undefined): VolumeReach | undefined {
  if (!made) return undefined;
  const { provisioner, parameters } = made;
  if (OF_A_NODE.has(provisioner)) return 'node';
  if (EVERYWHERE.has(provisioner) || CEPH.test(provisioner)) return 'everywhere';
  if (OF_A_REGION.has(provisioner)) return 'region';
  if (!OF_A_ZONE.has(provisioner)) return undefined;
  const isCopied = Object.entries(parameters).some(([name, value]) => COPIED[name.toLowerCase()]?.test(value));
  return isCopied ? 'region' : 'zone';
}

const LABELS: Readonly<Record<VolumeReach, readonly string[]>> = {
  node: [],
  zone: ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  region: ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
  everywhere: [],
};

/**
 * The volume of a claim, of which nobody tells, made where its first pod is. Where it is not known how far it reaches, it is taken to be
 * in its zone, like most disks; one that several nodes write to is taken to be everywhere.
 */
export function volumeMadeFor(claim: StorageClaim, made: VolumeClass | undefined, on: SchedulerNode): StorageVolume {
  const reach = volumeReachOf(made);
  const isShared = claim.modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  return {
    name: `the volume of ${claim.namespace}/${claim.name}`,
    labels: {},
    className: claim.className,
    size: claim.size,
    modes: claim.modes,
    volumeMode: claim.volumeMode,
    attributesClass: claim.attributesClass,
    deleting: false,
    available: false,
    claim,
    terms: termsFor(reach ?? (isShared ? 'everywhere' : 'zone'), made, on),
    csi: undefined,
    made: { node: on.name, reach },
  };
}

/** Where a class says where its volumes are made, they are where the node of the pod is, by the same labels. */
function termsFor(reach: VolumeReach, made: VolumeClass | undefined, on: SchedulerNode): readonly Json[] | undefined {
  const topologies = made?.topologies ?? [];
  if (reach === 'everywhere' && topologies.length > 0)
    return topologies.map((term) => ({
      matchExpressions: list(term['matchLabelExpressions']).map((each) => ({ ...record(each), operator: 'In' })),
    }));
  const named = topologies.flatMap((term) =>
    list(term['matchLabelExpressions']).flatMap((each) => string(record(each)?.['key']) ?? []),
  );
  // Disks that are copied to several zones are in some of those that the class names, nobody knows which.
  const keys = [...new Set([...LABELS[reach], ...(reach === 'region' ? [] : named)])];
  const matchExpressions = keys.flatMap((key) => {
    const value = on.labels[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }];
  });
  return matchExpressions.length > 0 ? [{ matchExpressions }] : undefined;
}
