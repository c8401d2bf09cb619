import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { istioCovers } from '../../../simulate/routing/istio-covering';
import { gatewayKey, MESH, virtualServicesOf } from '../../../world/virtual-services';
import type { Finding } from '../../check';
import { check } from '../../check';

const beta = `
    - match: [{ headers: { x-group: { exact: beta } } }]
      route: [{ destination: { host: web-next } }]`;
const all = `
    - route: [{ destination: { host: web } }]`;
const manifests = (...rules: readonly string[]) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [edge/public]
  http:${rules.join('')}
`;

export default check({
  id: 'istio-rule-reachable',
  group: 'references',
  description: 'no rule of a VirtualService stands behind one that takes all of its requests',
  severity: 'advice',
  needs: [],
  source: 'https://istio.io/latest/docs/reference/config/analysis/ist0130/',
  fix: 'put the narrower rule before the wider one: the first that matches takes a request',
  example: {
    broken: manifests(all, beta),
    fails: ['VirtualService/shop/web spec.http[1]'],
    fixed: manifests(beta, all),
  },
  *judge(world) {
    for (const route of virtualServicesOf(world)) {
      const namespace = world.namespaceOf(route);
      const names = list(route.at(['spec', 'gateways'])).map((name) => gatewayKey(String(name), namespace));
      for (const section of ['http', 'tls', 'tcp'])
        yield* neverAsked(route, section, names.length > 0 ? names : [MESH], namespace);
    }
  },
});

interface Match {
  readonly rule: number;
  readonly path: Path;
  /** `{}`: of a rule without matches. */
  readonly match: Json;
}

function* neverAsked(
  route: Resource,
  section: string,
  gateways: readonly string[],
  namespace: string,
): Iterable<Finding> {
  const what = section === 'http' ? 'requests' : 'connections';
  const before: Match[] = [];
  for (const [i, value] of list(route.at(['spec', section])).entries()) {
    const rule = record(value);
    if (!rule) continue;
    const own = matchesIn(rule, ['spec', section, i], namespace);
    const taken = own.flatMap(({ path, match }) => {
      const by = before.find((each) => istioCovers(each.match, match, gateways));
      return by ? [{ path, by }] : [];
    });
    const isWhole = taken.length === own.length;
    for (const { path, by } of isWhole ? taken.slice(0, 1) : taken) {
      const earlier = [...new Set((isWhole ? taken : [{ by }]).map((each) => each.by.rule + 1))];
      const rules = `rule${earlier.length > 1 ? 's' : ''} ${earlier.join(' and ')}`;
      const takes = earlier.length > 1 ? 'take' : 'takes';
      const place = isWhole ? ['spec', section, i] : path;
      yield {
        ...{ resource: route, path: place, value: route.at(place) },
        message:
          Object.keys(by.match).length === 0
            ? `${isWhole ? 'this rule' : 'this match'} is never asked: ${rules} before it ${takes} all ${what}`
            : `${isWhole ? 'this rule' : 'this match'} is never asked: ${rules} before it ${takes} all ${what} that it is for`,
        fix: `put it before rule ${Math.min(...earlier)}, or leave it out: the first rule that matches takes ${section === 'http' ? 'a request' : 'a connection'}`,
      };
    }
    // What a rule takes that delegates is for the rules of another VirtualService to say.
    if (!record(rule['delegate'])) before.push(...own);
  }
}

function matchesIn(rule: Json, at: Path, namespace: string): Match[] {
  const index = at[2] as number;
  const matches = list(rule['match']);
  if (matches.length === 0) return [{ rule: index, path: at, match: {} }];
  return matches.flatMap((value, j) => {
    const match = record(value);
    if (!match) return [];
    const gateways = list(match['gateways']).map((name) => gatewayKey(String(name), namespace));
    return [{ rule: index, path: [...at, 'match', j], match: gateways.length > 0 ? { ...match, gateways } : match }];
  });
}
