import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { canaryWeight } from '../../../simulate/routing/nginx-canary';
import { canaryPaths, isNginxCanary, nginxAnnotation } from '../../../simulate/routing/nginx-paths';
import { ingressClassOf, ingressProgramOf } from '../../../world/ingress-classes';
import { backendRefsOf, ingressesOf, routesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import { traefikOf } from '../../../world/traefik';
import type { TraefikRef } from '../../../world/traefik-routes';
import { traefikRefsOf } from '../../../world/traefik-routes';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { scaledToNothing } from '../../endpoints';
import { backendFails } from '../../route-words';

const version = (name: string, replicas: number) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: web, image: 'ghcr.io/acme/web:1.4.2', ports: [{ containerPort: 80 }] }] }
---`;
const manifests = (weight: number) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---${version('web', 3)}${version('web-next', 0)}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public }]
  rules: [{ backendRefs: [{ name: web, port: 80, weight: 90 }, { name: web-next, port: 80, weight: ${weight} }] }]
`;

export default check({
  id: 'weighted-backend-has-pods',
  group: 'references',
  description: 'no backend with a positive weight is scaled to nothing, and not all weights are 0',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/guides/traffic-splitting/',
  fix: 'give the workload replicas before its Service gets a share, and take the share away before the replicas',
  example: {
    broken: manifests(10),
    fails: ['HTTPRoute/shop/web spec.rules[0].backendRefs[1].name'],
    fixed: manifests(0),
  },
  *judge(world) {
    for (const route of routesOf(world)) yield* ofRoute(world, route);
    for (const kind of ['TraefikService', 'IngressRoute'])
      for (const resource of world.of(kind)) yield* ofTraefik(world, resource);
    for (const ingress of ingressesOf(world)) yield* ofCanary(world, ingress);
  },
});

function* ofRoute(world: World, route: Resource): Iterable<Finding> {
  for (const { group, kind, name, namespace, weight, path } of backendRefsOf(world, route)) {
    // Copies for an idle Service are lost, and nobody waits for them.
    if (group !== '' || kind !== 'Service' || weight === 0 || path.includes('requestMirror')) continue;
    const why = idle(world, namespace, name);
    if (why)
      yield {
        resource: route,
        path: [...path, 'name'],
        value: name,
        message: `${why}, so ${backendFails(route.kind, 'no pods')}${isOnly(route, path) ? '' : ' for its share of the traffic'}`,
        fix: 'give the workload replicas, or set weight: 0 until it has some',
      };
  }
  for (const [i, entry] of list(route.at(['spec', 'rules'])).entries()) {
    const rule = record(entry);
    const refs = list(rule?.['backendRefs']).map(record);
    const redirects = list(rule?.['filters']).some((filter) => record(filter)?.['requestRedirect']);
    if (refs.length === 0 || redirects || !refs.every((ref) => ref?.['weight'] === 0)) continue;
    yield {
      resource: route,
      path: ['spec', 'rules', i, 'backendRefs', 0, 'weight'],
      value: 0,
      message: `all weights of the rule are 0, so nobody answers: ${backendFails(route.kind, 'invalid')} (Traefik: 503)`,
      fix: 'give one backend a positive weight',
    };
  }
}

/** Whether the rule of a backendRef has no other backend that may answer. */
function isOnly(route: Resource, path: Path): boolean {
  const refs = list(route.at(path.slice(0, -1))).map(record);
  return refs.filter((ref) => ref?.['weight'] !== 0).length <= 1;
}

/**
 * A TraefikService with a Service that has no endpoints is not built at all, whatever its weight, unless Traefik is told to allow it: every
 * rule that names the TraefikService is left out, as is a rule of an IngressRoute with such a Service (pkg/provider/kubernetes/crd/kubernetes_http.go,
 * loadServers; seen with 3.5.0).
 */
function* ofTraefik(world: World, resource: Resource): Iterable<Finding> {
  const { seen, allowEmptyServices } = traefikOf(world);
  const refs = traefikRefsOf(world, resource);
  for (const { kind, name, namespace, entry, weight, copied, path } of refs) {
    if (kind !== 'Service') continue;
    const why = idle(world, namespace, name);
    if (!why) continue;
    const at = { resource, path: [...path, 'name'], value: name };
    const isOnly = sharesBeside(refs, path).length <= 1;
    const isIdle = copied !== undefined || weight === 0;
    // By the Service's own address Traefik looks for no endpoints, and nobody answers there.
    if (allowEmptyServices.crd || entry['nativeLB'] === true) {
      const status = entry['nativeLB'] === true ? 502 : 503;
      if (!isIdle)
        yield {
          ...at,
          message: `${why}, so requests get a ${status} response${isOnly ? '' : ' for its share of the traffic'}`,
        };
      continue;
    }
    const dropped =
      resource.kind === 'TraefikService'
        ? `Traefik leaves out every rule that names TraefikService ${resource.name}: other rules get all of their requests, or nobody (404)`
        : 'Traefik leaves out the whole rule: other rules get all of its requests, or nobody (404)';
    const fix =
      'start Traefik with --providers.kubernetescrd.allowEmptyServices=true, or give the workload replicas before it is named here';
    if (seen || !isIdle) yield { ...at, message: `${why}, so ${dropped}`, fix };
    else
      yield {
        ...at,
        verdict: 'unknown',
        settledBy: 'external',
        message: `${why}; unless Traefik runs with --providers.kubernetescrd.allowEmptyServices, ${dropped}`,
        fix,
      };
  }
  for (const first of refs) {
    const beside = sharesBeside(refs, first.path);
    if (beside[0] !== first) continue;
    if (beside.every(({ weight }) => weight! <= 0))
      yield {
        resource,
        path: [...first.path, 'weight'],
        value: first.weight,
        message: 'all weights are 0, so nobody answers: requests get a 503 response',
        fix: 'give one service a positive weight',
      };
  }
}

/** The references that share the requests of one list with the one of this path, itself among them. */
function sharesBeside(refs: readonly TraefikRef[], path: Path): readonly TraefikRef[] {
  const list = path.slice(0, -1).join();
  return refs.filter((ref) => ref.weight !== undefined && ref.path.slice(0, -1).join() === list);
}

/** The share of a canary of ingress-nginx, by weight, header or cookie. */
function* ofCanary(world: World, ingress: Resource): Iterable<Finding> {
  if (!isNginxCanary(ingress)) return;
  const className = ingressClassOf(world, ingress) ?? '';
  if (ingressProgramOf(world, className)?.program !== 'ingress-nginx') return;
  const asked = ['canary-by-header', 'canary-by-cookie'].some((name) => nginxAnnotation(ingress, name) !== undefined);
  if (!asked && canaryWeight(ingress).weight === 0) return;
  for (const { ingress: of, at } of canaryPaths(world, className)) {
    const path = [...at, ...(at.at(-1) === 'defaultBackend' ? [] : ['backend']), 'service', 'name'];
    const name = string(ingress.at(path));
    const why = of === ingress && name !== undefined ? idle(world, world.namespaceOf(ingress), name) : undefined;
    if (why)
      yield {
        resource: ingress,
        path,
        value: name,
        message: `${why}, so the requests of the canary get a 503 response`,
        fix: 'give the workload replicas, or take the annotations away until it has some',
      };
  }
}

function idle(world: World, namespace: string, name: string): string | undefined {
  const service = serviceOf(world, namespace, name);
  return service && scaledToNothing(world, service);
}
