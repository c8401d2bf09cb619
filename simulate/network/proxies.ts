import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { choosesPods, isByGateway, sendingsTo } from '../../world/senders';
import { servicesOfWorkload } from '../../world/services';
import type { World } from '../../world/world';
import { networkOf } from './network';
import type { Endpoint } from './reach';

/** Programs that bring requests from outside to Services. */
const PROXY =
  /nginx|traefik|haproxy|envoy|contour|kong|istio|ingress|gateway|proxy|cilium|apisix|emissary|ambassador|gloo|skipper|caddy|voyager|cloudflared|ngrok|tailscale/i;

function isProxy({ resource, podLabels, containers }: WorkloadManifest): boolean {
  return (
    PROXY.test(resource.name) ||
    Object.values(podLabels).some((value) => PROXY.test(value)) ||
    containers.some(({ json }) => PROXY.test(String(json['image'] ?? '')))
  );
}

/** A gateway or Ingress controller that is not among the manifests: a chart may install it in a namespace that they create. */
export const gatewayElsewhere = memo(
  (world: World): Endpoint => proxyBeside(world, (workload) => isBehindGateway(world, workload)),
);

/** A proxy that is not among the manifests. Among pods like these it would be shown, unless the namespace is its own by its name. */
function proxyBeside(world: World, isLikeThese: (workload: WorkloadManifest) => boolean): Endpoint {
  const network = networkOf(world);
  const shown = new Set(world.workloads.filter(isLikeThese).map(({ namespace }) => namespace));
  return network.externalPod({
    isNotIn: (place) => network.showsAllPods(place) && shown.has(place) && !PROXY.test(place),
  });
}

/** Where the name of a host outside may lead instead: a gateway of the cluster. It is in no namespace that has pods of the manifests. */
export const detoursOf = memo((world: World): readonly Endpoint[] => [
  proxyBeside(world, () => true),
  ...proxiesOf(world).slice(1),
]);

/** Whoever may bring requests from outside: proxies among the manifests, a pod that is not among them, an address that is no pod's. */
export const proxiesOf = memo((world: World): readonly Endpoint[] => {
  const network = networkOf(world);
  return [
    gatewayElsewhere(world),
    { is: 'outside' },
    ...network
      .workloads()
      .filter(isProxy)
      .map((workload) => network.endpointOf(workload)),
  ];
});

/** Programs that are nothing but gateways or Ingress controllers, by what their names say. */
const GATEWAY =
  /ingress|gateway|traefik|contour|kong|haproxy|envoy-proxy|apisix|emissary|ambassador|gloo|skipper|voyager|cloudflared|ngrok/i;

/** Gateways and Ingress controllers that many use, by their images: of these it is sure that they are for requests from outside. */
const KNOWN_GATEWAY =
  /ingress-?(nginx|controller)|nginx-ingress|\b(traefik|contour|kong|haproxy-ingress|apisix|emissary|ambassador|gloo|skipper|voyager)\b/i;

/** Whether a workload is certainly a gateway or an Ingress controller: its Service is meant to be open. */
export function isKnownGateway({ running }: WorkloadManifest): boolean {
  return running.some(({ json }) => KNOWN_GATEWAY.test(String(json['image'] ?? '')));
}

/** The gateways and Ingress controllers among the manifests. */
export const gatewayWorkloads = memo((world: World): readonly WorkloadManifest[] =>
  networkOf(world)
    .workloads()
    .filter(
      (workload) =>
        isProxy(workload) &&
        !isBehindGateway(world, workload) &&
        (GATEWAY.test(workload.resource.name) ||
          'gateway.networking.k8s.io/gateway-name' in workload.podLabels ||
          workload.running.some(({ json }) => GATEWAY.test(String(json['image'] ?? '')))),
    ),
);

/** Whether a route or an Ingress leads to a workload, by a Service of it. */
export function isBehindGateway(world: World, workload: WorkloadManifest): boolean {
  return servicesOfWorkload(world, workload).some(({ namespace, name }) =>
    sendingsTo(world, namespace, name).some((sending) => isByGateway(sending) && choosesPods(sending, workload)),
  );
}
