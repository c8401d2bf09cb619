import type { Quantity } from '../../manifests/quantity';
import { parseQuantity } from '../../manifests/quantity';
import type { Json } from '../../manifests/resource';
import { record } from '../../manifests/resource';

/** Amounts by resource name in the scheduler's units: thousandths of a CPU, and whole bytes and things. */
export type Units = ReadonlyMap<string, bigint>;

const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;

/** Rounded up, as the scheduler does before it compares. */
export function inUnits(quantities: ReadonlyMap<string, Quantity>): Units {
  return new Map([...quantities].map(([name, value]) => [name, dividedUp(value, name === 'cpu' ? MILLI : NANO)]));
}

/** The quantities of a field, rounded up to thousandths as the API server does; what is no quantity is left out. */
export function quantitiesOf(value: unknown): Map<string, Quantity> {
  return new Map(
    Object.entries(record(value) ?? {}).flatMap(([name, written]) => {
      const quantity = parseQuantity(written);
      return quantity === undefined ? [] : [[name, dividedUp(quantity, MILLI) * MILLI] as const];
    }),
  );
}

function dividedUp(value: bigint, by: bigint): bigint {
  return value > 0n ? (value + by - 1n) / by : value / by;
}

type Quantities = Map<string, Quantity>;

/**
 * What a pod asks for: its containers and sidecars together, or an init container that needs more while it starts; amounts of the
 * pod as a whole take their place; and what its sandbox takes (k8s.io/component-helpers/resource, PodRequests).
 */
export function requestsOf(spec: Json, containers: readonly Json[], initContainers: readonly Json[]): Units {
  const sum: Quantities = new Map();
  for (const container of containers) add(sum, ownRequests(container));
  const sidecars: Quantities = new Map();
  const peak: Quantities = new Map();
  for (const container of initContainers) {
    const own = ownRequests(container);
    if (isSidecar(container)) {
      add(sum, own);
      add(sidecars, own);
    } else {
      add(own, sidecars);
      raise(peak, own);
    }
  }
  raise(sum, peak);
  const whole = record(spec['resources']);
  for (const [name, amount] of quantitiesOf(whole?.['requests'])) if (isOfPods(name)) sum.set(name, amount);
  // A limit of the pod stands for its request only where no container has one.
  for (const [name, amount] of quantitiesOf(whole?.['limits']))
    if (isOfPods(name) && !sum.has(name)) sum.set(name, amount);
  add(sum, quantitiesOf(spec['overhead']));
  return inUnits(sum);
}

/** Resources that a pod as a whole may ask for. */
function isOfPods(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

/** An init container that goes on running. */
export function isSidecar(container: Json): boolean {
  return container['restartPolicy'] === 'Always';
}

/** A limit stands for the request that is not written down. */
function ownRequests(container: Json): Quantities {
  const given = record(container['resources']);
  const requests = quantitiesOf(given?.['requests']);
  for (const [name, limit] of quantitiesOf(given?.['limits'])) if (!requests.has(name)) requests.set(name, limit);
  return requests;
}

function add(to: Quantities, more: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of more) to.set(name, (to.get(name) ?? 0n) + amount);
}

function raise(to: Quantities, at: ReadonlyMap<string, Quantity>): void {
  // One of 0 counts as said: then a limit of the pod does not stand for it.
  for (const [name, amount] of at) if (!to.has(name) || amount > to.get(name)!) to.set(name, amount);
}
