import { near } from '../../../model/near';
import type { ConfiguredAddress } from '../../../simulate/network/configured-addresses';
import { configuredAddresses } from '../../../simulate/network/configured-addresses';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (port: number) => `
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ port: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', args: ['--backend=http://api:${port}'] }] }
`;

export default check({
  id: 'config-port-exists',
  group: 'networking',
  description: 'the port at which the configuration of a pod calls a Service is a port of that Service',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'write a port of the Service, or add the port to it',
  example: {
    broken: manifests(8081),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].args[0]'],
    fixed: manifests(8080),
  },
  *judge(world) {
    const said = new Set<string>();
    for (const workload of world.workloads) {
      for (const address of configuredAddresses(world, workload)) {
        const finding = judge(world, address);
        const key = `${world.idOf(address.resource)} ${address.path.join('.')} ${address.text}`;
        if (finding && !said.has(key)) yield finding;
        said.add(key);
      }
    }
  },
});

function judge(world: World, address: ConfiguredAddress): Finding | undefined {
  const { host, port, isPortWritten, scheme, text, name, resource, path, workload, place } = address;
  const service = serviceByHost(world, host, workload.namespace);
  const { portName } = address;
  const names = service?.ports.flatMap((own) => own.name ?? []) ?? [];
  // Only ports with names have records of type SRV.
  if (service && portName !== undefined && service.backing !== 'external' && !names.includes(portName))
    return {
      ...{ resource, path, value: text },
      message: `Service ${service.name} has no port named ${portName} (it has: ${service.portList}), so there is no record of it (SRV) and nothing is found${near(portName, names)}`,
    };
  if (!service || port === undefined || port === 0 || service.ports.length === 0) return undefined;
  // What leads to pods without a port in between may lead to any port; a name elsewhere has its own ports.
  if (service.headless || service.backing === 'external' || service.port(port)) return undefined;
  // Its own address is what it tells others.
  if (service.workloads.includes(workload)) return undefined;
  // Without a scheme it may be an image with its tag, or a name with a number.
  if (scheme === undefined && place === undefined && !isAddress(name, port)) return undefined;
  // A file may define a name of its own for it, such as an upstream of nginx.
  if (address.isFile && !host.includes('.') && !isPortWritten) return undefined;
  const at = { resource, path, value: text };
  const refused = `Service ${service.name} has no port ${port} (it has: ${service.portList}), so every connection to ${host}:${port} fails`;
  if (isPortWritten) return { ...at, message: refused };
  return {
    ...at,
    verdict: 'unknown',
    message: `${scheme}://${text} means port ${port}, and ${refused}, unless the program adds a port that stands elsewhere; write the port`,
  };
}

function isAddress(name: string, port: number): boolean {
  return /HOST|ADDR|URL|URI|ENDPOINT|SERVER|BROKER|UPSTREAM|BACKEND|SEED|PEER/i.test(name) && port >= 22;
}
