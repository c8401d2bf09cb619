import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { configuredAddresses } from '../simulate/network/configured-addresses';
import { sendingsOf } from '../world/senders';
import type { ServiceView } from '../world/services';
import { serviceByHost } from '../world/services';
import type { World } from '../world/world';

/** Who sends traffic to a Service: Ingresses and routes of all kinds, webhooks and what the API server calls, and the configuration of programs. */
export function referrersOf(world: World, { namespace, name }: ServiceView): readonly Resource[] {
  return [...(byService(world).get(`${namespace}/${name}`) ?? [])];
}

const byService = memo((world: World): ReadonlyMap<string, ReadonlySet<Resource>> => {
  const map = new Map<string, Set<Resource>>();
  for (const { from, to } of references(world)) {
    const known = map.get(to) ?? new Set();
    map.set(to, known.add(from));
  }
  return map;
});

function* references(world: World): Iterable<{ readonly from: Resource; readonly to: string }> {
  for (const { from, namespace, name } of sendingsOf(world)) yield { from, to: `${namespace}/${name}` };
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
    for (const from of world.of(kind))
      for (const entry of list(from.at(['webhooks'])))
        yield { from, to: called(record(record(entry)?.['clientConfig'])?.['service']) };
  for (const from of world.of('CustomResourceDefinition'))
    yield { from, to: called(from.at(['spec', 'conversion', 'webhook', 'clientConfig', 'service'])) };
  for (const from of world.of('APIService')) yield { from, to: called(from.at(['spec', 'service'])) };
  for (const workload of world.workloads)
    for (const { host } of configuredAddresses(world, workload)) {
      const service = serviceByHost(world, host, workload.namespace);
      if (service) yield { from: workload.resource, to: `${service.namespace}/${service.name}` };
    }
}

function called(reference: unknown): string {
  const service = record(reference);
  return `${string(service?.['namespace']) ?? ''}/${string(service?.['name']) ?? ''}`;
}
