import type { Resource } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { programStrings } from '../../manifests/workload';
import { backendRefsOf, ingressBackendsOf, ingressesOf, routesOf } from '../../world/routes';
import type { World } from '../../world/world';

/** Who sends traffic to a Service by its name, whether or not it is there: Ingresses, routes, webhooks, arguments and variables of programs. */
export function callersOf(world: World, namespace: string, name: string): Resource[] {
  const found = new Set<Resource>();
  for (const ingress of ingressesOf(world))
    if (world.namespaceOf(ingress) === namespace && ingressBackendsOf(ingress).some(({ service }) => service === name))
      found.add(ingress);
  for (const route of routesOf(world))
    if (
      backendRefsOf(world, route).some(
        (ref) => ref.kind === 'Service' && ref.namespace === namespace && ref.name === name,
      )
    )
      found.add(route);
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
    for (const webhooks of world.of(kind))
      for (const entry of list(webhooks.at(['webhooks']))) {
        const service = record(record(record(entry)?.['clientConfig'])?.['service']);
        if (service?.['namespace'] === namespace && service['name'] === name) found.add(webhooks);
      }
  for (const workload of world.workloads) {
    const said = hostPattern(namespace, name, workload.namespace === namespace);
    if (workload.containers.some((container) => programStrings(container).some((text) => said.test(text))))
      found.add(workload.resource);
  }
  return [...found];
}

/** `redis.shop`, `redis.shop.svc…`; in its own namespace also `redis:6379` and `//redis`. */
function hostPattern(namespace: string, name: string, isOwn: boolean): RegExp {
  const [host, place] = [name, namespace].map((part) => part.replaceAll('.', '\\.'));
  const short = isOwn ? `|^${host}$|(?<![\\w.-])${host}:\\d|//${host}(?![\\w.-])|@${host}(?![\\w.-])` : '';
  return new RegExp(`(?<![\\w.-])${host}\\.${place}(?:\\.svc|(?![\\w.-]))${short}`);
}
