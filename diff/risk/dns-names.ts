import type { Resource } from '../../manifests/resource';
import { list, mappings, record } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';

export const EXTERNAL_DNS = 'external-dns.alpha.kubernetes.io';
const NAMES = [`${EXTERNAL_DNS}/hostname`, `${EXTERNAL_DNS}/internal-hostname`];

/** The names that ExternalDNS gives an object by its annotations, or makes of a DNSEndpoint. */
export function dnsNamesOf(resource: Resource): readonly string[] {
  if (resource.kind === 'DNSEndpoint')
    return mappings(resource.at(['spec', 'endpoints'])).map(({ dnsName }) => plain(String(dnsName)));
  const { annotations } = resource;
  // It passes by what names another controller.
  if ((annotations[`${EXTERNAL_DNS}/controller`] ?? CONTROLLER) !== CONTROLLER) return [];
  return NAMES.flatMap((name) => annotations[name]?.split(',') ?? []).flatMap((name) => plain(name) || []);
}

const CONTROLLER = 'dns-controller';

/** As resolvers compare them. */
function plain(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

/** Who has a name, by its annotations or as a host of an Ingress or a route. */
export function holdersOfName(world: World, name: string): readonly Resource[] {
  return byName(world).get(name) ?? [];
}

const byName = memo((world: World): ReadonlyMap<string, readonly Resource[]> => {
  const names = new Map<string, Resource[]>();
  for (const resource of world.resources)
    for (const name of new Set([...dnsNamesOf(resource), ...hostsOf(resource)])) addTo(names, name, resource);
  return names;
});

function hostsOf(resource: Resource): readonly string[] {
  const spec = record(resource.at(['spec'])) ?? {};
  const ofRules = resource.kind === 'Ingress' ? mappings(spec['rules']).map(({ host }) => host) : [];
  return [...ofRules, ...list(spec['hostnames'])].flatMap((host) => (typeof host === 'string' ? plain(host) : []));
}
