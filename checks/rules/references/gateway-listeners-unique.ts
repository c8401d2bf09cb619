import type { Listener } from '../../../world/routes';
import { gatewaysOf, listenersOf } from '../../../world/routes';
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
    for (const gateway of gatewaysOf(world)) {
      const names = new Map<string, Listener>();
      const ports = new Map<string, Listener>();
      const hosts = new Map<string, Listener>();
      for (const listener of listenersOf(gateway)) {
        const { name, port, protocol, hostname, path } = listener;
        const named = names.get(name);
        if (named)
          yield {
            resource: gateway,
            path: [...path, 'name'],
            value: name,
            message: `two listeners are named ${name}: the API server rejects the Gateway`,
          };
        names.set(name, listener);
        // Protocols that an implementation adds follow its own rules.
        if (port === undefined || !['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP'].includes(protocol)) continue;
        const portKey = `${port} ${layer4(listener)}`;
        const other = ports.get(portKey);
        if (other && family(other) !== family(listener)) {
          yield {
            resource: gateway,
            path: [...path, 'protocol'],
            value: protocol,
            message: `listener ${other.name} uses protocol ${other.protocol} on port ${port}, so listener ${name} conflicts with it and is not served`,
          };
          continue;
        }
        ports.set(portKey, listener);
        const hostKey = `${portKey} ${hostname?.toLowerCase() ?? ''}`;
        const twin = hosts.get(hostKey);
        if (twin && twin.name !== name) {
          const same = hostname ? `hostname ${hostname}` : 'no hostname either';
          yield {
            resource: gateway,
            path: hostname === undefined ? path : [...path, 'hostname'],
            value: hostname,
            message: `listener ${twin.name} has the same port ${port} and ${same}, so the two conflict and at most one is served`,
          };
        }
        hosts.set(hostKey, listener);
      }
    }
  },
});
