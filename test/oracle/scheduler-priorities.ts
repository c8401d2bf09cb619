import { readPod } from '../../simulate/scheduling/pod';
import { random } from './mutate';
import type { Case } from './scheduler-cases';
import { casesOf, metadataOf } from './scheduler-cases';

type Json = Record<string, unknown>;

const APPS = ['web', 'db', 'cache'];
const SPACES = ['shop', 'blog', 'lab'];
const KEYS = ['zone', 'kubernetes.io/hostname', 'disk', 'topology.kubernetes.io/zone'];
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/**
 * Cases of the filters on fuller nodes, with priorities, budgets, preferences, Services and controllers: for preemption and scores.
 *
 * Left out is what the dry run of 1.35 counts otherwise than the filters do, so that pods go in vain: terminating pods under a spread
 * constraint that must be met, claims of ReadWriteOncePod that two pods name, and a host port that two pods of a node have. And overhead
 * beside amounts of the pod as a whole: 1.35 adds it again whenever it asks, where a container has an amount like 0.5Gi.
 */
export function busyCasesOf(seed: number): () => Case {
  const nextCase = casesOf(seed);
  const next = random(seed + 1);
  const chance = (share: number) => next() < share;
  const upTo = (most: number) => Math.floor(next() * (most + 1));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const maybe = (share: number, make: () => Json): Json => (chance(share) ? make() : {});

  const selector = (): Json =>
    pick([
      () => ({ matchLabels: { app: pick(APPS) } }),
      () => ({ matchLabels: { tier: pick(APPS) } }),
      () => ({ matchExpressions: [{ key: 'app', operator: 'Exists' }] }),
      () => ({}),
    ])();
  const podTerm = (): Json => ({
    weight: 1 + upTo(99),
    podAffinityTerm: {
      topologyKey: pick(KEYS),
      ...maybe(0.9, () => ({ labelSelector: selector() })),
      ...maybe(0.2, () => ({ namespaces: [pick(SPACES)] })),
      ...maybe(0.2, () => ({ namespaceSelector: pick([{}, { matchLabels: { team: 'a' } }]) })),
    },
  });
  const nodeTerm = (): Json => ({
    weight: 1 + upTo(99),
    preference: pick([
      { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
      { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] },
      { matchExpressions: [{ key: 'rank', operator: 'Gt', values: ['1'] }] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
      {},
    ]),
  });
  const few = (make: () => Json): Json[] => Array.from({ length: 1 + upTo(1) }, make);

  const preferring = (spec: Json): Json => {
    const affinity = (spec['affinity'] ?? {}) as Record<string, Json | undefined>;
    const adding = (field: string, share: number, make: () => Json): Json =>
      chance(share)
        ? { [field]: { ...affinity[field], [PREFERRED]: few(make) } }
        : affinity[field]
          ? { [field]: affinity[field] }
          : {};
    return {
      affinity: {
        ...adding('nodeAffinity', 0.3, nodeTerm),
        ...adding('podAffinity', 0.25, podTerm),
        ...adding('podAntiAffinity', 0.25, podTerm),
      },
    };
  };
  const owned = (): Json => ({
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: pick(['ReplicaSet', 'ReplicaSet', 'StatefulSet', 'DaemonSet']),
        name: pick(['one', 'two']),
        uid: '1',
        controller: true,
      },
    ],
  });
  let started = 0;
  const status = (pod: Json): Json => {
    started += 1 + upTo(50);
    const terminating = (pod['metadata'] as Json)['deletionTimestamp'] !== undefined;
    return {
      status: {
        ...(chance(0.95) || isUnstarted
          ? { startTime: new Date(1.7e12 + started * 1_000).toISOString() }
          : unstarted()),
        ...(terminating && chance(0.7)
          ? { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] }
          : {}),
      },
    };
  };
  /** Of two that have not started either may be the older one. */
  let isUnstarted = false;
  const unstarted = (): Json => {
    isUnstarted = true;
    return {};
  };
  const withSpec = (pod: Json, more: Json, metadata: Json = {}): Json => ({
    ...pod,
    metadata: { ...(pod['metadata'] as Json), ...metadata },
    spec: { ...(pod['spec'] as Json), ...more },
  });
  const plain = (pod: Json): Json => {
    const { volumes } = pod['spec'] as Json;
    const spec = {
      containers: [
        { name: 'one', image: 'example/web:1', resources: { requests: { cpu: pick(['250m', '800m', '1500m', '3']) } } },
      ],
      ...(volumes && chance(0.3) ? { volumes } : {}),
    };
    return { ...pod, spec };
  };
  const budget = (name: string): Json => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: pick(SPACES) },
    spec: { maxUnavailable: 1, ...maybe(0.95, () => ({ selector: selector() })) },
    status: {
      disruptionsAllowed: pick([0, 0, 1, 1, 2]),
      ...maybe(0.3, () => ({ disruptedPods: { [`pod-${upTo(7)}`]: '2026-01-01T00:00:00Z' } })),
    },
  });
  const others = (): Json[] => [
    ...Array.from({ length: upTo(4) }, (_, i) => budget(`budget-${i}`)),
    ...Array.from({ length: upTo(2) }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `service-${i}`, namespace: pick(SPACES) },
      spec: { ports: [{ port: 80 }], ...maybe(0.9, () => ({ selector: { [pick(['app', 'tier'])]: pick(APPS) } })) },
    })),
    ...['ReplicaSet', 'StatefulSet'].flatMap((kind) =>
      ['one', 'two'].map((name) => ({
        apiVersion: 'apps/v1',
        kind,
        metadata: { name, namespace: pick(SPACES) },
        spec: { selector: pick([selector(), { matchLabels: { 'pod-template-hash': '1' } }]) },
      })),
    ),
  ];

  return () => {
    const given = nextCase();
    const names = given.nodes.map((node) => metadataOf(node).name);
    const more = [nextCase(), nextCase()].flatMap(({ pods }, i) =>
      pods.map((pod) =>
        withSpec(
          given.storage.length > 0 ? pod : withSpec(pod, { volumes: [] }),
          { nodeName: pick(names) },
          { name: `${metadataOf(pod).name}-${i}` },
        ),
      ),
    );
    started = 0;
    isUnstarted = false;
    const pod = withSpec(
      chance(0.5) ? plain(given.pod) : given.pod,
      { priority: pick([0, 50, 500, 1000, 2000]), ...maybe(0.05, () => ({ preemptionPolicy: 'Never' })) },
      maybe(0.4, owned),
    );
    const asked = withoutOverhead(withSpec(pod, preferring(pod['spec'] as Json)));
    const pods = [...given.pods, ...more].map((each) => {
      const running = withSpec(chance(0.4) ? kept(plain(each), each) : each, {
        priority: pick([-10, 0, 0, 10, 100, 1000]),
      });
      return { ...withSpec(running, chance(0.5) ? preferring(running['spec'] as Json) : {}), ...status(running) };
    });
    const isSpread = read(asked).spread.length > 0;
    return {
      ...given,
      pods: withoutSharedPorts(pods.map(withoutOverhead)).map((each) => (isSpread ? withoutEnd(each) : each)),
      storage: [...withoutSharedClaims(given.storage, pods, metadataOf(asked).namespace), ...others()],
      pod: { ...asked, status: maybe(0.3, () => ({ nominatedNodeName: pick([...names, 'gone']) })) },
    };
  };
}

