import type { Resource } from '../../../manifests/resource';
import { list, mappings, string } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { without } from '../../../simulate/network/addresses';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { balancerField, reachOf, saysReach, sourceBlocks, sourceRangesOf } from '../balancers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames, firstTexts } from '../plural';
import type { PublishedPort } from '../published';
import { newlyPublished } from '../published';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const web = (spec: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ${spec}, selector: { app: web }, ports: [{ port: 80 }] }
`;

export default riskRule({
  id: 'service-exposed',
  class: 'exposure',
  description:
    'a port of pods that a Service leads to from outside of the cluster, and did not before, or that more people reach',
  reason:
    'A NodePort listens on every node, and a load balancer has an address that may be public. NetworkPolicies see the address of the node, not of the client.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
  advice: 'publish it by a Gateway or an Ingress with TLS, or keep loadBalancerSourceRanges to those who need it',
  example: {
    before: web('type: ClusterIP'),
    after: web('type: LoadBalancer'),
    finds: ['Service/shop/web spec.type'],
    harmless: web('type: ClusterIP, sessionAffinity: ClientIP'),
  },
  *find(diff) {
    const byCause = new Map<ObjectChange, PublishedPort[]>();
    for (const opened of newlyPublished(diff)) {
      const cause = causeOf(diff, opened);
      if (cause) addTo(byCause, cause, opened);
    }
    for (const [change, opened] of byCause) yield* told(change, opened);
    for (const change of changesOf(diff, 'Service'))
      if (change.before && change.after?.group === '') yield* wider(change, change.before, change.after);
    for (const change of changesOf(diff, 'Ingress', 'Gateway'))
      if (change.before && change.after) yield* opened(change, change.before, change.after);
  },
});

/** What changes at an end of the way: the Service, then the pods. */
function causeOf({ after, changes }: WorldChange, { service, workload }: PublishedPort): ObjectChange | undefined {
  if (!service) return undefined;
  return (
    changes.find((change) => change.after === service.resource) ??
    changes.find((change) => change.id === (workload && after.idOf(workload.resource)))
  );
}

const LEVELS = ['ClusterIP', 'NodePort', 'LoadBalancer'];
const REACH: Readonly<Record<string, string>> = {
  NodePort: 'a port of every node leads to it',
  LoadBalancer: 'a load balancer with an address of its own leads to it',
};
const WAYS: readonly (readonly [way: RegExp, text: string])[] = [
  [/^nodes/, 'by a port of every node'],
  [/^balancer/, 'by a load balancer'],
  [/./, 'by an external address'],
];

function* told(change: ObjectChange, opened: readonly PublishedPort[]): Iterable<FoundRisk> {
  const { before, after } = change;
  const at = (...path: readonly string[]): FieldChange | undefined => fieldAt(change, path);
  if (after?.kind !== 'Service') {
    yield { change, message: endsText(opened) };
    return;
  }
  const old = texts(before, 'externalIPs');
  const addresses = texts(after, 'externalIPs').filter(
    (address) => !old.includes(address) && opened.some(({ way }) => way === `address ${address}`),
  );
  if (addresses.length > 0)
    yield { change, field: at('spec', 'externalIPs'), message: `the nodes take requests for ${addresses.join(', ')}` };
  const others = opened.filter(({ way }) => !addresses.some((address) => way === `address ${address}`));
  if (others.length === 0) return;
  const [was, is] = [before, after].map((service) => string(service?.at(['spec', 'type'])) ?? 'ClusterIP') as [
    string,
    string,
  ];
  if (others.some(({ way }) => way === 'nodes' || way === 'balancer') && LEVELS.indexOf(is) > LEVELS.indexOf(was)) {
    const ranges = is === 'LoadBalancer' ? whoReaches(after) : '';
    yield { change, field: at('spec', 'type'), message: `${REACH[is]}${ranges}` };
    return;
  }
  const known = before ? portsOf(before) : [];
  const isNew = ({ port }: PublishedPort) => port !== undefined && !known.includes(`${port.protocol} ${port.number}`);
  for (const port of new Map(
    others.filter(isNew).map(({ port }) => [`${port!.protocol} ${port!.number}`, port!]),
  ).values())
    yield {
      change,
      field: at('spec', 'ports') && fieldAt(change, ['spec', 'ports', { port: port.number, protocol: port.protocol }]),
      message: `${port.protocol} ${port.number} is reached from outside of the cluster`,
    };
  const elsewhere = others.filter((each) => !isNew(each));
  if (elsewhere.length > 0)
    yield {
      change,
      field: at('spec', 'selector') ?? at('spec', 'ports') ?? at('spec', 'type'),
      message: endsText(elsewhere),
    };
}

function endsText(opened: readonly PublishedPort[]): string {
  const all = [
    ...new Set(opened.map(({ way, end }) => `${onPort(end)} is reached from outside of the cluster, ${wayText(way)}`)),
  ];
  return firstTexts(all);
}

/** `Deployment/shop/web on TCP 8080` */
function onPort(end: string): string {
  return end.replace(' ', ' on ');
}

function wayText(way: string): string {
  return WAYS.find(([pattern]) => pattern.test(way))![1];
}

/** A load balancer that was there, and takes requests from more than before. */
function* wider(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  if ([before, after].some((service) => service.at(['spec', 'type']) !== 'LoadBalancer')) return;
  const left = without(sourceBlocks(sourceRangesOf(after)), sourceBlocks(sourceRangesOf(before)));
  if (left.length > 0)
    yield {
      change,
      field: fieldAt(change, ['spec', 'loadBalancerSourceRanges']) ?? fieldAt(change, ['metadata', 'annotations']),
      message: `the load balancer takes requests from more addresses than before${whoReaches(after)}`,
    };
  yield* opened(change, before, after);
}

/** A load balancer that is asked for with a public address, and was not. */
function* opened(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const [was, is] = [reachOf(before), reachOf(after)];
  if (was === is || is === 'internal' || was === 'public') return;
  yield {
    change,
    field: balancerField(change, saysReach),
    message:
      was === 'internal'
        ? 'the load balancer may have a public address: it was an internal one'
        : 'the load balancer is asked for with a public address: some controllers make internal ones unless they are asked',
  };
}

function portsOf(service: Resource): string[] {
  return mappings(service.at(['spec', 'ports'])).map(
    ({ port, protocol }) => `${string(protocol) ?? 'TCP'} ${String(port)}`,
  );
}

function texts(service: Resource | undefined, field: string): string[] {
  return list(service?.at(['spec', field])).map(String);
}

function whoReaches(service: Resource): string {
  const ranges = sourceRangesOf(service);
  if (ranges.length > 0) return `, for ${firstNames(ranges)}`;
  return reachOf(service) === 'internal' ? ', within the network of the cluster' : ', for everybody who reaches that';
}
