import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
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

/** Whoever may bring requests from outside: proxies among the manifests, a pod that is not among them, an address that is no pod's. */
export const proxiesOf = memo((world: World): readonly Endpoint[] => {
  const network = networkOf(world);
  return [
    network.externalPod(),
    { is: 'outside' },
    ...network
      .workloads()
      .filter(isProxy)
      .map((workload) => network.endpointOf(workload)),
  ];
});