const read = (pod: Json) => readPod(pod, metadataOf(pod));

function kept(plain: Json, { spec }: Json): Json {
  return { ...plain, spec: { ...(plain['spec'] as Json), nodeName: (spec as Json)['nodeName'] } };
}

function withoutEnd(pod: Json): Json {
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...metadata } = pod['metadata'] as Json;
  return { ...pod, metadata };
}

function withoutOverhead(pod: Json): Json {
  const { overhead: _, runtimeClassName: __, ...spec } = pod['spec'] as Json;
  return spec['resources'] ? { ...pod, spec } : pod;
}

function withoutSharedPorts(pods: readonly Json[]): Json[] {
  const taken = new Set<string>();
  return pods.filter((pod) => {
    const { nodeName, hostPorts } = read(pod);
    const keys = hostPorts.map(({ ip, protocol, port }) => `${nodeName} ${ip} ${protocol} ${port}`);
    if (keys.some((key) => taken.has(key)) || new Set(keys).size < keys.length) return false;
    for (const key of keys) taken.add(key);
    return true;
  });
}

/** Claims of one pod alone are left to it alone where the pod that is asked for could mount them, too. */
function withoutSharedClaims(storage: readonly Json[], pods: readonly Json[], namespace: string): Json[] {
  const users = (name: string) =>
    pods.filter((pod) => read(pod).volumes.claims.some(({ claim }) => claim === name)).map(metadataOf);
  return storage.map((object) => {
    if (object['kind'] !== 'PersistentVolumeClaim') return object;
    const by = users(metadataOf(object).name);
    if (by.length === 0 || (by.length === 1 && by[0]!.namespace === namespace)) return object;
    return { ...object, spec: { ...(object['spec'] as Json), accessModes: ['ReadWriteOnce'] } };
  });
}
