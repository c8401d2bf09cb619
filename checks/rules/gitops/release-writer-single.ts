import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Application } from '../../../world/argo';
import { applicationsOf, isTemplated } from '../../../world/argo';
import { contentsOf } from '../../../world/argo-contents';
import type { WeightedRoute } from '../../../world/argo-rollouts';
import { argoRolloutsOf, weightedRoutesOf } from '../../../world/argo-rollouts';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (ignored: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: shop }]
  rules: [{ backendRefs: [{ name: web, port: 80, weight: 100 }, { name: web-next, port: 80, weight: 0 }] }]
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  strategy:
    canary:
      stableService: web
      canaryService: web-next
      trafficRouting: { plugins: { argoproj-labs/gatewayAPI: { httpRoute: web, namespace: shop } } }
      steps: [{ setWeight: 20 }, { pause: {} }]
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec:
  project: default
  source: { repoURL: 'https://git.example.com/shop.git', path: shop, targetRevision: main }
  destination: { server: 'https://kubernetes.default.svc', namespace: shop }
  ${ignored}
  syncPolicy:
    automated: { selfHeal: true }
    syncOptions: [RespectIgnoreDifferences=true]
`;

export default check({
  id: 'release-writer-single',
  group: 'gitops',
  description: 'no Application of Argo CD reverts the shares of requests that a Rollout writes into a route',
  severity: 'will-break',
  needs: [],
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/',
  fix: "list the route in spec.ignoreDifferences with its weights alone, as jqPathExpressions: ['.spec.rules[].backendRefs[].weight'], with the sync option RespectIgnoreDifferences=true",
  example: {
    broken: manifests('# nothing is ignored'),
    fails: ['Application/argocd/shop spec.syncPolicy.automated.selfHeal'],
    fixed: manifests(
      "ignoreDifferences: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, name: web, jqPathExpressions: ['.spec.rules[].backendRefs[].weight'] }]",
    ),
  },
  *judge(world) {
    const written = writtenRoutes(world);
    for (const application of applicationsOf(world)) {
      const policy = record(application.spec['syncPolicy']);
      if (record(policy?.['automated'])?.['selfHeal'] !== true || !world.resources.includes(application.resource))
        continue;
      const respects = list(policy?.['syncOptions']).includes('RespectIgnoreDifferences=true');
      for (const { route, resource, rollout } of written.filter((each) => holds(world, application, each))) {
        const isIgnored = list(application.spec['ignoreDifferences']).some((entry) => ignores(record(entry), route));
        if (isIgnored && respects) continue;
        const path: Path = [...application.path, 'syncPolicy', ...(isIgnored ? [] : ['automated', 'selfHeal'])];
        const what = `${resource.kind} ${resource.name}`;
        yield {
          ...{ resource: application.resource, path, value: application.resource.at(path) },
          message: isIgnored
            ? `each sync writes the weights of ${what} as they stand in Git, though the differences are ignored: during a release of Rollout ${rollout.name} requests go back to the old version; RespectIgnoreDifferences=true is missing`
            : `Rollout ${rollout.name} writes the weights of ${what}, and selfHeal sets them back to those in Git within seconds: no release ever gets its share of requests`,
        };
      }
    }
  },
});

interface WrittenRoute {
  readonly route: WeightedRoute;
  /** The object itself, which is judged. */
  readonly resource: Resource;
  readonly rollout: Resource;
}

function writtenRoutes(world: World): WrittenRoute[] {
  return argoRolloutsOf(world).flatMap((rollout) =>
    weightedRoutesOf(world, rollout).flatMap((route) => {
      const resource = knownIn(world, route.kind, route.namespace).find(({ name }) => name === route.name);
      return resource && world.resources.includes(resource) ? [{ route, resource, rollout }] : [];
    }),
  );
}

/** Whether it applies the route: by what stands in its folder, or, where that is not told, by its namespace. */
function holds(world: World, application: Application, { resource, rollout }: WrittenRoute): boolean {
  const contents = contentsOf(world, application);
  if (contents.length > 0) return contents.some(({ resources }) => resources.includes(resource));
  const namespace = string(record(application.spec['destination'])?.['namespace']) ?? '';
  return !isTemplated(namespace) && [resource, rollout].every((each) => world.namespaceOf(each) === namespace);
}

/** Whether an entry of ignoreDifferences leaves the weights of a route to others. */
function ignores(entry: Json | undefined, { group, kind, name, namespace }: WeightedRoute): boolean {
  if (!entry) return false;
  const meant = (field: string, own: string) => [undefined, '', '*', own].includes(string(entry[field]));
  // The controller's own default is the older group.
  const isGroup = meant('group', group) || (kind === 'TraefikService' && meant('group', 'traefik.containo.us'));
  if (!isGroup || !meant('kind', kind) || !meant('name', name) || !meant('namespace', namespace)) return false;
  const spec = kind === 'TraefikService' ? 'weighted' : kind === 'VirtualService' ? 'http' : 'rules';
  const pointers = list(entry['jsonPointers']).map(String);
  const paths = list(entry['jqPathExpressions']).map(String);
  return (
    pointers.some((pointer) => pointer === '/spec' || pointer === `/spec/${spec}` || /\/weight$/.test(pointer)) ||
    pointers.some((pointer) =>
      new RegExp(`^/spec/${spec}/\\d+(?:/(?:route|backendRefs))?$|^/spec/weighted/services(?:/\\d+)?$`).test(pointer),
    ) ||
    paths.some(
      (path) =>
        path === '.spec' || path === `.spec.${spec}` || (path.includes(spec) && !/parentRefs|matches/.test(path)),
    ) ||
    list(entry['managedFieldsManagers']).some(
      (manager) => /rollout/i.test(String(manager)) || /gatewayapi/i.test(String(manager)),
    )
  );
}
