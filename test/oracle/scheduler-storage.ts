/** Storage for cases of the scheduler: classes, volumes and claims of every state, and what is known of drivers. */
type Json = Record<string, unknown>;

/** What makes up cases at random. */
export interface Chances {
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(values: readonly T[]) => T;
  readonly maybe: (share: number, make: () => Json) => Json;
}

const CLASSES = ['wait', 'zoned', 'local', 'now', 'gone', ''];
const CLAIMS = ['data', 'logs', 'shared'];
const MODES = ['ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod'];
const DRIVER = 'example.com/disk';

/** The objects beside the nodes; `spaces` are namespaces, `nodes` names. */
export function storageObjects(
  { chance, pick, maybe }: Chances,
  spaces: readonly string[],
  nodes: readonly string[],
): Json[] {
  const storageClass = (name: string, fields: Json): Json => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: DRIVER,
    ...fields,
  });
  const waits = { volumeBindingMode: 'WaitForFirstConsumer' };
  const affinity = (): Json => {
    const expression = pick([
      () => ({ key: 'zone', operator: 'In', values: [pick(['a', 'b'])] }),
      () => ({ key: 'kubernetes.io/hostname', operator: 'In', values: [pick(nodes), pick(nodes)] }),
      () => ({ key: 'disk', operator: 'Exists' }),
      () => ({ key: 'rank', operator: 'Gt', values: ['1'] }),
    ])();
    return { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } };
  };
  const zones = (): Json => ({
    labels: {
      [pick(['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'])]: pick(['a', 'b', 'a__b', '']),
    },
  });
  // No two are of one size: of equal ones the scheduler takes any.
  const volume = (name: string, i: number): Json => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      ...maybe(0.2, zones),
      ...maybe(0.05, () => ({
        deletionTimestamp: '2026-01-01T00:00:00Z',
        finalizers: ['kubernetes.io/pv-protection'],
      })),
    },
    spec: {
      capacity: { storage: `${pick([1, 3, 5, 20])}${i}Gi` },
      accessModes: [pick(MODES), ...(chance(0.3) ? [pick(MODES)] : [])],
      storageClassName: pick(['wait', 'local', 'local', 'zoned', 'now', '']),
      ...maybe(0.1, () => ({ volumeMode: 'Block' })),
      ...maybe(0.5, affinity),
      ...maybe(0.2, () => ({
        claimRef: { namespace: pick(spaces), name: pick(CLAIMS), ...maybe(0.5, () => ({ uid: pick(['1', '2']) })) },
      })),
      ...(chance(0.6)
        ? { csi: { driver: DRIVER, volumeHandle: name } }
        : { nfs: { server: 'example.com', path: '/' } }),
    },
    status: { phase: pick(['Available', 'Available', 'Available', 'Bound', 'Released', 'Pending']) },
  });
  const claim = (namespace: string, name: string): Json => {
    const volumeName = pick(['', '', 'v1', 'v2', 'v3', 'v9']);
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace,
        uid: pick(['1', '2']),
        annotations: {
          ...(volumeName !== '' && chance(0.9) ? { 'pv.kubernetes.io/bind-completed': 'yes' } : {}),
          ...maybe(0.1, () => ({ 'volume.kubernetes.io/selected-node': pick(nodes) })),
        },
        ...maybe(0.03, () => ({
          deletionTimestamp: '2026-01-01T00:00:00Z',
          finalizers: ['kubernetes.io/pvc-protection'],
        })),
      },
      spec: {
        accessModes: [pick(MODES)],
        resources: { requests: { storage: pick(['5Gi', '15Gi', '40Gi']) } },
        storageClassName: pick([...CLASSES, 'wait', 'local', 'wait', 'local', 'zoned']),
        ...(volumeName === '' ? {} : { volumeName }),
        ...maybe(0.1, () => ({ volumeMode: 'Block' })),
        ...maybe(0.1, () => ({
          selector: { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'Exists' }] },
        })),
      },
      status: { phase: volumeName === '' ? 'Pending' : chance(0.05) ? 'Lost' : 'Bound' },
    };
  };
  const csiNode = (name: string): Json => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name },
    spec: {
      drivers: [{ name: DRIVER, nodeID: name, ...maybe(0.7, () => ({ allocatable: { count: pick([1, 2, 3]) } })) }],
    },
  });
  const capacity = (i: number): Json => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIStorageCapacity',
    metadata: { name: `room-${i}`, namespace: 'shop' },
    storageClassName: pick(['wait', 'zoned']),
    nodeTopology: pick([
      {},
      { matchLabels: { zone: 'a' } },
      { matchExpressions: [{ key: 'disk', operator: 'Exists' }] },
    ]),
    capacity: pick(['10Gi', '100Gi']),
    ...maybe(0.3, () => ({ maximumVolumeSize: '12Gi' })),
  });
  const isMeasured = chance(0.2);
  return [
    storageClass('wait', waits),
    storageClass('zoned', {
      ...waits,
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', pick(['b', 'c'])] }] }],
    }),
    storageClass('local', { ...waits, provisioner: 'kubernetes.io/no-provisioner' }),
    storageClass('now', {}),
    ...['v1', 'v2', 'v3', 'v4'].map(volume).filter(() => chance(0.85)),
    ...spaces.flatMap((space) => CLAIMS.filter(() => chance(0.95)).map((name) => claim(space, name))),
    ...(chance(0.4) ? nodes.filter(() => chance(0.8)).map(csiNode) : []),
    ...(isMeasured
      ? [
          {
            apiVersion: 'storage.k8s.io/v1',
            kind: 'CSIDriver',
            metadata: { name: DRIVER },
            spec: { storageCapacity: true },
          },
          capacity(1),
          ...(chance(0.5) ? [capacity(2)] : []),
        ]
      : []),
    ...(chance(0.1)
      ? [
          {
            apiVersion: 'storage.k8s.io/v1',
            kind: 'VolumeAttachment',
            metadata: { name: 'attached' },
            spec: {
              attacher: DRIVER,
              nodeName: pick(nodes),
              source: { persistentVolumeName: pick(['v1', 'v2', 'v3']) },
            },
          },
        ]
      : []),
  ];
}

/** What a pod mounts. */
export function podVolumes({ chance, pick, maybe }: Chances): Json[] {
  const disk = pick([
    () => ({ gcePersistentDisk: { pdName: pick(['d1', 'd2']), ...maybe(0.5, () => ({ readOnly: true })) } }),
    () => ({ awsElasticBlockStore: { volumeID: pick(['vol-1', 'vol-2']) } }),
    () => ({
      iscsi: {
        targetPortal: '10.0.0.1',
        iqn: pick(['iqn.2001-04.com.example:a', 'iqn.2001-04.com.example:b']),
        lun: 0,
        ...maybe(0.5, () => ({ readOnly: true })),
      },
    }),
    () => ({
      rbd: {
        monitors: [pick(['m1', 'm2']), 'm3'].slice(0, chance(0.5) ? 1 : 2),
        image: pick(['i1', 'i2']),
        ...maybe(0.3, () => ({ pool: pick(['rbd', 'other']) })),
        ...maybe(0.5, () => ({ readOnly: true })),
      },
    }),
  ])();
  return [
    ...CLAIMS.filter(() => chance(0.4)).map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    ...(chance(0.3) ? [{ name: 'disk', ...disk }] : []),
    ...(chance(0.03)
      ? [
          {
            name: 'own',
            ephemeral: {
              volumeClaimTemplate: {
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            },
          },
        ]
      : []),
  ];
}
