import type { Json } from '../../manifests/resource';

type Next = () => number;

const CPU = ['50m', '100m', '0.2', '500m', '1', '2'];
const MEMORY = ['32Mi', '64Mi', '100M', '128Mi', '1Gi', '1.5Gi', '2e8'];
const HARD: readonly (readonly [string, string])[] = [
  ['requests.cpu', '100'],
  ['limits.memory', '100Gi'],
  ['memory', '100Gi'],
  ['pods', '50'],
  ['requests.ephemeral-storage', '9Gi'],
];

/** Namespaces with limits and quotas, and pods of which some do not keep to them. */
export interface AdmissionCases {
  readonly setup: readonly Json[];
  readonly pods: readonly Json[];
}

export function admissionCases(namespaces: number, next: Next): AdmissionCases {
  const setup: Json[] = [];
  const pods: Json[] = [];
  for (let i = 0; i < namespaces; i++) {
    const namespace = `admission-${i}`;
    setup.push(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
    );
    if (next() < 0.75)
      setup.push({
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'limits', namespace },
        spec: { limits: [limitOf(next)] },
      });
    if (next() < 0.5)
      setup.push({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'quota', namespace },
        spec: { hard: Object.fromEntries(HARD.filter(() => next() < 0.5)) },
      });
    for (let j = 0; j < 16; j++)
      pods.push({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}-${j}`, namespace }, spec: podSpec(next) });
  }
  return { setup, pods };
}

function pick<T>(from: readonly T[], next: Next): T {
  return from[Math.floor(next() * from.length)]!;
}

function limitOf(next: Next): Json {
  const defaults = next() < 0.5;
  const ofContainers = next() < 2 / 3;
  return {
    type: ofContainers ? 'Container' : 'Pod',
    ...(next() < 0.5 ? { min: { cpu: '100m', ...(next() < 0.5 ? { memory: '64Mi' } : {}) } } : {}),
    ...(next() < 0.5 ? { max: { cpu: '1', ...(next() < 0.5 ? { memory: '1Gi' } : {}) } } : {}),
    ...(next() < 0.33
      ? { maxLimitRequestRatio: { [pick(['cpu', 'memory'], next)]: pick(['1', '2', '1500m'], next) } }
      : {}),
    ...(ofContainers && defaults
      ? { default: { cpu: '500m', memory: '128Mi' }, ...(next() < 0.5 ? { defaultRequest: { cpu: '200m' } } : {}) }
      : {}),
  };
}

function podSpec(next: Next): Json {
  const container = (name: string, more: Json = {}): Json => ({
    name,
    image: 'a:1',
    resources: resourcesOf(next),
    ...more,
  });
  return {
    containers: [container('a'), ...(next() < 0.33 ? [container('b')] : [])],
    ...(next() < 0.33 ? { initContainers: [container('i', next() < 0.5 ? { restartPolicy: 'Always' } : {})] } : {}),
    ...(next() < 0.17 ? { activeDeadlineSeconds: 60 } : {}),
  };
}

function resourcesOf(next: Next): Json {
  const some = (share: number): Json => ({
    ...(next() < share ? { cpu: pick(CPU, next) } : {}),
    ...(next() < 0.5 ? { memory: pick(MEMORY, next) } : {}),
  });
  return { ...(next() < 0.67 ? { requests: some(0.67) } : {}), ...(next() < 0.67 ? { limits: some(0.5) } : {}) };
}

const BOUNDS: readonly Json[] = [
  ...[1, 2, '50%', '80%', '34%', '0%', '100%'].map((minAvailable) => ({ minAvailable })),
  ...[0, 1, '0%', '10%', '34%', '100%'].map((maxUnavailable) => ({ maxUnavailable })),
  {},
];

/** Every bound of a PodDisruptionBudget with workloads of several sizes; pods alone and those of a Job beside a Deployment too. */
export function disruptionCases(namespace: string): readonly Json[] {
  const objects: Json[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }];
  for (const [i, bound] of BOUNDS.entries()) {
    for (const replicas of [1, 2, 3, 5]) {
      // The other kinds at a third of the bounds each: they differ little.
      for (const kind of (i + replicas) % 3 === 0 ? ['Deployment', 'StatefulSet', 'Pod', 'Mixed'] : ['Deployment']) {
        const name = `b${i}-${replicas}-${kind.toLowerCase()}`;
        objects.push(...workloadsOf(kind, name, namespace, replicas), {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name, namespace },
          spec: { ...bound, selector: { matchLabels: { app: name } } },
        });
      }
    }
  }
  return objects;
}

function workloadsOf(kind: string, name: string, namespace: string, replicas: number): readonly Json[] {
  const labels = { app: name };
  const metadata = { name, namespace };
  const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'a:1' }] };
  if (kind === 'Pod') return [{ apiVersion: 'v1', kind, metadata: { ...metadata, labels }, spec }];
  const scaled = { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
  if (kind === 'StatefulSet')
    return [
      { apiVersion: 'apps/v1', kind, metadata, spec: { ...scaled, serviceName: '', podManagementPolicy: 'Parallel' } },
    ];
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: scaled };
  return kind === 'Deployment'
    ? [deployment]
    : [
        deployment,
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata,
          spec: { template: { metadata: { labels }, spec: { ...spec, restartPolicy: 'Never' } } },
        },
      ];
}
