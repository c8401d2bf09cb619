import type { Resource } from '../../../manifests/resource';
import { mappings, number, string, strings } from '../../../manifests/resource';
import { selects } from '../../../manifests/selector';
import { near } from '../../../model/near';
import { istioGateway, istioServersOf } from '../../../world/istio-gateways';
import { serviceOf } from '../../../world/services';
import type { IstioDestination } from '../../../world/virtual-services';
import { istioDestinationsOf, MESH, virtualServicesOf } from '../../../world/virtual-services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { bindingFindings, isServiceEntryHost, protocolFindings, serviceEntriesOf } from '../../istio-bindings';
import { delegateFindings } from '../../istio-delegate-findings';
import { missing } from '../../missing';

const GROUP = 'networking.istio.io';

const manifests = (subset: string, gateways: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec:
  selector: { istio: ingress }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web.shop.svc.cluster.local, subsets: [{ name: stable, labels: { version: v1 } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [shop.example.com]${gateways}
  http: [{ route: [{ destination: { host: web, subset: ${subset} } }] }]
`;

export default check({
  id: 'istio-destination-resolves',
  group: 'references',
  description:
    'a VirtualService binds to a Gateway that has its hosts, and leads to Services, ports and subsets that exist and have pods',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://istio.io/latest/docs/reference/config/analysis/ist0101/',
  fix: 'name a Service, one of its ports and a subset of its DestinationRule, or add them first',
  example: {
    broken: manifests('canary', ''),
    fails: [
      'VirtualService/shop/web spec.http[0].route[0].destination.subset',
      'VirtualService/shop/web spec.hosts[0]',
    ],
    fixed: manifests('stable', '\n  gateways: [public]'),
  },
  *judge(world) {
    const rules = [...world.of('DestinationRule'), ...world.external].filter(
      ({ group, kind }) => group === GROUP && kind === 'DestinationRule',
    );
    for (const route of virtualServicesOf(world)) {
      for (const destination of istioDestinationsOf(world, route)) {
        if (destination.weight === 0 || destination.copied === 0) continue;
        const absent = hostFinding(world, route, destination);
        if (absent) yield absent;
        if (absent && absent.verdict !== 'unknown') continue;
        for (const finding of [portFinding(world, route, destination), subsetFinding(world, rules, route, destination)])
          if (finding) yield finding;
      }
      yield* bindingFindings(world, route);
      yield* protocolFindings(world, route);
      yield* delegateFindings(world, route);
    }
  },
});

/** What becomes of what is sent to a place that is not there. */
function consequence({ copied, protocol, weight }: IstioDestination): string {
  if (copied !== undefined) return 'the copies reach nobody';
  return protocol === 'http'
    ? `requests that this rule sends there are answered with 503${weight === undefined ? '' : ', for its share of them'}`
    : 'connections that this rule sends there are closed';
}

function hostFinding(world: World, route: Resource, destination: IstioDestination): Finding | undefined {
  const { service, path } = destination;
  const host = destination.host.toLowerCase();
  const namespace = world.namespaceOf(route);
  const whole = host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;
  if (host.startsWith('*') || isServiceEntryHost(world, whole)) return undefined;
  const at = { resource: route, path: [...path, 'host'], value: destination.host };
  const isShort = /^[^.]+\.[^.]+(\.svc)?$/.test(host);
  if (service && isShort && serviceOf(world, service.namespace, service.name))
    return {
      ...at,
      message: `Istio completes names without a dot alone, so ${host} is no name of Service ${service.namespace}/${service.name}: ${consequence(destination)}`,
      fix: `write the whole name: ${service.name}.${service.namespace}.svc.cluster.local`,
    };
  if (service && !isShort)
    return missing(world, { resource: route, path: at.path, kind: 'Service', ...service }, consequence(destination));
  const [, meant] = /^([^.]+\.[^.]+\.svc)\.[^.]/.exec(host) ?? [];
  if (meant !== undefined)
    return {
      ...at,
      message: `${host.slice(meant.length + 1)} is no domain of a cluster, so ${host} is no name of a Service: ${consequence(destination)}; did you mean "${meant}.cluster.local"?`,
      fix: `write ${meant}.cluster.local`,
    };
  return world.isComplete('', 'ServiceEntry')
    ? {
        ...at,
        message: `no ServiceEntry has the host ${host}, and it is no whole name of a Service: ${consequence(destination)}`,
        fix: 'add a ServiceEntry for the host, or write the whole name of a Service: NAME.NAMESPACE.svc.cluster.local',
      }
    : {
        ...at,
        verdict: 'unknown',
        message: `whether a ServiceEntry has the host ${host} is not known; --declare it. Without one ${consequence(destination)}`,
      };
}

function portFinding(world: World, route: Resource, destination: IstioDestination): Finding | undefined {
  const { service: named, port, path } = destination;
  const entered = enteredPorts(world, destination, world.namespaceOf(route));
  if (entered && port !== undefined && !entered.includes(port))
    return {
      resource: route,
      path: [...path, 'port', 'number'],
      value: port,
      message: `the ServiceEntry of ${destination.host} has no port ${port} (it has: ${entered.join(', ')}), so ${consequence(destination)}`,
    };
  const service = named && serviceOf(world, named.namespace, named.name);
  if (!service || service.backing === 'external' || service.ports.length === 0) return undefined;
  if (port !== undefined) {
    if (service.port(port, 'TCP')) return undefined;
    const target = service.ports.find((each) => each.target === port);
    return {
      resource: route,
      path: [...path, 'port', 'number'],
      value: port,
      message: `Service ${service.name} has no port ${port} (it has: ${service.portList}), so ${consequence(destination)}${target ? `; ${port} is the port of its pods, and a destination names the Service port, ${target.number}` : ''}`,
    };
  }
  // In the mesh the port is the one that the client asked for.
  if (service.ports.length === 1 || destination.gateways.every((name) => name === MESH)) return undefined;
  return {
    resource: route,
    path,
    message: `Service ${service.name} has several ports (${service.portList}), and the destination names none: Istio takes the number of the Gateway's port, and where the Service has no such port ${consequence(destination)}`,
    fix: `add port: { number: ${service.ports[0]!.number} }`,
    ...(gatewayPorts(world, destination, route).some((each) => service.port(each))
      ? { verdict: 'unknown' as const }
      : {}),
  };
}

/** The ports of the ServiceEntries of a host; undefined where none has it. */
function enteredPorts(world: World, { host }: IstioDestination, namespace: string): number[] | undefined {
  const written = host.toLowerCase();
  const entries = serviceEntriesOf(
    world,
    written.includes('.') ? written : `${written}.${namespace}.svc.cluster.local`,
  );
  if (entries.length === 0) return undefined;
  return entries.flatMap((entry) =>
    mappings(entry.at(['spec', 'ports'])).flatMap((port) => number(port['number']) ?? []),
  );
}

/** The ports of the Gateways that a destination is for, as far as they are known. */
function gatewayPorts(world: World, { gateways }: IstioDestination, route: Resource): number[] {
  return gateways.flatMap((name) => {
    const gateway = istioGateway(world, name, world.namespaceOf(route));
    return gateway ? istioServersOf(world, gateway).flatMap(({ port }) => port ?? []) : [];
  });
}

function subsetFinding(
  world: World,
  rules: readonly Resource[],
  route: Resource,
  destination: IstioDestination,
): Finding | undefined {
  const { host, subset, path } = destination;
  if (subset === undefined) return undefined;
  const namespace = world.namespaceOf(route);
  const wanted = wholeHost(host, namespace);
  const own = rules.filter((rule) =>
    isFor(wholeHost(string(rule.at(['spec', 'host'])) ?? '', world.namespaceOf(rule)), wanted),
  );
  const names = own.flatMap((rule) => mappings(rule.at(['spec', 'subsets'])).flatMap(({ name }) => string(name) ?? []));
  const at = { resource: route, path: [...path, 'subset'], value: subset };
  if (names.includes(subset)) return labelsFinding(world, own, subset, wanted, at, consequence(destination));
  // Istio reads those of the client's namespace and of the Service's, and merges several of one host.
  if (own.length === 0 && !world.isComplete(namespace, 'DestinationRule'))
    return {
      ...at,
      verdict: 'unknown',
      message: `no DestinationRule of ${host} is here; --declare the one that has subset ${subset}`,
    };
  const have =
    own.length === 0
      ? `no DestinationRule of ${host} is here`
      : `${own.map((rule) => world.idOf(rule)).join(', ')} has no subset ${subset} (it has: ${names.join(', ') || 'none'})`;
  return {
    ...at,
    message: `${have}, so ${consequence(destination)}${near(subset, names)}`,
  };
}

/** Whether some pod of the Service is one of the subset, as far as its pods are here. */
function labelsFinding(
  world: World,
  rules: readonly Resource[],
  subset: string,
  host: string,
  at: Pick<Finding, 'resource' | 'path' | 'value'>,
  result: string,
): Finding | undefined {
  const [name = '', namespace = '', ...more] = host.split('.');
  const service = more.length > 0 ? undefined : serviceOf(world, namespace, name);
  if (!service || service.workloads.length === 0) return undefined;
  const asked = rules.flatMap((rule) =>
    mappings(rule.at(['spec', 'subsets'])).flatMap((each) =>
      each['name'] === subset ? [strings(each['labels'])] : [],
    ),
  );
  if (asked.some((labels) => service.workloads.some(({ podLabels }) => selects({ matchLabels: labels }, podLabels))))
    return undefined;
  const labels = Object.entries(asked[0] ?? {}).map((entry) => entry.join('='));
  const isWhole = world.isComplete(namespace, 'Pod');
  return {
    ...at,
    ...(isWhole ? {} : { verdict: 'unknown' as const }),
    message: `no pod of Service ${name}${isWhole ? '' : ' that is here'} has the labels of subset ${subset} (${labels.join(', ')}), so ${result}${isWhole ? '' : ', unless other pods have them'}`,
    fix: 'give the pods the labels of the subset, or select by those that they have',
  };
}

/** `web.shop`, for every way in which a Service may be written; other hosts as they are. */
function wholeHost(host: string, namespace: string): string {
  const short = host.replace(/\.svc(\.cluster\.local)?$/, '');
  return short.includes('.') || short === '*' ? short : `${short}.${namespace}`;
}

function isFor(rule: string, host: string): boolean {
  return rule === host || rule === '*' || (rule.startsWith('*.') && host.endsWith(rule.slice(1)));
}
