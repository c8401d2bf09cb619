import type { Quantity } from '../manifests/quantity';
import { parseQuantity } from '../manifests/quantity';
import type { Json } from '../manifests/resource';
import { record } from '../manifests/resource';

/** Amounts by resource name. */
export type Amounts = ReadonlyMap<string, Quantity>;

const MILLI = 1_000_000n;

/** The amounts of a field, rounded up to thousandths as the API server does; what is no quantity is left out. */
export function amounts(value: unknown): Map<string, Quantity> {
  return new Map(
    Object.entries(record(value) ?? {}).flatMap(([name, written]) => {
      const amount = parseQuantity(written);
      return amount === undefined ? [] : [[name, dividedUp(amount, MILLI) * MILLI] as const];
    }),
  );
}

/** Away from zero, where something is asked for. */
export function dividedUp(value: bigint, by: bigint): bigint {
  return value > 0n ? (value + by - 1n) / by : value / by;
}

/** What a container of the pod is, and what it asks for or is held to. */
export interface PodPart {
  /** A `sidecar` is an init container that goes on running. */
  readonly role: 'container' | 'sidecar' | 'init';
  readonly amounts: Amounts;
}

/**
 * What a pod asks for (`requests`) or is held to (`limits`): its containers and sidecars together, or an init container that needs more
 * while it starts; amounts of the pod as a whole take their place; and what its sandbox takes. Init containers come in their order
 * (k8s.io/component-helpers/resource: PodRequests, PodLimits).
 */
export function podAmounts(parts: readonly PodPart[], podSpec: Json, which: 'requests' | 'limits'): Amounts {
  const sum = new Map<string, Quantity>();
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const { role, amounts: own } of parts) {
    if (role === 'init') {
      const during = new Map(sidecars);
      add(during, own);
      raise(peak, during);
      continue;
    }
    add(sum, own);
    if (role === 'sidecar') add(sidecars, own);
  }
  raise(sum, peak);
  const whole = record(podSpec['resources']);
  for (const [name, amount] of amounts(whole?.[which])) if (isOfPods(name)) sum.set(name, amount);
  // A limit of the pod stands for its request only where no container has one.
  if (which === 'requests')
    for (const [name, amount] of amounts(whole?.['limits']))
      if (isOfPods(name) && !sum.has(name)) sum.set(name, amount);
  // What the sandbox takes limits nothing that has no limit.
  for (const [name, amount] of amounts(podSpec['overhead']))
    if (which === 'requests' || sum.get(name)) sum.set(name, (sum.get(name) ?? 0n) + amount);
  return sum;
}

/** Resources that a pod as a whole may ask for. */
export function isOfPods(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function add(to: Map<string, Quantity>, more: Amounts): void {
  for (const [name, amount] of more) to.set(name, (to.get(name) ?? 0n) + amount);
}

function raise(to: Map<string, Quantity>, at: Amounts): void {
  // One of 0 counts as said: then a limit of the pod does not stand for it.
  for (const [name, amount] of at) if (!to.has(name) || amount > to.get(name)!) to.set(name, amount);
}
