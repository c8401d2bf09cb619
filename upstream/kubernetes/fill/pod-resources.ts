import { parseQuantity, type Quantity } from '../../../manifests/quantity';
import type { Json } from '../../../manifests/resource';
import { mappings, record } from '../../../manifests/resource';
import { filled, withField } from './filling';

/**
 * The resources of a whole pod, where some are written: it requests what its containers request together, and where they request nothing
 * what it is limited to; it is limited to the huge pages that its containers are. (defaultHugePagePodLimits and defaultPodRequests)
 */
export function podLevelResources(spec: Json): Json {
  const written = record(spec['resources']);
  const limits = record(written?.['limits']) ?? {};
  const requests = record(written?.['requests']) ?? {};
  if (!written || (Object.keys(limits).length === 0 && Object.keys(requests).length === 0)) return spec;
  const ownLimits = filled(
    limits,
    picked(together(spec, 'limits'), (name) => name.startsWith(HUGE_PAGES) && requests[name] === undefined),
  );
  const resources = withField(written, 'limits', Object.keys(ownLimits).length > 0 ? ownLimits : undefined);
  if (Object.keys(ownLimits).length === 0) return withField(spec, 'resources', resources);
  const ofContainers = picked(together(spec, 'requests'), (name) => name === 'cpu' || name === 'memory');
  const ofPod = picked(ownLimits, (name) => name === 'cpu' || name === 'memory' || name.startsWith(HUGE_PAGES));
  return withField(spec, 'resources', withField(resources, 'requests', filled(requests, filled(ofContainers, ofPod))));
}

const HUGE_PAGES = 'hugepages-';

function picked(amounts: Json, wanted: (name: string) => boolean): Json {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => wanted(name)));
}

/** What the containers of a pod request, or are limited to, at the moment when it is most. */
function together(spec: Json, field: 'limits' | 'requests'): Json {
  const running = new Map<string, Quantity>();
  const sidecars = new Map<string, Quantity>();
  const starting = new Map<string, Quantity>();
  for (const container of mappings(spec['containers'])) add(running, amountsOf(container, field));
  for (const container of mappings(spec['initContainers'])) {
    const own = amountsOf(container, field);
    if (container['restartPolicy'] === 'Always') {
      add(running, own);
      add(sidecars, own);
      most(starting, sidecars);
    } else {
      const now = new Map(sidecars);
      add(now, own);
      most(starting, now);
    }
  }
  most(running, starting);
  // Rounded up to thousandths, once the sum is taken (SetDefaults_ResourceList).
  return Object.fromEntries([...running].map(([name, amount]) => [name, `${(amount + 999_999n) / 1_000_000n}m`]));
}

function amountsOf(container: Json, field: string): Map<string, Quantity> {
  const amounts = record(record(container['resources'])?.[field]) ?? {};
  return new Map(Object.entries(amounts).map(([name, amount]) => [name, parseQuantity(amount) ?? 0n]));
}

function add(to: Map<string, Quantity>, amounts: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of amounts) to.set(name, (to.get(name) ?? 0n) + amount);
}

function most(of: Map<string, Quantity>, amounts: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of amounts) if (amount > (of.get(name) ?? -1n)) of.set(name, amount);
}
