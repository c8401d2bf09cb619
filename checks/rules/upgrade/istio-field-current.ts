import type { Path, Resource } from '../../../manifests/resource';
import { list, record, valueAt } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (version: string, mirror: string) => `
apiVersion: networking.istio.io/${version}
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web]
  http:
    - route: [{ destination: { host: web } }]
      mirror: { host: web-next }
      ${mirror}
`;

/** The older versions of kinds that are served as v1, from Istio 1.22 on; others have no v1 (istio/api, customresourcedefinitions.gen.yaml). */
const OLD_VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io': ['v1alpha3', 'v1beta1'],
  'security.istio.io': ['v1beta1'],
  'telemetry.istio.io': ['v1alpha1'],
};
const WITHOUT_V1: ReadonlySet<string> = new Set(['EnvoyFilter', 'ProxyConfig']);

interface Old {
  /** Names of fields; `*` stands for each of a list. */
  readonly path: readonly string[];
  readonly instead: string;
  /** The value that is old, where the field is not. @default - any */
  readonly value?: string;
}

const policies = (path: readonly string[]): readonly (readonly string[])[] => {
  const at = [['trafficPolicy'], ['trafficPolicy', 'portLevelSettings', '*']];
  return [...at, ...at.map((own) => ['subsets', '*', ...own])].map((own) => [...own, ...path]);
};
const inPolicies = (field: string, old: Omit<Old, 'path'>): Old[] =>
  policies(field.split('.')).map((path) => ({ path, ...old }));

/** What istio/api 1.31 marks as deprecated, and snake case, which is no more than another spelling. */
const OLD_FIELDS: Readonly<Record<string, readonly Old[]>> = {
  VirtualService: [
    ...['mirrorPercent', 'mirror_percent'].map((field) => ({
      path: ['http', '*', field],
      instead: 'mirrorPercentage: { value: … }, or mirrors[].percentage',
    })),
    { path: ['http', '*', 'fault', 'delay', 'percent'], instead: 'fault.delay.percentage: { value: … }' },
    { path: ['http', '*', 'corsPolicy', 'allowOrigin'], instead: 'corsPolicy.allowOrigins: [{ exact: … }]' },
  ],
  DestinationRule: [
    ...inPolicies('outlierDetection.consecutiveErrors', {
      instead: 'consecutive5xxErrors or consecutiveGatewayErrors',
    }),
    ...inPolicies('loadBalancer.consistentHash.minimumRingSize', {
      instead: 'consistentHash.ringHash.minimumRingSize',
    }),
    ...inPolicies('loadBalancer.simple', { value: 'LEAST_CONN', instead: 'LEAST_REQUEST, which is the same' }),
  ],
};

export default check({
  id: 'istio-field-current',
  group: 'upgrade',
  description: 'objects of Istio are written as v1, without fields that are deprecated',
  severity: 'advice',
  needs: [],
  source: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/',
  fix: 'write it as the message says; Istio reads both alike, so nothing else changes',
  example: {
    broken: manifests('v1alpha3', 'mirrorPercent: 25'),
    fails: ['VirtualService/shop/web apiVersion', 'VirtualService/shop/web spec.http[0].mirrorPercent'],
    fixed: manifests('v1', 'mirrorPercentage: { value: 25 }'),
  },
  *judge(world) {
    for (const resource of world.resources) {
      const version = String(resource.object['apiVersion'] ?? '').split('/')[1] ?? '';
      if (OLD_VERSIONS[resource.group]?.includes(version) && !WITHOUT_V1.has(resource.kind))
        yield {
          resource,
          path: ['apiVersion'],
          value: resource.object['apiVersion'],
          message: `${resource.kind} is served as ${resource.group}/v1 from Istio 1.22 on, and stored so: ${version} is another spelling, which kubectl and Argo CD show as a difference`,
          fix: `write apiVersion: ${resource.group}/v1`,
        };
      if (resource.group === 'networking.istio.io') yield* oldFields(resource);
    }
  },
});

function* oldFields(resource: Resource) {
  for (const { path, instead, value } of OLD_FIELDS[resource.kind] ?? [])
    for (const at of placesOf(resource, path)) {
      const found = resource.at(at);
      if (found === undefined || found === null || (value !== undefined && found !== value)) continue;
      yield {
        resource,
        path: at,
        value: found,
        message: `${value ?? String(at.at(-1))} is deprecated; in its place stands ${instead}`,
      };
    }
}

/** The places that a pattern stands for, up to the field itself. */
function placesOf({ object }: Resource, pattern: readonly string[]): Path[] {
  let places: Path[] = [['spec']];
  for (const name of pattern)
    places = places.flatMap((place) => {
      const value = valueAt(object, place);
      if (name === '*') return list(value).map((_, i) => [...place, i]);
      return record(value) ? [[...place, name]] : [];
    });
  return places;
}
