import type { Json } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import type { PodPart } from '../../../world/pod-amounts';
import { amounts, dividedUp, isOfPods, podAmounts } from '../../../world/pod-amounts';

/** A pod that the target's selector selects. Times are milliseconds, on any one clock. */
export interface HpaPod {
  readonly name: string;
  readonly phase: string;
  /** It has a deletion timestamp. */
  readonly deleted: boolean;
  readonly start?: number;
  /** Its condition Ready; undefined where it has none. */
  readonly ready?: { readonly status: string; readonly since: number };
  readonly requests: HpaRequests;
}

/** What the containers of a pod request, in thousandths by resource, as the API server has it. */
export interface HpaRequests {
  readonly containers: readonly HpaContainer[];
  /** Init containers that go on running. */
  readonly sidecars: readonly HpaContainer[];
  /** Of the pod as a whole, where its own `resources` request something: with what its sandbox takes. */
  readonly whole?: ReadonlyMap<string, bigint>;
}

export interface HpaContainer {
  readonly name: string;
  readonly requests: ReadonlyMap<string, bigint>;
}

/** Reads the spec of a pod with the defaults of the API server. */
export function hpaRequestsOf(podSpec: Json): HpaRequests {
  const containers = mappings(podSpec['containers']);
  const inits = mappings(podSpec['initContainers']);
  const sidecars = inits.filter((init) => init['restartPolicy'] === 'Always');
  const asked = amounts(record(podSpec['resources'])?.['requests']);
  const parts = [
    ...containers.map((json): PodPart => ({ role: 'container', amounts: requested(json) })),
    ...inits.map((json): PodPart => ({ role: sidecars.includes(json) ? 'sidecar' : 'init', amounts: requested(json) })),
  ];
  return {
    containers: containers.map(containerOf),
    sidecars: sidecars.map(containerOf),
    ...([...asked.keys()].some(isOfPods) ? { whole: thousandths(podAmounts(parts, podSpec, 'requests')) } : {}),
  };
}

function containerOf(json: Json): HpaContainer {
  return { name: string(json['name']) ?? '', requests: thousandths(requested(json)) };
}

function requested(json: Json): Map<string, bigint> {
  return amounts(record(json['resources'])?.['requests']);
}

function thousandths(quantities: ReadonlyMap<string, bigint>): Map<string, bigint> {
  return new Map([...quantities].map(([name, amount]) => [name, dividedUp(amount, 1_000_000n)]));
}

/** What the metric's percentages are of, or why there is nothing: the words of the controller. */
export function hpaRequest(
  { name: pod, requests }: HpaPod,
  resource: string,
  container: string | undefined,
  minor: number,
): bigint | string {
  // Pod-level resources count since they are on by default.
  if (minor >= 34 && requests.whole && container === undefined)
    return requests.whole.get(resource) ?? `missing pod-level request for ${resource} in Pod ${pod}`;
  let sum = 0n;
  // 1.28 knows no sidecars here.
  for (const each of minor >= 29 ? [...requests.containers, ...requests.sidecars] : requests.containers) {
    if (container !== undefined && each.name !== container) continue;
    const request = each.requests.get(resource);
    if (request === undefined) return `missing request for ${resource} in container ${each.name} of Pod ${pod}`;
    sum += request;
    if (container !== undefined && minor >= 35) return sum;
  }
  if (container !== undefined && minor >= 35) return `container ${container} not found in Pod ${pod}`;
  return sum;
}
