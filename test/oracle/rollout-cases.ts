import type { Json } from '../../manifests/resource';

/** A namespace with nodes of its own and a workload whose template changes. */
export interface RolloutCase {
  readonly namespace: string;
  readonly nodes: readonly Json[];
  /** In the order in which they are created. */
  readonly objects: readonly Json[];
  /** What is rolled out, the last of them. */
  readonly workload: Json;
  /** The new pods never become ready. */
  readonly unready: boolean;
  /** So many of the old pods stop being ready before. */
  readonly broken: number;
}

const PLURALS: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  ResourceQuota: 'resourcequotas',
  LimitRange: 'limitranges',
  PodDisruptionBudget: 'poddisruptionbudgets',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  PersistentVolume: 'persistentvolumes',
};

/** Where objects of a kind are created. */
export function pathOf({ apiVersion, kind }: Json, namespace: string): string {
  const root = String(apiVersion) === 'v1' ? '/api/v1' : `/apis/${String(apiVersion)}`;
  const inNamespace = kind === 'PersistentVolume' ? '' : `/namespaces/${namespace}`;
  return `${root}${inNamespace}/${PLURALS[String(kind)]}`;
}

/** New pods are looked at within so many seconds, before they count as available. */
export const MIN_READY = 12;

export function caseOf(namespace: string, next: () => number): RolloutCase {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const chance = (share: number) => next() < share;
  const node = (i: number): Json => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `${namespace}-${i}`,
      annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
      labels: { 'kubernetes.io/hostname': `${namespace}-${i}`, case: namespace, zone: pick(['a', 'a', 'b', 'c']) },
    },
    spec: chance(0.08) ? { taints: [{ key: 'kept', value: 'x', effect: 'NoSchedule' }] } : {},
    status: (() => {
      const amounts = {
        cpu: pick(['1', '2', '2', '3', '4', '8']),
        memory: '8Gi',
        pods: chance(0.15) ? pick(['2', '3']) : '110',
      };
      return { allocatable: amounts, capacity: amounts };
    })(),
  });
  const nodes = Array.from({ length: pick([1, 2, 2, 3, 3, 4]) }, (_, i) => node(i));
  const kind = pick(['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'StatefulSet', 'DaemonSet']);
  const replicas = pick([0, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6]);
  const cpu = pick(['100m', '500m', '500m', '1', '1']);
  const unready = chance(0.22);
  const term = (): Json => ({
    topologyKey: pick(['kubernetes.io/hostname', 'kubernetes.io/hostname', 'zone']),
    labelSelector: { matchLabels: { app: 'main' } },
    ...(chance(0.25) ? { matchLabelKeys: ['pod-template-hash'] } : {}),
  });
  const spread = (): Json => ({
    maxSkew: pick([1, 1, 2]),
    topologyKey: pick(['kubernetes.io/hostname', 'zone']),
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'main' } },
    ...(chance(0.3) ? { matchLabelKeys: ['pod-template-hash'] } : {}),
    ...(chance(0.2) ? { minDomains: 2 } : {}),
  });
  const claimed = kind === 'Deployment' && chance(0.08);
  const resources = pick([
    { requests: { cpu } },
    { requests: { cpu } },
    { requests: { cpu }, limits: { memory: '256Mi' } },
    {},
  ]);
  const template = (app: string, pod: Json, container: Json = {}): Json => ({
    metadata: { labels: { app }, annotations: { revision: '1' } },
    spec: {
      nodeSelector: { case: namespace },
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [{ name: 'a', image: 'a:1', resources, ...container }],
      ...pod,
    },
  });
  const pod: Json = {
    ...(chance(0.3)
      ? {
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: chance(0.2) ? [term(), term()] : [term()],
            },
          },
        }
      : {}),
    ...(chance(0.25) ? { topologySpreadConstraints: [spread()] } : {}),
    ...(claimed ? { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } : {}),
  };
  const container = chance(0.15) ? { ports: [{ containerPort: 80, hostPort: 9100 }] } : {};
  const number = (values: readonly (number | string)[]) => pick(values);
  const rolling = (): Json => {
    const [maxSurge, maxUnavailable] = [
      number([0, 1, 1, 2, '25%', '25%', '50%', '100%']),
      number([0, 0, 1, 2, '25%', '34%', '100%']),
    ];
    const none = [0, '0%'];
    return none.includes(maxSurge) && none.includes(maxUnavailable) ? {} : { maxSurge, maxUnavailable };
  };
  const spec = {
    Deployment: () => ({
      replicas,
      strategy: pick([
        () => ({ type: 'Recreate' }),
        () => ({}),
        () => ({ rollingUpdate: rolling() }),
        () => ({ rollingUpdate: rolling() }),
        () => ({ rollingUpdate: rolling() }),
      ])(),
    }),
    StatefulSet: () => ({
      replicas,
      serviceName: 'none',
      podManagementPolicy: pick(['OrderedReady', 'OrderedReady', 'Parallel']),
      updateStrategy: pick([
        () => ({}),
        () => ({ type: 'RollingUpdate' }),
        () => ({ rollingUpdate: { partition: pick([0, 1, 2, 5]) } }),
        () => ({ rollingUpdate: { maxUnavailable: 2 } }),
      ])(),
      ...(chance(0.15) ? { ordinals: { start: 3 } } : {}),
    }),
    DaemonSet: () => ({
      updateStrategy: {
        rollingUpdate: pick([
          () => ({ maxUnavailable: pick([1, 1, 2, '50%', '10%']) }),
          () => ({ maxSurge: pick([1, 2, '50%']), maxUnavailable: 0 }),
        ])(),
      },
    }),
  }[kind as 'Deployment']();
  const metadata = (name: string) => ({ name, namespace });
  const workload: Json = {
    apiVersion: 'apps/v1',
    kind,
    metadata: metadata('main'),
    spec: {
      ...spec,
      ...(unready ? { minReadySeconds: MIN_READY } : {}),
      selector: { matchLabels: { app: 'main' } },
      template: template('main', pod, container),
    },
  };
  const most = Math.max(1, (kind === 'DaemonSet' ? nodes.length : replicas) + pick([-1, 0, 0, 0, 1, 1, 2]));
  const hard: Json = pick([
    () => ({ pods: String(most) }),
    () => ({ 'count/pods': String(most) }),
    () => ({ 'requests.cpu': `${most * (cpu === '1' ? 1000 : Number.parseInt(cpu, 10))}m` }),
    () => ({ 'limits.memory': `${most * 256}Mi` }),
  ])();
  // The API server takes scopes for some resources only.
  const scopes = ['NotTerminating', 'NotBestEffort', 'Terminating', ...('pods' in hard ? ['BestEffort'] : [])];
  const other = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('other'),
    spec: {
      replicas: pick([1, 2]),
      selector: { matchLabels: { app: 'other' } },
      template: template('other', {}, { resources: { requests: { cpu: pick(['500m', '1', '2']) } } }),
    },
  };
  return {
    namespace,
    nodes,
    unready,
    broken: !unready && chance(0.12) ? pick([1, 1, 2]) : 0,
    workload,
    objects: [
      ...(chance(0.12)
        ? [
            {
              apiVersion: 'v1',
              kind: 'LimitRange',
              metadata: metadata('defaults'),
              spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '500m' }, default: { memory: '256Mi' } }] },
            },
          ]
        : []),
      ...(chance(0.3)
        ? [
            {
              apiVersion: 'policy/v1',
              kind: 'PodDisruptionBudget',
              metadata: metadata('budget'),
              spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'main' } } },
            },
          ]
        : []),
      ...(claimed
        ? [
            {
              apiVersion: 'v1',
              kind: 'PersistentVolume',
              metadata: { name: namespace },
              spec: {
                accessModes: ['ReadWriteOncePod'],
                capacity: { storage: '1Gi' },
                csi: { driver: 'none.example.com', volumeHandle: namespace },
                claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'data' },
                storageClassName: '',
              },
            },
            {
              apiVersion: 'v1',
              kind: 'PersistentVolumeClaim',
              metadata: metadata('data'),
              spec: {
                accessModes: ['ReadWriteOncePod'],
                resources: { requests: { storage: '1Gi' } },
                volumeName: namespace,
                storageClassName: '',
              },
            },
          ]
        : []),
      ...(chance(0.2) ? [other] : []),
      ...(chance(0.35)
        ? [
            {
              apiVersion: 'v1',
              kind: 'ResourceQuota',
              metadata: metadata('quota'),
              spec: {
                hard,
                ...(!('count/pods' in hard) && chance(0.25) ? { scopes: [pick(scopes)] } : {}),
              },
            },
          ]
        : []),
      workload,
    ],
  };
}
