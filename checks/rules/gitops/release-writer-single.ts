import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Application } from '../../../world/argo';
import { applicationsOf, isTemplated } from '../../../world/argo';
import { contentsOf } from '../../../world/argo-contents';
import type { WeightedRoute } from '../../../world/argo-rollouts';
import { argoRolloutsOf, servicesOfRollout, weightedRoutesOf } from '../../../world/argo-rollouts';
import type { FluxApplier } from '../../../world/flux';
import { fluxAppliersOf, leavesField } from '../../../world/flux';
import { knownIn } from '../../../world/known';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
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
  description:
    'nothing of Argo CD or Flux reverts what a Rollout writes: the shares of requests in a route, and for Flux the selectors of its Services',
  severity: 'will-break',
  needs: [],
  source: 'https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/',
  fix: 'list the route in spec.ignoreDifferences with its weights alone, with the sync option RespectIgnoreDifferences=true',
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
        const isIgnored = sectionsOf(resource).every((section) =>
          list(application.spec['ignoreDifferences']).some((entry) => ignores(record(entry), route, section)),
        );
        if (isIgnored && respects) continue;
        const path: Path = [...application.path, 'syncPolicy', ...(isIgnored ? [] : ['automated', 'selfHeal'])];
        const what = `${resource.kind} ${resource.name}`;
        yield {
          ...{ resource: application.resource, path, value: application.resource.at(path) },
          message: isIgnored
            ? `each sync writes the weights of ${what} as they stand in Git, though the differences are ignored: during a release of Rollout ${rollout.name} requests go back to the old version; RespectIgnoreDifferences=true is missing`
            : `Rollout ${rollout.name} writes the weights of ${what}, and selfHeal sets them back to those in Git within seconds: no release ever gets its share of requests`,
          fix: isIgnored
            ? 'add RespectIgnoreDifferences=true to spec.syncPolicy.syncOptions'
            : `list the route in spec.ignoreDifferences with its weights alone: { group: ${route.group}, kind: ${resource.kind}, name: ${resource.name}, jqPathExpressions: [${weightPaths(
                resource,
              )
                .map((at) => `'${at}'`)
                .join(', ')}] }, with the sync option RespectIgnoreDifferences=true`,
        };
      }
    }
    for (const each of [...written.map(weightsOf), ...writtenServices(world)])
      for (const applier of fluxAppliersOf(world, each.resource))
        if (!each.pointers.every((pointer) => leavesField(world, applier, each.resource, pointer)))
          yield ofFlux(world, applier, each);
  },
});

/** What a Rollout writes into an object. */
interface WrittenFields {
  readonly resource: Resource;
  readonly rollout: Resource;
  /** The fields, by JSON pointers. */
  readonly pointers: readonly string[];
  readonly what: string;
  /** What becomes of a release when they are reverted. */
  readonly lost: string;
}

function ofFlux(world: World, { resource, path, when }: FluxApplier, written: WrittenFields): Finding {
  const { resource: object, rollout, what, lost } = written;
  const isMerged = [object.labels, object.annotations].some((map) => /^merge$/i.test(map[SSA] ?? ''));
  return {
    ...{ resource, path, value: resource.at(path) },
    message: `Rollout ${rollout.name} writes ${what} of ${object.kind} ${object.name}, and Flux sets ${what === WEIGHTS ? 'them' : 'it'} back to what stands in Git ${when}: ${lost}${isMerged ? `; ${SSA}: Merge keeps what stands beside the applied fields, and these are a part of them` : ''}`,
    fix:
      resource.kind === 'HelmRelease'
        ? `list ${world.idOf(object)} in spec.driftDetection.ignore with paths: [${written.pointers.join(', ')}], or annotate it with helm.toolkit.fluxcd.io/driftDetection: disabled`
        : `annotate ${world.idOf(object)} with ${SSA}: IfNotPresent, so that Flux makes it and leaves it to the Rollout; or list it in spec.ignore with paths: [${written.pointers.join(', ')}] (kustomize-controller 1.9 and newer)`,
  };
}

