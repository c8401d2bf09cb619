import { Resource } from '../../manifests/resource';
import { judgeNodes } from '../../simulate/scheduling/filter';
import { readNode } from '../../simulate/scheduling/node';
import { readPod } from '../../simulate/scheduling/pod';
import { ClusterState } from '../../simulate/scheduling/state';
import { rejectionOf } from '../../simulate/scheduling/storage/rejection';
import { readClaim, storageOf } from '../../simulate/scheduling/storage/storage';
import { random } from './mutate';
import { podVolumes, storageObjects } from './scheduler-storage';

type Json = Record<string, unknown>;

/** A cluster with pods on its nodes, and one more pod. */
export interface Case {
  readonly nodes: readonly Json[];
  readonly namespaces: readonly Json[];
  readonly pods: readonly Json[];
  /** Claims, volumes and what is about them; none in most cases. */
  readonly storage: readonly Json[];
  readonly pod: Json;
}

const KEYS = ['zone', 'kubernetes.io/hostname', 'disk', 'rank', 'node-role'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  zone: ['a', 'b', 'c'],
  disk: ['ssd', 'hdd', ''],
  rank: ['1', '2', '10', '+3', '-1', 'x', '007'],
  'node-role': [''],
};
const APPS = ['web', 'db', 'cache'];
const SPACES = ['shop', 'blog', 'lab'];

