import { Construct } from 'constructs';
import * as vpa from '../../imports/autoscaling.k8s.io';
import type { VerticalPodAutoscaling } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { type KubernetesVersion, minorOf } from '../../model/kubernetes-version';
import type { Bytes, Cpu } from '../../model/quantity';
import { byteCount, bytesProblem, cpuProblem, millicores } from '../../model/quantity';
import type { PodRequest } from '../../model/room-check';
import { choice, forWorkloads, value, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import type { Workload } from '../core/workload';
import { Autoscaler } from './autoscaler';

/** The least and the most that is requested, as it may be measured. */
export interface SizeBounds {
  readonly cpu?: readonly [Cpu, Cpu];
  readonly memory?: readonly [Bytes, Bytes];
}

export const verticalAutoscalingSettings = settingsOf('verticalAutoscaling', {
  /** The workloads whose requests are measured: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /**
   * What becomes of the measure: `off`, it is a recommendation to read; `initial`, new pods get it; `recreate`, running pods are replaced by
   * eviction, as budgets allow; `in-place`, running containers are resized, and replaced where that cannot be.
   */
  mode: choice('off', 'initial', 'recreate', 'in-place'),
  /** What is measured and set. An autoscaler that steers by percent of the one takes that one for itself. */
  only: value<readonly ('cpu' | 'memory')[]>(['cpu', 'memory'], onlyProblem),
  /** Bounds of what is requested: `{ cpu: ['50m', '1'], memory: ['64Mi', '1Gi'] }`. What is not named has none. */
  between: value<SizeBounds>({}, boundsProblem, () => "{ cpu: ['50m', '1'], memory: ['64Mi', '1Gi'] }"),
  /** `keep-ratio`: a limit grows as its request does; `keep`: limits stay what they are. */
  limits: choice('keep-ratio', 'keep'),
  /** So many pods must be ready before one is taken away to be replaced. 1: the only pod of a workload is, too. */
  minReplicas: whole(2, { min: 1 }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly verticalAutoscaling?: ValuesOf<typeof verticalAutoscalingSettings>;
  }
}

export interface VerticalAutoscalerProps
  extends Partial<Omit<ValuesOf<typeof verticalAutoscalingSettings>, 'workloads'>> {
  readonly workload: Workload;
  /** What the cluster runs. @default - one that can do everything */
  readonly by?: VerticalPodAutoscaling;
  /** The cluster's version. @default - one that can do everything */
  readonly kubernetes?: KubernetesVersion;
  /** Refuses a pod as large as the bounds allow. @default - there is room for everything */
  readonly checkRoom?: (place: string, asked: PodRequest) => void;
}

const MODES = {
  off: vpa.VerticalPodAutoscalerSpecUpdatePolicyUpdateMode.OFF,
  initial: vpa.VerticalPodAutoscalerSpecUpdatePolicyUpdateMode.INITIAL,
  recreate: vpa.VerticalPodAutoscalerSpecUpdatePolicyUpdateMode.RECREATE,
  'in-place': vpa.VerticalPodAutoscalerSpecUpdatePolicyUpdateMode.IN_PLACE_OR_RECREATE,
} as const;

/**
 * A VerticalPodAutoscaler for the main container of a workload; others keep their requests. By default it changes nothing: what it
 * recommends stands in its status.
 */
export class VerticalAutoscaler extends Construct {
  constructor(scope: Construct, id: string, props: VerticalAutoscalerProps) {
    super(scope, id);
    const settings = { ...verticalAutoscalingSettings.defaults, ...props };
    const { workload, mode, only, between, limits, minReplicas, checkRoom } = settings;
    const place = `vertical autoscaler of ${workload.name}`;
    checkSettings(place, verticalAutoscalingSettings, settings);
    const { kind, apiVersion } = workload.controller;
    checkMode(place, settings);
    for (const resource of ['cpu', 'memory'] as const)
      if (between[resource] && !only.includes(resource))
        throw new StrataError(place, `has bounds for ${resource}, which it does not set (only: ${only.join(', ')})`, [
          `add ${resource} to only`,
          `remove ${resource} from between`,
        ]);
    checkRoom?.(place, largest(workload, between));
    // Judged when everything is known: an autoscaler may come after this one.
    this.node.addValidation({
      validate: () => {
        checkSignals(place, workload, mode, only);
        checkPods(place, workload, mode, minReplicas);
        return [];
      },
    });
    const { name } = workload.pod.container;
    const bound = (i: 0 | 1) =>
      Object.fromEntries(Object.entries(between).map(([resource, bounds]) => [resource, bounds[i]]));
    const Policy = vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPoliciesControlledValues;
    const bounded = Object.keys(between).length > 0;
    new vpa.VerticalPodAutoscaler(this, 'vertical-pod-autoscaler', {
      metadata: { name: workload.name, namespace: workload.namespace.name, labels: workload.labels },
      spec: {
        targetRef: { apiVersion, kind, name: workload.name },
        updatePolicy: { updateMode: MODES[mode], minReplicas },
        resourcePolicy: {
          containerPolicies: [
            {
              containerName: name,
              controlledResources: [...only],
              controlledValues: limits === 'keep' ? Policy.REQUESTS_ONLY : Policy.REQUESTS_AND_LIMITS,
              ...(bounded
                ? {
                    minAllowed: quantities(
                      bound(0),
                      vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPoliciesMinAllowed,
                    ),
                    maxAllowed: quantities(
                      bound(1),
                      vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPoliciesMaxAllowed,
                    ),
                  }
                : {}),
            },
            // Whatever else is put into the pods keeps what it asks for.
            { containerName: '*', mode: vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPoliciesMode.OFF },
          ],
        },
      },
    });
  }
}

function quantities<Quantity>(
  amounts: Readonly<Record<string, string>>,
  { fromString }: { fromString(amount: string): Quantity },
): Record<string, Quantity> {
  return Object.fromEntries(Object.entries(amounts).map(([resource, amount]) => [resource, fromString(amount)]));
}

/** What the versions can do (VPA's release notes: InPlaceOrRecreate is GA in 1.6 and resizes pods from Kubernetes 1.33 on). */
function checkMode(
  place: string,
  { mode, by, kubernetes }: Pick<VerticalAutoscalerProps, 'mode' | 'by' | 'kubernetes'>,
) {
  if (mode !== 'in-place') return;
  const fixes = ["use mode: 'recreate'"];
  const [major = 1, minor = 0] = (by?.version ?? '1.6').split('.').map(Number);
  if (major === 1 && minor < 6)
    throw new StrataError(
      place,
      `resizes running containers, which Vertical Pod Autoscaler ${by?.version} does not; 1.6 does`,
      fixes,
    );
  if (kubernetes !== undefined && minorOf(kubernetes) < 33)
    throw new StrataError(
      place,
      `resizes running containers, which Kubernetes ${kubernetes} does not; 1.33 does`,
      fixes,
    );
}

/** Changed requests change what percents are of: the two would answer each other. */
function checkSignals(place: string, { node, name }: Workload, mode: string, only: readonly string[]): void {
  if (mode === 'off') return;
  const scaler = node.findAll().find((each): each is Autoscaler => each instanceof Autoscaler);
  const shared = scaler?.uses.find((metric) => 'percent' in metric && only.includes(metric.use));
  if (!shared) return;
  const others = only.filter((resource) => resource !== shared.use);
  throw new StrataError(
    place,
    `sets the requested ${shared.use}, and the autoscaler of ${name} adds pods by percent of it: each answers what the other does`,
    [
      ...(others.length > 0 ? [`set only: ['${others.join("', '")}']`] : []),
      `let the autoscaler steer by an amount: metrics: [{ use: '${shared.use}', perPod: ${shared.use === 'cpu' ? "'200m'" : "'200Mi'"} }]${shared.use === 'cpu' ? " with cpuPercent: 'none'" : ''}`,
      "read the recommendation alone: mode: 'off'",
    ],
  );
}

/** The updater takes no pod of a workload that has fewer than so many (pkg/updater/restriction). */
function checkPods(place: string, workload: Workload, mode: string, minReplicas: number): void {
  if (mode === 'off' || mode === 'initial' || workload.controller.kind === 'DaemonSet') return;
  const pods = workload.replicaFloor;
  if (pods >= minReplicas) return;
  throw new StrataError(
    place,
    `replaces pods only while there are ${minReplicas} of them, and ${workload.name} has ${pods}: it would never act`,
    [
      `run ${minReplicas} pods`,
      ...(pods === 1
        ? ['set minReplicas to 1, and nobody answers while its only pod is replaced']
        : [`set minReplicas to ${pods}`]),
      "let new pods alone get it: mode: 'initial'",
    ],
  );
}

/** The pod, with its main container as large as it may become. */
function largest({ pod }: Workload, { cpu, memory }: SizeBounds): PodRequest {
  const { resources } = pod.container;
  const beside = (pod.sidecars ?? []).map((sidecar) => sidecar.resources);
  const sum = (first: number, others: readonly number[]) => others.reduce((total, each) => total + each, first);
  return {
    cpu: sum(
      millicores(cpu?.[1] ?? resources.cpu),
      beside.map((each) => millicores(each.cpu)),
    ),
    memory: sum(
      byteCount(memory?.[1] ?? resources.memory),
      beside.map((each) => byteCount(each.memory)),
    ),
  };
}

function onlyProblem(given: unknown): string | undefined {
  const known: readonly unknown[] = ['cpu', 'memory'];
  return Array.isArray(given) &&
    given.length > 0 &&
    new Set(given).size === given.length &&
    given.every((each) => known.includes(each))
    ? undefined
    : 'not a list of cpu, memory or both';
}

function boundsProblem(given: unknown): string | undefined {
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    return "not bounds such as { cpu: ['50m', '1'] }";
  const { cpu, memory, ...others } = given as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) return `not bounds: ${other} is not one of cpu, memory`;
  return pairProblem('cpu', cpu, cpuProblem, millicores) ?? pairProblem('memory', memory, bytesProblem, byteCount);
}

function pairProblem<Amount>(
  name: string,
  given: unknown,
  problem: (amount: unknown) => string | undefined,
  amount: (given: Amount) => number,
): string | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length !== 2) return `wrong: its ${name} is not the least and the most, in a list`;
  const wrong = given.map(problem).find((each) => each !== undefined);
  if (wrong !== undefined) return `wrong: its ${name} has one that is ${wrong}`;
  const [least, most] = given as [Amount, Amount];
  return amount(least) > amount(most)
    ? `wrong: the least of ${name} (${String(least)}) is above the most (${String(most)})`
    : undefined;
}
