import { quantityText } from '../../manifests/quantity';
import type { Json } from '../../manifests/resource';
import type { Amounts } from '../../world/pod-amounts';
import { dividedUp, podAmounts } from '../../world/pod-amounts';
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
  const part = (role: 'container' | 'sidecar' | 'init', json: Json) => ({
    role,
    amounts: statedResources({ json }).requests,
  });
  return inUnits(
    podAmounts(
      [
        ...containers.map((json) => part('container', json)),
        ...initContainers.map((json) => part(isSidecar(json) ? 'sidecar' : 'init', json)),
      ],
      spec,
      'requests',
    ),
  );
}

/** An init container that goes on running. */
export function isSidecar(container: Json): boolean {
  return container['restartPolicy'] === 'Always';
}
