import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import { admittedPod } from '../../simulate/admission/admitted-pod';
import { claimRefusal, limitRangeRefusal, withLimitRanges } from '../../simulate/admission/limit-ranger';
import type { CountedObject, CountedQuota } from '../../simulate/admission/resource-quota';
import { askQuotas, countedQuota } from '../../simulate/admission/resource-quota';
import { amountText } from '../../simulate/admission/told-amount';
import { random } from './mutate';

/** A namespace with its LimitRanges, quotas and objects, and the objects that are created in it one after the other. */
export interface QuotaCase {
  readonly minor: number;
  readonly now: string;
  readonly ranges: readonly Json[];
  readonly quotas: readonly Json[];
  readonly existing: readonly Json[];
  readonly asked: readonly Json[];
}

/** What is counted at first, what is said of each object (empty where it is admitted), and what is counted in the end. */
export interface QuotaAnswers {
  readonly refused?: string;
  readonly used?: readonly Readonly<Record<string, string>>[];
  readonly said?: readonly string[];
  readonly after?: readonly Readonly<Record<string, string>>[];
}

const RESOURCE: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Service: 'services',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  Deployment: 'deployments.apps',
};

/** Our own answers, in the words of the API server. */
export function quotaAnswers({ minor, now, ranges, quotas, existing, asked }: QuotaCase): QuotaAnswers {
  const server = { minor };
  const time = Date.parse(now);
  const counted = (json: Json): CountedObject => ({ resource: RESOURCE[string(json['kind'])!]!, json });
  let state: readonly CountedQuota[] = quotas.map((quota) => countedQuota(quota, existing.map(counted), server, time));
  const used = state.map(texts);
  const said = asked.map((json) => {
    const { resource } = counted(json);
    const pod = resource === 'pods' ? withLimitRanges(admittedPod(json, server), ranges) : undefined;
    const refusedBy = (words: string) =>
      `${resource} "${string(record(json['metadata'])?.['name'])}" is forbidden: ${words}`;
    const range = pod
      ? limitRangeRefusal(pod, ranges)
      : resource === 'persistentvolumeclaims'
        ? claimRefusal(json, ranges)
        : undefined;
    if (range !== undefined) return refusedBy(range);
    const answer = askQuotas(state, { resource, json, ...(pod ? { pod } : {}) }, server, time);
    if (answer.refused !== undefined) return refusedBy(answer.refused);
    state = answer.quotas;
    return '';
  });
  return { used, said, after: state.map(texts) };
}

function texts({ used }: CountedQuota): Record<string, string> {
  return Object.fromEntries([...used].map(([name, amount]) => [name, amountText(amount)]));
}

const CPU = ['0', '50m', '100m', '250m', '0.5', '1', '1500m', '2', '1.5', '500u', '2000m', '1e0', '+1'];
const MEMORY = [
  '0',
  '64Mi',
  '128Mi',
  '0.5Gi',
  '1Gi',
  '1000Mi',
  '1024Mi',
  '100M',
  '1.5Gi',
  '1e9',
  '134217728',
  '1G',
  '0.1Ki',
  '1E3',
];
const DISK = ['100Mi', '1Gi', '2G', '0.5Gi'];
const STORAGE = ['1Gi', '5Gi', '10G', '1.5Gi', '1500m', '10000000000'];
const GPU = 'example.com/gpu';
const PRIORITIES = ['high', 'low', 'batch'];
const CLASSES = ['gold', 'silver'];

