import { isIP } from 'node:net';
import type { WorkloadManifest } from '../../../manifests/workload';
import { readBlock } from '../../../simulate/network/addresses';
import type { ConfiguredAddress } from '../../../simulate/network/configured-addresses';
import { configuredAddresses } from '../../../simulate/network/configured-addresses';
import { configTextsOf } from '../../../simulate/network/configured-flows';
import { deciderName } from '../../../simulate/network/explain';
import { networkOf } from '../../../simulate/network/network';
import { detoursOf } from '../../../simulate/network/proxies';
import type { Endpoint } from '../../../simulate/network/reach';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (rule: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', env: [{ name: PAYMENT_URL, value: 'https://pay.example.com' }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }]
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]${rule}
`;

export default check({
  id: 'external-host-allowed',
  group: 'networking',
  description: 'egress policies leave a way to the hosts outside of the cluster that the configuration of a pod names',
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'allow egress to the addresses of the host (ipBlock) at its port; to 0.0.0.0/0 without the ranges of the cluster where they change',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].value'],
    fixed: manifests(`
    - { to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: 443 }] }`),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const workload of world.workloads) {
      const from = network.endpointOf(workload);
      if (from.is !== 'pod' || network.hasOtherPolicies(from) || usesProxy(world, workload)) continue;
      for (const address of configuredAddresses(world, workload)) {
        const { host, port, text, resource, path } = address;
        if (port === undefined || !isExternal(world, address)) continue;
        // The name may lead to a gateway of this very cluster: a way to any pod or node is enough to say nothing.
        const ways = endsOf(host).map((to) => network.reach(from, to, port).egress);
        if (ways.some(({ verdict }) => verdict !== 'denied')) continue;
        const policies = [...new Set(ways.flatMap(({ by }) => by.map(deciderName)))].join(', ');
        const denied = `policies (${policies}) allow no egress to port ${port} of any address outside of the cluster, which ${text} needs`;
        yield {
          resource,
          path,
          value: text,
          ...(network.isComplete(from) ? {} : { verdict: 'unknown' as const }),
          message: network.isComplete(from)
            ? `${denied}: the connection times out if the pod opens it itself`
            : `${denied}; whether another policy of namespace ${workload.namespace} does is not known: judge it too, or --declare it`,
        };
      }
    }

    function endsOf(host: string): readonly Endpoint[] {
      const block = readBlock(host);
      return block
        ? [{ is: 'outside', addresses: [block] }]
        : [...detoursOf(world), { ...network.host(), sameNode: 'no' }];
    }
  },
});

/** A name with dots that is no Service, in a variable or an argument of this pod alone: files name many hosts that nobody calls. */
function isExternal(world: World, { host, scheme, isFile, workload }: ConfiguredAddress): boolean {
  if (isFile || scheme === undefined) return false;
  if (isIP(host)) return !isInside(host);
  return (
    host.includes('.') &&
    !/(^|\.)(svc|cluster|local|localhost|internal|localdomain|example|test|invalid)$/.test(host) &&
    !/\.svc(\.|$)/.test(host) &&
    !isShortName(world, host) &&
    serviceByHost(world, host, workload.namespace) === undefined
  );
}

/** `SERVICE.NAMESPACE` of a namespace that may exist: of names with one dot only those with a common top-level domain are outside. */
function isShortName(world: World, host: string): boolean {
  const parts = host.split('.');
  return (
    parts.length === 2 &&
    (world.hasNamespace(parts[1]!) || !/^(com|org|net|io|dev|app|cloud|info|[a-z]{2})$/.test(parts[1]!))
  );
}

/** Addresses of the pod itself and of its node. */
function isInside(host: string): boolean {
  return /^(127\.|0\.0\.0\.0$|169\.254\.|::1?$)/.test(host);
}

/** Whether requests go through a proxy that is named in the configuration. */
function usesProxy(world: World, workload: WorkloadManifest): boolean {
  return configTextsOf(world, workload).some(({ settings }) =>
    settings.some(({ name, value }) => /^(https?|all)_proxy$/i.test(name) && value !== ''),
  );
}
