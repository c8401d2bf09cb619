import type { Json } from '../../manifests/resource';

/** What may still be changed. */
type Box = Record<string, unknown>;
interface Container extends Box {
  name: string;
  securityContext?: Box;
}
interface Pod extends Box {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: Box & {
    securityContext?: Box;
    initContainers: Container[];
    containers: Container[];
    ephemeralContainers?: Container[];
  };
}

/** A choice of these, by chance. */
type Pick = <T>(values: readonly T[]) => T;

const CAPABILITIES = [
  'ALL',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SYS_ADMIN',
  'CHOWN',
  'KILL',
  'SYS_CHROOT',
  'net_bind_service',
  'CAP_NET_BIND_SERVICE',
];
const PROFILES = ['RuntimeDefault', 'Localhost', 'Unconfined'];
const BOOLEANS = [true, false, null];
const SYSCTLS = [
  ...[
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.ping_group_range',
    'net.ipv4.ip_unprivileged_port_start',
    'net.ipv4.ip_local_reserved_ports',
  ],
  ...[
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_keepalive_intvl',
    'net.ipv4.tcp_keepalive_probes',
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_wmem',
  ],
  ...['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat', 'kernel.msgmax', 'net.core.somaxconn'],
];
const VOLUMES: readonly Json[] = [
  { configMap: { name: 'c' } },
  { secret: { secretName: 's' } },
  { emptyDir: {} },
  {},
  { downwardAPI: {} },
  { projected: { sources: [{ configMap: { name: 'c' } }] } },
  { persistentVolumeClaim: { claimName: 'c' } },
  {
    ephemeral: {
      volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    },
  },
  { csi: { driver: 'd.example.com' } },
  { image: { reference: 'shop/data:1', pullPolicy: 'IfNotPresent' } },
  { hostPath: { path: '/var/log' } },
  { nfs: { server: 'nfs.example.com', path: '/' } },
  { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:storage', lun: 0 } },
  { gitRepo: { repository: 'https://git.example.com/a' } },
  { awsElasticBlockStore: { volumeID: 'v' } },
  { gcePersistentDisk: { pdName: 'p' } },
  { azureDisk: { diskName: 'd', diskURI: 'https://example.com/d' } },
  { azureFile: { secretName: 's', shareName: 's' } },
  { cephfs: { monitors: ['10.0.0.1'] } },
  { cinder: { volumeID: 'v' } },
  { fc: { targetWWNs: ['w'], lun: 0 } },
  { flexVolume: { driver: 'example.com/d' } },
  { flocker: { datasetName: 'd' } },
  { glusterfs: { endpoints: 'e', path: 'p' } },
  { photonPersistentDisk: { pdID: 'p' } },
  { portworxVolume: { volumeID: 'v' } },
  { quobyte: { registry: 'r:1', volume: 'v' } },
  { rbd: { monitors: ['10.0.0.1'], image: 'i' } },
  { scaleIO: { gateway: 'https://example.com', system: 's', secretRef: { name: 's' }, volumeName: 'v' } },
  { storageos: { volumeName: 'v' } },
  { vsphereVolume: { volumePath: 'p' } },
];

const profile = (type: string): Json => ({
  type,
  ...(type === 'Localhost' ? { localhostProfile: 'profiles/a.json' } : {}),
});
const annotations = ({ metadata }: Pod): Record<string, string> => (metadata.annotations ??= {});

/** What may be set on a securityContext, of the pod or a container. */
const OF_BOTH: readonly ((security: Box, pick: Pick) => void)[] = [
  (security, pick) => (security['runAsNonRoot'] = pick(BOOLEANS)),
  (security) => delete security['runAsNonRoot'],
  (security, pick) => (security['runAsUser'] = pick([0, 1000, null])),
  (security, pick) => (security['seccompProfile'] = profile(pick(PROFILES))),
  (security) => delete security['seccompProfile'],
  (security, pick) => (security['appArmorProfile'] = profile(pick(PROFILES))),
  (security, pick) =>
    (security['seLinuxOptions'] = {
      type: pick(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t', 'spc_t', 'other_t']),
      ...pick([{}, {}, {}, { user: 'u' }, { role: 'r' }, { user: '', role: '' }, { user: 'u', role: 'r' }]),
    }),
  (security, pick) => (security['windowsOptions'] = pick([{}, { hostProcess: true }, { hostProcess: false }])),
];

const OF_CONTAINER: readonly ((container: Container, pick: Pick, security: Box, pod: Pod) => void)[] = [
  (container) => delete container.securityContext,
  (container) => (container.securityContext = {}),
  (_, pick, security) => (security['allowPrivilegeEscalation'] = pick(BOOLEANS)),
  (_, pick, security) => (security['privileged'] = pick(BOOLEANS)),
  (_, pick, security) => Object.assign(security, { privileged: true, allowPrivilegeEscalation: pick([true, null]) }),
  (_, pick, security) => (security['procMount'] = pick(['Default', 'Unmasked'])),
  (_, pick, security) =>
    (security['capabilities'] = {
      drop: pick([['ALL'], [], ['NET_RAW'], ['KILL', 'ALL'], ['all']]),
      add: pick([[], [pick(CAPABILITIES)], [pick(CAPABILITIES), pick(CAPABILITIES)]]),
    }),
  (_, __, security) => delete security['capabilities'],
  (container, pick) =>
    (container['ports'] = [
      { containerPort: pick([8080, 9090]) },
      { containerPort: 7070, hostPort: pick([7070, 0]) },
    ].slice(0, pick([1, 2]))),
  (container, pick) =>
    (container[pick(['livenessProbe', 'readinessProbe', 'startupProbe'])] = pick([
      { httpGet: { port: 80, host: pick(['', '127.0.0.1', 'example.com']) } },
      { tcpSocket: { port: 80, host: pick(['', '10.0.0.1']) } },
      { exec: { command: ['true'] } },
      { grpc: { port: 80 } },
    ])),
  (container, pick) =>
    (container['lifecycle'] = {
      [pick(['preStop', 'postStart'])]: pick([
        { httpGet: { port: 80, host: pick(['', '127.0.0.1']) } },
        { tcpSocket: { port: 80, host: pick(['', '10.0.0.1']) } },
        { exec: { command: ['true'] } },
      ]),
    }),
  ({ name }, pick, _, pod) =>
    (annotations(pod)[`container.apparmor.security.beta.kubernetes.io/${name}`] = pick([
      'runtime/default',
      'localhost/a',
      'unconfined',
      '',
    ])),
  ({ name }, pick, _, pod) =>
    (annotations(pod)[`container.seccomp.security.alpha.kubernetes.io/${name}`] = pick([
      'runtime/default',
      'docker/default',
      'localhost/a',
      'unconfined',
      '',
    ])),
];

const OF_POD: readonly ((pod: Pod, pick: Pick) => void)[] = [
  ({ spec }) => delete spec.securityContext,
  ({ spec }, pick) => (spec[pick(['hostNetwork', 'hostPID', 'hostIPC'])] = pick([true, true, false])),
  ({ spec }, pick) => (spec['hostUsers'] = pick([false, false, true])),
  ({ spec }, pick) => (spec['os'] = { name: pick(['windows', 'linux']) }),
  ({ spec }, pick) =>
    (spec['volumes'] = Array.from({ length: pick([1, 2, 3]) }, (_, i) => ({ name: `v${i}`, ...pick(VOLUMES) }))),
  ({ spec }, pick) => (spec['volumes'] = [{ name: 'v', ...pick(VOLUMES) }]),
  ({ spec }, pick) =>
    ((spec.securityContext ??= {})['sysctls'] = [
      ...new Set(Array.from({ length: pick([1, 1, 2]) }, () => pick(SYSCTLS))),
    ].map((name) => ({ name, value: '1' }))),
  ({ spec }, pick) => ((spec.securityContext ??= {})['sysctls'] = [{ name: pick(SYSCTLS), value: '1' }]),
  (pod, pick) =>
    (annotations(pod)['seccomp.security.alpha.kubernetes.io/pod'] = pick([
      'runtime/default',
      'docker/default',
      'localhost/a',
      'unconfined',
      '',
    ])),
  // A pod as one that was made for Windows: it sets nothing that Linux only has.
  ({ spec }) => {
    spec['os'] = { name: 'windows' };
    spec.securityContext = { runAsNonRoot: true };
    for (const container of [...spec.initContainers, ...spec.containers]) delete container.securityContext;
  },
];

const container = (name: string): Container => ({
  name,
  image: `shop/${name}:1.0.0`,
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

/** A pod that keeps to restricted in every version, with some settings changed by chance. */
export function randomPod(name: string, next: () => number, ephemeral: boolean): Json {
  const pick: Pick = (values) => values[Math.floor(next() * values.length)]!;
  const names = (prefix: string, counts: readonly number[]) =>
    Array.from({ length: pick(counts) }, (_, i) => container(`${prefix}${i}`));
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      initContainers: [
        ...names('init', [0, 0, 1, 2]),
        ...names('side', [0, 0, 1]).map((sidecar) => ({ ...sidecar, restartPolicy: 'Always' })),
      ],
      containers: names('main', [1, 1, 2, 3]),
      ...(ephemeral ? { ephemeralContainers: names('debug', [0, 0, 1]) } : {}),
    },
  };
  const { spec } = pod;
  for (let changes = pick([0, 1, 1, 2, 2, 3, 4, 6]); changes > 0; changes--) {
    const all: Container[] = [...spec.initContainers, ...spec.containers, ...(spec.ephemeralContainers ?? [])];
    const one = pick(all);
    switch (pick(['pod', 'pod', 'container', 'container', 'both', 'every'])) {
      case 'pod':
        pick(OF_POD)(pod, pick);
        break;
      case 'container':
        change(one, pick, pod);
        break;
      case 'both':
        pick(OF_BOTH)((pick([spec, one]).securityContext ??= {}), pick);
        break;
      case 'every': {
        const setting = pick(OF_BOTH);
        delete spec.securityContext?.[pick(['runAsNonRoot', 'seccompProfile'])];
        for (const each of all) setting((each.securityContext ??= {}), pick);
      }
    }
  }
  return pod;
}

function change(container: Container, pick: Pick, pod: Pod): void {
  pick(OF_CONTAINER)(container, pick, (container.securityContext ??= {}), pod);
  // These are refused before anybody asks for the level.
  if (container.name.startsWith('debug'))
    for (const field of ['ports', 'lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'])
      delete container[field];
}
