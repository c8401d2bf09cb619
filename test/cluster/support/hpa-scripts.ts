import type { Json } from '../../../manifests/resource';
import { random as randomFrom } from '../../oracle/mutate';
import type { KubernetesObject } from './kubernetes';

/** What the scripted metrics APIs say in a round (scripted-metrics.js); amounts of the values are thousandths. */
export interface ScriptedRound {
  /** Of each container, in thousandths of a CPU. */
  readonly cpu: number;
  /** Of each container, in bytes. */
  readonly memory: number;
  /** One for each metric of the autoscaler. */
  readonly values: readonly number[];
  /** So many of a hundred pods are not measured. */
  readonly missing: number;
  /** The metrics that are not there; `usage` is what pods use. */
  readonly fails: readonly string[];
}

/** An autoscaler, its pods, and what it is told. */
export interface HpaScript {
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  readonly hpa: KubernetesObject;
  readonly template: Json;
  /** The names of its metrics, in their order. */
  readonly metrics: readonly string[];
  readonly rounds: readonly ScriptedRound[];
}

const [CPU, MEMORY] = [50, 32 << 20];
/** How far a metric is from its target: at it, just within the tolerance of a tenth, just beyond, and far. */
const FACTORS = [0.25, 0.6, 0.88, 0.92, 1, 1.08, 1.12, 1.5, 2, 3];
/** No multiples of the controller's 15 seconds, so that milliseconds decide nothing. */
const SECONDS = [0, 20, 40];

/** A random history of so many rounds; the same number gives the same one. */
export function hpaScript(seed: number, rounds: number): HpaScript {
  const random = randomFrom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const one = <T>(all: readonly T[]): T => all[below(all.length)]!;
  const namespace = `scaled-${seed}`;
  const [min, max] = [1 + below(2), 6 + below(6)];
  const containers = ['web', 'side'].slice(0, 1 + below(2));
  const metrics = Array.from({ length: 1 + below(3) }, (_, i) => metricOf(below(8), `metric-${i}`));
  const start = min + below(4);
  const usage = metrics.some(({ type }) => String(type).endsWith('Resource')) ? ['usage'] : [];
  const template = {
    containers: containers.map((name) => ({
      name,
      image: 'example.test/web:1',
      resources: { requests: { cpu: `${CPU}m`, memory: String(MEMORY) } },
    })),
  };
  const meta = { name: 'web', namespace };
  return {
    namespace,
    template,
    metrics: metrics.map((_, i) => `metric-${i}`),
    rounds: Array.from({ length: rounds }, () => {
      const factor = one(FACTORS);
      return {
        cpu: Math.round(CPU * 0.6 * one([factor, factor, one(FACTORS)])),
        memory: Math.round(MEMORY * 0.6 * factor),
        values: metrics.map(({ type }) => Math.round(10_000 * one(FACTORS) * (type === 'Pods' ? 1 : 1 + below(max)))),
        missing: one([0, 0, 0, 20, 50]),
        fails: below(10) > 0 ? [] : [one([...usage, ...metrics.map((_, i) => `metric-${i}`)])],
      };
    }),
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: meta,
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta,
        spec: {
          replicas: start,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: template },
        },
      },
    ],
    hpa: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: meta,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: min,
        maxReplicas: max,
        metrics,
        ...(below(6) === 0 ? {} : { behavior: { scaleUp: rules(false), scaleDown: rules(true) } }),
      },
    },
  };

  function metricOf(kind: number, name: string): Json {
    const byPods = { metric: { name }, target: { type: 'AverageValue', averageValue: '10' } };
    const asTotal = { metric: { name }, target: { type: 'Value', value: '40' } };
    const percent = { type: 'Utilization', averageUtilization: 60 };
    const described = { describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' } };
    if (kind === 0) return { type: 'Resource', resource: { name: 'cpu', target: percent } };
    if (kind === 1)
      return { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '20Mi' } } };
    if (kind === 2)
      return { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', target: percent } };
    if (kind === 3) return { type: 'Pods', pods: byPods };
    if (kind === 4) return { type: 'Object', object: { ...described, ...byPods } };
    if (kind === 5) return { type: 'Object', object: { ...described, ...asTotal } };
    return { type: 'External', external: kind === 6 ? byPods : asTotal };
  }

  function rules(down: boolean): Json {
    const policies = Array.from({ length: 1 + below(2) }, () =>
      one([
        { type: 'Pods', value: 1 + below(3), periodSeconds: one(SECONDS.slice(1)) },
        { type: 'Percent', value: 50 + below(100), periodSeconds: one(SECONDS.slice(1)) },
      ]),
    );
    return {
      stabilizationWindowSeconds: one([0, ...SECONDS]),
      selectPolicy: one(['Max', 'Max', 'Min', ...(down ? ['Disabled'] : [])]),
      policies,
      ...(below(3) === 0 ? { tolerance: one(['0', '0.05', '0.3']) } : {}),
    };
  }
}