/** Cases that touch every filter, each with a few predicates, so that most of them have nodes that fit and nodes that do not. */
export function casesOf(seed: number): () => Case {
  const next = random(seed);
  const chance = (share: number) => next() < share;
  const upTo = (most: number) => Math.floor(next() * (most + 1));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: upTo(most) }, make);
  const maybe = (share: number, make: () => Json): Json => (chance(share) ? make() : {});

  const chances = { chance, pick, maybe };

  const cpu = () => pick(['100m', '100.5m', '33.3m', '250m', '0.5', '1', '1500m', '100.5m', '0', '3']);
  const memory = () => pick(['64Mi', '128Mi', '1Gi', '100M', '0.5Gi', '1', '2Gi', '1500m']);
  const amounts = (): Json => ({
    ...maybe(0.6, () => ({ cpu: cpu() })),
    ...maybe(0.5, () => ({ memory: memory() })),
    ...maybe(0.1, () => ({ 'ephemeral-storage': pick(['1Gi', '100Mi']) })),
  });
  const resources = (): Json => {
    const requests = amounts();
    const limits = chance(0.3)
      ? Object.fromEntries(Object.keys(amounts()).map((name) => [name, name === 'cpu' ? '3' : '8Gi']))
      : {};
    if (chance(0.1)) Object.assign(limits, { 'example.com/gpu': pick(['1', '2']) });
    return { resources: { requests, limits } };
  };
  const port = (): Json => ({
    containerPort: pick([80, 8080]),
    protocol: pick(['TCP', 'TCP', 'UDP']),
    ...maybe(0.7, () => ({ hostPort: pick([80, 8080]) })),
    ...maybe(0.2, () => ({ hostIP: pick(['127.0.0.1', '10.0.0.1', '0.0.0.0']) })),
  });
  const container = (name: string): Json => ({
    name,
    image: 'example/web:1',
    ...maybe(0.7, resources),
    ...maybe(0.2, () => ({ ports: [port()] })),
  });

  const expression = (): Json => {
    const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']);
    const key = operator === 'Gt' || operator === 'Lt' ? 'rank' : pick(KEYS);
    if (operator === 'Gt' || operator === 'Lt') return { key, operator, values: [pick(['0', '1', '5', '-2'])] };
    if (operator !== 'In' && operator !== 'NotIn') return { key, operator };
    return {
      key,
      operator,
      values: [pick(VALUES[key] ?? ['n1', 'n2']), ...some(1, () => pick(VALUES[key] ?? ['n3']))],
    };
  };
  const nodeTerm = (): Json => ({
    ...maybe(0.8, () => ({ matchExpressions: some(2, expression) })),
    ...maybe(0.2, () => ({
      matchFields: [{ key: 'metadata.name', operator: pick(['In', 'NotIn']), values: [pick(['n1', 'n2', 'n9'])] }],
    })),
  });
  const labelExpression = (): Json => {
    const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
    const key = pick(['app', 'tier']);
    return operator === 'In' || operator === 'NotIn' ? { key, operator, values: [pick(APPS)] } : { key, operator };
  };
  const selector = (): Json =>
    pick([
      () => ({ labelSelector: { matchLabels: { app: pick(APPS) } } }),
      () => ({ labelSelector: { matchLabels: { app: pick(APPS) } } }),
      () => ({ labelSelector: { matchExpressions: [labelExpression()] } }),
      () => ({ labelSelector: {} }),
      () => ({}),
    ])();
  const keys = (field: string): Json => ({ [field]: [pick(['tier', 'pod-template-hash', 'absent'])] });
  const podTerm = (): Json => {
    const selected = selector();
    return {
      topologyKey: pick(KEYS.slice(0, 3)),
      ...selected,
      ...maybe(0.2, () => ({ namespaces: [pick(SPACES)] })),
      ...maybe(0.2, () => ({
        // Not with NotIn and DoesNotExist: there 1.35 departs from its documentation.
        namespaceSelector: pick([
          {},
          { matchLabels: { team: pick(['a', 'b']) } },
          { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
        ]),
      })),
      ...(selected['labelSelector']
        ? { ...maybe(0.15, () => keys('matchLabelKeys')), ...maybe(0.1, () => ({ mismatchLabelKeys: ['grade'] })) }
        : {}),
    };
  };
  const spread = (): Json => {
    const selected = selector();
    return {
      maxSkew: pick([1, 1, 2]),
      topologyKey: pick(KEYS.slice(0, 3)),
      whenUnsatisfiable: pick(['DoNotSchedule', 'DoNotSchedule', 'ScheduleAnyway']),
      ...selected,
      ...maybe(0.2, () => ({ nodeAffinityPolicy: pick(['Honor', 'Ignore']) })),
      ...maybe(0.2, () => ({ nodeTaintsPolicy: pick(['Honor', 'Ignore']) })),
      ...(selected['labelSelector'] ? maybe(0.2, () => keys('matchLabelKeys')) : {}),
    };
  };
  const constraint = (): Json => {
    const made = spread();
    return made['whenUnsatisfiable'] === 'DoNotSchedule' && chance(0.2) ? { ...made, minDomains: 1 + upTo(3) } : made;
  };
  const toleration = (): Json =>
    pick([
      () => ({ operator: 'Exists' }),
      () => ({ key: pick(['dedicated', 'spot']), operator: 'Exists', ...maybe(0.5, () => ({ effect: 'NoSchedule' })) }),
      () => ({ key: 'dedicated', operator: 'Equal', value: pick(['batch', 'web']) }),
      () => ({ key: 'dedicated', value: 'batch', effect: pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule']) }),
      () => ({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }),
    ])();

  let made = 0;
  const pod = (mounts: boolean, nodeName?: string): Json => {
    made += 1;
    const hostNetwork = chance(0.05);
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    const affinity = {
      ...maybe(0.3, () => ({
        nodeAffinity: { [required]: { nodeSelectorTerms: [nodeTerm(), ...some(1, nodeTerm)] } },
      })),
      ...maybe(0.25, () => ({ podAffinity: { [required]: [podTerm(), ...some(1, podTerm)] } })),
      ...maybe(0.25, () => ({ podAntiAffinity: { [required]: [podTerm(), ...some(1, podTerm)] } })),
    };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `pod-${made}`,
        namespace: pick(SPACES),
        ...(nodeName !== undefined && chance(0.1)
          ? { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30 }
          : {}),
        labels: {
          ...maybe(0.8, () => ({ app: pick(APPS) })),
          ...maybe(0.4, () => ({ tier: pick(APPS) })),
          ...maybe(0.3, () => ({ grade: pick(['x', 'y']) })),
          'pod-template-hash': pick(['1', '2']),
        },
      },
      spec: {
        ...(nodeName === undefined ? {} : { nodeName }),
        containers: [container('one'), ...(chance(0.3) ? [container('two')] : [])],
        ...maybe(0.25, () => ({
          initContainers: [
            { ...container('first'), ...maybe(0.5, () => ({ restartPolicy: 'Always' })) },
            ...(chance(0.4) ? [{ ...container('second'), ...maybe(0.5, () => ({ restartPolicy: 'Always' })) }] : []),
          ],
        })),
        ...maybe(0.1, () => ({
          resources: pick([{ requests: { cpu: '3', memory: '3Gi' } }, { limits: { cpu: '4' } }]),
        })),
        ...maybe(0.1, () => ({ overhead: { cpu: '100m', memory: '32Mi' }, runtimeClassName: 'sandboxed' })),
        ...(hostNetwork ? { hostNetwork } : {}),
        ...(mounts ? { volumes: podVolumes(chances) } : {}),
        ...maybe(0.2, () => {
          const key = pick(KEYS);
          return { nodeSelector: { [key]: pick(VALUES[key] ?? ['n1']) } };
        }),
        ...maybe(0.5, () => ({ tolerations: [toleration(), ...some(1, toleration)] })),
        ...maybe(0.7, () => ({ affinity })),
        ...maybe(0.35, () => ({ topologySpreadConstraints: distinct([constraint(), ...some(1, constraint)]) })),
      },
    };
  };
  const node = (name: string): Json => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        ...maybe(0.95, () => ({ 'kubernetes.io/hostname': name })),
        ...Object.fromEntries(
          ['zone', 'disk', 'rank', 'node-role'].flatMap((key) => (chance(0.7) ? [[key, pick(VALUES[key]!)]] : [])),
        ),
        ...maybe(0.4, () => ({ 'topology.kubernetes.io/zone': pick(['a', 'b', 'c']) })),
      },
    },
    spec: {
      ...maybe(0.1, () => ({ unschedulable: true })),
      ...maybe(0.3, () => ({
        taints: [
          {
            key: pick(['dedicated', 'spot']),
            ...maybe(0.7, () => ({ value: pick(['batch', 'web']) })),
            effect: pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule']),
          },
        ],
      })),
    },
    status: {
      allocatable: {
        ...maybe(0.97, () => ({ pods: pick(['110', '110', '2', '3']) })),
        cpu: pick(['1', '2', '4', '4', '3900m']),
        memory: pick(['1Gi', '2Gi', '4Gi', '8Gi', '3500Mi']),
        ...maybe(0.3, () => ({ 'ephemeral-storage': '10Gi' })),
        ...maybe(0.3, () => ({ 'example.com/gpu': '2' })),
      },
    },
  });

  return () => {
    made = 0;
    const names = Array.from({ length: 1 + upTo(4) }, (_, i) => `n${i + 1}`);
    const nodes = names.map(node);
    const namespaces = SPACES.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: { 'kubernetes.io/metadata.name': name, ...maybe(0.6, () => ({ team: pick(['a', 'b']) })) },
      },
    }));
    const mounts = chance(0.4);
    return {
      nodes,
      namespaces,
      pods: some(7, () => pod(mounts, pick(names))),
      storage: mounts ? storageObjects(chances, SPACES, names) : [],
      pod: pod(mounts),
    };
  };
}

