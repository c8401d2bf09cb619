import type { Quantity } from '../../manifests/quantity';
import { quantityText } from '../../manifests/quantity';
import type { Json } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { Amounts, PodPart } from '../../world/pod-amounts';
import { amounts, dividedUp, isOfPods, podAmounts } from '../../world/pod-amounts';
import { statedResources } from '../../world/requests';

/** Amounts by resource name in the scheduler's units: thousandths of a CPU, and whole bytes and things. */
export type Units = ReadonlyMap<string, bigint>;

const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;

/** Rounded up, as the scheduler does before it compares. */
export function inUnits(quantities: Amounts): Units {
  return new Map([...quantities].map(([name, value]) => [name, dividedUp(value, name === 'cpu' ? MILLI : NANO)]));
}

/** `250m`, `1.5Gi`: an amount in those units, as people write it. */
export function unitsText(resource: string, amount: bigint): string {
  return quantityText(amount * (resource === 'cpu' ? MILLI : NANO), resource);
}

/** What the scheduler keeps free for a pod. */
export function requestsOf(spec: Json, containers: readonly Json[], initContainers: readonly Json[]): Units {
  return inUnits(podAmounts(partsOf(containers, initContainers), spec, 'requests'));
}

/** What the scores take a container to ask for that does not say: 100m CPU and 200Mi of memory (pkg/scheduler/util/pod_resources.go). */
const UNSAID: Amounts = new Map([
  ['cpu', 100n * MILLI],
  ['memory', 200n * 1024n * 1024n * NANO],
]);

/** CPU and memory of a pod as the scores of nodes count them. */
export interface WeighedRequests {
  /** When it is to be placed: 1.35 leaves out what its spec says for the pod as a whole. */
  readonly comes: Units;
  /** When it is on a node. */
  readonly stands: Units;
}

export function weighedRequests(
  spec: Json,
  containers: readonly Json[],
  initContainers: readonly Json[],
): WeighedRequests {
  const parts = partsOf(containers, initContainers);
  const whole = record(spec['resources']);
  const isWhole = [whole?.['requests'], whole?.['limits']].some((each) => [...amounts(each).keys()].some(isOfPods));
  const said = podAmounts(parts, spec, 'requests');
  const unsaid = isWhole ? [...UNSAID].filter(([name]) => !said.has(name)) : UNSAID;
  const weigh = (filling: Iterable<readonly [string, Quantity]>, by: Json) => {
    const filled = parts.map((part) => ({ ...part, amounts: new Map([...filling, ...part.amounts]) }));
    const sum = podAmounts(filled, by, 'requests');
    return inUnits(new Map([...UNSAID.keys()].map((name) => [name, sum.get(name) ?? 0n])));
  };
  return { comes: weigh(UNSAID, { overhead: spec['overhead'] }), stands: weigh(unsaid, spec) };
}

function partsOf(containers: readonly Json[], initContainers: readonly Json[]): PodPart[] {
  const part = (role: PodPart['role'], json: Json) => ({ role, amounts: statedResources({ json }).requests });
  return [
    ...containers.map((json) => part('container', json)),
    ...initContainers.map((json) => part(isSidecar(json) ? 'sidecar' : 'init', json)),
  ];
}

/** An init container that goes on running. */
export function isSidecar(container: Json): boolean {
  return container['restartPolicy'] === 'Always';
}
