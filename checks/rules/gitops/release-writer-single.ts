import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import type { NamedByRollout, WrittenByRollout } from '../../../model/rollout-writes';
import { writtenByRollout } from '../../../model/rollout-writes';
import type { Application } from '../../../world/argo';
import { applicationsOf } from '../../../world/argo';
import { applies, ignoresPointer, pointerPath } from '../../../world/argo-fields';
import { argoRolloutsOf } from '../../../world/argo-rollouts';
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
    'nothing of Argo CD or Flux reverts what a Rollout writes: the shares of requests in a route, the subsets of versions, and, applied server-side, the selectors of its Services',
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
    const written = writtenFields(world);
    for (const application of applicationsOf(world)) {
      if (!world.resources.includes(application.resource)) continue;
      for (const each of written.filter(({ resource, rollout }) => applies(world, application, [resource, rollout])))
        yield* ofArgo(application, each);
    }
    for (const each of written)
      for (const applier of fluxAppliersOf(world, each.resource))
        if (!inGit(each).every((pointer) => leavesField(world, applier, each.resource, pointer)))
          yield ofFlux(world, applier, each);
  },
});

/** What a Rollout writes into an object. */
interface WrittenFields extends WrittenByRollout {
  readonly resource: Resource;
  readonly rollout: Resource;
}

/** What is said of the fields, and what becomes of a release when they are reverted. */
const WORDS: Readonly<
  Record<WrittenByRollout['what'], { readonly text: string; readonly it: string; readonly lost: string }>
> = {
  weights: {
    ...{ text: 'the weights', it: 'them' },
    lost: 'requests go back to the old version in the middle of a release',
  },
  selector: {
    ...{ text: 'the hash of a version into the selector', it: 'it' },
    lost: 'until the Rollout has written it again, the Service leads to the pods of both versions',
  },
  subsets: {
    ...{ text: 'the hashes of versions into the subsets', it: 'them' },
    lost: 'until the Rollout has written them again, each subset has the pods of both versions',
  },
  replicas: {
    ...{ text: 'the replicas', it: 'them' },
    lost: 'the pods that it has taken the place of come again',
  },
};

/** Every object that a Rollout writes into, and that is judged here. */
function writtenFields(world: World): WrittenFields[] {
  return argoRolloutsOf(world).flatMap((rollout) => {
    const own = world.namespaceOf(rollout);
    const find = ({ kind, group, name, namespace = own }: NamedByRollout) => {
      const resource =
        kind === 'Service'
          ? serviceOf(world, namespace, name)?.resource
          : knownIn(world, kind, namespace).find((each) => each.name === name && isOfGroup(each, group));
      return resource && world.resources.includes(resource) && !world.isExternal(resource) ? resource : undefined;
    };
    return writtenByRollout(rollout.object as Json, own, (of) => find(of)?.object as Json | undefined).map(
      (fields) => ({
        ...fields,
        ...{ rollout, resource: find(fields.of)! },
      }),
    );
  });
}

/** The controller's own default for TraefikServices is the older group. */
function isOfGroup(resource: Resource, group: string): boolean {
  return resource.group === group || (resource.kind === 'TraefikService' && resource.group === 'traefik.containo.us');
}

/** The fields as Git has them: a weight that is not written there is a part of its entry. */
function inGit({ what, resource, pointers }: WrittenFields): string[] {
  return pointers.map((pointer) =>
    what === 'weights' && resource.at(pointerPath(pointer)) === undefined ? pointer.replace(/\/weight$/, '') : pointer,
  );
}

/** What an Application of Argo CD reverts: with selfHeal whatever stands in Git, and a selector where it is applied server-side, as one value. */
function* ofArgo({ spec, path: at, resource: application }: Application, written: WrittenFields): Iterable<Finding> {
  const { resource, rollout, what, pointers, of } = written;
  const policy = record(spec['syncPolicy']);
  const options = list(policy?.['syncOptions']).map(String);
  const heals = record(policy?.['automated'])?.['selfHeal'] === true;
  const isServerSide =
    options.includes('ServerSideApply=true') ||
    /(^|,)\s*ServerSideApply=true\s*(,|$)/.test(resource.annotations['argocd.argoproj.io/sync-options'] ?? '');
  if (what === 'selector' ? !isServerSide : !heals) return;
  const entries = list(spec['ignoreDifferences']).map(record);
  const isIgnored = pointers.every((pointer) =>
    entries.some((entry) => ignoresPointer(entry, { resource, ...of, managers: /rollout|gatewayapi/i }, pointer)),
  );
  if (isIgnored && options.includes('RespectIgnoreDifferences=true')) return;
  const path: Path = [...at, 'syncPolicy', ...(isIgnored || what === 'selector' ? [] : ['automated', 'selfHeal'])];
  const object = `${resource.kind} ${resource.name}`;
  const { text, it, lost } = WORDS[what];
  yield {
    ...{ resource: application, path, value: application.at(path) },
    message: isIgnored
      ? `each sync writes ${what === 'selector' ? 'the selector' : `the ${what}`} of ${object} as ${it === 'it' ? 'it stands' : 'they stand'} in Git, though the differences are ignored: during a release of Rollout ${rollout.name} ${lost.replace(' in the middle of a release', '')}; RespectIgnoreDifferences=true is missing`
      : what === 'selector'
        ? `Rollout ${rollout.name} writes ${text} of ${object}, and each sync applies the whole selector server-side as it stands in Git: ${lost}`
        : `Rollout ${rollout.name} writes ${text} of ${object}, and selfHeal sets ${it} back to those in Git within seconds: ${what === 'weights' ? 'no release ever gets its share of requests' : lost}`,
    fix: isIgnored
      ? 'add RespectIgnoreDifferences=true to spec.syncPolicy.syncOptions'
      : `list ${what === 'weights' ? 'the route' : 'it'} in spec.ignoreDifferences with ${what === 'weights' ? 'its weights' : 'that field'} alone: { group: ${resource.group === '' ? "''" : resource.group}, kind: ${resource.kind}, name: ${resource.name}, ${
          what === 'weights'
            ? `jqPathExpressions: [${weightPaths(resource)
                .map((each) => `'${each}'`)
                .join(', ')}]`
            : `jsonPointers: [${pointers.join(', ')}]`
        } }, with the sync option RespectIgnoreDifferences=true`,
  };
}

function ofFlux(world: World, { resource, path, when }: FluxApplier, written: WrittenFields): Finding {
  const { resource: object, rollout, what } = written;
  const { text, it, lost } = WORDS[what];
  const isMerged = [object.labels, object.annotations].some((map) => /^merge$/i.test(map[SSA] ?? ''));
  return {
    ...{ resource, path, value: resource.at(path) },
    message: `Rollout ${rollout.name} writes ${text} of ${object.kind} ${object.name}, and Flux sets ${it} back to what stands in Git ${when}: ${lost}${isMerged ? `; ${SSA}: Merge keeps what stands beside the applied fields, and these are a part of them` : ''}`,
    fix:
      resource.kind === 'HelmRelease'
        ? `list ${world.idOf(object)} in spec.driftDetection.ignore with paths: [${inGit(written).join(', ')}], or annotate it with helm.toolkit.fluxcd.io/driftDetection: disabled`
        : `annotate ${world.idOf(object)} with ${SSA}: IfNotPresent, so that Flux makes it and leaves it to the Rollout; or list it in spec.ignore with paths: [${inGit(written).join(', ')}] (kustomize-controller 1.9 and newer)`,
  };
}

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
