import type { Resource } from '../../../manifests/resource';
import { mappings, string, strings } from '../../../manifests/resource';
import { selects } from '../../../manifests/selector';
import { near } from '../../../model/near';
import { serviceOf } from '../../../world/services';
import type { IstioDestination } from '../../../world/virtual-services';
import { istioDestinationsOf, virtualServicesOf } from '../../../world/virtual-services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const GROUP = 'networking.istio.io';

const manifests = (subset: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: ${subset} } }] }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web.shop.svc.cluster.local, subsets: [{ name: v1, labels: { version: v1 } }] }
`;

export default check({
  id: 'istio-subset-exists',
  group: 'references',
  description:
    'the subset that an Istio VirtualService sends requests to is in the DestinationRule of its host, and has pods',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://istio.io/latest/docs/reference/config/analysis/ist0101/',
  fix: 'name a subset of the DestinationRule, or add the subset to it first',
  example: {
    broken: manifests('v2'),
    fails: ['VirtualService/shop/web spec.http[0].route[0].destination.subset'],
    fixed: manifests('v1'),
  },
  *judge(world) {
    const rules = [...world.of('DestinationRule'), ...world.external].filter(
      ({ group, kind }) => group === GROUP && kind === 'DestinationRule',
    );
    for (const service of virtualServicesOf(world))
      for (const destination of istioDestinationsOf(world, service)) {
        // Nobody waits for copies. A weight of 0 sends nothing there; without weights one destination has all.
        const isIdle = destination.isMirror || destination.weight === 0;
        const finding = isIdle ? undefined : judgeDestination(world, rules, service, destination);
        if (finding) yield finding;
      }
  },
});

function judgeDestination(
  world: World,
  rules: readonly Resource[],
  service: Resource,
  { host, subset, path }: IstioDestination,
): Finding | undefined {
  if (subset === undefined) return undefined;
  const namespace = world.namespaceOf(service);
  const wanted = wholeHost(host, namespace);
  const own = rules.filter((rule) =>
    isFor(wholeHost(string(rule.at(['spec', 'host'])) ?? '', world.namespaceOf(rule)), wanted),
  );
  const names = own.flatMap((rule) => mappings(rule.at(['spec', 'subsets'])).flatMap(({ name }) => string(name) ?? []));
  const at = { resource: service, path: [...path, 'subset'], value: subset };
  if (names.includes(subset)) return judgeLabels(world, own, subset, wanted, at);
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
    message: `${have}, so requests that this rule sends there are answered with 503${near(subset, names)}`,
  };
}

/** Whether some pod of the Service is one of the subset, as far as its pods are here. */
function judgeLabels(
  world: World,
  rules: readonly Resource[],
  subset: string,
  host: string,
  at: Pick<Finding, 'resource' | 'path' | 'value'>,
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
    message: `no pod of Service ${name}${isWhole ? '' : ' that is here'} has the labels of subset ${subset} (${labels.join(', ')}), so requests that this rule sends there are answered with 503${isWhole ? '' : ', unless other pods have them'}`,
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