const WEIGHTS = 'the weights';
const SSA = 'kustomize.toolkit.fluxcd.io/ssa';

/** Where the shares stand in each kind of route: the list of rules, or what is in its place, and the field of it that is a list of backends. */
interface Section {
  readonly rules: string;
  readonly backends: string;
}

/** A VirtualService has three lists of rules, and the controller writes into all that are there (reconcileVirtualService). */
function sectionsOf(resource: Resource): readonly Section[] {
  if (resource.kind === 'TraefikService') return [{ rules: 'weighted', backends: 'services' }];
  if (resource.kind !== 'VirtualService') return [{ rules: 'rules', backends: 'backendRefs' }];
  const present = ['http', 'tls', 'tcp'].filter((rules) => Array.isArray(resource.at(['spec', rules])));
  return (present.length > 0 ? present : ['http']).map((rules) => ({ rules, backends: 'route' }));
}

/** The weights of a route, as jq finds them. Rules without backends, such as redirects, are an error to jq where no `?` allows them. */
function weightPaths(resource: Resource): string[] {
  return sectionsOf(resource).map(({ rules, backends }) => {
    const value = resource.at(['spec', rules]);
    const isWhole = !Array.isArray(value) || value.every((rule) => Array.isArray(record(rule)?.[backends]));
    return `.spec.${rules}${rules === 'weighted' ? '' : '[]'}.${backends}[]${isWhole ? '' : '?'}.weight`;
  });
}

/** The weights of every list with more than one backend. One that is not written in Git is a part of its entry. */
function weightsOf({ resource, rollout }: WrittenRoute): WrittenFields {
  const sections = sectionsOf(resource);
  const lists = sections.flatMap(({ rules, backends }): Path[] => {
    const at: Path = ['spec', rules];
    return Array.isArray(resource.at(at))
      ? list(resource.at(at)).map((_, i) => [...at, i, backends])
      : [[...at, backends]];
  });
  const pointers = lists.flatMap((path) => {
    const entries = list(resource.at(path));
    if (entries.length < 2) return [];
    return entries.map((entry, i) =>
      ['', ...path, i, ...(record(entry)?.['weight'] === undefined ? [] : ['weight'])].join('/'),
    );
  });
  return {
    ...{ resource, rollout, what: WEIGHTS },
    pointers: pointers.length > 0 ? pointers : sections.map(({ rules }) => `/spec/${rules}`),
    lost: 'requests go back to the old version in the middle of a release',
  };
}

/**
 * The Services whose pods a Rollout chooses by a hash that it adds to the selector. The selector is one value to the API server (ServiceSpec,
 * mapType atomic), so that whoever applies it takes the hash away.
 */
function writtenServices(world: World): WrittenFields[] {
  return argoRolloutsOf(world).flatMap((rollout) =>
    servicesOfRollout(world, rollout).flatMap(({ namespace, name }) => {
      const resource = serviceOf(world, namespace, name)?.resource;
      return resource && !world.isExternal(resource)
        ? [
            {
              ...{ resource, rollout, what: 'the hash of a version into the selector', pointers: ['/spec/selector'] },
              lost: 'until the Rollout has written it again, the Service leads to the pods of both versions',
            },
          ]
        : [];
    }),
  );
}

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

/** Whether an entry of ignoreDifferences leaves the weights in a section of a route to others. */
function ignores(
  entry: Json | undefined,
  { group, kind, name, namespace }: WeightedRoute,
  { rules: spec }: Section,
): boolean {
  if (!entry) return false;
  const meant = (field: string, own: string) => [undefined, '', '*', own].includes(string(entry[field]));
  // The controller's own default is the older group.
  const isGroup = meant('group', group) || (kind === 'TraefikService' && meant('group', 'traefik.containo.us'));
  if (!isGroup || !meant('kind', kind) || !meant('name', name) || !meant('namespace', namespace)) return false;
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
