import type { Resource } from '../../../manifests/resource';
import type { Listener } from '../../../world/listeners';
import {
  allowsListeners,
  gatewayOfSet,
  gatewaysOf,
  holderOf,
  listenerSetsOf,
  listenersOf,
} from '../../../world/listeners';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const gateway = (second: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec:
  gatewayClassName: traefik
  listeners:
    - { name: shop, port: 80, protocol: HTTP, hostname: shop.example.com }
    - { name: blog, port: 80, protocol: HTTP, hostname: ${second} }
`;

/** Protocols that can share a port: the hostname tells their listeners apart. */
function family({ protocol }: Listener): string {
  return protocol === 'TLS' ? 'HTTPS' : protocol;
}

function layer4({ protocol }: Listener): string {
  return protocol === 'UDP' ? 'UDP' : 'TCP';
}

export default check({
  id: 'gateway-listeners-unique',
  group: 'references',
  description: 'the listeners of a Gateway are distinct in name, and in port, protocol or hostname',
  severity: 'will-break',
  needs: [],
  source: 'https://gateway-api.sigs.k8s.io/reference/spec/',
  fix: 'give each listener a unique name, and a port or hostname that no other listener of the same protocol has',
  example: {
    broken: gateway('shop.example.com'),
    fails: ['Gateway/gateways/public spec.listeners[1].hostname'],
    fixed: gateway('blog.example.com'),
  },
  *judge(world) {
    for (const holders of merged(world)) yield* conflicts(world, holders);
  },
});

/** Each Gateway with the ListenerSets that it takes, in the order in which their listeners count; other ListenerSets are by themselves. */
function merged(world: World): readonly Resource[][] {
  const byGateway = new Map<Resource, Resource[]>(gatewaysOf(world).map((gateway) => [gateway, [gateway]]));
  const alone: Resource[] = [];
  const name = (set: Resource) => `${world.namespaceOf(set)}/${set.name}`;
  for (const set of [...listenerSetsOf(world)].sort((a, b) => (name(a) < name(b) ? -1 : 1))) {
    const parent = gatewayOfSet(world, set);
    const gateway = parent && holderOf(world, parent);
    const together = gateway && allowsListeners(world, gateway, world.namespaceOf(set)) === 'yes';
    ((together && byGateway.get(gateway)) || alone).push(set);
  }
  return [...byGateway.values(), ...alone.map((set) => [set])];
}

function* conflicts(world: World, holders: readonly Resource[]): Iterable<Finding> {
  const ports = new Map<string, Listener>();
  const hosts = new Map<string, Listener>();
  for (const holder of holders) {
    const names = new Set<string>();
    for (const listener of listenersOf(holder)) {
      const { name, port, protocol, hostname, path } = listener;
      if (names.has(name))
        yield {
          resource: holder,
          path: [...path, 'name'],
          value: name,
          message: `two listeners are named ${name}: the API server rejects the ${holder.kind}`,
        };
      const isNamedTwice = names.has(name);
      names.add(name);
      // Protocols that an implementation adds follow its own rules.
      if (port === undefined || !['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP'].includes(protocol)) continue;
      const portKey = `${port} ${layer4(listener)}`;
      const other = ports.get(portKey);
      if (other && family(other) !== family(listener)) {
        yield {
          resource: holder,
          path: [...path, 'protocol'],
          value: protocol,
          message: `${nameOf(world, other, holder)} uses protocol ${other.protocol} on port ${port}, so ${loses(other, listener)}`,
        };
        continue;
      }
      ports.set(portKey, listener);
      const hostKey = `${portKey} ${hostname?.toLowerCase() ?? ''}`;
      const twin = hosts.get(hostKey);
      if (twin && !(twin.holder === holder && isNamedTwice && twin.name === name)) {
        const same = hostname ? `hostname ${hostname}` : 'no hostname either';
        yield {
          resource: holder,
          path: hostname === undefined ? path : [...path, 'hostname'],
          value: hostname,
          message: `${nameOf(world, twin, holder)} has the same port ${port} and ${same}, so ${
            twin.holder === holder ? 'the two conflict and at most one is served' : loses(twin, listener)
          }`,
        };
      }
      hosts.set(hostKey, twin ?? listener);
    }
  }
}

function nameOf(world: World, { name, holder }: Listener, from: Resource): string {
  return holder === from ? `listener ${name}` : `listener ${name} of ${world.idOf(holder)}`;
}

/** Which of two listeners is not served: that of a ListenerSet gives way to its Gateway, and to an older ListenerSet. */
function loses(first: Listener, { name, holder }: Listener): string {
  return first.holder === holder || first.holder.kind === 'Gateway'
    ? `listener ${name} conflicts with it and is not served`
    : `the two conflict and only that of the older ${holder.kind} is served`;
}
