import type { HpaPod } from './pods';

/** What is measured of a pod, in thousandths. Times are milliseconds. */
export interface HpaSample {
  readonly value: bigint;
  readonly at: number;
  /** How long before `at` it was measured from. */
  readonly window: number;
}

/** What metrics.k8s.io says of a pod. */
export interface HpaUsage {
  readonly pod: string;
  readonly at: number;
  readonly window: number;
  readonly containers: readonly { readonly name: string; readonly used: ReadonlyMap<string, bigint> }[];
}

/** What an adapter says of a pod. */
export interface HpaPodValue {
  readonly pod: string;
  readonly at: number;
  /** @default 60000, as the controller takes it */
  readonly window?: number;
  readonly value: bigint;
}

/** How long a pod's CPU is that of its start, and how long it may need until it is ready at first: flags of the controller, with their defaults. */
const CPU_PERIOD = 300_000;
const READY_DELAY = 30_000;

/** Pods of which a container was not measured are left out; 1.32 and before stop there, where one container is asked for: that is why. */
export function samplesOfUsage(
  usages: readonly HpaUsage[],
  resource: string,
  container: string | undefined,
  namespace: string,
  minor: number,
): Map<string, HpaSample> | string {
  const found = new Map<string, HpaSample>();
  for (const { pod, at, window, containers } of usages) {
    if (container === undefined) {
      const used = containers.map((each) => each.used.get(resource));
      if (used.length === 0 || used.includes(undefined)) continue;
      found.set(pod, { value: (used as bigint[]).reduce((sum, each) => sum + each), at, window });
      continue;
    }
    const one = containers.find(({ name }) => name === container);
    if (!one && minor < 33)
      return `failed to get container metrics: container ${container} not present in metrics for pod ${namespace}/${pod}`;
    const value = one?.used.get(resource);
    if (value !== undefined) found.set(pod, { value, at, window });
  }
  return found;
}

/** Pods sorted by what their samples are good for. */
export interface HpaGroups {
  readonly ready: number;
  readonly unready: readonly HpaPod[];
  readonly missing: readonly HpaPod[];
  /** What counts: without those of pods that go or are not ready; of pods that nobody knows, too. */
  readonly samples: ReadonlyMap<string, HpaSample>;
}

/** `groupPods` of replica_calculator.go. `cpu`: whether the metric is CPU, of which a pod that starts uses more. */
export function groupedPods(
  pods: readonly HpaPod[],
  measured: ReadonlyMap<string, HpaSample>,
  cpu: boolean,
  now: number,
): HpaGroups {
  const samples = new Map(measured);
  const unready: HpaPod[] = [];
  const missing: HpaPod[] = [];
  let ready = 0;
  for (const pod of pods) {
    if (pod.deleted || pod.phase === 'Failed') {
      samples.delete(pod.name);
      continue;
    }
    const sample = measured.get(pod.name);
    if (pod.phase === 'Pending' || (sample && cpu && isStarting(pod, sample, now))) {
      samples.delete(pod.name);
      unready.push(pod);
    } else if (sample) ready += 1;
    else missing.push(pod);
  }
  return { ready, unready, missing, samples };
}

function isStarting({ start, ready }: HpaPod, { at, window }: HpaSample, now: number): boolean {
  if (!ready || start === undefined) return true;
  if (start + CPU_PERIOD > now) return ready.status === 'False' || at < ready.since + window;
  // It has never been ready.
  return ready.status === 'False' && start + READY_DELAY > ready.since;
}