/** The API server takes one constraint for each key and action. */
function distinct(constraints: readonly Json[]): Json[] {
  const each = new Map(constraints.map((one) => [`${one['topologyKey']} ${one['whenUnsatisfiable']}`, one]));
  return [...each.values()];
}

/** Reasons are told apart as the scheduler does, but for the taint, which 1.35 no longer names. */
export function said(reasons: readonly string[]): string[] {
  return reasons.map((reason) => reason.replace(/untolerated taint \{.*\}/, 'untolerated taint(s)')).sort();
}

/** What an object is called. */
export function metadataOf(object: Json): { name: string; namespace: string; labels: Record<string, string> } {
  return object['metadata'] as { name: string; namespace: string; labels: Record<string, string> };
}

/** The nodes and the storage of a case, without any pod. */
export function emptyCluster({ nodes, namespaces, storage }: Case): ClusterState {
  const source = { file: '-', text: '' };
  return new ClusterState(
    nodes.map((node) => readNode(new Resource(node, source, 0))),
    new Map(namespaces.map((each) => [metadataOf(each).name, metadataOf(each).labels])),
    storageOf(
      storage.map((object) => new Resource(object, source, 0)),
      storage
        .filter(({ kind }) => kind === 'PersistentVolumeClaim')
        .map((claim) => readClaim(claim, metadataOf(claim).namespace, metadataOf(claim).name)),
    ),
  );
}

/** What each node says to the pod, by our own filters: none where it takes it. */
export function verdictsOf(given: Case): Readonly<Record<string, readonly string[]>> {
  const { pods, pod } = given;
  const state = emptyCluster(given);
  for (const each of pods) {
    const made = readPod(each, metadataOf(each));
    state.add(made, made.nodeName!);
  }
  const asked = readPod(pod, metadataOf(pod));
  const rejection = rejectionOf(asked, state.storage);
  if (rejection !== undefined) return Object.fromEntries([...state.nodes].map(({ name }) => [name, [rejection]]));
  return Object.fromEntries(
    [...judgeNodes(asked, state)].map(([{ name }, refusal]) => [name, said(refusal?.reasons ?? [])]),
  );
}