/** Cases from a seed, each of a namespace of its own. */
export function quotaCases(seed: number): () => QuotaCase {
  const next = random(seed);
  const chance = (share: number) => next() < share;
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const some = <T>(values: readonly T[], share: number): T[] => values.filter(() => chance(share));
  const upTo = (most: number) => Math.floor(next() * (most + 1));
  const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const said = (name: string) =>
    name.includes('memory') ? pick(MEMORY) : name.includes('ephemeral') ? pick(DISK) : pick(CPU);

  const resources = (isPod = false): Json | undefined => {
    if (chance(isPod ? 0.8 : 0.2)) return undefined;
    const names = ['cpu', 'memory', ...(isPod ? [] : ['ephemeral-storage'])];
    const requests: Record<string, string> = {};
    const limits: Record<string, string> = {};
    for (const name of some(names, isPod ? 0.7 : 0.6)) {
      if (chance(0.7)) requests[name] = said(name);
      // Mostly a limit that the request does not exceed: what the API server refuses tells nothing of quotas.
      if (chance(0.5)) limits[name] = requests[name] !== undefined && chance(0.5) ? requests[name] : said(name);
    }
    if (!isPod && chance(0.1)) limits[GPU] = requests[GPU] = pick(['1', '2', '0']);
    if (chance(0.05) && (requests['cpu'] ?? limits['cpu'])) limits['hugepages-2Mi'] = requests['hugepages-2Mi'] = '4Mi';
    return {
      ...(Object.keys(requests).length > 0 || chance(0.1) ? { requests } : {}),
      ...(Object.keys(limits).length > 0 || chance(0.1) ? { limits } : {}),
    };
  };

  const container = (name: string, more: Json = {}): Json => {
    const own = resources();
    return { name, image: 'shop/web:1.0.0', ...(own ? { resources: own } : {}), ...more };
  };

  const affinity = (): Json => {
    const term = {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: { app: 'web' } },
      ...pick([{}, { namespaces: ['stage'] }, { namespaceSelector: {} }, { namespaces: [] }]),
    };
    const terms = chance(0.5)
      ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
      : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] };
    return { [pick(['podAffinity', 'podAntiAffinity'])]: terms };
  };

  const pod = (name: string): Json => {
    const whole = resources(true);
    const inits = upTo(2);
    // Kubernetes 1.35 adds what the sandbox takes to a fraction of bytes of the pod as a whole in place, so that each quota counts it once more.
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec: {
        containers: times(1 + upTo(1), (i) => container(`c${i}`)),
        ...(inits > 0 && chance(0.6)
          ? { initContainers: times(inits, (i) => container(`i${i}`, chance(0.5) ? { restartPolicy: 'Always' } : {})) }
          : {}),
        ...(chance(0.2) ? { activeDeadlineSeconds: pick([1, 60, 3600]) } : {}),
        ...(chance(0.4) ? { priorityClassName: pick(PRIORITIES) } : {}),
        ...(chance(0.15)
          ? {
              overhead: { cpu: pick(CPU), ...(!whole && chance(0.5) ? { memory: '32Mi' } : {}) },
              runtimeClassName: 'sandbox',
            }
          : {}),
        ...(chance(0.2) ? { affinity: affinity() } : {}),
        ...(whole ? { resources: whole } : {}),
      },
    };
  };

  const claim = (name: string): Json => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: 'shop',
      ...(chance(0.15) ? { annotations: { 'volume.beta.kubernetes.io/storage-class': pick(CLASSES) } } : {}),
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(chance(0.6) ? { storageClassName: pick([...CLASSES, '']) } : {}),
      ...(chance(0.4) ? { volumeAttributesClassName: pick(['fast', 'slow']) } : {}),
      resources: { requests: { storage: pick(STORAGE) } },
    },
  });

  const service = (name: string): Json => {
    const type = pick(['ClusterIP', 'NodePort', 'LoadBalancer']);
    const isOwn = type === 'LoadBalancer' && chance(0.5);
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: {
        type,
        ...(isOwn ? { allocateLoadBalancerNodePorts: chance(0.3) } : {}),
        ports: times(1 + upTo(2), (i) => ({
          name: `p${i}`,
          port: 80 + i,
          ...(type !== 'ClusterIP' && chance(0.4) ? { nodePort: 30000 + i } : {}),
        })),
      },
    };
  };

  const other = (name: string): Json => {
    const kind = pick(['ConfigMap', 'Secret', 'Deployment']);
    return { apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, metadata: { name, namespace: 'shop' } };
  };

  const made = (name: string): Json => (chance(0.7) ? pod : pick([claim, service, other]))(name);

  const scope = (): Json =>
    pick<() => Json>([
      ...['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'].map(
        (scopeName) => () => ({ scopeName, operator: 'Exists' }),
      ),
      () => selector('PriorityClass', PRIORITIES),
      () => selector('PriorityClass', PRIORITIES),
      () => selector('VolumeAttributesClass', ['fast', 'slow']),
    ])();

  const selector = (scopeName: string, values: readonly string[]): Json => {
    const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
    const named = some(values, 0.5);
    return operator.endsWith('n')
      ? { scopeName, operator, values: named.length > 0 ? named : [values[0]!] }
      : { scopeName, operator };
  };

  const quota = (i: number): Json => {
    const scopes = chance(0.5) ? times(1 + (chance(0.2) ? 1 : 0), scope) : [];
    const has = (name: string) => scopes.some(({ scopeName }) => scopeName === name);
    const hard: Record<string, string> = {};
    const put = (names: readonly string[], share: number, amounts: readonly string[]) => {
      for (const name of some(names, share)) hard[name] = pick(amounts);
    };
    const few = ['1', '2', '3', '4', '1k'];
    if (!has('VolumeAttributesClass')) {
      put(['pods'], 0.4, few);
      if (!has('BestEffort')) {
        put(['cpu', 'requests.cpu', 'limits.cpu'], 0.15, ['500m', '1', '2', '4', '6', '1500m', '3e0', '10']);
        put(['memory', 'requests.memory', 'limits.memory'], 0.15, [
          '256Mi',
          '1Gi',
          '2Gi',
          '3G',
          '0.5Gi',
          '4096Mi',
          '10Gi',
        ]);
      }
    }
    if (scopes.length === 0) {
      put(['count/pods'], 0.1, few);
      put(['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage'], 0.1, ['1Gi', '2Gi', '5G']);
      put([`requests.${GPU}`], 0.1, few);
      put(['hugepages-2Mi', 'requests.hugepages-2Mi'], 0.05, ['4Mi', '8Mi', '64Mi']);
      put(['services', 'count/services', 'services.nodeports', 'services.loadbalancers'], 0.15, ['0', ...few]);
      put(['configmaps', 'count/configmaps', 'secrets', 'count/secrets', 'count/deployments.apps'], 0.1, ['0', ...few]);
      put(['gold.storageclass.storage.k8s.io/requests.storage'], 0.15, ['1Gi', '6Gi', '20G']);
      put(['silver.storageclass.storage.k8s.io/persistentvolumeclaims'], 0.15, few);
    }
    if (scopes.length === 0 || scopes.every(({ scopeName }) => scopeName === 'VolumeAttributesClass')) {
      put(['requests.storage'], 0.2, ['2Gi', '5Gi', '20G', '11Gi']);
      put(['persistentvolumeclaims'], 0.2, few);
      if (scopes.length === 0) put(['count/persistentvolumeclaims'], 0.05, few);
    }
    const isPlain = chance(0.4) && scopes.every(({ operator }) => operator === 'Exists');
    return {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: `q${i}`, namespace: 'shop' },
      spec: {
        hard,
        ...(scopes.length === 0
          ? {}
          : isPlain
            ? { scopes: scopes.map(({ scopeName }) => scopeName) }
            : { scopeSelector: { matchExpressions: scopes } }),
      },
    };
  };

  const range = (i: number): Json => {
    const bounds = (type: string): Json => {
      const item: Record<string, unknown> = { type };
      const put = (field: string, share: number, of: (name: string) => string) => {
        const names = some(['cpu', 'memory'], share);
        if (names.length > 0) item[field] = Object.fromEntries(names.map((name) => [name, of(name)]));
      };
      put('min', 0.2, (name) => (name === 'cpu' ? pick(['50m', '100m', '0.1']) : pick(['64Mi', '100M', '0.1Gi'])));
      put('max', 0.25, (name) => (name === 'cpu' ? pick(['1', '2', '1500m']) : pick(['1Gi', '2G', '1.5Gi'])));
      put('maxLimitRequestRatio', 0.15, () => pick(['1', '2', '1.5', '10', '1100m']));
      if (type === 'Container') {
        put('default', 0.25, (name) => (name === 'cpu' ? pick(['500m', '1']) : pick(['256Mi', '1Gi'])));
        put('defaultRequest', 0.25, (name) => (name === 'cpu' ? pick(['100m', '250m']) : pick(['128Mi', '100M'])));
      }
      return item;
    };
    const claims = {
      type: 'PersistentVolumeClaim',
      min: { storage: pick(['1Gi', '2G']) },
      max: { storage: pick(['5Gi', '9G']) },
    };
    const limits = [
      ...(chance(0.7) ? [bounds('Container')] : []),
      ...(chance(0.4) ? [bounds('Pod')] : []),
      ...(chance(0.3) ? [claims] : []),
    ];
    return { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: `r${i}`, namespace: 'shop' }, spec: { limits } };
  };

  const standing = (name: string): Json => {
    const json = made(name);
    if (json['kind'] !== 'Pod') return json;
    const stopping = chance(0.25)
      ? {
          deletionTimestamp: pick(['2026-03-01T11:50:00Z', '2026-03-01T11:59:50Z', '2026-03-01T12:00:20Z']),
          deletionGracePeriodSeconds: pick([0, 10, 30, 600]),
        }
      : {};
    return {
      ...json,
      metadata: { ...record(json['metadata']), ...stopping },
      status: { phase: pick(['Pending', 'Running', 'Running', 'Running', 'Succeeded', 'Failed']) },
    };
  };

  return () => ({
    minor: pick([33, 34, 35]),
    now: '2026-03-01T12:00:00Z',
    ranges: chance(0.4) ? times(1 + (chance(0.2) ? 1 : 0), range) : [],
    quotas: times(1 + upTo(2), quota),
    existing: times(upTo(3), (i) => standing(`old-${i}`)),
    asked: times(1 + upTo(3), (i) => made(`new-${i}`)),
  });
}
